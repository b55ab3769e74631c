"""Write an appointment as a calendar file."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from clinic import clock
from clinic.scheduling.port import Appointment
from clinic.settings import ClinicSettings

REMIND_BEFORE = timedelta(hours=24)
YEAR = timedelta(days=366)


def to_ics(appointment: Appointment, clinic: ClinicSettings, zone: ZoneInfo) -> str:
    """Return an iCalendar file (RFC 5545) for one appointment.

    The identifier stays the same when a visit is moved or cancelled and the sequence number
    grows, so that a calendar replaces the old entry. Nothing in it tells why someone comes.

    Args:
        appointment: The visit.
        clinic: For name, place, phone and the visit type's name.
        zone: The time zone in which the calendar shows the visit.

    Returns:
        The text of the file, lines ended by CRLF.
    """
    visit_type = clinic.visit_type(appointment.visit_type)
    cancelled = appointment.status == "cancelled"
    event = Event()
    event.add("uid", f"{appointment.reference.lower()}@atlas")
    event.add("sequence", appointment.revision)
    event.add("dtstamp", clock.now())
    event.add("dtstart", appointment.start.astimezone(zone))
    event.add("dtend", appointment.end.astimezone(zone))
    event.add("summary", f"Appointment at {clinic.name}")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if clinic.address and not (visit_type and visit_type.telehealth):
        event.add("location", clinic.address)
    lines = [
        f"Reference: {appointment.reference}",
        f"With: {appointment.practitioner_name}",
        f"Visit: {visit_type.name}" if visit_type else "",
        f"Phone: {clinic.phone}" if clinic.phone else "",
    ]
    event.add("description", "\n".join(line for line in lines if line))
    if not cancelled:
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", f"Appointment at {clinic.name}")
        reminder.add("trigger", -REMIND_BEFORE)
        event.add_component(reminder)
    file = Calendar()
    file.add("prodid", "-//Atlas//Appointment//EN")
    file.add("version", "2.0")
    file.add("method", "CANCEL" if cancelled else "PUBLISH")
    file.add_component(event)
    # Without bounds the zone's rules since 1970 would fill two pages.
    day = appointment.start.date()
    file.add_missing_timezones(first_date=day - YEAR, last_date=day + YEAR)
    return str(file.to_ical().decode("utf-8"))
