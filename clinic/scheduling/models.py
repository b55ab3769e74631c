"""The tables of the calendar, with FHIR's names.

How double booking is made impossible: time is cut into ticks of five minutes, and a hold or an
appointment owns one row of `booked_ticks` for each tick it covers. The primary key of that
table is (practitioner, tick), so the database itself refuses a second owner, whichever process
or path the request came by. Holds and appointments share the one table, hence one never
overlaps the other, and visits of different lengths need no slot grid. The same plain key works
on SQLite and PostgreSQL; an exclusion constraint would not exist on SQLite, and a unique index
on the start time would let a 40-minute visit overlap the one 20 minutes later.

No table has a place for symptoms or urgency. The only free text is an appointment's note, a short
practical remark that `clinic.scheduling.notes` has let through. What tells who a patient is, is
sealed (`clinic.privacy`); where it has to be found again, a keyed hash stands beside it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from clinic.moments import UtcDateTime
from clinic.privacy.columns import KeyedHash, SealedText
from clinic.settings.clinic_file import TICK_MINUTES

# FHIR R4, value set AppointmentStatus
STATUSES = (
    *("proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow"),
    *("entered-in-error", "checked-in", "waitlist"),
)
# What the audit trail tells; each status that the clinic sets is an event of the same name.
EVENT_KINDS = (
    *("held", "released", "booked", "moved", "cancelled"),
    *("arrived", "checked-in", "fulfilled", "noshow", "entered-in-error"),
    *("opened", "blocked", "withdrawn", "call_back_requested", "call_back_closed"),
    "erased",  # whom a visit or a call-back was about
)
TIME_CHANGE_KINDS = ("opened", "blocked")
NOTICE_KINDS = ("booked", "moved", "cancelled", "reminder", "call_back")


class Base(DeclarativeBase):
    """The calendar's tables."""


class Practitioner(Base):
    """Someone who sees patients, copied from clinic.yml at start.

    Stays when they leave clinic.yml, so that old appointments keep their name; its row is also
    what a booking locks on PostgreSQL.
    """

    __tablename__ = "practitioners"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(200))
    gender: Mapped[str] = mapped_column(String(10))


