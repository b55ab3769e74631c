"""Turn the durations, scores and ages of a message into findings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from clinic.history.assertion import Context
from clinic.history.findings import Assertion, Finding
from clinic.history.measures import Measure, age_band, find_ages, find_durations, find_scores
from clinic.history.words import SENTENCE_END, Word, word_set

# Attributes whose own date is told beside them ("cancer in 2019"), not the pain's.
_DATED = ("cancer_history", "recent_procedure", "past_spine_surgery", "pregnancy", "crisis")
_OF_THE_PAIN = word_set("pain ache hurts sore since")
_OTHERS = word_set("kids children sons daughters")
_HISTORY_REACH = 40


def measured(
    words: list[Word], text: str, today: date, findings: Sequence[Finding], context: Context
) -> list[Finding]:
    """Find duration, time of the injury, severity and age.

    Args:
        words: The message's words.
        text: The message.
        today: The present date at the clinic.
        findings: What the message says besides.
        context: The words with their cues.
    """
    return [
        *_severity(words, text),
        *_age(words, context),
        *_durations(words, today, findings),
    ]


def _severity(words: list[Word], text: str) -> list[Finding]:
    scores = find_scores(words, text)
    if not scores:
        return []
    worst = max(scores, key=lambda score: score.value)
    return [_finding(words, "severity", worst.value, worst)]


def _age(words: list[Word], context: Context) -> list[Finding]:
    ages = find_ages(words)
    if not ages or _is_of_children(context, ages[0]):
        return []
    return [_finding(words, "age_band", age_band(ages[0].value), ages[0])]


def _is_of_children(context: Context, age: Measure) -> bool:
    """Read "I have two kids, 8 and 10", which says nothing of the age of the patient."""
    return bool({word.norm for word in context.words[max(0, age.first - 4) : age.first]} & _OTHERS)


def _durations(words: list[Word], today: date, findings: Sequence[Finding]) -> list[Finding]:
    durations = [
        measure
        for measure in find_durations(words, today)
        if not _is_history_date(words, measure, findings)
    ]
    if not durations:
        return []
    anchored = [measure for measure in durations if measure.anchored] or durations
    pain = _pain_duration(words, anchored)
    found = [_finding(words, "duration_days", pain.value, pain)]
    injury = _injury_date(words, anchored, findings)
    if injury is not None:
        found.append(_finding(words, "injury_days_ago", injury.value, injury))
    return found


def _pain_duration(words: list[Word], durations: list[Measure]) -> Measure:
    """The first time span of a description is the pain's; "worse since Monday" is not."""
    kept = [
        measure
        for measure in durations
        if "worse" not in {word.norm for word in words[max(0, measure.first - 3) : measure.first]}
    ]
    return (kept or durations)[0]


def _injury_date(
    words: list[Word], durations: list[Measure], findings: Sequence[Finding]
) -> Measure | None:
    """Take the nearest time span of the injury's sentence; without one, the most recent.

    An injury taken for an old one would silence a warning sign, so the doubt goes to "new".
    """
    injuries = [
        finding
        for finding in findings
        if finding.attribute in ("injury", "injury_danger", "injury_mechanism")
        and finding.assertion is Assertion.PRESENT
    ]
    if not injuries:
        return None
    sentence = {id(measure): _sentence_start(words, measure.first) for measure in durations}
    close = [
        (_distance(words, measure, injury), measure.value, measure.first, measure)
        for measure in durations
        for injury in injuries
        if sentence[id(measure)] == _sentence_of(words, injury)
    ]
    if close:
        return min(close, key=lambda item: item[:3])[3]
    return min(durations, key=lambda measure: measure.value)


def _distance(words: list[Word], measure: Measure, finding: Finding) -> int:
    start, end = words[measure.first].start, words[measure.last - 1].end
    return max(0, start - finding.end, finding.start - end)


def _sentence_of(words: list[Word], finding: Finding) -> int:
    index = max(index for index, word in enumerate(words) if word.start <= finding.start)
    return _sentence_start(words, index)


def _sentence_start(words: list[Word], index: int) -> int:
    while index > 0 and words[index].break_before != SENTENCE_END:
        index -= 1
    return index


def _is_history_date(words: list[Word], measure: Measure, findings: Sequence[Finding]) -> bool:
    """Tell a date of an old illness or a procedure from the pain's own."""
    first = _sentence_start(words, measure.first)
    start, end = words[first].start, words[measure.last - 1].end + _HISTORY_REACH
    near = any(
        finding.attribute in _DATED and start <= finding.start and finding.end <= end
        for finding in findings
    )
    sentence = {word.norm for word in words[first : measure.last]}
    return near and not _OF_THE_PAIN & sentence


def _finding(words: list[Word], attribute: str, value: Any, measure: Measure) -> Finding:
    start, end = words[measure.first].start, words[measure.last - 1].end
    return Finding(attribute, value, Assertion.PRESENT, start, end)
