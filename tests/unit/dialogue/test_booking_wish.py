"""The small decisions of booking: what to search for, which times to offer, how to say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.dialogue.booking_offers import spread
from clinic.dialogue.booking_wish import (
    Preferences,
    add_wish,
    asked_shift,
    slot_query,
    understand_preferences,
    understand_wishes,
    unknown_practitioner,
)
from clinic.scheduling.port import Slot
from clinic.scheduling.when import understand_when
from clinic.scheduling.wording import say_slot
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
    query = slot_query(None, understand_preferences(said, clinic), clinic, urgent=False, now=NOW)
    assert (query.gender, query.visit_type) == (gender, visit_type)


def test_an_urgent_visit_is_searched_only_within_a_day_whatever_was_wished(
    clinic: ClinicSettings,
) -> None:
    for text in ("next week", "in three days", "Friday afternoon"):
        wish = understand_when(text, NOW, ZONE)
        assert wish is not None
        query = slot_query(wish, Preferences(), clinic, urgent=True, now=NOW)
        assert query.latest is not None
        assert query.latest <= NOW + timedelta(hours=24)
    assert slot_query(None, Preferences(), clinic, urgent=True, now=NOW).latest == NOW + timedelta(
        hours=24
    )
    assert slot_query(None, Preferences(), clinic, urgent=False, now=NOW).latest is None


def test_an_earlier_wish_stays_narrow_for_an_urgent_visit(clinic: ClinicSettings) -> None:
    wish = understand_when("this afternoon", NOW, ZONE)
    assert wish is not None
    query = slot_query(wish, Preferences(), clinic, urgent=True, now=NOW)
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


@pytest.mark.parametrize(
    ("said", "shift"),
    [
        ("something later", "later"),
        ("later please", "later"),
        ("anything earlier?", "earlier"),
        ("do you have anything sooner", "earlier"),
        ("other times", "other"),
        ("none of these", "other"),
        ("those don't work for me", "other"),
        ("the later one", None),
        ("the earliest", None),
        ("Friday", None),
        ("the second one", None),
    ],
)
def test_other_times_than_those_offered_are_asked_for(said: str, shift: str | None) -> None:
    assert asked_shift(said) == shift


@pytest.mark.parametrize(
    ("said", "practitioner", "gender"),
    [
        ("with Dr Rivers please", "example_rivers", None),
        ("dr. stone", "example_stone", None),
        ("I'd like the surgeon", "example_stone", None),
        ("can I see the physical therapist", "example_meadows", None),
        ("a woman", None, "female"),
        ("I don't mind who", None, None),
        ("as soon as possible", None, None),
    ],
)
def test_a_person_is_chosen_by_name_role_or_gender(
    clinic: ClinicSettings, said: str, practitioner: str | None, gender: str | None
) -> None:
    wanted = understand_preferences(said, clinic)
    assert (wanted.practitioner_id, wanted.gender) == (practitioner, gender)


def test_a_later_word_replaces_an_earlier_preference(clinic: ClinicSettings) -> None:
    first = understand_preferences("a woman, by video", clinic)
    second = understand_preferences("actually Dr Stone", clinic, first)
    assert second == Preferences("telehealth", "example_stone", None)
    assert understand_preferences("anyone is fine", clinic, second).practitioner_id is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("an appointment with Dr Smith", "Dr. Smith"),
        ("with doctor rivers", ""),
        ("I want to see a doctor on Friday", ""),
        ("my doctor said so", ""),
        ("a doctor tomorrow", ""),
    ],
)
def test_a_doctor_whom_nobody_knows_is_noticed(
    clinic: ClinicSettings, said: str, name: str
) -> None:
    assert unknown_practitioner(said, clinic) == name


def test_wishes_add_up_over_messages() -> None:
    wishes = add_wish(add_wish(None, "next week\nplease"), "in the afternoon")
    when = understand_wishes(wishes, NOW, ZONE, day_first=False)
    assert when is not None
    assert when.echo == "between Monday, March 8 and Sunday, March 14, in the afternoon"
    assert understand_wishes("", NOW, ZONE, day_first=False) is None
