"""Walk the steps of bookings one after another, until somebody ends the process.

The visitor remembers in a file what was answered, as a conversation's tracker does; a process
that is started anew goes on from there.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from clinic import clock
from clinic.scheduling.port import Contact, PatientDetails, Slot, SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import load_settings

CONTACT = Contact(email="jane@example.com")


class Visitor:
    """Books, moves and cancels again and again.

    Args:
        scheduler: The calendar.
        memory: Where it remembers what was answered.
    """

    def __init__(self, scheduler: SqlScheduler, memory: Path) -> None:
        self._scheduler = scheduler
        self._memory = memory
        self.known: dict[str, Any] = json.loads(memory.read_text()) if memory.exists() else {}

    def step(self) -> None:
        """Do the next step of the present round, and remember its answer."""
        known, scheduler = self.known, self._scheduler
        number = known.setdefault("round", 0)
        if "hold" not in known:
            known["hold"] = self._hold(number, 5)
        elif "reference" not in known:
            patient = PatientDetails(f"Jane Doe {number}", CONTACT, clock.now())
            booked = scheduler.confirm(known["hold"], patient, "new", f"key {known['hold']}")
            known["reference"] = booked.reference
        elif number % 3 and "second_hold" not in known:
            known["second_hold"] = self._hold(number, 9)
        elif number % 3 and not known.get("moved"):
            moved = scheduler.move(known["reference"], CONTACT, known["second_hold"])
            assert moved is not None
            known["moved"] = True
        elif number % 3 == 2 and not known.get("cancelled"):
            cancelled = scheduler.cancel(known["reference"], CONTACT)
            assert cancelled is not None
            known["cancelled"] = True
        else:
            done = known.get("done", [])
            state = "cancelled" if known.get("cancelled") else "booked"
            self.known = {"round": number + 1, "done": [*done, [known["reference"], state]]}
        self._remember()

    def _hold(self, number: int, place: int) -> str:
        free: list[Slot] = self._scheduler.find_slots(SlotQuery(visit_type="new"), 10)
        return self._scheduler.hold(free[place], f"visitor of round {number} at {place}").id

    def _remember(self) -> None:
        new = self._memory.with_suffix(".new")
        new.write_text(json.dumps(self.known))
        new.rename(self._memory)


def walk(database_url: str, memory: Path, ready: int) -> None:
    """Walk until killed.

    Args:
        database_url: The calendar.
        memory: Where the visitor remembers.
        ready: A file descriptor that hears when the calendar is open.
    """
    scheduler = SqlScheduler.open(replace(load_settings(), database_url=database_url))
    visitor = Visitor(scheduler, memory)
    os.write(ready, b"!")
    while True:
        visitor.step()
