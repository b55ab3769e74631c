"""Find days named from today or by their weekday: "tomorrow", "in two weeks", "Tuesdays"."""

from __future__ import annotations

import calendar
import re
from datetime import date

from rapidfuzz.distance import DamerauLevenshtein

from clinic.scheduling.when.marks import DAY, WEEK, WEEKDAY_NAMES, Found

FEW = {"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3}
_COUNT = r"(\d{1,3}|an?|a couple of|couple of|a few|few)"
_UNIT = r"(day|week|fortnight|month)s?"
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}
_TOMORROW = r"(?:to[mn]+or+o?w|tomoz|tomo|tmrw|tmr|tmw|2mor+ow|2moro)"


def mark_near_days(found: Found, today: date) -> None:
    """Put marks in the place of days that are counted from today."""

    def counted(match: re.Match[str]) -> str:
        number = FEW.get(match[1]) or int(match[1])
        if match[2] == "month":
            return found.mark_days(months_later(today, number))
        first = today + number * _UNIT_DAYS[match[2]] * DAY
        # "In a few days" is no exact day.
        blur = 4 if "few" in match[1] and match[2] == "day" else 1
        return found.mark_days(first, first + blur * DAY)

    def within(match: re.Match[str]) -> str:
        number = FEW.get(match[1]) or int(match[1])
        return found.mark_days(today, today + (number * _UNIT_DAYS[match[2]] + 1) * DAY)

    def this_part(match: re.Match[str]) -> str:
        return found.mark_days(today) + (match[1] or "evening")

    weeks = {"a week": 7, "1 week": 7, "2 weeks": 14, "a fortnight": 14, "3 weeks": 21}
    found.replace(
        rf"\b({'|'.join(weeks)}) (?:from )?(today|{_TOMORROW})\b",
        lambda m: found.mark_days(today + (weeks[m[1]] + (m[2] != "today")) * DAY),
    )
    found.replace(
        r"\b(?:in )?(?:(?:a|1) day or (?:2|so)|(\d{1,2}) ?(?:-|to|or) ?(\d{1,2}) days)\b(?: time)?",
        lambda m: found.mark_days(today + int(m[1] or 1) * DAY, today + (int(m[2] or 2) + 1) * DAY),
    )
    for phrase, offset in (
        (r"(?:the )?day before yesterday", -2),
        (r"yesterday", -1),
        (rf"(?:the )?day after {_TOMORROW}", 2),
        (_TOMORROW, 1),
        (r"(?:later )?(?:today|2day)", 0),
    ):
        found.put_days(rf"\b{phrase}\b", today + offset * DAY)
    for name, day in _feasts(today):
        found.put_days(rf"\b(?:on )?{name}\b", day)

    def beside(match: re.Match[str]) -> str:
        number = FEW.get(match[1] or "") or int(match[1] or 1)
        day = found.days[int(match[3])].first
        return found.mark_days(day + (number if match[2] == "after" else -number) * DAY)

    found.replace(r"\b(?:the )?(?:(\d|a couple of|a few) )?days? (after|before) <D(\d+)>", beside)
    found.put_days(
        r"\blast (?:night|month|year"
        r"|(?:week|(?:mon|tue|wed|thu|fri|sat|sun)\w*)(?! (?:of|in)\b))\b",
        today - WEEK,
        today,
    )
    found.replace(r"\b(?:tonight|this (morning|afternoon|evening))\b", this_part)
    found.replace(
        rf"\b(?:within|(?:in |over |during |for )?(?:the )?(?:next|coming)) {_COUNT} {_UNIT}\b",
        within,
    )
    found.replace(rf"\b(?:in )?{_COUNT} {_UNIT}'?s? (?:time|from now)\b", counted)
    # "Two weeks on Friday" counts from Friday: left to the upper half.
    found.replace(rf"(?<!day )\bin (?:about )?{_COUNT} {_UNIT}\b(?! (?:on|from)\b)", counted)


