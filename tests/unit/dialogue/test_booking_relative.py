"""Wishes that count from a visit that is held or booked already."""

from __future__ import annotations

from datetime import date, time

import pytest

from clinic.dialogue.booking_relative import is_relative, relative_to

DAY, AT = date(2026, 12, 1), time(11, 20)  # a Tuesday


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("make it 20 minutes later", "make it 2026-12-01 at 11:40"),
        ("an hour earlier please", "2026-12-01 at 10:20 please"),
        ("half an hour later", "2026-12-01 at 11:50"),
        ("the day after, same time", "2026-12-02 , at 11:20"),
        ("a day later", "2026-12-02 at 11:20"),
        ("two days before that at 3", "2026-11-29 at 3"),
        ("the week after", "2026-12-08 at 11:20"),
        ("same time next week", "at 11:20 2026-12-08"),
        ("Thursday, same time", "thursday, at 11:20"),
        ("the monday after that, early afternoon", "2026-12-07 , early afternoon"),
        ("first thing the next day", "first thing 2026-12-02"),
        ("same day but in the afternoon", "2026-12-01 but in the afternoon"),
        ("later that day", "after 11:20 2026-12-01"),
    ],
)
def test_the_date_and_time_are_put_in(said: str, meant: str) -> None:
    assert relative_to(said, DAY, AT) == meant
    assert is_relative(said)


@pytest.mark.parametrize(
    "said",
    ["the day after tomorrow", "Friday at 3", "in two weeks", "3 days ago", "later", "next week"],
)
def test_what_counts_from_today_is_left_alone(said: str) -> None:
    assert relative_to(said, DAY, AT) is None


def test_without_a_time_only_days_are_counted() -> None:
    assert relative_to("the week after", DAY, None) == "2026-12-08"
    assert relative_to("an hour later", DAY, None) is None
