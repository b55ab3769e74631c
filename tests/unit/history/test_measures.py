from __future__ import annotations

from datetime import date

import pytest

from clinic.history.measures import age_band, find_ages, find_durations, find_scores
from clinic.history.words import split_words

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("for three weeks", 21),
        ("about a year and a half", 547.5),
        ("2-3 months", 76),
        ("10d", 10),
        ("since yesterday", 1),
        ("since Thursday", 3),
        ("since June", 160),
        ("a couple of weeks", 14),
        ("a fortnight", 14),
        ("half a year", 182),
        ("three quarters of a year", 270),
        ("since the end of August", 86),
        ("mid September", 68),
        ("carried it on the 12th", 10),
        ("it happened on Tuesday the 3rd", 19),
        ("two Saturdays ago today", 8),
        ("it's been two hours", 0.083),
        ("for months", 91.2),
        ("since this morning", 0),
        ("since 6am", 0),
        ("8/52", 56),
        ("one and half months", 45.6),
        ("day nine of this", 9),
        ("stiff after the move, day three", 3),
        ("sore, month or so", 30),
        ("20 odd years", 7300),
        ("hurt it Friday", 2),
        ("a week past Friday", 9),
        ("two Sundays ago", 14),
        ("since October 30th", 23),
        ("since the 1st of November", 21),
        ("on the 2nd of this month", 20),
        ("since Halloween", 22),
        ("since Easter", 231),
        ("did it at the weekend", 1),
        ("since last weekend", 8),
        ("since the clocks went back", 28),
    ],
)
def test_a_duration_is_read_in_days(text: str, days: float) -> None:
    found = [item.value for item in find_durations(split_words(text), TODAY)]
    assert found == pytest.approx([days])


@pytest.mark.parametrize(
    "text",
    [
        *("7 out of 10", "I am 68 years", "in two weeks", "every two weeks", "my 8 year old"),
        *("45", "some days", "pain 24/7", "can I come on Friday", "see me next Tuesday please"),
        *("book me in on the 12th", "on the 2nd floor"),
        "stiff neck from sat reading",
        "I walk the dog three mile a day",
        "hunched over the decks six hours a night",
    ],
)
def test_what_is_no_duration_is_left_out(text: str) -> None:
    assert find_durations(split_words(text), TODAY) == []


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("7/10", 7),
        ("about 6 out of 10", 6),
        ("8 at worst", 8),
        ("pain is 5", 5),
        ("7-8/10", 8),
        ("six and a half out of 10", 6.5),
        ("I'd call it five", 5),
        ("he says 6", 6),
        ("zero at the minute", 0),
        ("stays in my neck, 4, no fever", 4),
    ],
)
def test_a_pain_score_is_read(text: str, score: float) -> None:
    assert [item.value for item in find_scores(split_words(text), text)] == [score]


@pytest.mark.parametrize(
    "text",
    [
        "3 kids",
        "at 3 pm",
        "two weeks",
        "12/10 pain",
        "7/12",
        "pain -4",
        "my son, 9",
        "see me at 2 today",
        "ten out of ten for annoyance",
    ],
)
def test_what_is_no_pain_score_is_left_out(text: str) -> None:
    assert find_scores(split_words(text), text) == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("I'm 52", 52),
        ("78 yo", 78),
        ("in my sixties", 65),
        ("my mother is 77, she fell", 77),
        ("Mum (79) fell", 79),
        ("she's 84 and fell", 84),
        ("I am 68 years", 68),
        ("aged forty five", 45),
        ("for my son 20 yrs, he is here", 20),
    ],
)
def test_an_age_is_read(text: str, years: float) -> None:
    assert [item.value for item in find_ages(split_words(text))] == [years]


@pytest.mark.parametrize(
    "text",
    [
        *("I'm 6 foot", "the pain is 6", "my pulse is 60", "I'm 10 minutes away", "I'm 100 kg"),
        *("with my husband 30 years", "lifting a heavy 4yo", "since my son 3 years ago"),
    ],
)
def test_what_is_no_age_is_left_out(text: str) -> None:
    assert find_ages(split_words(text)) == []


@pytest.mark.parametrize(
    ("years", "band"),
    [(15, "<16"), (16, "16-49"), (49, "16-49"), (50, "50-64"), (64, "50-64"), (65, ">=65")],
)
def test_an_age_becomes_a_band(years: float, band: str) -> None:
    assert age_band(years) == band


def test_a_posture_dates_no_injury(read) -> None:
    told = {item.attribute for item in read("neck pain three weeks, worse with typing").findings}
    assert "duration_days" in told and "injury_days_ago" not in told


@pytest.mark.parametrize(
    ("text", "days"), [("a week. Same as last spring", 7), ("two weeks, just like in 2019", 14)]
)
def test_another_time_dates_no_pain(text: str, days: float, read) -> None:
    findings = read(f"neck sore {text}").findings
    assert [item.value for item in findings if item.attribute == "duration_days"] == [days]


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("a 3, though my girlfriend says I moan like it's a 10", 3),
        ("about a 4, my wife reckons it's a 9", 4),
        ("a 3, though it is a 10", 10),
        ("he says it's an 8", 8),
    ],
)
def test_a_score_that_others_give_is_not_the_patients(text: str, score: float, read) -> None:
    findings = read(text).findings
    assert [item.value for item in findings if item.attribute == "severity"] == [score]