def _feasts(today: date) -> list[tuple[str, date]]:
    """Return the coming feast days that people name instead of a date."""
    fixed = (
        (r"christmas eve", 12, 24),
        (r"boxing day", 12, 26),
        (r"(?:christmas|xmas)(?: day)?", 12, 25),
        (r"new year'?s eve", 12, 31),
        (r"new year'?s?(?: day)?", 1, 1),
        (r"(?:the )?(?:4th|fourth) of july|independence day", 7, 4),
        (r"hallowe'?en", 10, 31),
        (r"valentine'?s(?: day)?", 2, 14),
    )
    days = [
        (name, date(today.year + ((month, day) < (today.month, today.day)), month, day))
        for name, month, day in fixed
    ]
    thanksgiving = _fourth_thursday(today.year)
    if thanksgiving < today:
        thanksgiving = _fourth_thursday(today.year + 1)
    return [*days, (r"thanksgiving(?: day)?", thanksgiving)]


def _fourth_thursday(year: int) -> date:
    first = date(year, 11, 1)
    return first + ((3 - first.weekday()) % 7 + 21) * DAY


def months_later(day: date, months: int) -> date:
    """Return the same day so many months on, or the last one of a shorter month."""
    index = day.year * 12 + day.month - 1 + min(months, 120)
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


_SHORT_WEEKDAYS = {
    **{"mon": 0, "tue": 1, "tues": 1, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4},
    **{"wed": 2, "sat": 5, "sun": 6},
}
_ALSO_PLAIN_WORDS = ("wed", "sat", "sun")


def mark_weekdays(found: Found) -> None:
    """Put marks in the place of weekdays, also misspelled ones."""
    found.replace(
        r"\b(?:(?:a|any|on|during the|in the) )?(?:week-?|work(?:ing)? ?|business )days?\b",
        lambda match: found.mark_weekdays(frozenset(range(5)), any_week=True),
    )
    found.replace(
        r"\b(?:(?:some ?time|any ?time|any|in the) )?(?:mid-?week|middle of (?:the|a) week)\b",
        lambda match: found.mark_weekdays(frozenset({1, 2, 3}), any_week=True),
    )
    found.replace(
        r"\b(?:(?:a|any|at|on) )?week-?ends?\b",
        lambda match: found.mark_weekdays(frozenset({5, 6}), any_week=True),
    )

    def weekday(match: re.Match[str]) -> str:
        word = match[0]
        number = _SHORT_WEEKDAYS.get(word.removesuffix("."))
        if number is not None:
            before = found.text[: match.start()].split()[-1:]
            after = found.text[match.end() :].split()[:1]
            if word in _ALSO_PLAIN_WORDS and not _reads_as_day(before, after):
                return word
            return found.mark_weekdays(frozenset({number}))
        number = _spelled_weekday(word)
        if number is None:
            return word
        in_general = re.match(r" (?:mornings|afternoons|evenings)\b", found.text[match.end() :])
        return found.mark_weekdays(
            frozenset({number}), any_week=word.endswith("s") or bool(in_general)
        )

    found.replace(r"\b(?<!<)[a-z]+\b(?!>)", weekday)


def _reads_as_day(before: list[str], after: list[str]) -> bool:
    """Tell "this sat" and "sun or mon" from "I sat down" and "in the sun"."""
    leads = {"on", "next", "this", "or", "and", "not", "any", "every", "until", "by", "from", "to"}
    follows = ("<", "or", "and", "at", "morning", "am", "pm", "please", "pls", "works", ",", "the")
    lead_fits = not before or before[0] in leads or before[0].startswith("<")
    lead_fits = lead_fits or before[0][-1] in "-/&"
    follow_fits = not after or after[0].startswith(follows)
    return lead_fits and (follow_fits or bool(before))


def _spelled_weekday(word: str) -> int | None:
    """Return the weekday a word spells, with up to two slips of the keyboard."""
    singular = word.removesuffix("s")
    if singular in WEEKDAY_NAMES:
        return WEEKDAY_NAMES.index(singular)
    if len(singular) < 5 or not singular.endswith(("ay", "dy", "ya", "da")):
        return None
    near = [
        (DamerauLevenshtein.distance(singular, name), name[:2] != singular[:2], number)
        for number, name in enumerate(WEEKDAY_NAMES)
        if name[0] == singular[0]
    ]
    if not near:
        return None
    distance, _, number = min(near)
    return number if distance <= (1 if len(singular) < 7 else 2) else None
