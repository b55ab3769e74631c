"""Measure bookings a second on SQLite and on PostgreSQL: `python -m bench.booking`.

One booking is what a visitor causes: find the free times, hold one, confirm it. Eight visitors
work at once; each takes a time of their own, as visitors mostly do.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench.postgresql import find_binaries, running_server
from clinic import clock
from clinic.scheduling.port import Contact, PatientDetails, Slot, SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import load_settings

_NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
_VISITORS = 8


@dataclass(frozen=True)
class Figures:
    """What was measured.

    Args:
        name: The database.
        bookings: How many were made.
        a_second: Bookings a second.
        p50: Milliseconds of the median booking.
        p95: Milliseconds that 95 of 100 bookings stay below.
    """

    name: str
    bookings: int
    a_second: float
    p50: float
    p95: float

    def line(self) -> str:
        """Write the figures as a row of a table."""
        return (
            f"| {self.name} | {self.bookings} | {self.a_second:.0f} | {self.p50:.0f} ms "
            f"| {self.p95:.0f} ms |"
        )


def measure(name: str, database_url: str, bookings: int) -> Figures:
    """Book and time it.

    Args:
        name: What to call the database.
        database_url: An empty calendar.
        bookings: How many.
    """
    scheduler = SqlScheduler.open(replace(load_settings(), database_url=database_url))
    slots = _apart(scheduler, bookings)

    def book(number: int) -> float:
        slot = slots[number]
        started = time.perf_counter()
        query = SlotQuery(visit_type="new", practitioner_id=slot.practitioner_id, near=slot.start)
        scheduler.find_slots(query, 5)
        hold = scheduler.hold(slot, f"visitor {number}")
        patient = PatientDetails(
            f"Visitor {number}", Contact(email=f"visitor{number}@example.com"), clock.now()
        )
        scheduler.confirm(hold.id, patient, "new", f"key {number}")
        return time.perf_counter() - started

    started = time.perf_counter()
    with ThreadPoolExecutor(_VISITORS) as pool:
        times = sorted(pool.map(book, range(len(slots))))
    took = time.perf_counter() - started
    scheduler.close()
    count = len(times)
    return Figures(
        name,
        count,
        count / took,
        times[count // 2] * 1000,
        times[int(count * 0.95)] * 1000,
    )


def _apart(scheduler: SqlScheduler, most: int) -> list[Slot]:
    """Return times that do not overlap, spread over all practitioners."""
    found: list[Slot] = []
    for person in load_settings().clinic.practitioners:
        last: Slot | None = None
        query = SlotQuery(visit_type="new", practitioner_id=person.id)
        for slot in scheduler.find_slots(query, 10_000):
            if last is None or slot.start >= last.end:
                found.append(slot)
                last = slot
    return sorted(found, key=lambda slot: slot.start)[:most]


def main() -> None:
    """Measure both databases and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.booking", description=__doc__)
    parser.add_argument("--bookings", type=int, default=600, help="how many (default: 600)")
    bookings = parser.parse_args().bookings
    os.environ["ATLAS_NOW"] = _NOW.isoformat()
    print("| database | bookings | a second | median | p95 |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'atlas.db'}"
        print(measure("SQLite", url, bookings).line(), flush=True)
    binaries = find_binaries()
    if binaries is None:
        print("PostgreSQL is not installed (Debian: apt-get install postgresql).")
        return
    with running_server(binaries) as server:
        print(measure("PostgreSQL", server.url("atlas"), bookings).line(), flush=True)


if __name__ == "__main__":
    main()
