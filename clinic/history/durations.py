"""Read how long ago something began, in days."""

from __future__ import annotations

import re
from datetime import date

from clinic.history.ages import is_age_in_years
from clinic.history.feasts import feast_before
from clinic.history.numbers import ARTICLES, UNITS, Measure, number_at, range_end
from clinic.history.time_phrases import PHRASES_BY_WORD
from clinic.history.words import NO_BREAK, SENTENCE_END, Word, word_set

_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
_FUTURE = word_set("next every each per until till aged age")
_FUTURE_CLOSE = word_set("in within")
_SINCE = word_set("since from started began start on last this came begun")
_SINCE_FEAST = word_set("since from around about before after at on over last")
_LOOSELY = word_set("on came come")  # "on Friday" may be to come
_PAST_WORDS = word_set("for since ago past last over back")
_BEEN = word_set("been bin its")
_OF_PAIN = word_set("pain ache aching sore soreness neck back headache stiffness")
_ANCHORS = word_set("for since past last over about around roughly bout")
_AFTER = word_set("ago now back")
_NOT_LASTING = word_set("every each when lasts morning mornings then")
_VAGUE_BEFORE = ("for", "some", "many", "over", "now", "")
_AND_A_HALF = ["and", "a", "half"]
# How long something is held or sat through tells nothing of how long it hurts.
_KEPT = word_set(
    "hold holding held sit sitting sat stand standing stood hunched bent stuck staring stared "
    "drive driving drove queueing queued waiting waited leaning scrolling looking reading gaming "
    "knitting typing carrying carried talking"
)
_KEPT_REACH = 7
_SENTENCE = 25
_SATURDAY = 5
_WHICH_WEEKEND = word_set("the last this past")
_ORDINALS = (["st"], ["nd"], ["rd"], ["th"])
_SHORTHAND = {"7": "day", "52": "week", "12": "month"}
_NO_PAST = word_set(
    "next coming book booking appointment appt slot available free see me till until by every "
    "each any have for monday tuesday wednesday thursday friday saturday sunday mondays"
)
_HAPPENED = word_set(
    "was were did had got hit fell went came woke slept felt started began happened hurt caught "
    "landed gone ago been just crashed did took put broke bent threw left ran"
)
# Before "sat" these name the day; after it the others tell of sitting.
_BEFORE_A_DAY = word_set("since on last this until till by next every")
_SEATED = word_set("in at on here there down by beside with up too all through for behind under")
_PER = word_set("a an per each every")
_PER_UNIT = word_set("day night week shift month evening morning time session weekend go")
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
_PARTS = {"beginning": 1, "start": 1, "early": 5, "middle": 15, "mid": 15, "end": 28, "late": 25}
_SEASONS = {"spring": 4, "summer": 7, "autumn": 10, "fall": 10, "winter": 1}


_ON_DAY = word_set("on its now into at this only")
_LAST_DAY = 31
_COMING = word_set("anything any slot slots appointment appointments book free open available see")
_ASKED_BEFORE = 6


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
            _dated(words, index, today)
            or _since_time(words, index)
            or _day_number(words, index)
            or _counted(words, index)
            or _weekend(words, index, today)
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
    if _norms(words, index, index + 1) in (["past"], ["last"]) and (
        "".join(_norms(words, index + 1, index + 2)) in _WEEKDAYS
    ):
        return None  # "a week past Friday" is read at its day
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


def _since_time(words: list[Word], index: int) -> Measure | None:
    """Read "since 6am" and "since half six this morning" as today."""
    if words[index].norm != "since" or index + 1 >= len(words):
        return None
    glued = re.fullmatch(r"[0-9]{1,2}(am|pm)", words[index + 1].norm)
    apart = words[index + 1].norm.isdigit() and _norms(words, index + 2, index + 3)
    if glued or (apart and apart[0] in ("am", "pm", "oclock")):
        return Measure(0.0, index, index + 2, True)
    return None


