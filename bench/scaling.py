"""Measure two workers against one: `python -m bench.scaling`, on a machine that does nothing else.

The same conversations, as many at once, over REST with a PostgreSQL of its own. What the client and
the database take of the processor is told, because on few cores it is missing to the workers; and
how much of the workers' time the busier one took, because it is full first. From both follows what
two workers would give where each has a core to itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.load import START_SECONDS, LoadResult, hold_conversations
from bench.postgresql import find_binaries, running_server
from bench.processes import BenchError, Service, seconds_of
from bench.soak import served


@dataclass(frozen=True)
class Measured:
    """One load on some workers.

    Args:
        load: What the client saw.
        workers: Seconds of processor time that each process of Atlas took.
        client: Likewise this process.
        database: Likewise PostgreSQL.
    """

    load: LoadResult
    workers: list[float]
    client: float
    database: float

    @property
    def busiest(self) -> float:
        """Milliseconds of the busiest worker for each message of all."""
        return max(self.workers) / self.load.messages * 1000

    def line(self, count: int) -> str:
        """Return the figures, for people."""
        load = self.load
        each = [
            f"{seconds / load.messages * 1000:.1f} ms in {where}"
            for where, seconds in (
                ("the workers", sum(self.workers)),
                ("PostgreSQL", self.database),
                ("the client", self.client),
            )
        ]
        return (
            f"{count} worker(s): {load.messages_per_second:.1f} messages a second, "
            f"p50 {load.p50_ms:.0f} ms, p95 {load.p95_ms:.0f} ms; "
            f"processor time a message: {', '.join(each)}; "
            f"the busiest worker took {max(self.workers) / sum(self.workers):.0%}"
        )


def measure(folder: Path, database_url: str, port: int, workers: int, users: int) -> Measured:
    """Let users talk to Atlas with some workers.

    Args:
        folder: For the log.
        database_url: PostgreSQL, freshly made or used.
        port: Where Atlas serves.
        workers: How many.
        users: How many talk at once.
    """
    service = served(folder, port, database_url, workers)
    base_url = f"http://127.0.0.1:{port}"
    service.start()
    try:
        _wait_for_all(service)
        asyncio.run(hold_conversations(base_url, str, users, users))  # warm
        before, own, database = (
            service.processor_seconds_each(),
            _own_seconds(),
            seconds_of("postgres"),
        )
        load = asyncio.run(hold_conversations(base_url, str, users, 4 * users))
        after = service.processor_seconds_each()
        taken = [seconds - before.get(process, 0.0) for process, seconds in after.items()]
        return Measured(load, taken, _own_seconds() - own, seconds_of("postgres") - database)
    finally:
        service.stop()


def _wait_for_all(service: Service) -> None:
    """Wait until the supervisor says that every worker is ready; `/readyz` tells of one of them."""
    deadline = time.monotonic() + START_SECONDS
    while "Atlas is ready" not in service.log_tail():
        service.check()
        if time.monotonic() > deadline:
            raise BenchError(f"the workers were not ready within {START_SECONDS} s")
        time.sleep(0.1)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("--users", type=int, default=16)
    parser.add_argument("--port", type=int, default=5318)
    chosen = parser.parse_args()
    binaries = find_binaries()
    if binaries is None:
        print("bench: no PostgreSQL server is installed (Debian: apt-get install postgresql)")
        return 1
    found: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder, running_server(binaries) as database:
        for count in (1, 2):
            url = database.url("atlas")
            found.append(measure(Path(folder), url, chosen.port, count, chosen.users))
            print(found[-1].line(count), flush=True)
    one, two = found
    rate = two.load.messages_per_second / one.load.messages_per_second
    print(
        f"two workers gave {rate:.2f} times one, on {os.cpu_count()} cores; "
        f"by processor time, with a core for each, {one.busiest / two.busiest:.2f} times"
    )
    return 0


def _own_seconds() -> float:
    return sum(os.times()[:2])


if __name__ == "__main__":
    sys.exit(main())
