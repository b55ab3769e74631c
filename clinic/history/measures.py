"""Read durations, pain scores and ages out of words.

A deterministic grammar over words, so that "about a year and a half" is 548 days and
"7 out of 10" is never a week. All durations are in days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from clinic.history.words import NO_BREAK, PAUSE, Word

_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
_UNITS = {
    form: unit
    for unit, forms in {
        "minute": "minute minutes min mins",
        "hour": "hour hours hr hrs h",
        "day": "day days d dys nights night",
        "week": "week weeks wk wks w weeks",
        "month": "month months mo mos mth mths mnths",
        "year": "year years yr yrs y",
    }.items()
    for form in forms.split()
}
_NUMBERS = {
    **{
        word: float(value)
        for value, word in enumerate(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
        )
    },
    **{
        word: float(value)
        for word, value in {
            "thirty": 30,
            "forty": 40,
            "fifty": 50,
            "sixty": 60,
            "seventy": 70,
            "eighty": 80,
            "ninety": 90,
            "a": 1,
            "an": 1,
            "half": 0.5,
        }.items()
    },
}
_COUNTS = {"couple": 2.0, "few": 3.0, "several": 5.0, "dozen": 12.0, "handful": 4.0}
_FUTURE = {"in", "within", "next", "every", "each", "per", "until", "till", "aged", "age"}
_WEEKDAYS = {
    form: index
    for index, forms in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed weds",
            "thursday thu thur thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for form in forms.split()
}
_MONTHS = {
    form: index
    for index, forms in enumerate(
        (
            "january jan",
            "february feb",
            "march",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for form in forms.split()
}
_SEASONS = {"spring": 4, "summer": 7, "autumn": 10, "fall": 10, "winter": 1, "christmas": 12}
_SINCE = {"since", "from", "started", "began", "start", "on", "last", "this", "came", "begun"}
_PHRASES: tuple[tuple[str, float], ...] = (
    ("the day before yesterday", 2),
    ("day before yesterday", 2),
    ("yesterday", 1),
    ("yday", 1),
    ("last night", 1),
    ("this morning", 0),
    ("this afternoon", 0),
    ("this evening", 0),
    ("tonight", 0),
    ("today", 0),
    ("just now", 0),
    ("earlier today", 0),
    ("right now", 0),
    ("the other day", 3),
    ("a fortnight", 14),
    ("fortnight", 14),
    ("last week", 7),
    ("last weekend", 5),
    ("the weekend", 4),
    ("this week", 3),
    ("last month", 30),
    ("last year", 365),
    ("all week", 7),
    ("all day", 1),
    ("all year", 300),
    ("for ages", 365),
    ("ages", 365),
    ("forever", 730),
    ("for donkeys years", 3650),
    ("as long as i can remember", 3650),
    ("all my life", 7300),
    ("a while", 60),
    ("half a year", 182),
    ("half an hour", 0.02),
    ("a decade", 3650),
    ("decades", 7300),
    ("a long time", 365),
    ("few days", 3),
    ("couple days", 2),
    ("couple weeks", 14),
    ("woke up with it", 0),
    ("moments ago", 0),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number read from a stretch of words.

    Attributes:
        value: Days, points of 0-10, or years of age.
        first: Index of the first word.
        last: Index after the last word.
        anchored: Whether the words around say what is measured ("for", "ago", "since").
    """

    value: float
    first: int
    last: int
    anchored: bool


def number_at(words: list[Word], index: int) -> tuple[float, int] | None:
    """Read a number in digits or words.

    Args:
        words: The message's words.
        index: Where the number should start.

    Returns:
        The number and the index after it, or None.
    """
    if index >= len(words):
        return None
    norm = words[index].norm
    if re.fullmatch(r"\d{1,5}(?:[.,]\d+)?", norm):
        return float(norm.replace(",", ".")), index + 1
    if norm in _NUMBERS:
        value, index = _NUMBERS[norm], index + 1
        if norm in ("a", "an") and index < len(words) and words[index].norm in _COUNTS:
            return _count_at(words, index)
        if value >= 20 and index < len(words) and 1 <= _NUMBERS.get(words[index].norm, 0) <= 9:
            if words[index].norm not in ("a", "an", "half"):
                return value + _NUMBERS[words[index].norm], index + 1
        return value, index
    if norm in _COUNTS:
        return _count_at(words, index)
    return None


def _count_at(words: list[Word], index: int) -> tuple[float, int]:
    value = _COUNTS[words[index].norm]
    index += 1
    if index < len(words) and words[index].norm == "of":
        index += 1
    return value, index


def find_durations(words: list[Word], today: date) -> list[Measure]:
    """Find how long ago things began.

    Args:
        words: The message's words.
        today: The present date at the clinic.

    Returns:
        Durations in days, in order; those that look like pain scores, ages, futures or
        "I can sit 45 minutes" are left out.
    """
    found: list[Measure] = []
    index = 0
    while index < len(words):
        measure = (
            _counted(words, index)
            or _phrase(words, index)
            or _weekday(words, index, today)
            or _calendar(words, index, today)
        )
        if measure is None:
            index += 1
            continue
        found.append(measure)
        index = max(measure.last, index + 1)
    return found


