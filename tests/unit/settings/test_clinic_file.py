"""clinic.yml: the demo clinic is usable, and a manager's slip is told in one sentence."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from clinic.settings import SettingsError, load_clinic
from clinic.settings.environment import PROJECT_ROOT

DEMO = PROJECT_ROOT / "clinic.yml"


def changed(folder: Path, old: str, new: str) -> Path:
    """Write a copy of the demo clinic with one change."""
    text = DEMO.read_text(encoding="utf-8")
    assert old in text
    path = folder / "clinic.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_demo_clinic_is_marked_as_one_and_can_be_reached_in_an_emergency():
    clinic = load_clinic(DEMO)
    assert clinic.demo is True
    assert (clinic.emergency_number, clinic.crisis_line) == ("911", "988")
    assert clinic.phone == "(555) 010-0199"
    assert clinic.time_zone == "America/New_York"


def test_the_demo_clinic_is_closed_on_sundays_and_open_with_a_lunch_break():
    hours = load_clinic(DEMO).hours
    assert hours.on(6) == ()
    assert hours.on(0) == ((time(9), time(12, 30)), (time(13, 30), time(17, 30)))
    assert hours.on(5) == ((time(9), time(13)),)


def test_a_visitor_can_ask_for_a_woman_and_for_each_visit_type():
    clinic = load_clinic(DEMO)
    assert len(clinic.practitioners) == 3
    assert any(person.gender == "female" for person in clinic.practitioners)
    assert {visit.id: visit.minutes for visit in clinic.visit_types} == {
        "new": 40,
        "follow_up": 20,
        "telehealth": 20,
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('emergency_number: "911"', 'emergency_number: ""', "emergency_number: expected a number"),
        # Unquoted, YAML would turn 000 (Australia) into the number 0.
        ('emergency_number: "911"', "emergency_number: 000", "emergency_number: expected text in"),
        ('time_zone: "America/New_York"', 'time_zone: "New York"', "time_zone: 'New York' is no"),
        ("time_zone:", "time_zoen:", "time_zoen: this key is not known; did you mean 'time_zone'?"),
        ('region: "US"', 'region: "Texas"', "region: expected two capital letters"),
        ('"09:00", "13:00"', '"13:00", "09:00"', "hours.sat: 13:00 to 09:00 ends before it starts"),
        ('"09:00", "13:00"', '"9am", "13:00"', "hours.sat: '9am' is no time"),
        ('"09:00", "13:00"', '"09:02", "13:00"', "hours.sat: '09:02' is no time"),
        (
            '["13:30", "17:30"]]\n  tue',
            '["12:00", "17:30"]]\n  tue',
            "hours.mon: the pairs overlap",
        ),
        ("minutes: 40", "minutes: 42", "visit_types.new.minutes: expected 5 to 480 minutes"),
        ("id: follow_up", "id: Follow-Up", "visit_types.Follow-Up.id: expected lower-case"),
        ("id: example_stone", "id: example_rivers", "practitioners: the id 'example_rivers' is"),
        (
            'gender: "female"\n',
            'gender: "lady"\n',
            "practitioners.example_rivers.gender: expected one",
        ),
        (
            "[new, follow_up]",
            "[new, scan]",
            "practitioners: example_stone has the visit type 'scan'",
        ),
        ("hold_minutes: 10", "hold_minutes: 600", "booking.hold_minutes: expected 1 to 60 minutes"),
        ("demo: true", 'demo: "yes"', "demo: expected true or false"),
        ("triage: true\n", "", "triage: this key is missing"),
        ('country: "US"', 'country: "XX"', "holidays.country: expected a country code"),
        ('subdivision: ""', 'subdivision: "ZZ"', "holidays.subdivision: 'ZZ' is no part of US"),
        ("sat: [[", "sat: [[[", "line "),
    ],
)
def test_a_mistake_is_told_with_file_key_and_expectation(
    tmp_path: Path, old: str, new: str, told: str
):
    with pytest.raises(SettingsError) as caught:
        load_clinic(changed(tmp_path, old, new))
    message = str(caught.value)
    assert f"clinic.yml, {told}" in message
    assert "\n" not in message


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"clinic\.yml: cannot be read"):
        load_clinic(tmp_path / "clinic.yml")


def test_a_file_that_is_no_mapping_is_told(tmp_path: Path):
    path = tmp_path / "clinic.yml"
    path.write_text("- just\n- a list\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="expected keys and values"):
        load_clinic(path)


def test_times_without_quotation_marks_are_read_too(tmp_path: Path):
    path = changed(tmp_path, '["09:00", "13:00"]', "[9:00, 13:30]")
    assert load_clinic(path).hours.on(5) == ((time(9), time(13, 30)),)


def test_days_off_and_leave_are_known(tmp_path: Path):
    path = changed(
        tmp_path,
        "    visit_types: [new, follow_up, telehealth]\n",
        "    visit_types: [new]\n    days: [mon, tue]\n    away: [[2027-07-05, 2027-07-06]]\n",
    )
    rivers = load_clinic(path).practitioner("example_rivers")
    assert rivers is not None
    assert not rivers.works_on(date(2027, 7, 5))
    assert not rivers.works_on(date(2027, 7, 7))
    assert rivers.works_on(date(2027, 7, 12))


def test_what_is_not_there_is_none():
    clinic = load_clinic(DEMO)
    assert clinic.visit_type("massage") is None
    assert clinic.practitioner("nobody") is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes: 40", "minutes: 40\n    buffer_after: 7", "0 to 120 minutes in steps of 5"),
        ("minutes: 40", "minutes: 40\n    horizon_days: 0", "expected 1 to 366 days"),
        ("minutes: 40", "minutes: 40\n    minimum_notice_hours: -1", "expected 0 to 336 hours"),
        ("special_hours: {}", 'special_hours: {"2026-12-24": "closed"}', "write pairs such as"),
        ("special_hours: {}", 'special_hours: {"Christmas": []}', "special_hours"),
    ],
)
def test_what_was_added_for_booking_is_checked_too(tmp_path: Path, old: str, new: str, told: str):
    text = (PROJECT_ROOT / "clinic.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "clinic.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=told):
        load_clinic(tmp_path / "clinic.yml")
