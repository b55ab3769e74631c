"""Count tablets against time: "two paracetamol every two hours" is 24 a day.

More than eight a day is more than the label of any common painkiller allows (source: NHS,
paracetamol for adults; awaiting clinical review). A label's own words, two every four hours or
two four times a day, are no overdose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clinic.history.numbers import Measure, number_at, range_end
from clinic.history.patterns import Span
from clinic.history.words import SENTENCE_END, Word, word_set

_MOST_A_DAY = 8.0
_MOST_AT_ONCE = 4.0
_LABEL_HOURS = 4.0  # the shortest gap that a label allows, with four doses a day at most
_DOSES_A_DAY = 4.0
_WAKING_HOURS = 16.0
_LONGEST_COUNT = 60.0  # a greater number beside a medicine is its strength
_REACH = 3  # words between a number and the medicine: "two of the strong paracetamol"
_TIME_REACH = 9
_TIMES = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_DAILY = word_set("day daily night")
_EACH = word_set("a per each every")
_HOURS = word_set("hour hours hr hrs h hourly")
_BETWEEN = word_set("of the my strong extra strength big small little more x times mg lots")
_AT_ONCE = (("at", "once"), ("in", "one"), ("one", "go"), ("all", "together"), ("same", "time"))


@dataclass(frozen=True, slots=True)
class _Dose:
    """A number of tablets and where it is said."""

    count: float
    first: int
    last: int


def find_overdoses(words: list[Word], pills: Sequence[Span]) -> list[Measure]:
    """Find how many tablets a day are taken, where they are too many.

    Args:
        words: The message's words.
        pills: Where medicines are named.

    Returns:
        Tablets a day, or at once, with the words that say it.
    """
    found = []
    for doses in _neighbours(words, [dose for pill in pills if (dose := _dose(words, pill))]):
        count = sum(dose.count for dose in doses)
        first, last = doses[0].first, doses[-1].last
        rate = _rate(words, first, last)
        if rate is None:
            continue
        a_day, until = rate
        limit = _MOST_AT_ONCE if a_day is None else _MOST_A_DAY
        if count * (a_day or 1.0) > limit:
            found.append(Measure(count * (a_day or 1.0), first, max(last, until), True))
    return found


def _dose(words: list[Word], pill: Span) -> _Dose | None:
    """Read the number in front of a medicine."""
    for first in range(pill.first - 1, max(-1, pill.first - _REACH - 2), -1):
        if words[first + 1].break_before == SENTENCE_END:
            return None
        read = number_at(words, first)
        if read is not None:
            upper = range_end(words, read[1])
            count, after = upper if upper else read
            if 0 < count <= _LONGEST_COUNT and after <= pill.first:
                return _Dose(count, first, pill.last)
            return None
        if words[first].norm not in _BETWEEN:
            return None
    return None


def _neighbours(words: list[Word], doses: list[_Dose]) -> Iterator[list[_Dose]]:
    """Put together "three codeine plus two paracetamol", which are taken at the same times."""
    group: list[_Dose] = []
    for dose in doses:
        if group and dose.first < group[-1].last:
            continue
        joined = group and dose.first - group[-1].last <= 2
        if group and not (joined and _is_joined(words, group[-1].last, dose.first)):
            yield group
            group = []
        group.append(dose)
    if group:
        yield group


def _is_joined(words: list[Word], last: int, first: int) -> bool:
    return bool({word.norm for word in words[last:first]} & {"plus", "and", "with", "n"})


def _rate(words: list[Word], first: int, last: int) -> tuple[float | None, int] | None:
    """Read how often a dose is taken: times a day, None for "at once"; and where that ends."""
    start = first
    while start > 0 and first - start < _TIME_REACH and words[start].break_before != SENTENCE_END:
        start -= 1
    end = last
    while end < len(words) and end - last < _TIME_REACH and words[end].break_before != SENTENCE_END:
        end += 1
    for places in (range(last, end), range(start, first)):
        for index in places:
            read = _rate_at(words, index, end)
            if read is not None:
                return read
    return None


def _rate_at(words: list[Word], index: int, end: int) -> tuple[float | None, int] | None:
    norms = [word.norm for word in words[index : index + 6]]
    if tuple(norms[:2]) in _AT_ONCE:
        return None, index + 2
    if norms[0] == "every":
        return _every(words, index)
    if norms[0] == "hourly":
        return _WAKING_HOURS, index + 1
    if norms[0] in _TIMES and len(norms) > 1 and norms[1] in _EACH | _DAILY:
        return _TIMES[norms[0]], index + 2
    read = number_at(words, index)
    if read is not None and norms[0] not in ("a", "an"):
        after = [word.norm for word in words[read[1] : read[1] + 3]]
        if after[:1] in (["times"], ["x"]) and set(after[1:]) & (_EACH | _DAILY):
            return read[0], read[1] + 3
    if norms[0] == "daily" or (norms[0] in _EACH and norms[1:2] == ["day"]):
        return 1.0, index + 2
    return None


def _every(words: list[Word], index: int) -> tuple[float | None, int] | None:
    following = words[index + 1].norm if index + 1 < len(words) else ""
    if following in _HOURS:
        return _WAKING_HOURS, index + 2
    read = number_at(words, index + 1)
    if read is None:
        return (1.0, index + 2) if following == "day" else None
    upper = range_end(words, read[1])
    hours, after = upper if upper else read
    if after >= len(words) or words[after].norm not in _HOURS or hours <= 0:
        return None
    if hours >= _LABEL_HOURS:
        return min(24.0 / hours, _DOSES_A_DAY), after + 1
    return 24.0 / hours, after + 1
