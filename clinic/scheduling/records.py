"""What the visitor's and the clinic's side of the calendar do to rows alike."""

from __future__ import annotations

import hashlib
import zlib
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, delete, false, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinic.scheduling import models
from clinic.scheduling.models import ticks_between
from clinic.scheduling.port import Appointment, Contact, PatientDetails, SlotTaken, Status

REMIND_BEFORE = timedelta(hours=24)
# Any constant will do; it names the family of locks that bookings of one person queue for.
_PERSON_LOCKS = 0x41544C


def digest(value: str) -> str:
    """Shorten an id of any length to something that leads back to no conversation."""
    return hashlib.sha256(value.encode(errors="surrogatepass")).hexdigest()


def lock_practitioners(session: Session, *practitioner_ids: str) -> None:
    """Queue behind other bookings of the same people (PostgreSQL; SQLite holds its one lock).

    The key of `booked_ticks` is what forbids double booking; the queue spares bookings that
    cross each other a deadlock, and lets a booking see a block that came a moment earlier.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    session.execute(
        select(models.Practitioner.id)
        .where(models.Practitioner.id.in_(practitioner_ids))
        .order_by(models.Practitioner.id)
        .with_for_update(key_share=True)
    )


def lock_person(session: Session, contact: Contact) -> None:
    """Queue behind other bookings by phone or e-mail (PostgreSQL; SQLite holds its one lock).

    Two bookings of one person with different practitioners share no row; without the queue
    neither would see the other's visit. Call it after `lock_practitioners`, which keeps the order.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    said = {value.casefold() for value in (contact.phone, contact.email) if value}
    keys = sorted(zlib.crc32(value.encode()) - 2**31 for value in said)
    for key in keys:
        session.execute(select(func.pg_advisory_xact_lock(_PERSON_LOCKS, key)))


def has_visit_then(
    session: Session,
    name: str,
    contact: Contact,
    hold: models.Hold,
    *,
    besides: int | None = None,
) -> bool:
    """Tell whether the same person, by name and contact, has a visit at a held time.

    Args:
        session: A transaction that holds the person's lock.
        name: Who comes.
        contact: How to reach them.
        hold: The time.
        besides: Number of an appointment that does not count: the one that is moved.
    """
    person, visit = models.Patient, models.Appointment
    known = session.execute(
        select(person.name)
        .join(visit, visit.patient_id == person.id)
        .where(
            visit.status == "booked",
            visit.start_utc < hold.end_utc,
            visit.end_utc > hold.start_utc,
            visit.id != (besides or 0),
            or_(
                person.phone_key == contact.phone if contact.phone else false(),
                person.email_key == contact.email.lower() if contact.email else false(),
            ),
        )
    )
    # Not compared in the database, where names are sealed.
    return any(row.name.casefold() == name.casefold() for row in known)


def take_ticks(
    session: Session,
    hold: models.Hold,
    now: datetime,
    *,
    hold_id: str | None = None,
    appointment_id: int | None = None,
    shared_with: models.Appointment | None = None,
) -> None:
    """Own the ticks of a hold's time, putting expired holds of others out of the way.

    What the appointment that is to be moved there owns stays its own until then.

    Raises:
        SlotTaken: The database refused, since another owner is there.
    """
    tick = models.BookedTick
    ticks = ticks_of(hold)
    session.execute(
        delete(tick).where(
            tick.practitioner_id == hold.practitioner_id,
            tick.tick.in_(list(ticks)),
            tick.hold_id.in_(select(models.Hold.id).where(models.Hold.expires_at <= now)),
        ),
        execution_options={"synchronize_session": False},
    )
    shared: set[int] = set()
    if shared_with is not None:
        shared.update(
            session.scalars(
                select(tick.tick).where(
                    tick.appointment_id == shared_with.id,
                    tick.practitioner_id == hold.practitioner_id,
                )
            )
        )
    rows = [
        {
            "practitioner_id": hold.practitioner_id,
            "tick": number,
            "hold_id": hold_id,
            "appointment_id": appointment_id,
        }
        for number in ticks
        if number not in shared
    ]
    try:
        session.execute(insert(tick), rows)
    except IntegrityError as error:
        raise SlotTaken("someone else has this time") from error


