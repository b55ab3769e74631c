"""The small decisions of booking: what to search for, which times to offer, how to say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from actions.booking import say_slot, slot_query, spread
from clinic.scheduling.port import Slot
from clinic.scheduling.when import understand_when
from clinic.settings import ClinicSettings, load_settings

NOW = datetime(2027, 3, 3, 15, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def clinic() -> ClinicSettings:
    return load_settings().clinic


def slot(day: int, hour: int, minute: int = 0) -> Slot:
    start = datetime(2027, 3, day, hour, minute, tzinfo=UTC)
    return Slot(start, start + timedelta(minutes=40), "example_rivers", "new")


@pytest.mark.parametrize(
    ("said", "gender", "visit_type"),
    [
        ("a visit", None, "new"),
        ("I would like to see a woman doctor", "female", "new"),
        ("a female doctor please", "female", "new"),
        ("a male doctor please", "male", "new"),
        ("a video call", None, "telehealth"),
        ("a follow-up", None, "follow_up"),
    ],
)
def test_words_choose_practitioner_and_kind_of_visit(
    clinic: ClinicSettings, said: str, gender: str | None, visit_type: str
) -> None:
    query = slot_query(None, said, clinic, False, NOW)
    assert (query.gender, query.visit_type) == (gender, visit_type)


def test_an_urgent_visit_is_searched_only_within_a_day_whatever_was_wished(
    clinic: ClinicSettings,
) -> None:
    for text in ("next week", "in three days", "Friday afternoon"):
        wish = understand_when(text, NOW, ZONE)
        assert wish is not None
        query = slot_query(wish, text, clinic, True, NOW)
        assert query.latest is not None
        assert query.latest <= NOW + timedelta(hours=24)
    assert slot_query(None, "", clinic, True, NOW).latest == NOW + timedelta(hours=24)
    assert slot_query(None, "", clinic, False, NOW).latest is None


def test_an_earlier_wish_stays_narrow_for_an_urgent_visit(clinic: ClinicSettings) -> None:
    wish = understand_when("this afternoon", NOW, ZONE)
    assert wish is not None
    query = slot_query(wish, "this afternoon", clinic, True, NOW)
    assert query.latest is not None
    assert query.latest < NOW + timedelta(hours=24)


def test_offers_are_spread_over_days_and_halves_of_days_and_stand_in_order() -> None:
    free = [slot(day, hour, minute) for day in (4, 5, 8) for hour in (14, 18) for minute in (0, 20)]
    offered = spread(free, ZONE)
    assert len(offered) == 5
    assert offered == sorted(offered, key=lambda item: item.start)
    halves = [(item.start.date(), item.start.hour) for item in offered]
    assert len(set(halves)) == 5


def test_few_free_times_are_all_offered() -> None:
    free = [slot(4, 14), slot(4, 14, 20), slot(4, 15)]
    assert spread(free, ZONE) == free


def test_a_time_is_said_in_the_zone_of_the_clinic_with_whom(clinic: ClinicSettings) -> None:
    assert say_slot(slot(4, 14), clinic) == "Thu Mar 4, 9:00 AM with Dr. Demo Rivers"
