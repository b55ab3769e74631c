"""Put a date and time in the place of "the day after, same time" and "20 minutes later"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from clinic.scheduling.when.marks import WEEKDAY_NAMES
from clinic.scheduling.when.plain import plain

_COUNTS = {"a": 1, "an": 1, "the": 1, "one": 1, "a couple of": 2, "a few": 3, "half an": 0.5}
_COUNT = r"(\d{1,3}|a couple of|a few|half an|an?|the|one)"
_WEEKDAY = "|".join(WEEKDAY_NAMES)
# "The day after tomorrow" is counted from today and means the same whatever is booked.
_NOT_TOMORROW = (
    r"(?! (?:tomorrow|tmrw|yesterday|today|next|on|my|christmas|thanksgiving|new year|easter"
    rf"|(?:{_WEEKDAY}|mon|tue|wed|thu|fri|sat|sun)\b|(?:the )?\d))"
)
_DAYS = re.compile(
    rf"\b{_COUNT} (day|week)s? (later|after|before|earlier|sooner)\b(?: that| it)?{_NOT_TOMORROW}"
)
_NEXT_DAY = re.compile(r"\b(?:the )?(?:next|following) day\b|\b(?:the )?following (week)\b")
_MINUTES = re.compile(
    rf"\b{_COUNT} (minute|min|hour|hr)s? (later|after|before|earlier|sooner)\b(?: that| it)?"
)
_WEEKDAY_AFTER = re.compile(rf"\b(?:the )?({_WEEKDAY}) (after|before) (?:that|it)\b")
_SAME_TIME = re.compile(r"\b(?:at )?(?:the |about the )?same (?:time|hour)\b")
_NEXT_WEEK = re.compile(r"\b(?:next week|in (?:a|1) week|week after)\b")
_SAME_DAY = re.compile(r"\b(?:on )?(?:the )?same (?:day|date)\b|\b(?:on )?that (?:same )?day\b")
_THAT_DAY = re.compile(r"\b(?:a bit |a little )?(later|earlier) (?:on )?(?=<same>)")
_TIME_SAID = re.compile(
    r"\d{1,2}:\d\d|\b(?:at|after|before|around) "
    r"|morning|afternoon|evening|noon|first thing|last thing|lunch|work|school|early|late\b"
)


def relative_to(text: str, day: date, at: time | None) -> str | None:
    """Return a wish with the date and time that it counts from put in.

    Args:
        text: What was said, such as "can we make it an hour later", "same time the week after".
        day: The day that is held, booked or wished, on the clinic's wall clock.
        at: Its time; None where only the day is known.

    Returns:
        The wish in words that can be read without knowing what it was said about; None where
        nothing in it is relative.
    """
    said = plain(text)
    found = False

    def put_day(by: timedelta) -> str:
        nonlocal found
        found = True
        return f" {day + by:%Y-%m-%d} "

    def days(match: re.Match[str]) -> str:
        length = 7 if match[2] == "week" else 1
        return put_day(timedelta(days=_number(match[1]) * length * _sign(match[3])))

    def minutes(match: re.Match[str]) -> str:
        nonlocal found
        if at is None:
            return match[0]
        found = True
        by = _number(match[1]) * (60 if match[2].startswith("h") else 1) * _sign(match[3])
        moment = datetime.combine(day, at) + timedelta(minutes=by)
        return f" {moment:%Y-%m-%d} at {moment:%H:%M} "

    def weekday_after(match: re.Match[str]) -> str:
        number = WEEKDAY_NAMES.index(match[1])
        ahead = (number - day.weekday() - 1) % 7 + 1
        return put_day(timedelta(days=ahead if match[2] == "after" else ahead - 7 or -7))

    said = _MINUTES.sub(minutes, said)
    said = _WEEKDAY_AFTER.sub(weekday_after, said)
    said = _DAYS.sub(days, said)
    said = _NEXT_DAY.sub(lambda match: put_day(timedelta(days=7 if match[1] else 1)), said)
    if at is not None and (_SAME_TIME.search(said) or _SAME_DAY.search(said)):
        said = _NEXT_WEEK.sub(lambda match: put_day(timedelta(days=7)), said)
        said = _SAME_DAY.sub(" ", said) if found else said
    counted = found
    if _SAME_DAY.search(said):
        found = True
        said = _SAME_DAY.sub("<same>", said)
        if at is not None:
            said = _THAT_DAY.sub(
                lambda m: f"{'after' if m[1] == 'later' else 'before'} {at:%H:%M} ", said
            )
        said = said.replace("<same>", f" {day:%Y-%m-%d} ")
    if at is not None and _SAME_TIME.search(said):
        found = True
        said = _SAME_TIME.sub(f" at {at:%H:%M} ", said)
    elif at is not None and counted and not _TIME_SAID.search(said):
        said += f" at {at:%H:%M}"  # "a day later" is that time on the next day
    return " ".join(said.split()) if found else None


def is_relative(text: str) -> bool:
    """Tell whether a wish counts from what is held, booked or wished already."""
    return relative_to(text, date(2000, 1, 3), time(12)) is not None


def _number(said: str) -> float:
    return _COUNTS[said] if said in _COUNTS else int(said)


def _sign(word: str) -> int:
    return 1 if word in ("later", "after") else -1