def ticks_of(hold: models.Hold) -> range:
    """Return the ticks of a hold with the buffers around it."""
    return ticks_between(
        hold.start_utc - timedelta(minutes=hold.buffer_before),
        hold.end_utc + timedelta(minutes=hold.buffer_after),
    )


def free_ticks(session: Session, row: models.Appointment) -> None:
    """Give up the ticks of an appointment."""
    session.execute(
        delete(models.BookedTick).where(models.BookedTick.appointment_id == row.id),
        execution_options={"synchronize_session": False},
    )


def drop_holds(session: Session, which: ColumnElement[bool]) -> None:
    """Delete holds and their ticks."""
    chosen = select(models.Hold.id).where(which)
    for statement in (
        delete(models.BookedTick).where(models.BookedTick.hold_id.in_(chosen)),
        delete(models.Hold).where(which),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


def check_not_blocked(session: Session, hold: models.Hold) -> None:
    """Check that the clinic has not blocked a held time.

    Raises:
        SlotTaken: It has.
    """
    change = models.TimeChange
    blocked = session.scalar(
        select(change.id)
        .where(
            change.kind == "blocked",
            or_(change.practitioner_id.is_(None), change.practitioner_id == hold.practitioner_id),
            change.start_utc < hold.end_utc,
            change.end_utc > hold.start_utc,
        )
        .limit(1)
    )
    if blocked is not None:
        raise SlotTaken("the clinic has blocked this time")


def patient_row(session: Session, patient: PatientDetails) -> models.Patient:
    """Return the patient's row, the one from an earlier visit if all details are the same."""
    contact = patient.contact
    same_contact = session.scalars(
        select(models.Patient)
        .where(
            models.Patient.phone_key == contact.phone
            if contact.phone
            else models.Patient.phone_key.is_(None),
            models.Patient.email_key == contact.email.lower()
            if contact.email
            else models.Patient.email_key.is_(None),
        )
        .order_by(models.Patient.id)
    )
    name = patient.name.casefold()
    known = next((row for row in same_contact if row.name.casefold() == name), None)
    if known is not None:
        known.contact_consent_at = patient.contact_consent_at
        return known
    return models.Patient(
        name=patient.name,
        phone=contact.phone,
        email=contact.email,
        phone_key=contact.phone or None,
        email_key=contact.email.lower() if contact.email else None,
        contact_consent_at=patient.contact_consent_at,
    )


def check_patient(patient: PatientDetails) -> None:
    """Check what a patient's row needs.

    Raises:
        ValueError: A piece is missing or cannot be right.
    """
    if not patient.name.strip() or len(patient.name) > 80:
        raise ValueError("a name of 1 to 80 characters is needed")
    if not patient.contact.phone and not patient.contact.email:
        raise ValueError("a phone number or an e-mail address is needed")
    if patient.contact_consent_at is not None and patient.contact_consent_at.tzinfo is None:
        raise ValueError("the moment of consent needs a time zone")


def announce(
    session: Session, row: models.Appointment, kind: str, now: datetime, *, always: bool = False
) -> None:
    """Put what a patient should be told into the outbox, and drop what is no longer true.

    Args:
        session: The transaction that makes the change.
        row: The appointment after the change.
        kind: "booked", "moved" or "cancelled".
        now: When.
        always: Also for someone who wants no reminders: the clinic itself changed the visit.
    """
    notice = models.Notice
    session.execute(
        update(notice)
        .where(
            notice.appointment_id == row.id, notice.sent_at.is_(None), notice.dropped_at.is_(None)
        )
        .values(dropped_at=now),
        execution_options={"synchronize_session": False},
    )
    if row.patient.contact_consent_at is None and not always:
        return
    due = {kind: now}
    if kind != "cancelled" and row.start_utc - REMIND_BEFORE > now:
        due["reminder"] = row.start_utc - REMIND_BEFORE
    for name, moment in due.items():
        session.add(notice(kind=name, appointment_id=row.id, revision=row.revision, due_at=moment))


def told(row: models.Appointment) -> Appointment:
    """Return a row as the port tells it."""
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
        note=row.note or "",
    )
