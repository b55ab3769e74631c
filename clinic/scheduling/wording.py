"""How times, people and contacts are said to a visitor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from clinic.scheduling.port import Appointment, Contact, Slot
from clinic.scheduling.when import say_time
from clinic.settings import ClinicSettings


def say_slot(slot: Slot, clinic: ClinicSettings) -> str:
    """Say a time in the clinic's zone, with whom.

    Args:
        slot: The time.
        clinic: For zone and names.
    """
    local = slot.start.astimezone(ZoneInfo(clinic.time_zone))
    person = clinic.practitioner(slot.practitioner_id)
    return f"{local:%a %b %-d, %-I:%M %p}" + (f" with {person.name}" if person else "")


def slot_picker(slots: Sequence[Slot], clinic: ClinicSettings, now: datetime) -> dict[str, Any]:
    """Describe times for a page that shows them as groups of radio buttons, one for each day.

    Args:
        slots: The times, in order.
        clinic: For zone, names and how far ahead one can book.
        now: The present moment, aware.

    Returns:
        The object that docs/web_chat.md calls `slots`; each payload is the time as `say_slot`
        says it.
    """
    days: dict[str, list[dict[str, str]]] = {}
    for slot in sorted(slots, key=lambda one: one.start):
        local = slot.start.astimezone(clinic.zone)
        person = clinic.practitioner(slot.practitioner_id)
        days.setdefault(f"{local:%A, %B %-d}", []).append(
            {
                "time": f"{local:%-I:%M %p}",
                "who": person.name if person else "",
                "payload": say_slot(slot, clinic),
            }
        )
    today = now.astimezone(clinic.zone).date()
    return {
        "kind": "slots",
        "days": [{"day": day, "times": times} for day, times in days.items()],
        "first": today.isoformat(),
        "last": (today + timedelta(days=clinic.booking.horizon_days)).isoformat(),
    }


def say_days(slots: Sequence[Slot], clinic: ClinicSettings) -> str:
    """List times grouped by day, one line a day.

    Args:
        slots: The times, in order.
        clinic: For the zone.
    """
    zone = ZoneInfo(clinic.time_zone)
    days: dict[str, list[str]] = {}
    for slot in sorted(slots, key=lambda one: one.start):
        local = slot.start.astimezone(zone)
        days.setdefault(f"{local:%A, %B %-d}", []).append(f"{local:%-I:%M %p}")
    return "\n".join(f"- **{day}:** {', '.join(times)}" for day, times in days.items())


def say_appointment(appointment: Appointment, clinic: ClinicSettings) -> str:
    """Say when and with whom an appointment is.

    Args:
        appointment: The visit.
        clinic: For the zone.
    """
    local = appointment.start.astimezone(ZoneInfo(clinic.time_zone))
    return f"{local:%A, %B %-d at %-I:%M %p} with {appointment.practitioner_name}"


def say_contact(contact: Contact, region: str) -> str:
    """Say a phone number as people of the region write it, and an e-mail address.

    Args:
        contact: What was given.
        region: Two letters, such as "US"; numbers from elsewhere keep their country code.
    """
    return " and ".join(
        value for value in (say_phone(contact.phone, region), contact.email) if value
    )


def say_phone(phone: str | None, region: str) -> str | None:
    """Say a phone number as people of the region write it; None stays None."""
    if phone is None:
        return None
    number = phonenumbers.parse(phone, None)
    local = number.country_code == phonenumbers.country_code_for_region(region)
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, form.NATIONAL if local else form.INTERNATIONAL))


def say_hours(spans: Sequence[tuple[time, time]]) -> str:
    """Say opening hours, such as "from 9 am to 12:30 pm and from 1:30 pm to 5:30 pm"."""
    return " and ".join(f"from {say_time(first)} to {say_time(last)}" for first, last in spans)
