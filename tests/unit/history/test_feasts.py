from __future__ import annotations

from datetime import date

import pytest

from clinic.history.feasts import feast_before

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (["easter"], date(2026, 4, 5)),
        (["clocks", "went", "back"], date(2026, 10, 25)),
        (["thanksgiving"], date(2025, 11, 27)),
        (["christmas"], date(2025, 12, 25)),
        (["diwali"], date(2026, 11, 8)),
        (["halloween", "party"], date(2026, 10, 31)),
    ],
)
def test_a_feast_is_the_last_one_gone_by(words: list[str], day: date) -> None:
    assert feast_before(TODAY, words) == day


def test_an_ordinary_word_is_no_feast() -> None:
    assert feast_before(TODAY, ["tuesday"]) is None
    assert feast_before(TODAY, []) is None


def test_a_feast_outside_the_known_calendars_is_left_out() -> None:
    assert feast_before(date(2040, 1, 1), ["diwali"]) is None
