"""When a visitor would like to come: what is understood, what is refused, what is left alone.

Every sentence is said on Wednesday, June 10, 2026 at ten in the morning in New York.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.scheduling.when import When, understand_when

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 6, 10, 10, 0, tzinfo=ZONE)


def understood(text: str) -> When:
    when = understand_when(text, NOW, ZONE)
    assert when is not None, text
    return when


def days(when: When) -> tuple[str | None, str | None]:
    """The first day and the day after the last, as the clinic's calendar has them."""
    return (
        when.earliest and f"{when.earliest.astimezone(ZONE):%m-%d}",
        when.latest and f"{when.latest.astimezone(ZONE):%m-%d}",
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("tomorrow at 3:30", "06-11 15:30"),
        ("tomorow 10", "06-11 10:00"),
        ("Tomorrow 9:00", "06-11 09:00"),
        ("noon tomorrow", "06-11 12:00"),
        ("at 12 tomorrow", "06-11 12:00"),
        ("can you do 4 tomorrow", "06-11 16:00"),
        ("yes tomorrow at ten works", "06-11 10:00"),
        ("half eight tomorrow", "06-11 08:30"),
        ("half past two in the afternoon tomorrow", "06-11 14:30"),
        ("thurs around 2ish if poss", "06-11 14:00"),
        ("3 p.m. Friday", "06-12 15:00"),
        ("Friday @ 3", "06-12 15:00"),
        ("quarter to 4 on mon", "06-15 15:45"),
        ("Mon 3pm", "06-15 15:00"),
        ("next tuesday at quarter past ten", "06-16 10:15"),
        ("book me with dr rivers for next tuesday at half ten please", "06-16 10:30"),
        ("wensday at 9", "06-17 09:00"),
        ("16th June 2pm", "06-16 14:00"),
        ("the 16th at 2", "06-16 14:00"),
        ("Can I come in at 3:30pm on the 24th of June?", "06-24 15:30"),
        ("14 dec at 9.30", "12-14 09:30"),
        ("today at 4", "06-10 16:00"),
        ("in 2 hours", "06-10 12:00"),
        ("in half an hour", "06-10 10:30"),
    ],
)
def test_a_day_with_a_time_is_one_moment(text: str, moment: str):
    when = understood(text)
    assert when.problem is None
    assert when.exact is not None
    assert f"{when.exact.astimezone(ZONE):%m-%d %H:%M}" == moment


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("today", "06-10", "06-11"),
        ("tommorow mornign", "06-11", "06-12"),
        ("the day after tomorrow", "06-12", "06-13"),
        ("Thursday afternoon", "06-11", "06-12"),
        ("this friday", "06-12", "06-13"),
        ("next friday", "06-19", "06-20"),
        ("a week on Friday", "06-19", "06-20"),
        ("friday week", "06-19", "06-20"),
        ("a fortnight on monday", "06-29", "06-30"),
        ("two weeks on tuesday", "06-30", "07-01"),
        ("a week from tomorrow", "06-18", "06-19"),
        ("the 14th", "06-14", "06-15"),
        ("the 1st of the month", "07-01", "07-02"),
        ("the 12th of next month", "07-12", "07-13"),
        ("the 31st", "07-31", "08-01"),
        ("the twenty-second", "06-22", "06-23"),
        ("July the fourth", "07-04", "07-05"),
        ("the first of July", "07-01", "07-02"),
        ("2026-07-01", "07-01", "07-02"),
        ("12/14", "12-14", "12-15"),
        ("14/12", "12-14", "12-15"),
        ("Tuesday June 16", "06-16", "06-17"),
        ("fri 12th", "06-12", "06-13"),
        ("next week", "06-15", "06-22"),
        ("any morning next week", "06-15", "06-22"),
        ("the week after next", "06-22", "06-29"),
        ("week of the 22nd", "06-22", "06-29"),
        ("early next week", "06-15", "06-17"),
        ("end of next week", "06-18", "06-21"),
        ("later this week", "06-11", "06-15"),
        ("this weekend", "06-13", "06-15"),
        ("next month", "07-01", "08-01"),
        ("mid July", "07-11", "07-21"),
        ("in July", "07-01", "08-01"),
        ("in two weeks", "06-24", "06-25"),
        ("in a couple of weeks", "06-24", "06-25"),
        ("sometime in the next two weeks", "06-10", "06-25"),
        ("between the 15th and the 19th", "06-15", "06-20"),
        ("from 15th June to 19th June", "06-15", "06-20"),
        ("15 to 19 June", "06-15", "06-20"),
        ("after the 20th", "06-21", None),
        ("from monday on", "06-15", None),
        ("not tomorrow", "06-12", None),
        ("not next week", "06-22", None),
        ("before friday", None, "06-12"),
        ("by friday", None, "06-13"),
        ("I've had pain for 3 weeks, can I come tomorrow?", "06-11", "06-12"),
        ("it was worse yesterday, can I come tomorrow?", "06-11", "06-12"),
        ("my daughter is 12, is there anything on saturday", "06-13", "06-14"),
        ("sat morning", "06-13", "06-14"),
    ],
)
def test_days_are_understood(text: str, first: str | None, end: str | None):
    when = understood(text)
    assert when.problem is None
    assert days(when) == (first, end)


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        ("not Monday", {1, 2, 3, 4, 5, 6}),
        ("anything but fridays", {0, 1, 2, 3, 5, 6}),
        ("Thursday doesn't work for me", {0, 1, 2, 4, 5, 6}),
        ("i can't do mondays", {1, 2, 3, 4, 5, 6}),
        ("on a tuesday", {1}),
        ("tuesdays", {1}),
        ("tues or thurs next week", {1, 3}),
        ("Monday to Thursday after 4", {0, 1, 2, 3}),
        ("weekdays after 5", {0, 1, 2, 3, 4}),
        ("anytime after 2pm on weekdays except wednesday", {0, 1, 3, 4}),
        ("next week except monday and tuesday", {2, 3, 4, 5, 6}),
        ("the 14th or the 15th", {0, 6}),
        ("Tuesday or Thursday", {1, 3}),
    ],
)
def test_weekdays_are_understood(text: str, weekdays: set[int]):
    assert understood(text).weekdays == weekdays


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("first thing", time(0), time(10)),
        ("Thursday afternoon", time(12), time(18)),
        ("not in the morning", time(12), time(23, 59, 59)),
        ("mornings don't work", time(12), time(23, 59, 59)),
        ("after work", time(17), time(23, 59, 59)),
        ("early on friday", time(0), time(10)),
        ("lunchtime friday", time(12), time(14)),
        ("tomorrow am", time(0), time(12)),
        ("between 2 and 4 on friday", time(14), time(16)),
        ("2-4pm tomorrow", time(14), time(16)),
        ("10-2pm friday", time(10), time(14)),
        ("between 9 and 5", time(9), time(17)),
        ("before 11 am", time(0), time(11)),
        ("no later than 11 on friday", time(0), time(11)),
        ("Tuesday not before 10", time(10), time(23, 59, 59)),
        ("no earlier than 2", time(14), time(23, 59, 59)),
        ("half two", time(14), time(15)),
        ("at 3", time(14, 30), time(15, 30)),
        ("three thirty", time(15), time(16)),
        ("twenty past four", time(15, 50), time(16, 50)),
        ("0930", time(9), time(10)),
        ("15h30", time(15), time(16)),
    ],
)
def test_parts_of_the_day_are_understood(text: str, begin: time, end: time):
    when = understood(text)
    assert when.problem is None
    assert when.part_of_day == (begin, end)


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("tomorrow at 3:30", "Thursday, June 11 at 3:30 pm"),
        ("Thursday afternoon", "Thursday, June 11, in the afternoon"),
        ("next week", "between Monday, June 15 and Sunday, June 21"),
        ("not Monday", "any day except Monday"),
        ("tuesdays after 3", "any Tuesday, after 3 pm"),
        ("the 14th or the 15th", "Sunday, June 14 or Monday, June 15"),
        ("by friday", "by Friday, June 12"),
        ("after the 20th", "from Sunday, June 21 on"),
        ("half two", "around 2:30 pm"),
        ("as soon as possible", "the first free time"),
        ("any time", "any time"),
        ("3 January at noon", "Sunday, January 3, 2027 at noon"),
    ],
)
def test_what_was_understood_is_said_back(text: str, echo: str):
    assert understood(text).echo == echo


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("yesterday", "past"),
        ("last Tuesday", "past"),
        ("May 3rd", "past"),
        ("today at 9", "past"),
        ("31 February", "no_such_date"),
        ("June 31", "no_such_date"),
        ("the 32nd", "no_such_date"),
        ("13/13", "no_such_date"),
        ("Friday June 16", "weekday_mismatch"),
        ("tomorrow between 5 and 3", "contradiction"),
        ("on tuesdays but not on tuesdays", "contradiction"),
        # The clock skips this time when summer time begins.
        ("March 14, 2027 at 2:30 am", "no_such_time"),
    ],
)
def test_what_cannot_be_is_a_problem_and_no_wish(text: str, problem: str):
    when = understood(text)
    assert when.problem == problem
    assert when.echo
    assert (when.earliest, when.latest, when.exact) == (None, None, None)


