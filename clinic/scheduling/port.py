"""What booking offers to the rest of Atlas, whatever keeps the calendar behind it.

The words are those of FHIR: a slot is held, then confirmed into an appointment. All moments
are aware and in UTC; only wording and rules use the clinic's wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal, Protocol

Status = Literal[
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
]


class SchedulingError(Exception):
    """Booking could not do what was asked."""


class SlotTaken(SchedulingError):  # noqa: N818 - an outcome of booking, named as FHIR and the port do
    """The time is not free, or no longer; offer others."""


class SchedulerUnavailable(SchedulingError):  # noqa: N818 - the port's name
    """The calendar cannot be reached or written now; nothing was changed."""


class AlreadyBooked(SchedulingError):  # noqa: N818 - an outcome of booking
    """The same person has a visit at that time already; a second one was not made."""


class TooManyTries(SchedulingError):  # noqa: N818 - an outcome of looking up
    """Too many references or contacts that did not fit; nothing was looked up."""


@dataclass(frozen=True)
class Contact:
    """How to reach someone.

    Args:
        phone: E.164, such as "+15550100199".
        email: Normalised address.
    """

    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class PatientDetails:
    """Who comes, as the appointment record keeps it: no symptom.

    Args:
        name: As the patient wrote it.
        contact: At least one way to reach them.
        contact_consent_at: When they agreed to be reminded of the visit; None: they did not.
    """

    name: str
    contact: Contact
    contact_consent_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SlotQuery:
    """Which times a visitor would like; None leaves a piece open.

    Args:
        visit_type: Id of a visit type in clinic.yml.
        earliest: First acceptable start.
        latest: Starts must lie before this moment.
        weekdays: 0 for Monday to 6 for Sunday, on the clinic's wall clock.
        part_of_day: Wall-clock start from (included) and to (excluded).
        practitioner_id: Only this practitioner.
        gender: Only practitioners of this gender, as clinic.yml writes it.
        except_days: Days of the clinic's wall clock that do not suit.
        near: Sort by distance from this moment, the nearest first, instead of by time.
        holder: Who asks, as in `hold`: what they hold themselves counts as free.
        moving: Reference of the appointment that a time is sought for: its own time counts as
            free, so that 10:00 can become 10:20, but is not offered.
    """

    visit_type: str
    earliest: datetime | None = None
    latest: datetime | None = None
    weekdays: frozenset[int] | set[int] | None = None
    part_of_day: tuple[time, time] | None = None
    practitioner_id: str | None = None
    gender: str | None = None
    except_days: frozenset[date] = frozenset()
    near: datetime | None = None
    holder: str | None = None
    moving: str | None = None


@dataclass(frozen=True)
class Slot:
    """A time at which a visit is possible.

    Args:
        start: First moment, UTC.
        end: Moment after the last, UTC.
        practitioner_id: Who sees the patient.
        visit_type: Id of the visit type.
    """

    start: datetime
    end: datetime
    practitioner_id: str
    visit_type: str

    def as_dict(self) -> dict[str, str]:
        """Return the slot as JSON data, for a conversation's memory."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "practitioner_id": self.practitioner_id,
            "visit_type": self.visit_type,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Slot:
        """Read what `as_dict` wrote.

        Raises:
            KeyError: A piece is missing.
            ValueError: A moment is no ISO 8601.
        """
        return cls(
            start=datetime.fromisoformat(data["start"]).astimezone(UTC),
            end=datetime.fromisoformat(data["end"]).astimezone(UTC),
            practitioner_id=str(data["practitioner_id"]),
            visit_type=str(data["visit_type"]),
        )


@dataclass(frozen=True)
class Hold:
    """A slot kept for someone until it expires.

    Args:
        id: Unguessable.
        slot: What is held.
        expires_at: When others may take it, UTC.
    """

    id: str
    slot: Slot
    expires_at: datetime


@dataclass(frozen=True)
class Appointment:
    """A visit in the calendar.

    Args:
        reference: What the patient quotes, such as "ATL-7K3M9Q".
        status: FHIR's word for its state.
        start: UTC.
        end: UTC.
        practitioner_id: Who sees the patient.
        practitioner_name: Their name as it was last known.
        visit_type: Id of the visit type.
        patient_name: Who comes.
        revision: How often it was changed since it was booked.
        note: A practical remark, such as "I use a wheelchair"; "" is none.
    """

    reference: str
    status: Status
    start: datetime
    end: datetime
    practitioner_id: str
    practitioner_name: str
    visit_type: str
    patient_name: str
    revision: int
    note: str = ""


