"""How days and times of day are said back."""

from __future__ import annotations

from datetime import date, time

from clinic.scheduling.when.marks import DAY, WEEKDAY_NAMES, Span


def say_time(moment: time) -> str:
    """Say a wall-clock time, such as "3:30 pm" or "noon"."""
    if (moment.hour, moment.minute) == (12, 0):
        return "noon"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {'am' if moment.hour < 12 else 'pm'}"


def in_words(days: str, time_words: str) -> str:
    """Put the words for days and for the time of day together."""
    if not days or not time_words:
        return days or time_words.removeprefix("at ")
    return f"{days} {time_words}" if time_words.startswith("at ") else f"{days}, {time_words}"


def say_day(day: date, today: date) -> str:
    """Say a day; the year only where it is another one than today's."""
    year = "" if day.year == today.year else f", {day.year}"
    return f"{day:%A}, {day:%B} {day.day}{year}"


def say_span(span: Span, today: date) -> str:
    """Say a stretch of days."""
    if span.single:
        return say_day(span.first, today)
    return f"between {say_day(span.first, today)} and {say_day(span.end - DAY, today)}"


def or_weekdays(weekdays: list[int]) -> str:
    """Say weekdays, such as "Monday or Thursday"; 0 is Monday."""
    names = [WEEKDAY_NAMES[day].capitalize() for day in weekdays]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