def _counted(words: list[Word], index: int) -> Measure | None:
    """Read "about three weeks", "a year and a half", "2-3 months", "10d"."""
    start = index
    glued = re.fullmatch(r"(\d{1,3})([a-z]+)", words[index].norm)
    read = number_at(words, index)
    if glued and glued[2] in _UNITS:
        value, unit, index = float(glued[1]), _UNITS[glued[2]], index + 1
    elif read is not None:
        value, index = read
        upper = _range_end(words, index)
        if upper is not None:
            value, index = (value + upper[0]) / 2, upper[1]
        if [word.norm for word in words[index : index + 3]] == ["and", "a", "half"]:
            value, index = value + 0.5, index + 3
        if index < len(words) and words[index].norm in ("good", "full", "solid", "whole"):
            index += 1
        if index < len(words) and words[index].norm == "half":
            index += 1
            value = 0.5
            if index < len(words) and words[index].norm in ("a", "an"):
                index += 1
        if index >= len(words) or words[index].norm not in _UNITS:
            return None
        unit, index = _UNITS[words[index].norm], index + 1
    elif words[index].norm in ("weeks", "months", "years", "days", "hours"):
        before = words[index - 1].norm if index else ""
        if before not in ("for", "some", "many", "over", "now", ""):
            return None
        return Measure(_DAYS[_UNITS[words[index].norm]] * 3, index, index + 1, True)
    elif [word.norm for word in words[index + 1 : index + 4]] == ["and", "a", "half"]:
        if words[index].norm not in _UNITS:
            return None
        value, unit, index = 1.0, _UNITS[words[index].norm], index + 1
    else:
        return None
    days = value * _DAYS[unit]
    if [word.norm for word in words[index : index + 3]] == ["and", "a", "half"]:
        days, index = days + 0.5 * _DAYS[unit], index + 3
    before = [word.norm for word in words[max(0, start - 3) : start]]
    after = [word.norm for word in words[index : index + 2]]
    if set(before[-2:]) & _FUTURE or (after and after[0] in ("old", "time", "later", "apart")):
        return None
    if unit in ("minute", "hour"):
        around = {word.norm for word in words[index : index + 4]} | set(before)
        if not {"for", "since", "ago", "past", "last", "over"} & {*before, *after}:
            return None
        if around & {"every", "each", "when", "lasts", "morning", "mornings", "then"}:
            return None
    if "can" in before or "to" in before[-1:] or "after" in before[-2:]:
        return None
    anchored = bool(
        {"for", "since", "past", "last", "over", "about", "around", "roughly", "bout"} & set(before)
    ) or bool({"ago", "now", "back"} & set(after))
    if after and after[0] in ("ago", "now", "back"):
        index += 1
    return Measure(round(days, 3), start, index, anchored)


def _range_end(words: list[Word], index: int) -> tuple[float, int] | None:
    """Read the upper end of "2-3", "two to three", "8 or 9"."""
    if index >= len(words):
        return None
    if words[index].norm in ("to", "or"):
        return number_at(words, index + 1)
    # The hyphen of "2-3" is no word: the second number follows at once.
    if words[index].norm.isdigit() and words[index].break_before <= PAUSE:
        return number_at(words, index) if words[index].start - words[index - 1].end <= 1 else None
    return None


def _phrase(words: list[Word], index: int) -> Measure | None:
    for phrase, days in _PHRASES:
        parts = phrase.split()
        if [word.norm for word in words[index : index + len(parts)]] == parts and all(
            word.break_before == NO_BREAK for word in words[index + 1 : index + len(parts)]
        ):
            return Measure(float(days), index, index + len(parts), True)
    return None


def _weekday(words: list[Word], index: int, today: date) -> Measure | None:
    if words[index].norm not in _WEEKDAYS or index == 0:
        return None
    before = [word.norm for word in words[max(0, index - 2) : index]]
    if not set(before) & _SINCE or set(before) & _FUTURE:
        return None
    ago = (today.weekday() - _WEEKDAYS[words[index].norm]) % 7 or 7
    if ago == 1 and "last" in before:  # nobody calls yesterday "last Tuesday"
        ago = 8
    return Measure(float(ago), index, index + 1, True)


def _calendar(words: list[Word], index: int, today: date) -> Measure | None:
    """Read "since June", "since last summer", "in 2019"."""
    norm = words[index].norm
    before = [word.norm for word in words[max(0, index - 4) : index]]
    if re.fullmatch(r"(19|20)\d\d", norm) and {"since", "in", "from"} & set(before):
        year = int(norm)
        if year <= today.year:
            month = _MONTHS.get(words[index - 1].norm, 7 if year < today.year else 1)
            days = (today - date(year, month, 1)).days
            return Measure(float(max(days, 0)), index, index + 1, True)
    month_number = _MONTHS.get(norm) or _SEASONS.get(norm)
    if month_number is None or not {"since", "in", "from", "last"} & set(before):
        return None
    if norm == "may" and not {"since", "in", "last"} & set(before[-2:]):
        return None
    year = today.year if month_number <= today.month else today.year - 1
    if index + 1 < len(words) and re.fullmatch(r"(19|20)\d\d", words[index + 1].norm):
        return None
    middle = date(year, month_number, 15)
    return Measure(float(max((today - middle).days, 3)), index, index + 1, True)