class Patient(Base):
    """Who comes and how to reach them."""

    __tablename__ = "patients"
    __table_args__ = (
        CheckConstraint(
            "sealed_phone IS NOT NULL OR sealed_email IS NOT NULL OR erased_at IS NOT NULL",
            name="patient_reachable",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column("sealed_name", SealedText("patients.name"))
    phone: Mapped[str | None] = mapped_column("sealed_phone", SealedText("patients.phone"))
    email: Mapped[str | None] = mapped_column("sealed_email", SealedText("patients.email"))
    # Equal where phone or e-mail (in lower case) are equal; set and compared as plain text.
    phone_key: Mapped[str | None] = mapped_column(KeyedHash("patients.phone"), index=True)
    email_key: Mapped[str | None] = mapped_column(KeyedHash("patients.email"), index=True)
    # When name and contact were taken out, since their time of keeping is over
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # None: reminders are not wanted; the clinic writes only if the visit itself must change.
    contact_consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Hold(Base):
    """A time kept for someone who is still typing."""

    __tablename__ = "holds"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    practitioner_id: Mapped[str] = mapped_column(ForeignKey("practitioners.id"))
    visit_type_id: Mapped[str] = mapped_column(String(40))
    start_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    end_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    holder: Mapped[str] = mapped_column(KeyedHash("holds.holder"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # Minutes around the visit that the practitioner needs; they are owned like the visit itself.
    buffer_before: Mapped[int] = mapped_column(default=0, server_default="0")
    buffer_after: Mapped[int] = mapped_column(default=0, server_default="0")


class Appointment(Base):
    """A visit."""

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="appointment_status"),
        CheckConstraint("end_utc > start_utc", name="appointment_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    idempotency_key: Mapped[str] = mapped_column(
        KeyedHash("appointments.idempotency_key"), unique=True
    )
    status: Mapped[str] = mapped_column(String(16))
    start_utc: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    end_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    practitioner_id: Mapped[str] = mapped_column(ForeignKey("practitioners.id"))
    visit_type_id: Mapped[str] = mapped_column(String(40))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    revision: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column("sealed_note", SealedText("appointments.note"))

    patient: Mapped[Patient] = relationship(lazy="joined")
    practitioner: Mapped[Practitioner] = relationship(lazy="joined")


class BookedTick(Base):
    """Five minutes of a practitioner's time, owned by one hold or one appointment."""

    __tablename__ = "booked_ticks"
    __table_args__ = (
        CheckConstraint("(hold_id IS NULL) <> (appointment_id IS NULL)", name="tick_owner"),
        Index("booked_ticks_tick", "tick"),
    )

    practitioner_id: Mapped[str] = mapped_column(ForeignKey("practitioners.id"), primary_key=True)
    tick: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hold_id: Mapped[str | None] = mapped_column(ForeignKey("holds.id"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)


class TimeChange(Base):
    """A stretch that the clinic opened besides its hours, or blocked within them."""

    __tablename__ = "time_changes"
    __table_args__ = (
        CheckConstraint(f"kind IN {TIME_CHANGE_KINDS}", name="time_change_kind"),
        CheckConstraint("end_utc > start_utc", name="time_change_order"),
        {"sqlite_autoincrement": True},  # the audit trail names rows that are gone
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    # None: the whole clinic
    practitioner_id: Mapped[str | None] = mapped_column(ForeignKey("practitioners.id"))
    start_utc: Mapped[datetime] = mapped_column(UtcDateTime)
    end_utc: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CallBack(Base):
    """Someone for whom no time suited and who asked to be called; no booking."""

    __tablename__ = "call_backs"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    # Digest of who asked: repeating the request leaves one.
    request_key: Mapped[str] = mapped_column(KeyedHash("call_backs.request_key"), unique=True)
    # The conversation, which may have its request deleted
    asker: Mapped[str | None] = mapped_column(KeyedHash("call_backs.asker"), index=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    visit_type_id: Mapped[str] = mapped_column(String(40))
    # The time as Atlas understood it, never the visitor's own words
    wish: Mapped[str] = mapped_column("sealed_wish", SealedText("call_backs.wish"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    patient: Mapped[Patient] = relationship(lazy="joined")


class Notice(Base):
    """Something to tell a patient, written in the transaction that gave the reason (an outbox).

    Whoever delivers takes what is due and neither sent nor dropped, and marks it.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(f"kind IN {NOTICE_KINDS}", name="notice_kind"),
        UniqueConstraint("appointment_id", "kind", "revision", name="notice_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)
    call_back_id: Mapped[int | None] = mapped_column(ForeignKey("call_backs.id"))
    revision: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When a later change made it untrue before it was sent
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LookUpTry(Base):
    """A failed try to see an appointment; kept for a day, as digests only."""

    __tablename__ = "look_up_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    reference: Mapped[str] = mapped_column(KeyedHash("look_up_tries.reference"), index=True)
    contact: Mapped[str] = mapped_column(KeyedHash("look_up_tries.contact"), index=True)
    asker: Mapped[str] = mapped_column(KeyedHash("look_up_tries.asker"), index=True)


class AuditEvent(Base):
    """Something that changed the calendar; the database refuses to change or delete a row.

    `clinic.scheduling.trail` writes and checks them. Holds and time changes come and go, so that
    their ids are no foreign keys.
    """

    __tablename__ = "audit_events"
    __table_args__ = (CheckConstraint(f"kind IN {EVENT_KINDS}", name="event_kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(20))
    # "patient", "operator", "atlas"; "unknown" before it was told
    actor: Mapped[str] = mapped_column(String(64))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"), index=True)
    call_back_id: Mapped[int | None] = mapped_column(ForeignKey("call_backs.id"))
    time_change_id: Mapped[int | None] = mapped_column()
    # For a booking or a move also what makes repeating it harmless
    hold_id: Mapped[str | None] = mapped_column(String(32), index=True)
    practitioner_id: Mapped[str | None] = mapped_column(String(40))
    start_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_utc: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # A keyed hash over this row and the one before
    chain: Mapped[str] = mapped_column(String(64))


def ticks_between(start: datetime, end: datetime) -> range:
    """Return the ticks that a stretch of time touches, counted from 1970.

    Args:
        start: First moment, aware.
        end: Moment after the last, aware.
    """
    seconds = TICK_MINUTES * 60
    first = int(start.timestamp()) // seconds
    return range(first, max(first + 1, -(-int(end.timestamp()) // seconds)))
