"""Read how long ago something began, in days."""

from __future__ import annotations

import re
from datetime import date

from clinic.history.ages import is_age_in_years
from clinic.history.numbers import UNITS, Measure, number_at, range_end
from clinic.history.words import NO_BREAK, Word, word_set

_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
_FUTURE = word_set("in within next every each per until till aged age")
_SINCE = word_set("since from started began start on last this came begun")
_PAST_WORDS = word_set("for since ago past last over")
_ANCHORS = word_set("for since past last over about around roughly bout")
_AFTER = word_set("ago now back")
_NOT_LASTING = word_set("every each when lasts morning mornings then")
_VAGUE_BEFORE = ("for", "some", "many", "over", "now", "")
_AND_A_HALF = ["and", "a", "half"]
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
_PHRASES: dict[str, float] = {
    "the day before yesterday": 2,
    "day before yesterday": 2,
    "yesterday": 1,
    "yday": 1,
    "last night": 1,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "tonight": 0,
    "today": 0,
    "just now": 0,
    "earlier today": 0,
    "right now": 0,
    "the other day": 3,
    "a fortnight": 14,
    "fortnight": 14,
    "last week": 7,
    "last weekend": 5,
    "the weekend": 4,
    "this week": 3,
    "last month": 30,
    "last year": 365,
    "all week": 7,
    "all day": 1,
    "all year": 300,
    "for ages": 365,
    "ages": 365,
    "forever": 730,
    "for donkeys years": 3650,
    "as long as i can remember": 3650,
    "all my life": 7300,
    "a while": 60,
    "half a year": 182,
    "half an hour": 0.02,
    "a decade": 3650,
    "decades": 7300,
    "a long time": 365,
    "few days": 3,
    "couple days": 2,
    "couple weeks": 14,
    "woke up with it": 0,
    "moments ago": 0,
}
_PHRASES_BY_WORD: dict[str, list[tuple[list[str], float]]] = {}
for _phrase, _days in _PHRASES.items():
    _PHRASES_BY_WORD.setdefault(_phrase.split()[0], []).append((_phrase.split(), _days))


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
            or _worded(words, index)
            or _weekday(words, index, today)
            or _calendar(words, index, today)
        )
        if measure is None:
            index += 1
            continue
        found.append(measure)
        index = max(measure.last, index + 1)
    return found


def _norms(words: list[Word], first: int, last: int) -> list[str]:
    return [word.norm for word in words[max(0, first) : last]]


def _counted(words: list[Word], start: int) -> Measure | None:
    """Read "about three weeks", "a year and a half", "2-3 months", "10d"."""
    if words[start].norm in ("weeks", "months", "years", "days", "hours"):
        return _uncounted(words, start)
    read = _amount(words, start)
    if read is None or is_age_in_years(words, start):
        return None
    value, unit, index = read
    days = value * _DAYS[unit]
    if _norms(words, index, index + 3) == _AND_A_HALF:
        days, index = days + 0.5 * _DAYS[unit], index + 3
    if not _is_time_gone_by(words, start, index, unit):
        return None
    before, after = _norms(words, start - 3, start), _norms(words, index, index + 2)
    anchored = bool(_ANCHORS & set(before) or _AFTER & set(after))
    if after and after[0] in _AFTER:
        index += 1
    return Measure(round(days, 3), start, index, anchored)


def _uncounted(words: list[Word], index: int) -> Measure | None:
    """Read the "weeks" of "it has hurt for weeks" as three."""
    before = words[index - 1].norm if index else ""
    if before not in _VAGUE_BEFORE:
        return None
    return Measure(_DAYS[UNITS[words[index].norm]] * 3, index, index + 1, True)


