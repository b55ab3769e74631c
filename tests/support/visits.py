"""Read the sealed appointments of a database as the front desk does."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from clinic.scheduling.desk import TRANSITIONS, CallBackRequest, Desk, Entry
from clinic.settings import load_settings


def visits_of(database: Path, name: str) -> list[Entry]:
    """Return a patient's visits of any status, in order.

    Args:
        database: The SQLite file; its master key is the one of this project.
        name: The patient's full name.
    """
    start, end = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    with closing(_desk(database)) as desk:
        entries = desk.appointments(start, end, statuses=("booked", *TRANSITIONS))
    return [entry for entry in entries if entry.appointment.patient_name == name]


def call_backs(database: Path) -> list[CallBackRequest]:
    """Return who asked to be called, the oldest first."""
    with closing(_desk(database)) as desk:
        return desk.call_backs()


def _desk(database: Path) -> Desk:
    return Desk(replace(load_settings(), database_url=f"sqlite:///{database}"))
