"""The supervisor keeps workers running, whatever they do; here they are small programs."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import workers
from bot.workers import Supervisor, chosen_workers
from clinic.settings import SettingsError

PROGRAM = Path(__file__).parents[2] / "support" / "mock_worker.py"


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def supervisor_of(how: str, listening: socket.socket, gone: list[int]) -> Supervisor:
    return Supervisor(listening, 2, gone.append, (sys.executable, str(PROGRAM), how))


async def until(right: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not right():
            await asyncio.sleep(0.02)


async def end(supervisor: Supervisor, running: asyncio.Task[int]) -> int:
    os.kill(os.getpid(), signal.SIGTERM)
    return await running


async def started(
    kind: str, listening: socket.socket, gone: list[int]
) -> tuple[Supervisor, asyncio.Task[int]]:
    """Return a supervisor whose workers are ready, and its run."""
    ready = asyncio.Event()
    supervisor = supervisor_of(kind, listening, gone)
    running = asyncio.create_task(supervisor.run(ready.set))
    await ready.wait()
    return supervisor, running


def pids(supervisor: Supervisor) -> set[int]:
    return {worker.process.pid for worker in supervisor._workers}


async def test_a_worker_that_dies_is_started_again(listening: socket.socket) -> None:
    gone: list[int] = []
    supervisor, running = await started("lives", listening, gone)
    first = pids(supervisor)
    victim = min(first)
    os.kill(victim, signal.SIGKILL)
    await until(lambda: victim not in pids(supervisor))
    assert len(pids(supervisor) & first) == 1
    assert gone == [victim]
    assert await end(supervisor, running) == 0
    assert len(gone) == 3


async def test_a_worker_that_falls_silent_is_killed_and_replaced(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_SILENT_SECONDS", 0.2)
    gone: list[int] = []
    supervisor, running = await started("silent", listening, gone)
    first = pids(supervisor)
    await until(lambda: not first & pids(supervisor))
    assert first <= set(gone)
    await end(supervisor, running)


async def test_all_are_replaced_one_after_another_on_sighup(listening: socket.socket) -> None:
    gone: list[int] = []
    supervisor, running = await started("lives", listening, gone)
    first = pids(supervisor)
    os.kill(os.getpid(), signal.SIGHUP)
    await until(lambda: first <= set(gone))
    assert len(pids(supervisor)) == 2
    assert not first & pids(supervisor)
    await end(supervisor, running)


async def test_what_cannot_start_at_all_ends_the_supervisor(listening: socket.socket) -> None:
    gone: list[int] = []
    supervisor = supervisor_of("dies", listening, gone)
    assert await supervisor.run(lambda: pytest.fail("nothing is ready")) == 1
    assert len(gone) == 1  # the second was not even tried


@pytest.mark.parametrize("value", ["0", "-1", "two", "1000"])
def test_a_number_of_workers_that_is_none_is_refused(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_WORKERS", value)
    with pytest.raises(SettingsError, match="ATLAS_WORKERS"):
        chosen_workers(None)
