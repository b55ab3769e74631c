"""Which of the offered times is taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.scheduling.choice import bare_hour, two_meanings, understand_choice
from clinic.scheduling.port import Slot

ZONE = ZoneInfo("America/New_York")


def slot(day: int, hour: int, minute: int) -> Slot:
    start = datetime(2026, 6, day, hour, minute, tzinfo=ZONE).astimezone(UTC)
    return Slot(start, start + timedelta(minutes=40), "example_rivers", "new")


# Thursday 3:30 pm, Tuesday 9 am, Thursday 11:20 am
OFFERED = [slot(11, 15, 30), slot(16, 9, 0), slot(18, 11, 20)]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("the second one", 1),
        ("second one please!", 1),
        ("2", 1),
        ("two", 1),
        ("one", 0),
        ("number two", 1),
        ("option 3", 2),
        ("option b", 1),
        ("#1", 0),
        ("the 2nd", 1),
        ("3:30", 0),
        ("3.30pm please", 0),
        ("half past three", 0),
        ("ok 9 works", 1),
        ("9am", 1),
        ("11", 2),
        ("eleven twenty", 2),
        ("Tuesday", 1),
        ("i'll take tuesday at 9", 1),
        ("tomorrow", 0),
        ("the 16th", 1),
        ("the one on the 18th", 2),
        ("the afternoon one", 0),
        ("first", 0),
        ("the earliest", 0),
        ("the last one", 2),
        ("the middle one", 1),
        ("the first thursday", 0),
        ("any of them", 0),
        ("I don't mind", 0),
        ("I don't mind, maybe the second", 1),
    ],
)
def test_a_choice_is_understood(text: str, index: int):
    assert understand_choice(text, OFFERED, ZONE) == index


@pytest.mark.parametrize(
    "text",
    [
        *("none of them", "neither", "no", "Not tuesday", "something else", "another day"),
        *("9pm", "what about friday", "4", "option 9", "hello", "", "what does an mri show", "yes"),
        # Two offers are on a Thursday, two in the morning.
        *("thursday", "the morning one"),
    ],
)
def test_where_no_single_time_is_meant_none_is_taken(text: str):
    assert understand_choice(text, OFFERED, ZONE) is None


@pytest.mark.parametrize("text", ["yes", "ok that works", "yes please", "sounds good"])
def test_yes_takes_the_only_offer(text: str):
    assert understand_choice(text, OFFERED[:1], ZONE) == 0


def test_a_number_that_is_a_place_and_an_hour_is_asked_again():
    offered = [slot(11, 14, 0), slot(11, 15, 0)]
    assert understand_choice("2", offered, ZONE) is None
    assert understand_choice("option 2", offered, ZONE) == 1
    assert understand_choice("2 pm", offered, ZONE) == 0


def test_without_an_offer_there_is_no_choice():
    assert understand_choice("the first", [], ZONE) is None


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=120), st.integers(0, 3))
def test_no_answer_breaks_it(text: str, count: int):
    choice = understand_choice(text, OFFERED[:count], ZONE)
    assert choice is None or 0 <= choice < count


def test_a_number_that_is_a_place_and_an_hour_names_both():
    hours = [slot(11, hour, 0) for hour in (9, 11, 14, 15)]
    assert two_meanings("3", hours, ZONE) == (2, 3)
    assert two_meanings("2", hours, ZONE) == (1, 2)
    assert two_meanings("1", hours, ZONE) is None
    assert two_meanings("the third", hours, ZONE) is None


def test_a_number_that_is_no_place_is_an_hour():
    assert bare_hour("7", OFFERED, ZONE) == "at 7"
    assert bare_hour("2", OFFERED, ZONE) == ""
    assert bare_hour("45", OFFERED, ZONE) == ""