def _day_number(words: list[Word], index: int) -> Measure | None:
    """Read "day nine of this", and "stiff after the move, day three"."""
    if words[index].norm != "day":
        return None
    read = number_at(words, index + 1)
    if read is None or words[index + 1].norm in ARTICLES:
        return None
    is_of = _norms(words, read[1], read[1] + 1) == ["of"]
    ends = read[1] >= len(words) or words[read[1]].break_before > NO_BREAK
    told = not index or words[index].break_before > NO_BREAK or words[index - 1].norm in _ON_DAY
    if not is_of and not (ends and told and read[0] <= _LAST_DAY):
        return None
    return Measure(read[0], index, read[1], True)


def _uncounted(words: list[Word], index: int) -> Measure | None:
    """Read the "weeks" of "it has hurt for weeks" as three."""
    before = words[index - 1].norm if index else ""
    if before not in _VAGUE_BEFORE or (before == "some" and words[index].norm == "days"):
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
    shorthand = _shorthand(words, start)
    if shorthand is not None:
        return shorthand
    read = number_at(words, start)
    if read is None:
        return None
    value, index = read
    upper = range_end(words, index)
    if upper is not None:
        value, index = (value + upper[0]) / 2, upper[1]
    value, index = _with_half(words, index, value)
    if _norms(words, index, index + 1) == ["odd"]:  # "20 odd years"
        index += 1
    if index >= len(words) or words[index].norm not in UNITS:
        return None
    return value, UNITS[words[index].norm], index + 1


def _shorthand(words: list[Word], start: int) -> tuple[float, str, int] | None:
    """Read how clinicians write: 8/52 is eight weeks, 6/12 six months, 3/7 three days."""
    if start + 1 >= len(words) or not words[start].norm.isdigit():
        return None
    unit = _SHORTHAND.get(words[start + 1].norm)
    if unit is None or words[start + 1].start - words[start].end != 1:
        return None
    if unit == "day" and float(words[start].norm) >= _DAYS["week"]:
        return None  # "24/7"
    if _norms(words, start + 2, start + 3)[:1] and words[start + 2].norm in UNITS:
        return None  # "6-12 weeks" is a range
    return float(words[start].norm), unit, start + 2


def _with_half(words: list[Word], index: int, value: float) -> tuple[float, int]:
    """Read on through "and a half", "good" and "half a"."""
    if _norms(words, index, index + 3) == _AND_A_HALF:
        value, index = value + 0.5, index + 3
    elif _norms(words, index, index + 2) == _AND_A_HALF[::2]:
        value, index = value + 0.5, index + 2
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
    paused = words[start].break_before > NO_BREAK
    if not paused and set(before[-1:]) & _FUTURE_CLOSE:
        return False
    if not paused and (before[-1:] == ["to"] or "can" in before or "after" in before[-2:]):
        return False
    if after[:1] and after[0] in _PER and set(after[1:2]) & _PER_UNIT:
        return False  # "six hours a night"
    if words[start].norm in ("a", "an") and _counts_something(words, start - 1):
        return False  # "three mile a day"
    if unit not in ("minute", "hour"):
        return True
    if before[-1:] and before[-1] in _BEEN and not after:
        return True  # "it's been two hours"
    if after[:1] and after[0] in _OF_PAIN and (paused or start == 0):
        return True  # "36 hours neck pain"
    around = {*_norms(words, index, index + 4), *before}
    return bool(_PAST_WORDS & {*before, *after}) and not around & _NOT_LASTING


def _counts_something(words: list[Word], last: int) -> bool:
    """Tell whether a word is counted: "three mile" and "six hours", but not "since three, a"."""
    if last < 1 or words[last + 1].break_before > NO_BREAK:
        return False
    read = number_at(words, last - 1)
    return read is not None and read[1] == last and words[last - 1].norm not in ARTICLES


def _worded(words: list[Word], index: int) -> Measure | None:
    for parts, days in PHRASES_BY_WORD.get(words[index].norm, ()):
        last = index + len(parts)
        if _norms(words, index, last) == parts and all(
            word.break_before == NO_BREAK for word in words[index + 1 : last]
        ):
            if parts[-1] == "ages" and _KEPT & set(_norms(words, index - _KEPT_REACH, index)):
                return None  # "held my head to one side for ages" is no pain of a year
            return Measure(float(days), index, last, True)
    return None


