"""A rush on the calendar: many visitors in several processes, some of them killed.

Run as a program it is one of the processes:
`python tests/support/rush.py DATABASE_URL FOLDER FIRST COUNT`
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from clinic import clock
from clinic.scheduling.port import (
    Contact,
    PatientDetails,
    SchedulerUnavailable,
    Slot,
    SlotQuery,
    SlotTaken,
)
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
SLOTS = 100
ATTEMPTS = 1000
PROCESSES = 4
_THREADS = 4


def hundred_slots(scheduler: SqlScheduler) -> list[Slot]:
    """Return a hundred visits none of which overlaps another with the same practitioner."""
    found: list[Slot] = []
    for person in load_settings().clinic.practitioners:
        last: Slot | None = None
        for slot in scheduler.find_slots(
            SlotQuery(visit_type="new", practitioner_id=person.id), 400
        ):
            if last is None or slot.start >= last.end:
                found.append(slot)
                last = slot
    return sorted(found, key=lambda slot: (slot.start, slot.practitioner_id))[:SLOTS]


def run(database_url: str, folder: Path, *, kill: bool) -> dict[str, int]:
    """Let a thousand visitors go for a hundred times; return how it ended for how many.

    Args:
        database_url: The calendar, empty.
        folder: For what each visitor remembers.
        kill: End one of the processes at once in the middle, and start it again.
    """
    folder.mkdir()
    each = ATTEMPTS // PROCESSES
    started = [_start(database_url, folder, number * each, each) for number in range(PROCESSES)]
    if kill:
        deadline = time.monotonic() + 60
        while len(list(folder.glob("*.end"))) < ATTEMPTS // 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert started[0].poll() is None, "too quick: it ended before it could be killed"
        started[0].send_signal(signal.SIGKILL)
        assert started[0].wait() == -signal.SIGKILL
        started[0] = _start(database_url, folder, 0, each)
    assert [process.wait(timeout=240) for process in started] == [0] * PROCESSES
    ends = [path.read_text() for path in folder.glob("*.end")]
    return {end: ends.count(end) for end in sorted(set(ends))}


def _start(database_url: str, folder: Path, first: int, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, __file__, database_url, str(folder), str(first), str(count)], cwd=ROOT
    )


def _visit(scheduler: SqlScheduler, slot: Slot, number: int, folder: Path) -> str:
    """Book as a conversation does: it remembers its hold, and confirms it again after a crash."""
    memory = folder / f"{number}.hold"
    while True:
        try:
            if not memory.exists():
                hold = scheduler.hold(slot, f"visitor {number}")
                _write(memory, hold.id)
            patient = PatientDetails(
                f"Visitor {number}", Contact(email=f"visitor{number}@example.com"), clock.now()
            )
            scheduler.confirm(memory.read_text(), patient, "new", f"key {number}")
        except SlotTaken:
            return "refused"
        except SchedulerUnavailable:
            continue  # told so, the visitor tries again
        return "booked"


def _write(file: Path, words: str) -> None:
    """Write a file that a kill leaves whole or not there at all."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(words)
    new.rename(file)


def _work(database_url: str, folder: Path, first: int, count: int) -> None:
    scheduler = SqlScheduler(replace(load_settings(), database_url=database_url))
    slots = _known_slots(folder)

    def attempt(number: int) -> None:
        end = folder / f"{number}.end"
        if not end.exists():
            _write(end, _visit(scheduler, slots[number % SLOTS], number, folder))

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(attempt, range(first, first + count)))


def _known_slots(folder: Path) -> list[Slot]:
    """Return the hundred times as they were before anything was taken."""
    # By the rules alone, so that every process sees the same ones.
    empty = SqlScheduler(
        replace(load_settings(), database_url=f"sqlite:///{folder.parent / 'empty.db'}")
    )
    slots = hundred_slots(empty)
    empty.close()
    return slots


if __name__ == "__main__":
    _work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