def _amount(words: list[Word], start: int) -> tuple[float, str, int] | None:
    """Read a number and its unit."""
    norm = words[start].norm
    glued = re.fullmatch(r"([0-9]{1,3})([a-z]+)", norm)
    if glued and glued[2] in UNITS:
        return float(glued[1]), UNITS[glued[2]], start + 1
    if norm in UNITS and _norms(words, start + 1, start + 4) == _AND_A_HALF:
        return 1.0, UNITS[norm], start + 1
    read = number_at(words, start)
    if read is None:
        return None
    value, index = read
    upper = range_end(words, index)
    if upper is not None:
        value, index = (value + upper[0]) / 2, upper[1]
    value, index = _with_half(words, index, value)
    if index >= len(words) or words[index].norm not in UNITS:
        return None
    return value, UNITS[words[index].norm], index + 1


def _with_half(words: list[Word], index: int, value: float) -> tuple[float, int]:
    """Read on through "and a half", "good" and "half a"."""
    if _norms(words, index, index + 3) == _AND_A_HALF:
        value, index = value + 0.5, index + 3
    if _norms(words, index, index + 1) in (["good"], ["full"], ["solid"], ["whole"]):
        index += 1
    if _norms(words, index, index + 1) == ["half"]:
        value, index = 0.5, index + 1
        if _norms(words, index, index + 1) in (["a"], ["an"]):
            index += 1
    return value, index


def _is_time_gone_by(words: list[Word], start: int, index: int, unit: str) -> bool:
    before, after = _norms(words, start - 3, start), _norms(words, index, index + 2)
    if set(before[-2:]) & _FUTURE or after[:1] in (["old"], ["time"], ["later"], ["apart"]):
        return False
    if "can" in before or before[-1:] == ["to"] or "after" in before[-2:]:
        return False
    if unit not in ("minute", "hour"):
        return True
    around = {*_norms(words, index, index + 4), *before}
    return bool(_PAST_WORDS & {*before, *after}) and not around & _NOT_LASTING


def _worded(words: list[Word], index: int) -> Measure | None:
    for parts, days in _PHRASES_BY_WORD.get(words[index].norm, ()):
        last = index + len(parts)
        if _norms(words, index, last) == parts and all(
            word.break_before == NO_BREAK for word in words[index + 1 : last]
        ):
            return Measure(float(days), index, last, True)
    return None


def _weekday(words: list[Word], index: int, today: date) -> Measure | None:
    if words[index].norm not in _WEEKDAYS or index == 0:
        return None
    before = set(_norms(words, index - 2, index))
    if not before & _SINCE or before & _FUTURE:
        return None
    ago = (today.weekday() - _WEEKDAYS[words[index].norm]) % 7 or 7
    if ago == 1 and "last" in before:  # nobody calls yesterday "last Tuesday"
        ago = 8
    return Measure(float(ago), index, index + 1, True)


def _calendar(words: list[Word], index: int, today: date) -> Measure | None:
    """Read "since June", "since last summer", "in 2019"."""
    before = set(_norms(words, index - 4, index))
    if re.fullmatch(r"(19|20)[0-9]{2}", words[index].norm):
        return _year(words, index, today) if before & {"since", "in", "from"} else None
    return _month(words, index, today)


def _year(words: list[Word], index: int, today: date) -> Measure | None:
    year = int(words[index].norm)
    if year > today.year:
        return None
    month = _MONTHS.get(words[index - 1].norm, 7 if year < today.year else 1)
    days = (today - date(year, month, 1)).days
    return Measure(float(max(days, 0)), index, index + 1, True)


def _month(words: list[Word], index: int, today: date) -> Measure | None:
    norm = words[index].norm
    month = _MONTHS.get(norm) or _SEASONS.get(norm)
    reach = 2 if norm == "may" else 4
    if month is None or not {"since", "in", "from", "last"} & set(
        _norms(words, index - reach, index)
    ):
        return None
    if re.fullmatch(r"(19|20)[0-9]{2}", "".join(_norms(words, index + 1, index + 2))):
        return None  # "June 2019" is read at its year
    year = today.year if month <= today.month else today.year - 1
    return Measure(float(max((today - date(year, month, 15)).days, 3)), index, index + 1, True)