def find_scores(words: list[Word], text: str) -> list[Measure]:
    """Find pain scores from 0 to 10.

    Args:
        words: The message's words.
        text: The message, for the slash of "7/10".

    Returns:
        Scores in order; a range counts as its upper end.
    """
    found: list[Measure] = []
    for index in range(len(words)):
        read = number_at(words, index)
        if read is None or not 0 <= read[0] <= 10 or words[index].norm in ("a", "an", "half"):
            continue
        value, after = read
        upper = _range_end(words, after)
        slash = after < len(words) and "/" in text[words[index].end : words[after].start]
        if upper is not None and upper[0] <= 10 and not slash:
            value, after = max(value, upper[0]), upper[1]
        tail = [word.norm for word in words[after : after + 3]]
        if after < len(words) and text[words[after - 1].end : words[after].start].strip() == "/":
            if words[after].norm in ("10", "ten"):
                found.append(Measure(value, index, after + 1, True))
            continue
        if tail[:2] == ["out", "of"] and tail[2:] in (["10"], ["ten"]):
            found.append(Measure(value, index, after + 3, True))
            continue
        if _scored_by_context(words, index, after):
            found.append(Measure(value, index, after, True))
    return _without_overlap(found)


def _scored_by_context(words: list[Word], index: int, after: int) -> bool:
    """Tell whether "a 6", "pain is 5", "8 at worst" is a pain score."""
    if after < len(words) and words[after].norm in {*_UNITS, "years", "kids", "times", "am", "pm"}:
        return False
    before = [word.norm for word in words[max(0, index - 4) : index]]
    tail = [word.norm for word in words[after : after + 3]]
    if before[-1:] == ["a"] and not tail[:1]:
        return True
    if {"pain", "severity", "score", "level", "rate", "scale"} & set(before):
        return not (tail and tail[0].isalpha() and tail[0] not in ("now", "at", "or", "and", "but"))
    if tail[:2] in (["at", "worst"], ["at", "its"]) or tail[:1] == ["now"]:
        return True
    return before[-1:] == ["a"] and tail[:1] in (["today"], ["right"], ["most"], ["on"], ["or"])


def _without_overlap(measures: list[Measure]) -> list[Measure]:
    kept: list[Measure] = []
    for measure in measures:
        if not kept or measure.first >= kept[-1].last:
            kept.append(measure)
    return kept


def find_ages(words: list[Word]) -> list[Measure]:
    """Find ages in years: "I'm 52", "78 yo", "my 8 year old", "in my sixties".

    Args:
        words: The message's words.

    Returns:
        Ages between 0 and 120.
    """
    found: list[Measure] = []
    decades = {
        "twenties": 25,
        "thirties": 35,
        "forties": 45,
        "fifties": 55,
        "sixties": 65,
        "seventies": 75,
        "eighties": 85,
        "nineties": 95,
        "teens": 15,
        "20s": 25,
        "30s": 35,
        "40s": 45,
        "50s": 55,
        "60s": 65,
        "70s": 75,
        "80s": 85,
    }
    for index, word in enumerate(words):
        before = [item.norm for item in words[max(0, index - 3) : index]]
        if word.norm in decades and "my" in before or word.norm in decades and "his" in before:
            found.append(Measure(float(decades[word.norm]), index, index + 1, True))
            continue
        if word.norm in ("pensioner", "retired"):
            found.append(Measure(68.0, index, index + 1, True))
            continue
        if word.norm == "teenager" and before[-1:] == ["a"] and "im" in before:
            found.append(Measure(15.0, index, index + 1, True))
            continue
        glued = re.fullmatch(r"(\d{1,3})(yo|yrs?|y|m|f)", word.norm)
        read = (float(glued[1]), index + 1) if glued else number_at(words, index)
        if read is None or not 0 < read[0] <= 120 or word.norm in ("a", "an", "half"):
            continue
        value, after = read
        tail = [item.norm for item in words[after : after + 3]]
        is_old = tail[:2] in (
            ["years", "old"],
            ["year", "old"],
            ["yrs", "old"],
            ["yr", "old"],
            ["y", "o"],
        ) or tail[:1] in (["yo"], ["yearold"])
        said_am = before[-1:] in (["im"], ["am"], ["aged"], ["age"], ["turned"], ["shes"], ["hes"])
        ends = (
            not tail
            or words[after].break_before >= PAUSE
            or tail[0] in ("and", "with", "male", "female", "next")
        )
        if glued or is_old or (said_am and ends and 5 <= value) or "aged" in before[-1:]:
            found.append(Measure(value, index, after, True))
    return found


def age_band(years: float) -> str:
    """Return the band of an age; exact ages are never kept.

    Args:
        years: Age in years.

    Returns:
        One of the values of the attribute `age_band`.
    """
    if years < 16:
        return "<16"
    if years < 50:
        return "16-49"
    return "50-64" if years < 65 else ">=65"
