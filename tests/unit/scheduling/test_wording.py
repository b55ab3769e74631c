"""How times and contacts are said."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from clinic.scheduling.port import Contact, Slot
from clinic.scheduling.wording import say_contact, say_days, say_hours
from clinic.settings import ClinicSettings


@pytest.mark.parametrize(
    ("contact", "region", "said"),
    [
        (Contact(phone="+12125550199"), "US", "(212) 555-0199"),
        (Contact(phone="+12125550199"), "GB", "+1 212-555-0199"),
        (Contact(phone="+442079460958"), "GB", "020 7946 0958"),
        (Contact(phone="+442079460958"), "US", "+44 20 7946 0958"),
        (Contact(email="a@example.com"), "US", "a@example.com"),
        (Contact("+12125550199", "a@example.com"), "US", "(212) 555-0199 and a@example.com"),
    ],
)
def test_a_contact_is_said_as_people_of_the_region_write_it(
    contact: Contact, region: str, said: str
):
    assert say_contact(contact, region) == said


def test_times_are_listed_by_day(clinic: ClinicSettings):
    slots = [
        Slot(start, start + timedelta(minutes=20), "example_rivers", "follow_up")
        for start in (
            datetime(2026, 6, 12, 13, 0, tzinfo=UTC),
            datetime(2026, 6, 11, 18, 0, tzinfo=UTC),
            datetime(2026, 6, 11, 13, 0, tzinfo=UTC),
        )
    ]
    assert say_days(slots, clinic) == (
        "- **Thursday, June 11:** 9:00 AM, 2:00 PM\n- **Friday, June 12:** 9:00 AM"
    )


def test_opening_hours_are_said_in_words():
    spans = [(time(9), time(12, 30)), (time(13, 30), time(17, 30))]
    assert say_hours(spans) == "from 9 am to 12:30 pm and from 1:30 pm to 5:30 pm"
