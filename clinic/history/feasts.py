"""When the feasts fell that people count from: "since Easter", "perhaps since Halloween"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

_SUNDAY = 6
_THURSDAY = 3


def feast_before(today: date, words: Sequence[str]) -> date | None:
    """Return the last day of a feast that the words begin with.

    Args:
        today: The present date at the clinic.
        words: Normalised words; the longest name has three.
    """
    if not words or words[0] not in _FIRST_WORDS:
        return None
    for name, day_of in _FEASTS.items():
        parts = name.split()
        if list(words[: len(parts)]) == parts:
            days = (day_of(year) for year in (today.year, today.year - 1))
            return next((day for day in days if day is not None and day <= today), None)
    return None


def _fixed(month: int, day: int) -> Callable[[int], date | None]:
    return lambda year: date(year, month, day)


def _easter(year: int) -> date:
    """Return Easter Sunday (anonymous Gregorian computus)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - leap + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _clocks_back(year: int) -> date:
    """Return the last Sunday of October."""
    last = date(year, 10, 31)
    return last - timedelta(days=(last.weekday() - _SUNDAY) % 7)


def _thanksgiving(year: int) -> date:
    """Return the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7 + 21)


def _labor_day(year: int) -> date:
    """Return the first Monday of September."""
    first = date(year, 9, 1)
    return first + timedelta(days=-first.weekday() % 7)


def _memorial_day(year: int) -> date:
    """Return the last Monday of May."""
    return date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday())


def _late_summer_holiday(year: int) -> date:
    """Return the last Monday of August, a holiday in England, Wales and Northern Ireland."""
    return date(year, 8, 31) - timedelta(days=date(year, 8, 31).weekday())


# Moved by the moon; source: published Hindu and Islamic calendars.
_DIWALI = {
    2024: date(2024, 11, 1),
    2025: date(2025, 10, 20),
    2026: date(2026, 11, 8),
    2027: date(2027, 10, 29),
    2028: date(2028, 10, 17),
    2029: date(2029, 11, 5),
    2030: date(2030, 10, 26),
}
_EID = {
    2024: date(2024, 4, 10),
    2025: date(2025, 3, 31),
    2026: date(2026, 3, 20),
    2027: date(2027, 3, 10),
    2028: date(2028, 2, 27),
    2029: date(2029, 2, 15),
    2030: date(2030, 2, 5),
}
_FEASTS: dict[str, Callable[[int], date | None]] = {
    "new years eve": _fixed(12, 31),
    "new years": _fixed(1, 1),
    "new year": _fixed(1, 1),
    "valentines": _fixed(2, 14),
    "st patricks": _fixed(3, 17),
    "easter": _easter,
    "eid": _EID.get,
    "ramadan": lambda year: _EID[year] - timedelta(days=30) if year in _EID else None,
    "independence day": _fixed(7, 4),
    "clocks went back": _clocks_back,
    "clocks changed": _clocks_back,
    "labor day": _labor_day,
    "labour day": _labor_day,
    "memorial day": _memorial_day,
    "august bank holiday": _late_summer_holiday,
    "halloween": _fixed(10, 31),
    "bonfire night": _fixed(11, 5),
    "diwali": _DIWALI.get,
    "deepavali": _DIWALI.get,
    "thanksgiving": _thanksgiving,
    "christmas": _fixed(12, 25),
    "xmas": _fixed(12, 25),
    "boxing day": _fixed(12, 26),
}
_FIRST_WORDS = frozenset(name.split()[0] for name in _FEASTS)
