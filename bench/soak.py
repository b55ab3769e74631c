"""Let many patients chat at the same time, and count what was lost, doubled or crossed.

`python -m bench.soak --conversations 1000 --minutes 10` starts a PostgreSQL server and Atlas with
two workers of its own. Every conversation says things that are its own (how long, how bad, a tag
in each message); at the end its history and its slots must hold all of that once, in order, and
nothing of another one. A message that failed is sent again under the same id, as a browser does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.load import page_ready
from bench.postgresql import find_binaries, running_server
from bench.processes import ROOT, BenchError, Service, seconds_of

_OPENING = "Aching pain in my neck for {days} days, {severity}/10, no injury ({tag})"
_QUESTIONS = (
    "what is an MRI? ({tag})",
    "how does physical therapy help? ({tag})",
    "tell me about massage ({tag})",
    "what is cervical spondylosis? ({tag})",
    "where are you? ({tag})",
    "what causes neck pain? ({tag})",
)
_TRIES = 12
_RETRY_SECONDS = 1.0
_ANSWER_SECONDS = 60.0
_WATCH_SECONDS = 60.0
_LETTERS = "bcdfghjklmnpqrstvwxz"


@dataclass
class Outcome:
    """What happened to all conversations together."""

    conversations: int = 0
    messages: int = 0
    sent_again: int = 0
    lost: int = 0
    doubled: int = 0
    crossed: int = 0
    wrong: int = 0
    latencies: list[float] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost, doubled, crossed or otherwise wrong."""
        return self.lost == self.doubled == self.crossed == self.wrong == 0

    def lines(self) -> list[str]:
        """Return the figures, for people."""
        cuts = statistics.quantiles(self.latencies or [0.0, 0.0], n=100, method="inclusive")
        return [
            f"{self.conversations} conversations, {self.messages} messages in "
            f"{self.seconds:.0f} s ({self.messages / max(self.seconds, 0.001):.1f} a second)",
            f"lost {self.lost}, doubled {self.doubled}, crossed {self.crossed}, "
            f"otherwise wrong {self.wrong}; sent again {self.sent_again} {dict(self.problems)}",
            f"until the whole answer: p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms, "
            f"p99 {cuts[98] * 1000:.0f} ms",
        ]


class Patient:
    """One conversation through the web chat.

    Args:
        number: Makes what it says its own.
        base_url: Where Atlas is served.
        session: The HTTP client.
        outcome: Where its figures go.
    """

    def __init__(
        self, number: int, base_url: str, session: aiohttp.ClientSession, outcome: Outcome
    ) -> None:
        self.days = 2 + number % 27
        self.severity = 1 + number % 9
        # Letters only: a number would be read as an answer.
        own = random.Random(number)
        self.tag = "zq" + "".join(own.choice(_LETTERS) for _ in range(10))
        self.said: list[str] = []
        self._base_url = base_url
        self._session = session
        self._outcome = outcome
        self._headers = {
            # As a proxy would tell it, so that the limit of one address is not what is measured.
            "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        }
        self._conversation_id = ""

    async def begin(self) -> None:
        """Open the chat."""
        for _ in range(_TRIES):
            try:
                async with self._session.post(
                    f"{self._base_url}/chat/session", headers=self._headers
                ) as reply:
                    if reply.status == 200:
                        token = (await reply.json())["token"]
                        self._headers["Authorization"] = f"Bearer {token}"
                        return
                    self._outcome.problems[f"session {reply.status}"] += 1
            except (aiohttp.ClientError, TimeoutError) as error:
                self._outcome.problems[type(error).__name__] += 1
            await asyncio.sleep(_RETRY_SECONDS)
        raise BenchError("a chat could not be opened")

    async def chat(self, until: float, pause: float) -> None:
        """Write messages until a moment of the event loop's clock.

        Args:
            until: When to stop.
            pause: Seconds between two messages, on average.
        """
        await self.say(_OPENING.format(days=self.days, severity=self.severity, tag=self.tag))
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(random.uniform(0.5, 1.5) * pause)
            question = _QUESTIONS[len(self.said) % len(_QUESTIONS)]
            await self.say(question.format(tag=f"{self.tag} {_word(len(self.said))}"))

    async def say(self, text: str) -> None:
        """Write one message, again and again until it is answered."""
        self.said.append(text)
        self._outcome.messages += 1
        body = {"id": str(uuid.uuid4()), "text": text}
        for attempt in range(_TRIES):
            started = time.perf_counter()
            problem = await self._send(body)
            if problem is None:
                self._outcome.latencies.append(time.perf_counter() - started)
                return
            self._outcome.problems[problem] += 1
            self._outcome.sent_again += 1
            await asyncio.sleep(_RETRY_SECONDS * min(attempt + 1, 3))
        self._outcome.lost += 1

    async def check(self) -> None:
        """Compare what is kept with what was said."""
        async with self._session.get(
            f"{self._base_url}/chat/history", headers=self._headers
        ) as reply:
            shown = (await reply.json())["messages"] if reply.status == 200 else []
        heard = [message["text"] for message in shown if message["from"] == "user"]
        counts = Counter(heard)
        self._outcome.lost += sum(1 for text in self.said if not counts[text])
        self._outcome.doubled += sum(count - 1 for count in counts.values())
        self._outcome.crossed += sum(1 for text in heard if self.tag not in text)
        self._outcome.wrong += set(heard) == set(self.said) and heard != self.said
        unanswered = sum(
            1
            for one, following in zip(shown, [*shown[1:], {"from": "user"}], strict=True)
            if one["from"] == following["from"] == "user"
        )
        self._outcome.lost += unanswered
        restated = json.dumps(shown[:6])
        whole = f"{self.days} days" if self.days % 7 else f"{self.days // 7} week"
        if whole not in restated or f"{self.severity} out of 10" not in restated:
            self._outcome.crossed += 1

    async def _send(self, body: dict[str, str]) -> str | None:
        """Return what went wrong; None: it was answered."""
        try:
            async with self._session.post(
                f"{self._base_url}/chat/messages", json=body, headers=self._headers
            ) as reply:
                if reply.status != 200:
                    return f"status {reply.status}"
                lines = [json.loads(line) for line in (await reply.text()).splitlines()]
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return type(error).__name__
        if not lines or lines[-1]["type"] != "done":
            return "failed"
        return None if len(lines) > 1 else "no answer"


async def soak(
    base_url: str,
    conversations: int,
    seconds: float,
    pause: float,
    begin_within: float,
    watch: Callable[[Outcome], None] | None = None,
) -> Outcome:
    """Let conversations run at the same time.

    Args:
        base_url: Where Atlas is served; it has to trust X-Forwarded-For (SANIC_PROXIES_COUNT=1).
        conversations: How many.
        seconds: For how long.
        pause: Seconds between two messages of one conversation, on average.
        begin_within: Over how many seconds their beginnings are spread.
        watch: Called once a minute with what happened so far.

    Returns:
        What happened.
    """

    async def look() -> None:
        while watch is not None:
            await asyncio.sleep(_WATCH_SECONDS)
            watch(outcome)

    outcome = Outcome(conversations)
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=5)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        patients = [Patient(number, base_url, session, outcome) for number in range(conversations)]
        started = time.perf_counter()
        until = asyncio.get_running_loop().time() + seconds

        async def live(patient: Patient) -> None:
            await asyncio.sleep(random.uniform(0, begin_within))
            await patient.begin()
            await patient.chat(until, pause)

        looking = asyncio.create_task(look())
        await asyncio.gather(*(live(patient) for patient in patients))
        looking.cancel()
        outcome.seconds = time.perf_counter() - started
        for first in range(0, conversations, 20):
            await asyncio.gather(*(one.check() for one in patients[first : first + 20]))
    return outcome


