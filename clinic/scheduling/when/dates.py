"""Find dates in a sentence: "the 14th", "3 April", "03/04", "2027-03-04"."""

from __future__ import annotations

import calendar
import re
from contextlib import suppress
from datetime import date

from clinic.scheduling.when.marks import MONTH_NAMES, Found
from clinic.scheduling.when.plain import ORDINAL_WORDS

MONTH = (
    r"(jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL = r"(\d{1,2}(?:st|nd|rd|th)?|" + "|".join(sorted(ORDINAL_WORDS, key=len)[::-1]) + r")\b"
_YEAR = r"(?:,? (20\d\d))?"


def mark_dates(found: Found, today: date, day_first: bool) -> None:
    """Put marks in the place of dates; what is none in the calendar is noted as impossible."""

    def of_month(day: str, month: str, year: str | None, said: str) -> str:
        return _dated(found, today, year, month_number(month), ordinal_number(day), said)

    def numeric(match: re.Match[str]) -> str:
        first, second, year = int(match[1]), int(match[2]), match[3]
        month, day = (second, first) if day_first else (first, second)
        if month > 12 >= day:
            month, day = day, month
        elif month <= 12 and day <= 12 and month != day:
            with suppress(ValueError):
                found.other_date = _next_of(today, year, day, month)
        return _dated(found, today, year, month, day, match[0])

    def of_this_month(match: re.Match[str]) -> str:
        number = ordinal_number(match[1])
        year, month = today.year, today.month
        if match[2] == "next":
            year, month = year + month // 12, month % 12 + 1
        # The next month that has such a day; two steps reach past any short month.
        for _ in range(3):
            if number <= calendar.monthrange(year, month)[1]:
                day = date(year, month, number)
                if day >= today:
                    return found.mark_days(day)
            year, month = year + month // 12, month % 12 + 1
        found.impossible.append(match[0].strip())
        return " ; "

    found.replace(
        r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b",
        lambda m: _dated(found, today, m[1], int(m[2]), int(m[3]), m[0]),
    )
    found.replace(r"(?<![\d./:])(\d{1,2})/(\d{1,2})(?:/((?:20)?\d\d))?(?![\d/])", numeric)
    found.replace(r"(?<![\d./:])(\d{1,2})\.(\d{1,2})\.((?:20)?\d\d)?(?!\d)", numeric)
    # "10 to 14 December", "10th-14th of December": the month counts for both.
    found.replace(
        rf"\b{_ORDINAL} ?(-|to|and|or|until|till|through) ?(?:the )?{_ORDINAL} (?:of )?{MONTH}",
        lambda m: of_month(m[1], m[4], None, m[0]) + m[2] + of_month(m[3], m[4], None, m[0]),
    )
    found.replace(
        rf"\b(?:the )?{_ORDINAL} (?:day )?(?:of )?{MONTH}{_YEAR}",
        lambda m: of_month(m[1], m[2], m[3], m[0]),
    )
    found.replace(
        rf"\b{MONTH} (?:the )?{_ORDINAL}(?! ?(?:am|pm|:))" + _YEAR,
        lambda m: of_month(m[2], m[1], m[3], m[0]),
    )
    month = r"(?: of (?:the|this|(next)) month)?"
    choice = r"(?! (?:one|option|slot|choice|time|appointment|of those|of these)\b)"
    found.replace(rf"\b(?:the )?(\d{{1,2}}(?:st|nd|rd|th))\b{choice}{month}", of_this_month)
    found.replace(
        r"\b(?:on|for|by|before|after|until|till|from) the (\d{1,2})\b(?! ?(?:[:.]\d|am|pm|oclock"
        r"|(?:st|nd|rd|th|minutes?|hours?|days?|weeks?)\b|of (?!the\b|this\b|next\b)))" + month,
        of_this_month,
    )
    # "the third" alone is more often the third of a list.
    late = "|".join(word for word, number in ORDINAL_WORDS.items() if number > 9)
    found.replace(rf"\bthe ({late})\b{choice}{month}", of_this_month)
    words = "|".join(ORDINAL_WORDS)
    found.replace(rf"\bthe ({words}) of (?:the|this|(next)) month\b", of_this_month)


def _next_of(today: date, year: str | None, month: int, day: int) -> date:
    number = int(year) if year else today.year
    number += 2000 if number < 100 else 0
    moment = date(number, month, day)
    # Without a year, a day some weeks back is a slip; one months back is next year's.
    if year is None and (today - moment).days > 60:
        return date(number + 1, month, day)
    return moment


def _dated(found: Found, today: date, year: str | None, month: int, day: int, said: str) -> str:
    try:
        moment = _next_of(today, year, month, day)
    except ValueError:
        if year is None and (month, day) == (2, 29):
            leap = next(n for n in range(today.year, today.year + 9) if calendar.isleap(n))
            return found.mark_days(date(leap, 2, 29))
        found.impossible.append(said.strip())
        return " ; "
    return found.mark_days(moment)


def month_number(name: str) -> int:
    """Return 1 to 12 for the name of a month, long or short."""
    return next(i for i, month in enumerate(MONTH_NAMES, 1) if month.startswith(name[:3]))


def ordinal_number(said: str) -> int:
    """Return the number of "14th" or "fourteenth"."""
    return ORDINAL_WORDS.get(said) or int(re.sub(r"\D", "", said))
