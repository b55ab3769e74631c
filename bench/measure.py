"""One start of an assistant, and everything that is measured while it runs."""

import asyncio
import json
import os
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import stored
from bench.dialogue import DIALOGUE
from bench.load import (
    LoadResult,
    first_answer,
    hold_conversations,
    hold_long_chats,
    page_ready,
    percentile,
)
from bench.processes import ROOT, Service
from bench.targets import Target

USERS = (1, 8, 32)
TURNS = 200
STORED = (0, 1_000, 10_000, 100_000)
_COUNTING = ROOT / "bench" / "counting"


@dataclass(frozen=True)
class Amount:
    """How much is measured: conversations in a load, long chats, conversations at each growth."""

    conversations: int
    long_chats: int
    growth_conversations: int


@dataclass(frozen=True)
class Load:
    """One load, and the processor time it took of all processes of the assistant, by message."""

    result: LoadResult
    processor_ms: float


@dataclass(frozen=True)
class Growth:
    """What a message took with so many conversations in the database."""

    stored: int
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True)
class DatabaseCalls:
    """Statements a message, counted in a run of their own."""

    reads: float
    writes: float
    transactions: float


@dataclass(frozen=True)
class Run:
    """One start of an assistant and the loads it took; memory in MB by process."""

    load_average: float
    start_seconds: float
    memory_after_start: dict[str, float]
    memory_after_load: dict[str, float]
    loads: list[Load]
    turns: list[list[float]]
    growth: list[Growth]
    bytes_per_conversation: float | None
    conversations: int
    bookings: int


class _Serving:
    """An assistant that is up."""

    def __init__(self, target: Target, folder: Path, counts: Path | None = None) -> None:
        self.target, self._folder, self._counts = target, folder, counts
        port, helper_port = _free_ports(2)
        self.base_url = f"http://127.0.0.1:{port}"
        self.services = target.services(folder, port, helper_port)
        self._stack = ExitStack()

    async def start(self) -> float:
        """Start everything and return the seconds until the first answer."""
        *helpers, server = self.services
        for helper in helpers:
            self._stack.callback(helper.stop)
            helper.start()
            await page_ready(helper.ready_url, helper.check)
        # A helper that the assistant needs is up by now; its start is not counted.
        if self._counts is not None:
            server.add_environment(PYTHONPATH=str(_COUNTING), BENCH_SQL_COUNTS=str(self._counts))
        self._stack.callback(server.stop)
        started = time.perf_counter()
        server.start()
        await first_answer(self.base_url, self.target.wording, server.check)
        return time.perf_counter() - started

    def stop(self) -> None:
        self._stack.close()

    def memory(self) -> dict[str, float]:
        return {service.name: service.resident_mb() for service in self.services}

    async def talk(self, users: int, conversations: int) -> Load:
        before = _processor_seconds(self.services)
        result = await hold_conversations(self.base_url, self.target.wording, users, conversations)
        taken = _processor_seconds(self.services) - before
        return Load(result, taken * 1000 / result.messages)


def measure(target: Target, folder: Path, amount: Amount) -> Run:
    """Start an assistant, load it, and stop it.

    Args:
        target: Which.
        folder: An empty folder for its databases and logs.
        amount: How much to measure.
    """
    return asyncio.run(_measure(target, folder, amount))


async def _measure(target: Target, folder: Path, amount: Amount) -> Run:
    load_average = os.getloadavg()[0]
    serving = _Serving(target, folder)
    files = [file for file in (target.conversations(folder), target.bookings(folder)) if file]
    try:
        start_seconds = await serving.start()
        after_start = serving.memory()
        await serving.talk(1, 1)
        empty = stored.used_bytes(files)
        loads = [await serving.talk(users, amount.conversations) for users in USERS]
        held = sum(load.result.messages for load in loads) // len(DIALOGUE)
        kept = (stored.used_bytes(files) - empty) / held if files else None
        after_load = serving.memory()
        turns = await hold_long_chats(serving.base_url, target.wording, amount.long_chats, TURNS)
        growth = await _grow(serving, target.conversations(folder), amount)
        calendar = target.bookings(folder)
        booked = stored.bookings(calendar) if calendar else 0
    finally:
        serving.stop()
    return Run(
        load_average=load_average,
        start_seconds=start_seconds,
        memory_after_start=after_start,
        memory_after_load=after_load,
        loads=loads,
        turns=turns,
        growth=growth,
        bytes_per_conversation=kept,
        conversations=held,
        bookings=booked,
    )


async def _grow(serving: _Serving, database: Path | None, amount: Amount) -> list[Growth]:
    """Measure a message with more and more conversations in the database."""
    found: list[Growth] = []
    if database is None:
        return found
    there = 0
    for count in STORED:
        if count > there:
            stored.add_synthetic(serving.target.name, database, count - there)
            there = count
        await serving.talk(1, 1)  # the first after so much writing waits for the disk
        result = (await serving.talk(1, amount.growth_conversations)).result
        found.append(Growth(count, result.p50_ms, result.p95_ms))
    return found


def count_database_calls(target: Target, folder: Path) -> DatabaseCalls | None:
    """Count the statements of a few conversations; None where there is no database.

    Args:
        target: Which assistant.
        folder: An empty folder.
    """
    if target.conversations(folder) is None:
        return None
    return asyncio.run(_count(target, folder))


async def _count(target: Target, folder: Path) -> DatabaseCalls:
    counts = folder / "counts.json"
    serving = _Serving(target, folder, counts)
    try:
        await serving.start()
        await serving.talk(1, 1)
        before = json.loads(counts.read_text())
        messages = (await serving.talk(1, 5)).result.messages
        after = json.loads(counts.read_text())
    finally:
        serving.stop()
    return DatabaseCalls(**{kind: (after[kind] - before[kind]) / messages for kind in after})


def window(turns: list[list[float]], first: int, last: int, share: int) -> float:
    """Return a percentile over some turns of all chats.

    Args:
        turns: Milliseconds by turn.
        first: The first turn, from 1 on.
        last: The last turn.
        share: 1-99.
    """
    return percentile([value for turn in turns[first - 1 : last] for value in turn], share)


def _processor_seconds(services: list[Service]) -> float:
    return sum(service.processor_seconds() for service in services)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
