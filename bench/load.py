"""The client that holds conversations with a server over the REST channel."""

import asyncio
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp

from bench.dialogue import CHAT, DIALOGUE
from bench.processes import BenchError

WEBHOOK = "/webhooks/rest/webhook"
START_SECONDS = 300
TURN_SECONDS = 60

Wording = Callable[[str], str]


@dataclass(frozen=True)
class LoadResult:
    """What one load measured; latencies in milliseconds."""

    users: int
    messages: int
    unanswered: int
    seconds: float
    messages_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value that a share of a hundred stays below.

    Args:
        values: At least one.
        share: 1-99.
    """
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


async def first_answer(base_url: str, wording: Wording, check: Callable[[], None]) -> None:
    """Wait until the server answers a message.

    Args:
        base_url: The server's address.
        wording: How a message is worded for this assistant.
        check: Called between the attempts; raises when waiting on is useless.

    Raises:
        BenchError: If no answer comes within START_SECONDS.
    """

    async def attempt(session: aiohttp.ClientSession) -> bool:
        return await _say(session, base_url + WEBHOOK, _new_sender(), wording(CHAT[0]))

    await _until(attempt, base_url, check)


async def page_ready(url: str, check: Callable[[], None]) -> None:
    """Wait until a page answers 200; arguments and errors as for `first_answer`."""

    async def attempt(session: aiohttp.ClientSession) -> bool:
        async with session.get(url) as response:
            return response.status == 200

    await _until(attempt, url, check)


async def hold_conversations(
    base_url: str, wording: Wording, users: int, conversations: int
) -> LoadResult:
    """Let users hold conversations at the same time, each waiting for every reply.

    Args:
        base_url: The server's address.
        wording: How a message is worded for this assistant.
        users: How many talk at once.
        conversations: How many in all, rounded up so that every user holds as many.

    Returns:
        The figures of this load.

    Raises:
        BenchError: If a message is refused or not answered within TURN_SECONDS.
    """
    latencies: list[float] = []
    unanswered = 0

    async def user(session: aiohttp.ClientSession) -> None:
        nonlocal unanswered
        for _ in range(-(-conversations // users)):
            sender = _new_sender()
            for text in DIALOGUE:
                started = time.perf_counter()
                answered = await _say(session, base_url + WEBHOOK, sender, wording(text))
                latencies.append((time.perf_counter() - started) * 1000)
                unanswered += not answered

    started = time.perf_counter()
    try:
        async with _session() as session, asyncio.TaskGroup() as group:
            for _ in range(users):
                group.create_task(user(session))
    except* (aiohttp.ClientError, TimeoutError) as errors:
        error = errors.exceptions[0]
        raise BenchError(f"{base_url} failed under {users} user(s): {error!r}") from error
    seconds = time.perf_counter() - started
    return LoadResult(
        users=users,
        messages=len(latencies),
        unanswered=unanswered,
        seconds=seconds,
        messages_per_second=len(latencies) / seconds,
        p50_ms=percentile(latencies, 50),
        p95_ms=percentile(latencies, 95),
        p99_ms=percentile(latencies, 99),
    )


async def hold_long_chats(
    base_url: str, wording: Wording, chats: int, turns: int
) -> list[list[float]]:
    """Hold long chats one after the other.

    Args:
        base_url: The server's address.
        wording: How a message is worded for this assistant.
        chats: How many.
        turns: How many messages each.

    Returns:
        Milliseconds by turn, one for each chat.

    Raises:
        BenchError: If a message is refused or not answered within TURN_SECONDS.
    """
    latencies: list[list[float]] = [[] for _ in range(turns)]
    try:
        async with _session() as session:
            for _ in range(chats):
                sender = _new_sender()
                for turn in range(turns):
                    text = wording(CHAT[turn % len(CHAT)])
                    started = time.perf_counter()
                    await _say(session, base_url + WEBHOOK, sender, text)
                    latencies[turn].append((time.perf_counter() - started) * 1000)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise BenchError(f"{base_url} failed in a long chat: {error!r}") from error
    return latencies


async def _until(
    attempt: Callable[[aiohttp.ClientSession], Awaitable[bool]],
    url: str,
    check: Callable[[], None],
) -> None:
    deadline = time.monotonic() + START_SECONDS
    async with _session() as session:
        while time.monotonic() < deadline:
            check()
            try:
                if await attempt(session):
                    return
            except (aiohttp.ClientError, TimeoutError):
                pass  # not listening yet, or still loading
            await asyncio.sleep(0.05)
    raise BenchError(f"{url} did not answer within {START_SECONDS} s")


async def _say(session: aiohttp.ClientSession, url: str, sender: str, text: str) -> bool:
    async with session.post(url, json={"sender": sender, "message": text}) as response:
        response.raise_for_status()
        return bool(await response.json())


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TURN_SECONDS))


def _new_sender() -> str:
    return f"bench-{uuid.uuid4().hex}"