@dataclass(frozen=True)
class DayHours:
    """When the clinic sees patients on a day.

    Args:
        spans: Wall-clock pairs (from, to); empty when closed.
        closed: Why it is closed, in words such as "closed on Sundays"; "" when it is open.
    """

    spans: tuple[tuple[time, time], ...]
    closed: str = ""


class Scheduler(Protocol):
    """A calendar that cannot be booked twice.

    Every method may raise SchedulerUnavailable; then nothing was changed. Calls block; run
    them in a thread from asynchronous code.
    """

    def find_slots(self, query: SlotQuery, limit: int) -> list[Slot]:
        """Return free times, at most one for each start.

        Args:
            query: What the visitor would like.
            limit: At most so many.

        Raises:
            ValueError: The visit type is unknown.
        """
        ...

    def hours_on(self, day: date) -> DayHours:
        """Return when the clinic sees patients on a day of its wall clock."""
        ...

    def hold(self, slot: Slot, holder: str, moving: str | None = None) -> Hold:
        """Keep a slot for a while; an earlier hold of the same holder is given up.

        Args:
            slot: As `find_slots` returned it.
            holder: Whoever holds, such as the conversation's id; only a digest is kept.
            moving: Reference of the appointment that is to be moved there; the slot may share
                time with it. Who asks has proven before that it is theirs.

        Raises:
            SlotTaken: Someone else has it, or the clinic does not offer it.
        """
        ...

    def release(self, hold_id: str) -> None:
        """Give a hold up; one that is gone already is no error."""
        ...

    def confirm(
        self,
        hold_id: str,
        patient: PatientDetails,
        visit_type: str,
        idempotency_key: str,
        note: str = "",
    ) -> Appointment:
        """Turn a hold into an appointment.

        Args:
            hold_id: From `hold`. An expired one is taken again if the time is still free.
            patient: Who comes.
            visit_type: Id of the visit type, of the same length as what is held.
            idempotency_key: The same key always gives the same appointment.
            note: A practical remark that `clinic.scheduling.notes` has let through.

        Raises:
            SlotTaken: The hold is gone or expired and someone else has the time, or the clinic
                has blocked it meanwhile.
            AlreadyBooked: The same name and contact have a visit at that time.
            ValueError: The patient, the note or the visit type cannot be right.
        """
        ...

    def look_up(self, reference: str, contact: Contact, asker: str) -> Appointment | None:
        """Return the appointment when both reference and phone or e-mail match, else None.

        A failed try is remembered for the asker, the reference and the contact, whether or not
        the reference exists, so that none of the three can be guessed at.

        Args:
            reference: From the confirmation.
            contact: The phone or e-mail given at booking.
            asker: Whoever asks, such as the conversation's id; only a digest is kept.

        Raises:
            TooManyTries: One of the three failed too often lately (see `tries`).
        """
        ...

    def move(self, reference: str, contact: Contact, hold_id: str) -> Appointment | None:
        """Put a booked, future appointment at the time of a hold.

        Repeating the call after it succeeded returns the appointment as it stands.

        Args:
            reference: From the confirmation.
            contact: The phone or e-mail given at booking.
            hold_id: The hold on the new time.

        Returns:
            The moved appointment; None when no booked, future appointment matches.

        Raises:
            SlotTaken: The hold is gone or expired and someone else has the time; the
                appointment stays where it was.
            AlreadyBooked: The same person has another visit at that time.
        """
        ...

    def cancel(self, reference: str, contact: Contact) -> Appointment | None:
        """Cancel a future appointment and free its time.

        Returns:
            The cancelled appointment, also when it was cancelled before; None when no future
            appointment matches.
        """
        ...

    def ask_call_back(
        self,
        patient: PatientDetails,
        visit_type: str,
        wish: str,
        idempotency_key: str,
        asker: str | None = None,
    ) -> None:
        """Keep that someone would like to be called about a visit; this books nothing.

        Args:
            patient: Who, and how to reach them.
            visit_type: Id of the visit type.
            wish: The time as it was understood (`When.echo`), never the visitor's own words.
            idempotency_key: The same key leaves one request.
            asker: The conversation, which may have the request deleted; kept as a keyed hash.

        Raises:
            ValueError: The patient or the visit type cannot be right.
        """
        ...