@pytest.mark.parametrize("text", ["asap", "the earliest you have", "next available", "now", "soon"])
def test_as_soon_as_possible_leaves_everything_open(text: str):
    when = understood(text)
    assert when.echo == "the first free time"
    assert days(when) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        *("hello", "my neck hurts", "what is an mri", "I'd like to book an appointment", "3"),
        *("may", "I sat down on my chair", "in the sun", "I'm 52", "about 6 out of 10", "option 2"),
        *("my pain is 7/10 since yesterday", "it started last week", "the second one", "at 99"),
        *("it has hurt for 2 or 3 days", "call me at 555 010 0199", "jane@tomorrow.com", "25:00"),
        *("I woke up on Sunday with a stiff neck", "", "?", "<D0>", "<script>", "two weeks ago"),
        "06-24",  # no hours of a day
        "16 to 49",
    ],
)
def test_where_no_time_is_said_none_is_understood(text: str):
    assert understand_when(text, NOW, ZONE) is None


def test_a_date_is_read_day_first_where_that_is_the_custom():
    american = understand_when("7/8", NOW, ZONE)
    british = understand_when("7/8", NOW, ZoneInfo("Europe/London"), day_first=True)
    assert american is not None
    assert british is not None
    assert (american.echo, british.echo) == ("Wednesday, July 8", "Friday, August 7")


