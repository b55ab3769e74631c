"""The clinic's side of the calendar: open and block time, list visits, close call-backs.

Unlike the port, it asks for no second factor: whoever may run the `atlas` command on the
clinic's machine may see the calendar.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import clock
from clinic.scheduling import models
from clinic.scheduling.availability import TimeChange
from clinic.scheduling.database import Database
from clinic.scheduling.port import (
    AlreadyBooked,
    Appointment,
    Contact,
    PatientDetails,
    SlotQuery,
    SlotTaken,
)
from clinic.scheduling.records import announce, free_ticks, lock_practitioners, told
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.scheduling.trail import record
from clinic.settings import Settings

# What the clinic may make of a visit, from which states. Whatever still owns its time can become
# booked again, so that a wrong word is no disaster.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    "booked": ("arrived", "checked-in", "fulfilled", "noshow"),
    "arrived": ("booked",),
    "checked-in": ("booked", "arrived"),
    "fulfilled": ("booked", "arrived", "checked-in"),
    "noshow": ("booked",),
    "cancelled": ("booked",),
    "entered-in-error": ("booked", "arrived", "checked-in", "fulfilled", "noshow", "cancelled"),
}
_FREES_ITS_TIME = ("cancelled", "entered-in-error")

_DEMO_NAMES = (
    *("Alex Example", "Sam Sample", "Robin Demo", "Kim Placeholder", "Jo Invented"),
    *("Max Fictional", "Chris Made-Up", "Pat Pretend", "Lee Imaginary", "Toni Nobody"),
)


class DeskError(Exception):
    """What the clinic asked for cannot be done; one sentence says why."""


@dataclass(frozen=True)
class Entry:
    """An appointment with how to reach the patient.

    Args:
        appointment: The visit.
        contact: Phone and e-mail.
        reminders: Whether the patient welcomes reminders.
    """

    appointment: Appointment
    contact: Contact
    reminders: bool


@dataclass(frozen=True)
class Change:
    """Time that was opened or blocked.

    Args:
        id: Its number.
        change: What was done.
    """

    id: int
    change: TimeChange


@dataclass(frozen=True)
class CallBackRequest:
    """Someone who would like to be called about a visit.

    Args:
        id: Its number.
        asked_at: When they asked.
        name: Who.
        contact: How to reach them.
        visit_type: Id of the visit type.
        wish: The time they would like, as Atlas understood it.
        closed_at: When the clinic dealt with it; None: not yet.
    """

    id: int
    asked_at: datetime
    name: str
    contact: Contact
    visit_type: str
    wish: str
    closed_at: datetime | None


class Desk:
    """What the clinic does with its calendar.

    Every method may raise SchedulerUnavailable; then nothing was changed.

    Args:
        settings: The clinic's rules and where the database is.
        actor: Who does it, as the trail tells.
    """

    def __init__(self, settings: Settings, actor: str = "operator") -> None:
        self._settings = settings
        self._clinic = settings.clinic
        self._actor = actor
        self._database = Database(settings, actor)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def change_time(
        self,
        kind: Literal["opened", "blocked"],
        start: datetime,
        end: datetime,
        practitioner_id: str | None = None,
    ) -> tuple[int, list[Entry]]:
        """Open time besides the clinic's hours, or block time within them.

        Args:
            kind: What to do.
            start: First moment, aware.
            end: Moment after the last, aware.
            practitioner_id: Whose time; None is everybody's.

        Returns:
            The number of the change, and the visits that stand in blocked time. They stay:
            the clinic has to move or cancel them.

        Raises:
            DeskError: The stretch is past or turned round, or nobody has that id.
        """
        now = clock.now()
        if end <= start:
            raise DeskError("the end must come after the start")
        if end <= now:
            raise DeskError("that time is past")
        if practitioner_id is not None and self._clinic.practitioner(practitioner_id) is None:
            known = ", ".join(person.id for person in self._clinic.practitioners)
            raise DeskError(f"nobody has the id {practitioner_id!r}; there are {known}")
        with self._database.transaction(writes=True) as session:
            # A booking that is being confirmed is waited for, and then shows in the list.
            everybody = [person.id for person in self._clinic.practitioners]
            lock_practitioners(session, *([practitioner_id] if practitioner_id else everybody))
            row = models.TimeChange(
                kind=kind, practitioner_id=practitioner_id, start_utc=start, end_utc=end
            )
            session.add(row)
            session.flush()
            record(session, kind, now, row)
            standing = _entries(session, start, end, practitioner_id, ("booked",))
            return row.id, standing if kind == "blocked" else []

    def withdraw(self, change_id: int) -> Change:
        """Undo a change of time; visits booked in opened time stay.

        Raises:
            DeskError: There is no such change.
        """
        with self._database.transaction(writes=True) as session:
            row = session.get(models.TimeChange, change_id)
            if row is None:
                raise DeskError(f"there is no change of time with the number {change_id}")
            known = _change(row)
            record(session, "withdrawn", clock.now(), row)
            session.delete(row)
            return known

    def changes(self) -> list[Change]:
        """Return the changes of time that are not past, in order."""
        with self._database.transaction(writes=False) as session:
            rows = session.scalars(
                select(models.TimeChange)
                .where(models.TimeChange.end_utc > clock.now())
                .order_by(models.TimeChange.start_utc, models.TimeChange.id)
            )
            return [_change(row) for row in rows]

    def appointments(
        self,
        start: datetime,
        end: datetime,
        practitioner_id: str | None = None,
        statuses: Sequence[str] = ("booked", "arrived", "checked-in", "fulfilled", "noshow"),
    ) -> list[Entry]:
        """Return the visits that touch a stretch of time, in order.

        Args:
            start: First moment.
            end: Moment after the last.
            practitioner_id: Only this practitioner's.
            statuses: Only these.
        """
        with self._database.transaction(writes=False) as session:
            return _entries(session, start, end, practitioner_id, statuses)

    def appointment(self, reference: str) -> Entry:
        """Return one visit.

        Raises:
            DeskError: There is no such visit.
        """
        row = models.Appointment
        with self._database.transaction(writes=False) as session:
            found = session.scalar(select(row).where(row.reference == reference.strip().upper()))
            if found is None:
                raise DeskError(f"there is no appointment {reference}")
            return _entry(found)

    def set_status(self, reference: str, status: str, actor: str | None = None) -> Appointment:
        """Set what became of a visit; giving it up frees its time.

        Args:
            reference: Of the visit.
            status: One of `TRANSITIONS`.
            actor: Who does it, where that is not who the desk was made for.

        Raises:
            DeskError: There is no such visit, or it cannot become that from what it is.
        """
        if status not in TRANSITIONS:
            raise DeskError(f"{status!r} is not one of {', '.join(TRANSITIONS)}")
        now = clock.now()
        with self._database.transaction(writes=True, actor=actor) as session:
            row = session.scalar(
                select(models.Appointment).where(
                    models.Appointment.reference == reference.strip().upper()
                )
            )
            if row is None:
                raise DeskError(f"there is no appointment {reference}")
            lock_practitioners(session, row.practitioner_id)
            session.refresh(row)
            if row.status == status:
                return told(row)
            if row.status not in TRANSITIONS[status]:
                raise DeskError(f"appointment {row.reference} is {row.status}, not changed")
            row.status = status
            row.revision += 1
            record(session, status, now, row)
            if status in _FREES_ITS_TIME:
                free_ticks(session, row)
                announce(session, row, "cancelled", now, always=True)
            session.flush()
            return told(row)

    def call_backs(self, *, closed: bool = False) -> list[CallBackRequest]:
        """Return who asked to be called, the oldest first.

        Args:
            closed: Also those that the clinic has dealt with.
        """
        row = models.CallBack
        wanted = select(row).order_by(row.asked_at, row.id)
        if not closed:
            wanted = wanted.where(row.closed_at.is_(None))
        with self._database.transaction(writes=False) as session:
            return [_call_back(one) for one in session.scalars(wanted)]

    def close_call_back(self, call_back_id: int, actor: str | None = None) -> CallBackRequest:
        """Note that somebody was called.

        Args:
            call_back_id: Number of the request.
            actor: Who does it, where that is not who the desk was made for.

        Raises:
            DeskError: There is no such request.
        """
        now = clock.now()
        with self._database.transaction(writes=True, actor=actor) as session:
            row = session.get(models.CallBack, call_back_id)
            if row is None:
                raise DeskError(f"there is no call-back request with the number {call_back_id}")
            if row.closed_at is None:
                row.closed_at = now
                record(session, "call_back_closed", now, row)
                session.flush()
            return _call_back(row)

    def fill_demo(self, visits: int, seed: int = 1) -> int:
        """Book invented visits into a demo clinic, so that its calendar looks lived in.

        Args:
            visits: How many; fewer when the calendar is full.
            seed: The same seed chooses the same times.

        Returns:
            How many were booked.

        Raises:
            DeskError: clinic.yml does not say `demo: true`.
        """
        if not self._clinic.demo:
            raise DeskError("clinic.yml says demo: false; invented visits are for a demo clinic")
        scheduler = SqlScheduler(self._settings, self._actor)
        chance = random.Random(seed)  # not for secrets
        booked = 0
        try:
            for number in range(visits):
                kind = chance.choice(self._clinic.visit_types).id
                free = scheduler.find_slots(SlotQuery(visit_type=kind), 200)
                if not free:
                    break
                patient = PatientDetails(
                    name=chance.choice(_DEMO_NAMES),
                    contact=Contact(email=f"demo{seed}-{number}@example.com"),
                    contact_consent_at=None,
                )
                try:
                    hold = scheduler.hold(chance.choice(free), f"demo {seed} {number}")
                    scheduler.confirm(hold.id, patient, kind, f"demo {hold.id}")
                except (SlotTaken, AlreadyBooked):
                    continue  # a real visitor was quicker
                booked += 1
        finally:
            scheduler.close()
        return booked


def _entries(
    session: Session,
    start: datetime,
    end: datetime,
    practitioner_id: str | None,
    statuses: Sequence[str],
) -> list[Entry]:
    row = models.Appointment
    wanted = (
        select(row)
        .where(row.start_utc < end, row.end_utc > start, row.status.in_(statuses))
        .order_by(row.start_utc, row.practitioner_id)
    )
    if practitioner_id is not None:
        wanted = wanted.where(row.practitioner_id == practitioner_id)
    return [_entry(one) for one in session.scalars(wanted)]


def _entry(row: models.Appointment) -> Entry:
    return Entry(
        told(row),
        Contact(row.patient.phone, row.patient.email),
        row.patient.contact_consent_at is not None,
    )


def _change(row: models.TimeChange) -> Change:
    kind: Literal["opened", "blocked"] = "opened" if row.kind == "opened" else "blocked"
    return Change(row.id, TimeChange(kind, row.start_utc, row.end_utc, row.practitioner_id))


def _call_back(row: models.CallBack) -> CallBackRequest:
    return CallBackRequest(
        id=row.id,
        asked_at=row.asked_at,
        name=row.patient.name,
        contact=Contact(row.patient.phone, row.patient.email),
        visit_type=row.visit_type_id,
        wish=row.wish,
        closed_at=row.closed_at,
    )
