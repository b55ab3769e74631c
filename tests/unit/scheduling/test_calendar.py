"""The calendar file: right times, the same entry when moved, nothing medical."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from icalendar import Calendar, Event

from clinic.scheduling.calendar import to_ics
from clinic.scheduling.port import Appointment
from clinic.settings import ClinicSettings

BOOKED = Appointment(
    reference="ATL-7K3M9Q",
    status="booked",
    start=datetime(2026, 6, 11, 19, 30, tzinfo=UTC),
    end=datetime(2026, 6, 11, 20, 10, tzinfo=UTC),
    practitioner_id="example_rivers",
    practitioner_name="Dr. Demo Rivers; Spine, Neck",
    visit_type="new",
    patient_name="Jane Doe",
    revision=0,
)


def event(appointment: Appointment, clinic: ClinicSettings) -> Event:
    file = Calendar.from_ical(to_ics(appointment, clinic, clinic.zone))
    (found,) = file.walk("VEVENT")
    return found


def test_the_visit_is_at_its_time_in_the_clinics_zone(clinic: ClinicSettings):
    found = event(BOOKED, clinic)
    assert found["dtstart"].dt.astimezone(UTC) == BOOKED.start
    assert found["dtend"].dt.astimezone(UTC) == BOOKED.end
    assert found["dtstart"].params["TZID"] == "America/New_York"
    assert found["dtstart"].dt.hour == 15


def test_it_names_clinic_place_practitioner_and_reference(clinic: ClinicSettings):
    found = event(BOOKED, clinic)
    assert clinic.name in found["summary"]
    assert found["location"] == clinic.address
    for piece in ("ATL-7K3M9Q", BOOKED.practitioner_name, "First visit", clinic.phone):
        assert piece in found["description"]


def test_a_video_visit_has_no_place(clinic: ClinicSettings):
    assert "location" not in event(replace(BOOKED, visit_type="telehealth"), clinic)


@pytest.mark.parametrize(("status", "told"), [("booked", "CONFIRMED"), ("cancelled", "CANCELLED")])
def test_a_change_replaces_the_entry(clinic: ClinicSettings, status: str, told: str):
    first = event(BOOKED, clinic)
    second = event(replace(BOOKED, status=status, revision=1), clinic)  # type: ignore[arg-type]
    assert second["uid"] == first["uid"]
    assert second["sequence"] > first["sequence"]
    assert second["status"] == told


def test_the_file_follows_the_format(clinic: ClinicSettings):
    text = to_ics(BOOKED, clinic, clinic.zone)
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "Jane" not in text