def test_a_wish_becomes_a_query_with_the_exact_moment_first():
    query = understood("tomorrow at 3:30").query("new", gender="female")
    assert query.visit_type == "new"
    assert query.gender == "female"
    assert query.near == understood("tomorrow at 3:30").exact
    assert query.earliest is not None
    assert query.earliest < query.near


_WORDS = """
not next this the a week on from between and to or after before at half past quarter monday tue fri
weekend morning afternoon tomorrow yesterday 3 12 31 3:30 9am 14th 2/30 february may 2026-13-45
weeks days in two few end of month asap any , . - / <W0> <T9> \u00b2 \u0663
"""
_PIECES = st.lists(st.sampled_from(_WORDS.split()), max_size=12).map(" ".join)


@settings(deadline=None)  # the machine may be busy
@given(st.one_of(st.text(max_size=200), _PIECES))
def test_no_sentence_breaks_it_and_the_same_sentence_gives_the_same_answer(text: str):
    when = understand_when(text, NOW, ZONE)
    assert when == understand_when(text, NOW, ZONE)
    if when is not None and when.problem is None and when.earliest and when.latest:
        assert when.earliest < when.latest
        assert when.echo


@pytest.mark.parametrize(
    ("earlier", "later", "echo"),
    [
        ("Thursday", "in the afternoon", "Thursday, June 11, in the afternoon"),
        ("Thursday", "at 3:30", "Thursday, June 11 at 3:30 pm"),
        ("tomorrow morning", "Friday then", "Friday, June 12, in the morning"),
        ("tomorrow at 3", "Friday then", "Friday, June 12 at 3 pm"),
        ("next week", "after 2", "between Monday, June 15 and Sunday, June 21, after 2 pm"),
        ("next week", "Tuesday June 23 at 9", "Tuesday, June 23 at 9 am"),
        ("Thursday afternoon", "any time", "any time"),
        ("Thursday", "yesterday", "Tuesday, June 9"),
    ],
)
def test_a_later_wish_keeps_of_an_earlier_one_what_it_leaves_open(
    earlier: str, later: str, echo: str
):
    assert understood(later).refining(understood(earlier), ZONE).echo == echo


def test_days_that_are_ruled_out_later_narrow_the_wish_before():
    when = understood("not Monday").refining(understood("next week"), ZONE)
    assert days(when) == ("06-15", "06-22")
    assert when.weekdays == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("next Friday", "Friday, June 12"),
        ("next Tuesday", ""),
        ("7/8", "Friday, August 7"),
        ("7/20", ""),
        ("this Friday", ""),
    ],
)
def test_what_can_be_read_in_two_ways_names_the_other_one(text: str, doubt: str):
    assert understood(text).doubt == doubt


def test_the_hour_that_exists_twice_is_the_first_of_the_two():
    now = datetime(2026, 10, 30, 10, 0, tzinfo=ZONE)
    when = understand_when("November 1 at 1:30 am", now, ZONE)
    assert when is not None
    assert when.exact == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_day_of_23_or_25_hours_is_one_day():
    for day, hours in ((8, 23), (1, 25)):
        month = 3 if day == 8 else 11
        now = datetime(2026, month, day, 0, 30, tzinfo=ZONE) - timedelta(days=2)
        when = understand_when("on Sunday in the morning", now, ZONE)
        assert when is not None
        assert when.earliest is not None
        assert when.latest is not None
        assert when.latest - when.earliest == timedelta(hours=hours)


@pytest.mark.parametrize("text", ["tomorrow at 25:00", "Friday 3:75"])
def test_a_time_that_no_clock_shows_is_told(text: str):
    assert understood(text).problem == "no_such_time"