def served(folder: Path, port: int, database_url: str, workers: int) -> Service:
    """Return Atlas with workers, not started yet.

    Args:
        folder: For the log.
        port: Where it serves.
        database_url: PostgreSQL.
        workers: How many.
    """
    return Service(
        "atlas",
        [str(ROOT / ".venv" / "bin" / "atlas"), "serve", "--workers", str(workers)],
        cwd=ROOT,
        log=folder / "atlas.log",
        env={
            "PORT": str(port),
            "ATLAS_DATABASE_URL": database_url,
            "SANIC_PROXIES_COUNT": "1",
        },
        ready_url=f"http://127.0.0.1:{port}/readyz",
    )


class Minutes:
    """Tell what each minute of a long run took.

    Args:
        service: Atlas, up.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._answered = 0
        self._taken = self._processor_seconds()

    def tell(self, outcome: Outcome) -> None:
        """Print the minute that ended.

        Args:
            outcome: What happened so far.
        """
        taken, answered = self._processor_seconds(), len(outcome.latencies)
        messages = max(answered - self._answered, 1)
        each = ", ".join(
            f"{(after - before) * 1000 / messages:.1f} ms in {name}"
            for name, after, before in zip(
                ("the workers", "PostgreSQL", "the client"), taken, self._taken, strict=True
            )
        )
        late = statistics.median(outcome.latencies[self._answered :] or [0.0])
        print(
            f"{answered - self._answered} messages answered, p50 {late * 1000:.0f} ms, "
            f"memory {self._service.resident_mb():.0f} MB; processor time a message: {each}",
            flush=True,
        )
        self._taken, self._answered = taken, answered

    def _processor_seconds(self) -> tuple[float, float, float]:
        own = sum(os.times()[:2])
        return self._service.processor_seconds(), seconds_of("postgres"), own


def main() -> int:
    """Run the long form, and say what it found."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--conversations", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--pause", type=float, default=20, help="seconds between two messages")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--port", type=int, default=5315)
    chosen = parser.parse_args()
    binaries = find_binaries()
    if binaries is None:
        print("bench: no PostgreSQL server is installed (Debian: apt-get install postgresql)")
        return 1
    with tempfile.TemporaryDirectory() as folder, running_server(binaries) as database:
        service = served(Path(folder), chosen.port, database.url("atlas"), chosen.workers)
        service.start()
        try:
            base_url = f"http://127.0.0.1:{chosen.port}"
            asyncio.run(page_ready(service.ready_url, service.check))
            outcome = asyncio.run(
                soak(
                    base_url,
                    chosen.conversations,
                    chosen.minutes * 60,
                    chosen.pause,
                    begin_within=min(chosen.minutes * 20, 60),
                    watch=Minutes(service).tell,
                )
            )
            print("\n".join([*outcome.lines(), f"memory {service.resident_mb():.0f} MB"]))
        finally:
            service.stop()
    return 0 if outcome.is_right else 1


def _word(number: int) -> str:
    """Write a number in letters, which nobody takes for an answer."""
    digits = []
    while True:
        number, digit = divmod(number, len(_LETTERS))
        digits.append(_LETTERS[digit])
        if not number:
            return "zx" + "".join(digits)


if __name__ == "__main__":
    sys.exit(main())