def _weekend(words: list[Word], index: int, today: date) -> Measure | None:
    """Read "at the weekend" from its Saturday; on a weekend, "last" is the one before."""
    if words[index].norm not in _WHICH_WEEKEND:
        return None
    if _norms(words, index + 1, index + 2) != ["weekend"]:
        return None
    if words[index].question and _COMING & set(_norms(words, index - _ASKED_BEFORE, index)):
        return None  # "anything at the weekend?" asks when to come
    ago = (today.weekday() - _SATURDAY) % 7
    if ago <= 1 and words[index].norm == "last":
        ago += 7
    return Measure(float(ago), index, index + 2, True)


def _weekday(words: list[Word], index: int, today: date) -> Measure | None:
    """Read "since Tuesday", "a week past Friday", "two Sundays ago", "fell on Monday"."""
    norm = words[index].norm
    ago_words = norm.endswith("days") and norm[:-1] in _WEEKDAYS
    if norm not in _WEEKDAYS and not ago_words:
        return None
    if norm == "sat" and _is_sitting(words, index):
        return None
    ago = (today.weekday() - _WEEKDAYS[norm.removesuffix("s") if ago_words else norm]) % 7 or 7
    before, after = _norms(words, index - 4, index), _norms(words, index + 1, index + 4)
    if ago_words:
        count = number_at(words, index - 1)
        if count is None or after[:1] != ["ago"]:
            return None
        last = index + 3 if after[1:2] == ["today"] else index + 2
        return Measure(ago + 7.0 * (count[0] - 1), index - 1, last, True)
    if after[:1] == ["the"] and re.fullmatch(r"[0-9]{1,2}(st|nd|rd|th)?", "".join(after[1:3])):
        return None  # "Saturday the 14th" is read at its day
    if after[:1] == ["week"] or before[-2:] == ["week", "past"] or before[-2:] == ["week", "last"]:
        return Measure(ago + 7.0, index, index + 1, True)
    if after[:1] == ["last"] or after[:2] == ["just", "gone"]:
        return Measure(float(ago), index, index + 1, True)
    near = set(before[-2:])
    if near & (_SINCE - _LOOSELY) and not near & _FUTURE:
        if ago == 1 and "last" in before[-2:]:  # nobody calls yesterday "last Tuesday"
            ago = 8
        return Measure(float(ago), index, index + 1, True)
    if set(before) & _NO_PAST or not _tells_of_the_past(words, index):
        return None
    return Measure(float(ago), index, index + 1, bool(near & _LOOSELY))


def _is_sitting(words: list[Word], index: int) -> bool:
    """Tell "stiff from sat reading" from "since sat"."""
    before, after = _norms(words, index - 1, index), _norms(words, index + 1, index + 2)
    paused = index + 1 < len(words) and words[index + 1].break_before > NO_BREAK
    if not after or paused or set(before) & _BEFORE_A_DAY:
        return False
    return after[0] in _SEATED or after[0].endswith("ing")


def _tells_of_the_past(words: list[Word], index: int) -> bool:
    """Tell "hurt it Friday" from "Friday would suit me"; a weekday alone answers "when"."""
    first = last = index
    while first > 0 and words[first].break_before != SENTENCE_END and index - first < _SENTENCE:
        first -= 1
    while (
        last + 1 < len(words)
        and words[last + 1].break_before != SENTENCE_END
        and last - index < _SENTENCE
    ):
        last += 1
    sentence = _norms(words, first, last + 1)
    if last - first < 2:
        return True
    return any(norm in _HAPPENED or (norm.endswith("ed") and len(norm) > 4) for norm in sentence)


def _calendar(words: list[Word], index: int, today: date) -> Measure | None:
    """Read "since June", "on the 2nd of this month", "in 2019", "since Easter"."""
    before = set(_norms(words, index - 4, index))
    if re.fullmatch(r"(19|20)[0-9]{2}", words[index].norm):
        return _year(words, index, today) if before & {"since", "in", "from"} else None
    return _feast(words, index, today) or _dated(words, index, today) or _month(words, index, today)


