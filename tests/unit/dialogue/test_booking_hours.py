"""Wishes held against opening hours: 7 in the morning or evening, and why a wish cannot be."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from clinic.dialogue.booking_hours import reason_against, settle_half
from clinic.dialogue.booking_wish import add_wish, refused, understand_wishes
from clinic.scheduling.port import DayHours
from clinic.scheduling.when import When, understand_when
from clinic.settings import ClinicSettings, load_settings

NOW = datetime(2027, 3, 3, 15, tzinfo=UTC)  # a Wednesday, ten in the morning in New York
ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def clinic() -> ClinicSettings:
    return load_settings().clinic


def open_from(first: int, last: int):
    def hours_on(day: date) -> DayHours:
        if day.weekday() == 6:
            return DayHours((), "closed on Sundays")
        return DayHours(((time(first), time(last)),))

    return hours_on


def wish(text: str) -> When:
    understood = understand_when(text, NOW, ZONE)
    assert understood is not None
    return understood


@pytest.mark.parametrize(
    ("said", "hours", "echo", "doubt"),
    [
        ("Friday at 7", (6, 12), "Friday, March 5 at 7 am", ""),
        ("Friday at 7", (12, 22), "Friday, March 5 at 7 pm", ""),
        ("Friday at 7", (6, 22), "Friday, March 5 at 7 am", "7 pm"),
        ("Friday at 7", (9, 17), "Friday, March 5 at 7 am or 7 pm", ""),
        ("at 7", (9, 17), "around 7 am or 7 pm", ""),
        ("Friday at 7 pm", (6, 22), "Friday, March 5 at 7 pm", ""),
        ("Friday at 7 in the evening", (6, 22), "Friday, March 5 at 7 pm", ""),
        ("Friday at 5", (4, 12), "Friday, March 5 at 5 am", ""),
        ("next Friday at 7", (6, 22), "Friday, March 12 at 7 am", "Friday, March 5 or 7 pm"),
    ],
)
def test_the_half_of_the_day_is_settled_by_the_opening_hours(
    clinic: ClinicSettings, said: str, hours: tuple[int, int], echo: str, doubt: str
) -> None:
    settled = settle_half(wish(said), open_from(*hours), clinic, NOW)
    assert (settled.echo, settled.doubt) == (echo, doubt)


@pytest.mark.parametrize(
    ("said", "response", "left"),
    [
        ("July 20", "utter_beyond_horizon", ""),
        ("July 20 in the morning", "utter_beyond_horizon", "in the morning"),
        ("Sunday at 10", "utter_closed_then", "at 10 am"),
        ("any Sunday", "utter_closed_then", ""),
        ("Friday at 8 pm", "utter_outside_hours", "2027-03-05"),
        ("today at 10:30", "utter_too_soon", ""),
        ("at 11 pm", "utter_never_open_then", ""),
        ("next week at 11 pm", "utter_never_open_then", None),
    ],
)
def test_the_rule_that_stands_against_a_wish_is_named_with_what_is_left(
    clinic: ClinicSettings, said: str, response: str, left: str | None
) -> None:
    kind = clinic.visit_types[0]
    reason = reason_against(wish(said), kind, open_from(9, 17), clinic, NOW)
    assert reason is not None
    assert (reason.response, reason.left) == (response, left)


def test_no_rule_stands_against_a_time_that_is_only_taken(clinic: ClinicSettings) -> None:
    kind = clinic.visit_types[0]
    assert reason_against(wish("Friday at 10"), kind, open_from(9, 17), clinic, NOW) is None


def test_a_refused_wish_stays_known_but_binds_the_next_one_only_with_what_is_left() -> None:
    def understood(wishes: str) -> str:
        when = understand_wishes(wishes, NOW, ZONE, day_first=False)
        return when.echo if when else ""

    wishes = refused(add_wish("Sunday", "at 10"), "at 10 am")
    assert understood(wishes) == "Sunday, March 7 at 10 am"
    assert understood(add_wish(wishes, "Monday")) == "Monday, March 8 at 10 am"
    wishes = refused("Friday at 8 pm", "")
    assert understood(add_wish(wishes, "Monday")) == "Monday, March 8"
    assert understood(refused(wishes, "")) == "Friday, March 5 at 8 pm"
