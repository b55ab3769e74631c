"""The calendar in an SQL database: SQLite for one machine, PostgreSQL for a clinic."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import cast

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinic import clock
from clinic.scheduling import models
from clinic.scheduling.availability import Availability
from clinic.scheduling.database import Database
from clinic.scheduling.models import ticks_between
from clinic.scheduling.port import (
    Appointment,
    Contact,
    Hold,
    PatientDetails,
    SchedulerUnavailable,
    Slot,
    SlotQuery,
    SlotTaken,
    Status,
)
from clinic.scheduling.references import new_reference
from clinic.settings import Settings

# How long after its expiry a hold can still be confirmed, if nobody took the time meanwhile.
FORGET_HOLDS_AFTER = timedelta(hours=24)

_ATTEMPTS = 3


class SqlScheduler:
    """Implements `clinic.scheduling.port.Scheduler`; safe to share between threads.

    The constructor touches nothing: the database is opened and migrated by `open`, or else by
    the first call that needs it, so that Atlas can start while the database is down.

    Args:
        settings: The clinic's rules and where the database is.
    """

    def __init__(self, settings: Settings) -> None:
        self._clinic = settings.clinic
        self._availability = Availability(settings.clinic)
        self._database = Database(settings)

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
        days = self._availability.slots_by_day(query, now)
        found: list[Slot] = []
        while week := list(islice(days, 7)):
            slots = [slot for day in week for slot in day]
            taken = self._taken_ticks(slots, now)
            free_by_start: dict[datetime, Slot] = {}
            for slot in slots:
                if not any((slot.practitioner_id, tick) in taken for tick in _ticks(slot)):
                    free_by_start.setdefault(slot.start, slot)
            found.extend(free_by_start.values())
            if query.near is None and len(found) >= limit:
                break
        if query.near is not None:
            near = query.near
            found.sort(key=lambda slot: (abs(slot.start - near), slot.start))
        return found[: max(limit, 0)]

    def hold(self, slot: Slot, holder: str) -> Hold:
        """Keep a slot for a while; see the port."""
        now = clock.now()
        if not self._availability.allows(slot, now):
            raise SlotTaken("the clinic does not offer this time")
        expires_at = now + timedelta(minutes=self._clinic.booking.hold_minutes)
        row = models.Hold(
            id=secrets.token_urlsafe(16),
            practitioner_id=slot.practitioner_id,
            visit_type_id=slot.visit_type,
            start_utc=slot.start,
            end_utc=slot.end,
            holder=_digest(holder),
            expires_at=expires_at,
        )
        with self._database.transaction(writes=True) as session:
            own = models.Hold.holder == row.holder
            left = session.scalars(select(models.Hold.practitioner_id).where(own))
            _lock_practitioners(session, slot.practitioner_id, *left)
            _drop_holds(session, own)
            _drop_holds(
                session,
                and_(
                    models.Hold.practitioner_id == slot.practitioner_id,
                    models.Hold.expires_at <= now - FORGET_HOLDS_AFTER,
                ),
            )
            session.add(row)
            session.flush()
            _take_ticks(session, row, now, hold_id=row.id)
            return Hold(row.id, slot, expires_at)

    def release(self, hold_id: str) -> None:
        """Give a hold up; see the port."""
        with self._database.transaction(writes=True) as session:
            hold = session.get(models.Hold, hold_id)
            if hold is not None:
                _lock_practitioners(session, hold.practitioner_id)
                _drop_holds(session, models.Hold.id == hold_id)

    def confirm(
        self, hold_id: str, patient: PatientDetails, visit_type: str, idempotency_key: str
    ) -> Appointment:
        """Turn a hold into an appointment; see the port."""
        _check_patient(patient)
        key = _digest(idempotency_key)
        for _ in range(_ATTEMPTS):
            try:
                with self._database.transaction(writes=True) as session:
                    return self._confirm(session, hold_id, patient, visit_type, key)
            except SchedulerUnavailable as error:
                # Another process used the same key, or drew the same reference, a moment
                # earlier; the next round sees its row.
                if not isinstance(error.__cause__, IntegrityError):
                    raise
        raise SchedulerUnavailable("the booking collided with others several times")

    def look_up(self, reference: str, contact: Contact) -> Appointment | None:
        """Return the appointment when reference and contact match; see the port."""
        with self._database.transaction(writes=False) as session:
            row = _find(session, reference, contact)
            return None if row is None else _told(row)

    def move(self, reference: str, contact: Contact, hold_id: str) -> Appointment | None:
        """Put an appointment at the time of a hold; see the port."""
        now = clock.now()
        with self._database.transaction(writes=True) as session:
            row = _find(session, reference, contact)
            hold = session.get(models.Hold, hold_id)
            if row is None or row.status != "booked":
                return None
            touched = {row.practitioner_id} | ({hold.practitioner_id} if hold else set())
            _lock_practitioners(session, *touched)
            session.refresh(row)
            if row.status != "booked" or row.start_utc <= now:
                return None
            hold = session.get(models.Hold, hold_id, populate_existing=True)
            if hold is None:
                if _was_put_by(session, row, hold_id):
                    return _told(row)
                raise SlotTaken("this time is no longer held")
            _free_ticks(session, row)
            self._move_hold_to(session, hold, row, now)
            row.practitioner_id = hold.practitioner_id
            row.visit_type_id = hold.visit_type_id
            row.start_utc, row.end_utc = hold.start_utc, hold.end_utc
            row.revision += 1
            session.delete(hold)
            _record(session, row, "moved", now, hold_id=hold_id)
            session.flush()
            session.refresh(row)
            return _told(row)

    def cancel(self, reference: str, contact: Contact) -> Appointment | None:
        """Cancel a future appointment; see the port."""
        now = clock.now()
        with self._database.transaction(writes=True) as session:
            row = _find(session, reference, contact)
            if row is None:
                return None
            _lock_practitioners(session, row.practitioner_id)
            session.refresh(row)
            if row.start_utc <= now or row.status not in ("booked", "cancelled"):
                return None
            if row.status == "booked":
                row.status = "cancelled"
                row.revision += 1
                _free_ticks(session, row)
                _record(session, row, "cancelled", now)
                session.flush()
            return _told(row)

    def _taken_ticks(self, slots: list[Slot], now: datetime) -> set[tuple[str, int]]:
        first = min(_ticks(slot).start for slot in slots)
        last = max(_ticks(slot).stop for slot in slots)
        tick = models.BookedTick
        wanted = (
            select(tick.practitioner_id, tick.tick)
            .outerjoin(models.Hold, tick.hold_id == models.Hold.id)
            .where(
                tick.tick >= first,
                tick.tick < last,
                or_(tick.hold_id.is_(None), models.Hold.expires_at > now),
            )
        )
        with self._database.transaction(writes=False) as session:
            return {(row.practitioner_id, row.tick) for row in session.execute(wanted)}

    def _confirm(
        self,
        session: Session,
        hold_id: str,
        patient: PatientDetails,
        visit_type: str,
        key: str,
    ) -> Appointment:
        now = clock.now()
        hold = session.get(models.Hold, hold_id)
        if hold is not None:
            _lock_practitioners(session, hold.practitioner_id)
            hold = session.get(models.Hold, hold_id, populate_existing=True)
        earlier = session.scalar(
            select(models.Appointment).where(models.Appointment.idempotency_key == key)
        )
        if earlier is not None:
            return _told(earlier)
        if hold is None or hold.start_utc <= now:
            raise SlotTaken("this time is no longer held")
        self._check_length(hold, visit_type)
        row = models.Appointment(
            reference=new_reference(),
            idempotency_key=key,
            status="booked",
            start_utc=hold.start_utc,
            end_utc=hold.end_utc,
            practitioner_id=hold.practitioner_id,
            visit_type_id=visit_type,
            patient=_patient_row(session, patient),
            revision=0,
        )
        session.add(row)
        session.flush()
        self._move_hold_to(session, hold, row, now)
        session.delete(hold)
        _record(session, row, "booked", now, hold_id=hold_id)
        session.flush()
        return _told(row)

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
        if handed.rowcount == len(ticks_between(hold.start_utc, hold.end_utc)):
            return
        _free_ticks(session, row)
        _take_ticks(session, hold, now, appointment_id=row.id)


def _ticks(slot: Slot) -> range:
    return ticks_between(slot.start, slot.end)


def _digest(value: str) -> str:
    """Shorten an id to something that leads back to no conversation."""
    return hashlib.sha256(value.encode()).hexdigest()


def _lock_practitioners(session: Session, *practitioner_ids: str) -> None:
    """Queue behind other bookings of the same people (PostgreSQL; SQLite holds its one lock).

    The key of `booked_ticks` is what forbids double booking; the queue only spares bookings
    that cross each other a deadlock.
    """
    session.execute(
        select(models.Practitioner.id)
        .where(models.Practitioner.id.in_(practitioner_ids))
        .order_by(models.Practitioner.id)
        .with_for_update(key_share=True)
    )


def _take_ticks(
    session: Session,
    span: models.Hold,
    now: datetime,
    *,
    hold_id: str | None = None,
    appointment_id: int | None = None,
) -> None:
    """Own the ticks of a hold's time, putting expired holds of others out of the way.

    Raises:
        SlotTaken: The database refused, since another owner is there.
    """
    tick = models.BookedTick
    ticks = ticks_between(span.start_utc, span.end_utc)
    session.execute(
        delete(tick).where(
            tick.practitioner_id == span.practitioner_id,
            tick.tick.in_(list(ticks)),
            tick.hold_id.in_(select(models.Hold.id).where(models.Hold.expires_at <= now)),
        ),
        execution_options={"synchronize_session": False},
    )
    rows = [
        {
            "practitioner_id": span.practitioner_id,
            "tick": number,
            "hold_id": hold_id,
            "appointment_id": appointment_id,
        }
        for number in ticks
    ]
    try:
        session.execute(insert(tick), rows)
    except IntegrityError as error:
        raise SlotTaken("someone else has this time") from error


def _free_ticks(session: Session, row: models.Appointment) -> None:
    session.execute(
        delete(models.BookedTick).where(models.BookedTick.appointment_id == row.id),
        execution_options={"synchronize_session": False},
    )


def _drop_holds(session: Session, which: ColumnElement[bool]) -> None:
    chosen = select(models.Hold.id).where(which)
    for statement in (
        delete(models.BookedTick).where(models.BookedTick.hold_id.in_(chosen)),
        delete(models.Hold).where(which),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


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


def _patient_row(session: Session, patient: PatientDetails) -> models.Patient:
    """Return the patient's row, the one from an earlier visit if all details are the same."""
    contact = patient.contact
    known = session.scalars(
        select(models.Patient)
        .where(
            func.lower(models.Patient.name) == patient.name.lower(),
            models.Patient.phone == contact.phone
            if contact.phone
            else models.Patient.phone.is_(None),
            models.Patient.email == contact.email
            if contact.email
            else models.Patient.email.is_(None),
        )
        .order_by(models.Patient.id)
    ).first()
    if known is not None:
        known.contact_consent_at = patient.contact_consent_at
        return known
    return models.Patient(
        name=patient.name,
        phone=contact.phone,
        email=contact.email,
        contact_consent_at=patient.contact_consent_at,
    )


