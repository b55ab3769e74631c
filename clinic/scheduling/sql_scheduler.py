"""The calendar in an SQL database: SQLite for one machine, PostgreSQL for a clinic."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import TypeVar, cast

from sqlalchemy import Select, and_, or_, select, true, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinic import clock
from clinic.scheduling import models, tries
from clinic.scheduling.availability import Availability, TimeChange
from clinic.scheduling.database import Database
from clinic.scheduling.models import ticks_between
from clinic.scheduling.notes import MAX_NOTE
from clinic.scheduling.port import (
    AlreadyBooked,
    Appointment,
    Contact,
    DayHours,
    Hold,
    PatientDetails,
    SchedulerUnavailable,
    Slot,
    SlotQuery,
    SlotTaken,
    TooManyTries,
)
from clinic.scheduling.records import (
    announce,
    check_not_blocked,
    check_patient,
    digest,
    drop_holds,
    free_ticks,
    has_visit_then,
    lock_person,
    lock_practitioners,
    patient_row,
    take_ticks,
    ticks_of,
    told,
)
from clinic.scheduling.references import new_reference
from clinic.scheduling.trail import record
from clinic.settings import Settings

# How long after its expiry a hold can still be confirmed, if nobody took the time meanwhile.
FORGET_HOLDS_AFTER = timedelta(hours=24)

_ATTEMPTS = 3
_NEAR = timedelta(days=7)

_Result = TypeVar("_Result")
_start = attrgetter("start")


class SqlScheduler:
    """Implements `clinic.scheduling.port.Scheduler`; safe to share between threads.

    The constructor touches nothing: the database is opened and migrated by `open`, or else by
    the first call that needs it, so that Atlas can start while the database is down.

    Args:
        settings: The clinic's rules and where the database is.
        actor: Who does it, as the trail tells.
    """

    def __init__(self, settings: Settings, actor: str = "patient") -> None:
        self._clinic = settings.clinic
        self._availability = Availability(settings.clinic)
        self._database = Database(settings, actor)

    @classmethod
    def open(cls, settings: Settings) -> SqlScheduler:
        """Return a scheduler whose database is reachable and up to date.

        Args:
            settings: The clinic's rules and where the database is.

        Raises:
            SchedulerUnavailable: The database cannot be reached, written or migrated.
        """
        scheduler = cls(settings)
        scheduler._database.prepare()
        return scheduler

    def close(self) -> None:
        """Close the connections of this process."""
        self._database.close()

    def find_slots(self, query: SlotQuery, limit: int) -> list[Slot]:
        """Return free times, at most one for each start; see the port."""
        now = clock.now()
        with self._database.transaction(writes=False) as session:
            changes = known_changes(session, now)
        near = query.near
        if near is None:
            return self._free_slots(query, now, changes, max(limit, 0))
        # What is within a week comes before everything else; the whole horizon is long.
        soon = replace(
            query,
            earliest=max(near - _NEAR, query.earliest or near - _NEAR),
            latest=min(near + _NEAR, query.latest or near + _NEAR),
        )
        found = self._free_slots(soon, now, changes)
        if len(found) < limit:
            found = self._free_slots(query, now, changes)
        found.sort(key=lambda slot: (abs(slot.start - near), slot.start))
        return found[: max(limit, 0)]

    def _free_slots(
        self,
        query: SlotQuery,
        now: datetime,
        changes: list[TimeChange],
        limit: int | None = None,
    ) -> list[Slot]:
        """Return free times in order, all of them or the first so many."""
        days = self._availability.slots_by_day(query, now, changes)
        found: list[Slot] = []
        while week := list(islice(days, 7)):
            slots = [slot for day in week for slot in day]
            taken, own = self._taken_ticks(slots, now, query)
            free_by_start: dict[datetime, Slot] = {}
            for slot in slots:
                if slot.start in free_by_start or (slot.practitioner_id, slot.start) == own:
                    continue
                busy = taken.get(slot.practitioner_id)
                if not busy or busy.isdisjoint(self._ticks(slot)):
                    free_by_start[slot.start] = slot
            found.extend(free_by_start.values())
            if limit is not None and len(found) >= limit:
                break
        return found[:limit]

    def hours_on(self, day: date) -> DayHours:
        """Return when the clinic sees patients on a day; see the port."""
        return self._availability.hours_on(day)

    def hold(self, slot: Slot, holder: str, moving: str | None = None) -> Hold:
        """Keep a slot for a while; see the port."""
        now = clock.now()
        visit_type = self._clinic.visit_type(slot.visit_type)
        expires_at = now + timedelta(minutes=self._clinic.booking.hold_minutes)
        row = models.Hold(
            id=secrets.token_urlsafe(16),
            practitioner_id=slot.practitioner_id,
            visit_type_id=slot.visit_type,
            start_utc=slot.start,
            end_utc=slot.end,
            holder=digest(holder),
            expires_at=expires_at,
            buffer_before=visit_type.buffer_before if visit_type else 0,
            buffer_after=visit_type.buffer_after if visit_type else 0,
        )
        with self._database.transaction(writes=True) as session:
            own = models.Hold.holder == row.holder
            left = session.scalars(select(models.Hold.practitioner_id).where(own))
            lock_practitioners(session, slot.practitioner_id, *left)
            # Only now: a block that comes later waits for this transaction, and is seen by
            # `confirm`.
            if not self._availability.allows(slot, now, known_changes(session, now)):
                raise SlotTaken("the clinic does not offer this time")
            for earlier in session.scalars(select(models.Hold).where(own)):
                record(session, "released", now, earlier)
            session.flush()
            drop_holds(session, own)
            drop_holds(
                session,
                and_(
                    models.Hold.practitioner_id == slot.practitioner_id,
                    models.Hold.expires_at <= now - FORGET_HOLDS_AFTER,
                ),
            )
            session.add(row)
            session.flush()
            moved = None if moving is None else session.scalar(_to_be_moved(moving))
            take_ticks(session, row, now, hold_id=row.id, shared_with=moved)
            record(session, "held", now, row)
            return Hold(row.id, slot, expires_at)

    def release(self, hold_id: str) -> None:
        """Give a hold up; see the port."""
        with self._database.transaction(writes=True) as session:
            hold = session.get(models.Hold, hold_id)
            if hold is None:
                return
            lock_practitioners(session, hold.practitioner_id)
            hold = session.get(models.Hold, hold_id, populate_existing=True)
            if hold is not None:
                record(session, "released", clock.now(), hold)
                session.flush()
                drop_holds(session, models.Hold.id == hold_id)

    def confirm(
        self,
        hold_id: str,
        patient: PatientDetails,
        visit_type: str,
        idempotency_key: str,
        note: str = "",
    ) -> Appointment:
        """Turn a hold into an appointment; see the port."""
        check_patient(patient)
        if len(note) > MAX_NOTE:
            raise ValueError(f"a note has at most {MAX_NOTE} characters")
        key = digest(idempotency_key)
        return self._insist(
            lambda session: self._confirm(session, hold_id, patient, visit_type, key, note)
        )

    def look_up(self, reference: str, contact: Contact, asker: str) -> Appointment | None:
        """Return the appointment when reference and contact match; see the port."""
        attempt = tries.new_try(reference, contact, asker, clock.now())
        with self._database.transaction(writes=False) as session:
            if tries.too_many(session, attempt):
                raise TooManyTries("too many failed tries within a day")
            row = _find(session, reference, contact)
            if row is not None:
                return told(row)
        with self._database.transaction(writes=True) as session:
            tries.remember(session, attempt)
        return None

    def move(self, reference: str, contact: Contact, hold_id: str) -> Appointment | None:
        """Put an appointment at the time of a hold; see the port."""
        now = clock.now()
        with self._database.transaction(writes=True) as session:
            row = _find(session, reference, contact)
            hold = session.get(models.Hold, hold_id)
            if row is None or row.status != "booked":
                return None
            touched = {row.practitioner_id} | ({hold.practitioner_id} if hold else set())
            lock_practitioners(session, *touched)
            session.refresh(row)
            if row.status != "booked" or row.start_utc <= now:
                return None
            hold = session.get(models.Hold, hold_id, populate_existing=True)
            if hold is None:
                if _was_put_by(session, row, hold_id):
                    return told(row)
                raise SlotTaken("this time is no longer held")
            if hold.start_utc <= now:
                raise SlotTaken("this time has begun")
            check_not_blocked(session, hold)
            given = Contact(row.patient.phone, row.patient.email)
            lock_person(session, given)
            if has_visit_then(session, row.patient.name, given, hold, besides=row.id):
                raise AlreadyBooked("this person has a visit at that time")
            free_ticks(session, row)
            self._move_hold_to(session, hold, row, now)
            row.practitioner_id = hold.practitioner_id
            row.visit_type_id = hold.visit_type_id
            row.start_utc, row.end_utc = hold.start_utc, hold.end_utc
            row.revision += 1
            session.delete(hold)
            record(session, "moved", now, row, hold_id=hold_id)
            announce(session, row, "moved", now)
            session.flush()
            session.refresh(row)
            return told(row)

    def cancel(self, reference: str, contact: Contact) -> Appointment | None:
        """Cancel a future appointment; see the port."""
        now = clock.now()
        with self._database.transaction(writes=True) as session:
            row = _find(session, reference, contact)
            if row is None:
                return None
            lock_practitioners(session, row.practitioner_id)
            session.refresh(row)
            if row.start_utc <= now or row.status not in ("booked", "cancelled"):
                return None
            if row.status == "booked":
                row.status = "cancelled"
                row.revision += 1
                free_ticks(session, row)
                record(session, "cancelled", now, row)
                announce(session, row, "cancelled", now)
                session.flush()
            return told(row)

    def ask_call_back(
        self,
        patient: PatientDetails,
        visit_type: str,
        wish: str,
        idempotency_key: str,
        asker: str | None = None,
    ) -> None:
        """Keep a wish to be called; see the port."""
        check_patient(patient)
        if self._clinic.visit_type(visit_type) is None:
            raise ValueError(f"the visit type {visit_type!r} is not in clinic.yml")
        key, now = digest(idempotency_key), clock.now()

        def keep(session: Session) -> None:
            if session.scalar(select(models.CallBack.id).where(models.CallBack.request_key == key)):
                return
            lock_person(session, patient.contact)
            row = models.CallBack(
                asked_at=now,
                request_key=key,
                asker=asker,
                patient=patient_row(session, patient),
                visit_type_id=visit_type,
                wish=wish[:200],
            )
            session.add(row)
            session.flush()
            record(session, "call_back_requested", now, row)
            session.add(models.Notice(kind="call_back", call_back_id=row.id, due_at=now))

        self._insist(keep)

    def _insist(self, work: Callable[[Session], _Result]) -> _Result:
        """Run a transaction again when another one used its key, or drew its reference, first."""
        for _ in range(_ATTEMPTS):
            try:
                with self._database.transaction(writes=True) as session:
                    return work(session)
            except SchedulerUnavailable as error:
                # The next round sees the other's row.
                if not isinstance(error.__cause__, IntegrityError):
                    raise
        raise SchedulerUnavailable("the booking collided with others several times")

    def _ticks(self, slot: Slot) -> range:
        """Return the ticks of a slot with the buffers around it."""
        visit_type = self._clinic.visit_type(slot.visit_type)
        before, after = (
            (visit_type.buffer_before, visit_type.buffer_after) if visit_type else (0, 0)
        )
        return ticks_between(
            slot.start - timedelta(minutes=before), slot.end + timedelta(minutes=after)
        )

    def _taken_ticks(
        self, slots: list[Slot], now: datetime, query: SlotQuery
    ) -> tuple[dict[str, set[int]], tuple[str, datetime] | None]:
        """Return what is taken of whose time, and whose and when the moved appointment is now."""
        # All are of one kind, and so of one length.
        first = self._ticks(min(slots, key=_start)).start
        last = self._ticks(max(slots, key=_start)).stop
        tick = models.BookedTick
        wanted = (
            select(tick.practitioner_id, tick.tick)
            .outerjoin(models.Hold, tick.hold_id == models.Hold.id)
            .where(
                tick.tick >= first,
                tick.tick < last,
                or_(
                    tick.hold_id.is_(None),
                    and_(
                        models.Hold.expires_at > now,
                        models.Hold.holder != digest(query.holder) if query.holder else true(),
                    ),
                ),
            )
        )
        with self._database.transaction(writes=False) as session:
            moved = query.moving and session.scalar(_to_be_moved(query.moving))
            if moved:
                wanted = wanted.where(tick.appointment_id.is_distinct_from(moved.id))
            taken: dict[str, set[int]] = {}
            for person, touched in session.execute(wanted):
                taken.setdefault(person, set()).add(touched)
            return taken, (moved.practitioner_id, moved.start_utc) if moved else None

    def _confirm(
        self,
        session: Session,
        hold_id: str,
        patient: PatientDetails,
        visit_type: str,
        key: str,
        note: str,
    ) -> Appointment:
        now = clock.now()
        hold = session.get(models.Hold, hold_id)
        if hold is not None:
            lock_practitioners(session, hold.practitioner_id)
            hold = session.get(models.Hold, hold_id, populate_existing=True)
        earlier = session.scalar(
            select(models.Appointment).where(models.Appointment.idempotency_key == key)
        )
        if earlier is not None:
            return told(earlier)
        if hold is None or hold.start_utc <= now:
            raise SlotTaken("this time is no longer held")
        self._check_length(hold, visit_type)
        check_not_blocked(session, hold)
        lock_person(session, patient.contact)
        if has_visit_then(session, patient.name, patient.contact, hold):
            raise AlreadyBooked("this person has a visit at that time")
        row = models.Appointment(
            reference=new_reference(),
            idempotency_key=key,
            status="booked",
            start_utc=hold.start_utc,
            end_utc=hold.end_utc,
            practitioner_id=hold.practitioner_id,
            visit_type_id=visit_type,
            patient=patient_row(session, patient),
            revision=0,
            note=note.strip() or None,
        )
        session.add(row)
        session.flush()
        self._move_hold_to(session, hold, row, now)
        session.delete(hold)
        record(session, "booked", now, row, hold_id=hold_id)
        announce(session, row, "booked", now)
        session.flush()
        return told(row)

    def _check_length(self, hold: models.Hold, visit_type_id: str) -> None:
        visit_type = self._clinic.visit_type(visit_type_id)
        held = hold.end_utc - hold.start_utc
        if visit_type is None or timedelta(minutes=visit_type.minutes) != held:
            raise ValueError(f"the visit type {visit_type_id!r} does not fit what is held")

    def _move_hold_to(
        self, session: Session, hold: models.Hold, row: models.Appointment, now: datetime
    ) -> None:
        """Hand the held ticks to an appointment, or take them anew if the hold lost them."""
        handed = cast(
            "CursorResult[object]",
            session.execute(
                update(models.BookedTick)
                .where(models.BookedTick.hold_id == hold.id)
                .values(hold_id=None, appointment_id=row.id)
            ),
        )
        if handed.rowcount == len(ticks_of(hold)):
            return
        free_ticks(session, row)
        take_ticks(session, hold, now, appointment_id=row.id)


def known_changes(session: Session, now: datetime) -> list[TimeChange]:
    """Return what the clinic opened or blocked and is not past."""
    rows = session.scalars(select(models.TimeChange).where(models.TimeChange.end_utc > now))
    return [
        TimeChange(
            "opened" if row.kind == "opened" else "blocked",
            row.start_utc,
            row.end_utc,
            row.practitioner_id,
        )
        for row in rows
    ]


def _to_be_moved(reference: str) -> Select[tuple[models.Appointment]]:
    """Return the search for an appointment that is still to come and can be moved."""
    return select(models.Appointment).where(
        models.Appointment.reference == reference.strip().upper(),
        models.Appointment.status == "booked",
    )


def _find(session: Session, reference: str, contact: Contact) -> models.Appointment | None:
    """Find by reference, and only for someone who knows the phone or e-mail given with it."""
    row = session.scalar(
        select(models.Appointment).where(models.Appointment.reference == reference.strip().upper())
    )
    if row is None:
        return None
    same_phone = contact.phone is not None and contact.phone == row.patient.phone
    same_email = (
        contact.email is not None
        and row.patient.email is not None
        and contact.email.casefold() == row.patient.email.casefold()
    )
    return row if same_phone or same_email else None


def _was_put_by(session: Session, row: models.Appointment, hold_id: str) -> bool:
    """Tell whether the appointment stands where a hold that is used up has put it."""
    last = session.scalars(
        select(models.AuditEvent)
        .where(models.AuditEvent.appointment_id == row.id)
        .order_by(models.AuditEvent.id.desc())
    ).first()
    return last is not None and last.hold_id == hold_id
