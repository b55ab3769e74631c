"""Find weeks, weekends and months in a sentence: "early next week", "mid December"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from clinic.scheduling.when.dates import MONTH, month_number, ordinal_number
from clinic.scheduling.when.days import months_later
from clinic.scheduling.when.marks import DAY, MONTH_NAMES, WEEK, Found

_PIECE = (
    r"(?:(?:the )?(early|midweek|beginning|start|first half|middle|mid|later|late|end|back end"
    r"|second half|back half|latter half|latter part|front half|rest)(?: part)?(?: in| of)?[ -])"
)
# First day and the day after the last, counted from Monday, or from the first of the month.
_PIECES_OF_WEEK = {
    **dict.fromkeys(("early", "beginning", "start"), (0, 2)),
    **dict.fromkeys(("middle", "mid", "midweek"), (1, 4)),
    **dict.fromkeys(("late", "end", "back end"), (3, 6)),
    "first half": (0, 3),
    **dict.fromkeys(("second half", "back half", "latter half", "latter part"), (2, 6)),
    "front half": (0, 3),
}
_PIECES_OF_MONTH = {
    **dict.fromkeys(("early", "beginning", "start"), (0, 10)),
    **dict.fromkeys(("middle", "mid", "midweek"), (10, 20)),
    **dict.fromkeys(("later", "late", "end", "back end"), (20, 31)),
    "first half": (0, 15),
    **dict.fromkeys(("second half", "back half", "latter half", "latter part"), (15, 31)),
    "front half": (0, 15),
}


def mark_weeks_and_months(found: Found, today: date) -> None:
    """Put marks in the place of weeks, weekends and months, or pieces of them."""
    monday = today - today.weekday() * DAY

    def week(match: re.Match[str]) -> str:
        begin, end = _PIECES_OF_WEEK.get(match[1] or "", (0, 7))
        which = match[2] or match[3]
        weeks = {"this": 0, "the": 0, "next": 1, "following": 1, "after next": 2}[which]
        first = monday + weeks * WEEK + begin * DAY
        after = monday + weeks * WEEK + end * DAY
        if which == "the" and after <= today:
            first, after = first + WEEK, after + WEEK
        if match[1] == "later" and weeks == 0:
            first = today + DAY
        return found.mark_days(max(first, today), max(after, first + DAY, today + DAY))

    def month(match: re.Match[str]) -> str:
        begin, end = _PIECES_OF_MONTH.get(match[1] or "", (0, 31))
        first = today.replace(day=1)
        if match[2] == "next":
            first = months_later(first, 1)
        elif match[2] not in ("this", "the"):
            number = month_number(match[2])
            first = date(today.year + (number < today.month), number, 1)
        after = min(first + end * DAY, months_later(first, 1))
        first += begin * DAY
        return found.mark_days(max(first, today), max(after, today + DAY))

    def week_of_month(match: re.Match[str]) -> str:
        first = months_later(today.replace(day=1), 1 if match[3] else 0)
        if match[2]:
            number = month_number(match[2])
            first = date(today.year + (number < today.month), number, 1)
        after = months_later(first, 1)
        if match[1] == "last":
            return found.mark_days(max(after - WEEK, today), max(after, today + DAY))
        place = ordinal_number(match[1]) - 1
        begin = first + place * WEEK
        return found.mark_days(max(begin, today), max(begin + WEEK, today + DAY))

    def last_day(match: re.Match[str]) -> str:
        first = months_later(today.replace(day=1), 1 if match[3] else 0)
        if match[2]:
            number = month_number(match[2])
            first = date(today.year + (number < today.month), number, 1)
        return found.mark_days(months_later(first, 1) - DAY)

    def weekend(match: re.Match[str]) -> str:
        saturday = monday + 5 * DAY + (WEEK if match[1] == "next" else timedelta(0))
        return found.mark_days(max(saturday, today), saturday + 2 * DAY)

    found.replace(
        rf"\b(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th|last) (?:full )?week (?:of|in) "
        rf"(?:{MONTH}|(?:the|(next)) month)",
        week_of_month,
    )
    found.replace(
        rf"\b(?:the )?(last) day (?:of|in) (?:{MONTH}|(?:the|this|(next)) month)", last_day
    )
    found.replace(
        r"\b(?:the )?week-?end after (?:this|the (?:coming|next))(?: one)?\b",
        lambda m: found.mark_days(monday + 12 * DAY, monday + 14 * DAY),
    )
    found.replace(
        r"\b(?:the )?week-?end after next\b",
        lambda m: found.mark_days(monday + 19 * DAY, monday + 21 * DAY),
    )
    found.replace(r"\b(?:at |on )?(this|next|the)(?: coming)? week-?end\b", weekend)
    found.replace(
        rf"\b{_PIECE}?(?:(?:the )?week (after next)|(this|next|the)(?: coming| following)? week)\b"
        r"(?! (?:of|commencing|beginning|starting|from)\b| after (?:the|<D)|, ?after next)",
        week,
    )
    found.replace(rf"\b{_PIECE}?(this|next|the) month\b", month)
    found.put_days(r"\bnext year\b", date(today.year + 1, 1, 1), date(today.year + 2, 1, 1))
    found.replace(rf"\b{_PIECE}{MONTH}", month)
    found.replace(rf"\b(?:in|during|sometime in|this|next)() {MONTH}", month)
    plain = "|".join(name for name in MONTH_NAMES if name not in ("march", "may"))
    found.replace(rf"\b()({plain})\b", month)