def _check_patient(patient: PatientDetails) -> None:
    if not patient.name.strip() or len(patient.name) > 80:
        raise ValueError("a name of 1 to 80 characters is needed")
    if not patient.contact.phone and not patient.contact.email:
        raise ValueError("a phone number or an e-mail address is needed")
    if patient.contact_consent_at.tzinfo is None:
        raise ValueError("the moment of consent needs a time zone")


def _record(
    session: Session,
    row: models.Appointment,
    kind: str,
    now: datetime,
    *,
    hold_id: str | None = None,
) -> None:
    session.add(
        models.AppointmentEvent(
            appointment_id=row.id,
            at=now,
            kind=kind,
            practitioner_id=row.practitioner_id,
            start_utc=row.start_utc,
            hold_id=hold_id,
        )
    )


def _was_put_by(session: Session, row: models.Appointment, hold_id: str) -> bool:
    """Tell whether the appointment stands where a hold that is used up has put it."""
    last = session.scalars(
        select(models.AppointmentEvent)
        .where(models.AppointmentEvent.appointment_id == row.id)
        .order_by(models.AppointmentEvent.id.desc())
    ).first()
    return last is not None and last.hold_id == hold_id


def _told(row: models.Appointment) -> Appointment:
    return Appointment(
        reference=row.reference,
        status=cast("Status", row.status),
        start=row.start_utc.astimezone(UTC),
        end=row.end_utc.astimezone(UTC),
        practitioner_id=row.practitioner_id,
        practitioner_name=row.practitioner.name,
        visit_type=row.visit_type_id,
        patient_name=row.patient.name,
        revision=row.revision,
    )