def _feast(words: list[Word], index: int, today: date) -> Measure | None:
    day = feast_before(today, _norms(words, index, index + 3))
    if words[index].break_before == SENTENCE_END:
        return None  # "stiff on that side. Halloween ends Friday"
    before = set(_norms(words, index - 4, index))
    if day is None or before & _FUTURE or not before & _SINCE_FEAST:
        return None
    return Measure(float((today - day).days), index, index + 1, True)


def _dated(words: list[Word], index: int, today: date) -> Measure | None:
    """Read "October 30th", "30 Oct", "the 1st of November", "the 2nd of this month"."""
    number = re.fullmatch(r"([0-9]{1,2})(st|nd|rd|th)?", words[index].norm)
    if number is None or not 1 <= int(number[1]) <= 31:
        return None
    ordinal = number[2] or _norms(words, index + 1, index + 2)[:1] in _ORDINALS
    last = index + 1 + (bool(ordinal) and not number[2])
    after = _norms(words, last, last + 3)
    before = _norms(words, index - 1, index)
    if after[:1] == ["of"]:
        after, last = after[1:], last + 1
    if after[:1] and after[0] in _MONTHS:
        month, last = _MONTHS[after[0]], last + 1
    elif after[:2] == ["this", "month"]:
        month = today.month
    elif before and before[0] in _MONTHS and (ordinal or before[0] not in ("may", "march")):
        month = _MONTHS[before[0]]
    elif ordinal and _is_day_of_late(words, index, last):
        month = today.month if int(number[1]) <= today.day else (today.month - 2) % 12 + 1
    else:
        return None
    try:
        day = date(today.year, month, int(number[1]))
        day = day if day <= today else date(today.year - 1, month, int(number[1]))
    except ValueError:
        return None
    return Measure(float((today - day).days), index, last, True)


def _is_day_of_late(words: list[Word], index: int, last: int) -> bool:
    """Tell "carried it on the 12th" from "book me in on the 12th" and "the 2nd time"."""
    before = _norms(words, index - 4, index)
    if before[-1:] != ["the"] or set(before) & (_NO_PAST - _WEEKDAYS.keys()):
        return False
    if not set(before) & {*_WEEKDAYS, "on", "since", "from", "about", "around"}:
        return False
    if (
        last < len(words)
        and words[last].break_before == NO_BREAK
        and (words[last].norm in ("time", "day", "floor", "week", "degree", "rib", "one"))
    ):
        return False
    return "since" in before or _tells_of_the_past(words, index)


def _year(words: list[Word], index: int, today: date) -> Measure | None:
    year = int(words[index].norm)
    if year > today.year:
        return None
    month = _MONTHS.get(words[index - 1].norm, 7 if year < today.year else 1)
    days = (today - date(year, month, 1)).days
    return Measure(float(max(days, 0)), index, index + 1, True)


def _month(words: list[Word], index: int, today: date) -> Measure | None:
    norm = words[index].norm
    paused = index + 1 < len(words) and words[index + 1].break_before != NO_BREAK
    following = "" if paused else "".join(_norms(words, index + 1, index + 2))
    if re.fullmatch(r"[0-9]{1,2}(st|nd|rd|th)?", following):
        return None  # "October 30th" is read at its day, unlike "in March, 40 degrees"
    month = _MONTHS.get(norm) or _SEASONS.get(norm)
    reach = 2 if norm == "may" else 4
    before = set(_norms(words, index - reach, index))
    part = next((day for name, day in _PARTS.items() if name in _norms(words, index - 2, index)), 0)
    if month is None or not before & {"since", "in", "from", "last", *(_PARTS if part else ())}:
        return None
    if re.fullmatch(r"(19|20)[0-9]{2}", following):
        return None  # "June 2019" is read at its year
    year = today.year if month <= today.month else today.year - 1
    began = date(year, month, part or 15)
    return Measure(float(max((today - began).days, 3)), index, index + 1, True)
