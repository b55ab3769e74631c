"""Turn the durations, scores and ages of a message into findings."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from clinic.history.assertion import Context
from clinic.history.findings import Assertion, Finding
from clinic.history.measures import (
    Measure,
    age_band,
    find_ages,
    find_durations,
    find_scores,
    is_said_by_others,
    number_at,
)
from clinic.history.numbers import FEVERS
from clinic.history.past import LONG_OVER
from clinic.history.patterns import FindingRule, Span
from clinic.history.tablets import find_overdoses
from clinic.history.words import NO_BREAK, SENTENCE_END, Word, word_set

_TAKEN = FindingRule(id="tablets_counted", attribute="crisis", value="overdose")
_FEVERISH = FindingRule(
    id="temperature_measured",
    attribute="systemic",
    value="fever",
    settles=True,
    passes=28,  # days, as data/clinical/history.yml says of `systemic`
)
_A_TEMPERATURE = re.compile(r"[0-9]{2,3}[.,][0-9]")
_CURRENCY = frozenset("$£€")
_OTHER_UNITS = word_set(
    "kg kilos kilo lbs lb pounds stone miles mile km k mph fm am mhz percent cm mm ft inches inch "
    "dollars euros quid bucks minutes hours litres liters ghz version fps"
)
_PLANNING = word_set("can could may should if allowed ok safe")
# Attributes whose own date is told beside them ("cancer in 2019"), not the pain's.
_DATED = ("lump", "cancer_history", "recent_procedure", "past_spine_surgery", "pregnancy", "crisis")
# A sentence that tells of somebody else, or of what is over or explained, and of no pain.
_NOT_OF_NOW = (Assertion.PAST, Assertion.EXPLAINED, Assertion.OTHER_PERSON)
_PAINFUL = (
    *("site", "character", "onset_how", "injury", "injury_mechanism", "injury_danger"),
    *("severity_words", "course", "timing", "aggravating", "radiation", "meningism"),
)
_OF_THE_PAIN = word_set("pain ache hurts sore since")
_OF_PAIN = word_set("pain aching ache aches hurts hurting sore stiff tight")
_THIRD = word_set("hes shes he she theyre they")
_OTHERS = word_set("kids children sons daughters")
_OWNERS = word_set("my our")
_HISTORY_REACH = 40
_LASTING = word_set("for since past over last about been around roughly nearly almost from")
_LASTING_AFTER = word_set("now straight solid running so of this and")
_PASSING = word_set("today tonight day night")
_ONSET = word_set(
    "started start began begin begun came come happened set appeared woke developed crept ago "
    "back new pain ache hurts hurting sore stiff neck shoulder gone"
)
_PARTS = word_set("neck shoulder back")
_PAIN_LASTS = word_set("for these past last since over")
_LIKENED_BEFORE = 3  # words
_BACK_THEN = word_set("last in back")
_OTHER_EVENTS = word_set(
    "blood sting stung biopsy mole wedding funeral "
    "cold flu covid infection cough virus holiday appointment booked saw seen doctor gp physio "
    "scan scanned mri xray surgery operation moved partum pregnant birth breastfeeding breast "
    "diagnosis diagnosed tablets antibiotics jab birthday married job boss fine recovered"
)
_OVER = word_set("healed mended settled clear cleared recovered")
_NOT_OF_THE_PAIN = -3
_POINTING_AT = word_set("this it that")
_BEGAN = word_set("began started start came all")
_A_YEAR = 365  # days
_NEAR = 4
_NOW_WORDS = word_set("now today currently moment still present sitting tonight")
_THEN = word_set("was were worst night yesterday most some then before")
_NEWLY = word_set("new different again")
_ONLY_NOW = (["today"], ["tonight"], ["right", "now"], ["just", "now"])

# It brings a pain on and is no injury: dated, it would make a fall told later an old one.
_POSTURE = ("injury_mechanism", "posture_sleep")


def measured(
    words: list[Word],
    text: str,
    today: date,
    findings: Sequence[Finding],
    context: Context,
    about: str | None,
) -> list[Finding]:
    """Find duration, time of the injury, severity, age and too many tablets.

    Args:
        words: The message's words.
        text: The message.
        today: The present date at the clinic.
        findings: What the message says besides.
        context: The words with their cues.
        about: For whom the message is written; None for the writer.
    """
    return [
        *_overdoses(words, findings, context),
        *_severity(words, text),
        *_age(words, context, about),
        *_fevers(words, text, context),
        *_durations(words, today, findings, find_scores(words, text), context),
    ]


def _overdoses(words: list[Word], findings: Sequence[Finding], context: Context) -> list[Finding]:
    """Read "two every two hours", unless somebody else takes them.

    "Is twelve a day too many?" is asked by somebody who may well take them, so it is possible;
    "can I take twelve?" by somebody who has not yet.
    """
    told = {item.assertion for item in findings if item.value == _TAKEN.value}
    if told - {Assertion.ASKED}:
        return []
    return [
        Finding(
            "crisis",
            "overdose",
            _asked_or_taken(words, measure, context),
            words[measure.first].start,
            words[measure.last - 1].end,
        )
        for measure in find_overdoses(words, context.spans("PILLS"))
    ]


def _fevers(words: list[Word], text: str, context: Context) -> list[Finding]:
    """Read "100.6 in the evenings", which nobody writes of anything but a temperature."""
    return [
        Finding(
            "systemic", "fever", context.assertion(_FEVERISH, Span(i, i + 1)), word.start, word.end
        )
        for i, word in enumerate(words)
        if _A_TEMPERATURE.fullmatch(text[word.start : word.end])
        and _is_fever(word.norm)
        and text[max(0, word.start - 1) : word.start] not in _CURRENCY
        and (i + 1 == len(words) or words[i + 1].norm not in _OTHER_UNITS)
    ]


def _asked_or_taken(words: list[Word], dose: Measure, context: Context) -> Assertion:
    assertion = context.assertion(_TAKEN, Span(dose.first, dose.last))
    planned = _PLANNING & {word.norm for word in words[: dose.first]}
    return Assertion.POSSIBLE if assertion is Assertion.ASKED and not planned else assertion


def _severity(words: list[Word], text: str) -> list[Finding]:
    """Take what the pain is now; without that, the worst."""
    scores = find_scores(words, text)
    if not scores:
        return []
    own = [score for score in scores if not is_said_by_others(words, score.first)]
    scores = own or scores
    current = [score for score in scores if _is_said_of_now(words, score)]
    others = [score for score in scores if not _is_said_of_then(words, score)]
    said = current[-1] if current else max(others or scores, key=lambda score: score.value)
    return [_finding(words, "severity", said.value, said)]


def _is_said_of_now(words: list[Word], score: Measure) -> bool:
    before, after = _around(words, score)
    # "A 9 at its worst but a 4 today": what stands before the turn is said of the other number.
    own = before[max((i + 1 for i, norm in enumerate(before) if norm == "but"), default=0) :]
    return bool({*before, *after[:3]} & _NOW_WORDS) and not set(own[-3:]) & _THEN


def _is_said_of_then(words: list[Word], score: Measure) -> bool:
    before, after = _around(words, score)
    return bool({*before[-3:], *after[:2]} & _THEN)


def _age(words: list[Word], context: Context, about: str | None) -> list[Finding]:
    ages = find_ages(words)
    if not ages or _is_of_children(context, ages[0], about):
        return []
    return [_finding(words, "age_band", age_band(ages[0].value), ages[0])]


def _is_of_children(context: Context, age: Measure, about: str | None) -> bool:
    """Read "I have two kids, 8 and 10", and "my two year old clings round my neck".

    Neither says anything of the patient's age; of a child that the message is about, it does.
    """
    words = context.words
    if {word.norm for word in words[max(0, age.first - 4) : age.first]} & _OTHERS:
        return True
    if about is None and {word.norm for word in words[max(0, age.first - 2) : age.first]} & _THIRD:
        return True  # "when I had my daughter, she's 14"
    return about is None and any(
        words[span.first].norm in _OWNERS and span.first <= age.first and age.last <= span.last
        for span in context.spans("CHILD_PATIENT")
    )


def _durations(
    words: list[Word],
    today: date,
    findings: Sequence[Finding],
    scores: Sequence[Measure],
    context: Context,
) -> list[Finding]:
    every = find_durations(words, today)
    durations = [
        measure
        for measure in every
        if not _is_history_date(words, measure, findings, every, context)
        and not _is_time_of_score(words, measure, scores)
        and not _is_of_what_is_over(measure, context)
        and not _is_of_years_at_work(measure, context)
        and not _is_likened(words, measure)
        and not _is_from_before(measure, context)
        and not _is_of_another_complaint(measure, findings, context)
    ]
    since_age = _since_age(words)
    if since_age is not None:
        durations = [since_age, *(item for item in durations if item.first > since_age.last)]
    if not durations:
        return []
    anchored = [measure for measure in durations if measure.anchored] or durations
    pain = _pain_duration(words, durations)
    found = [_finding(words, "duration_days", pain.value, pain)] if pain else []
    injury = _injury_date(words, anchored, durations, findings)
    if injury is not None:
        found.append(_finding(words, "injury_days_ago", injury.value, injury))
    return found


def _is_of_what_is_over(measure: Measure, context: Context) -> bool:
    """Read "meningitis in 1998, full recovery", whose year is not the pain's."""
    inside = context.words[measure.first].norm
    before = context.words[max(0, measure.first - 1)].norm
    if measure.value < LONG_OVER or {inside, before} & _LASTING:
        return False
    first, last = _sentence_of_time(measure, context)
    return any(context.cues(kind, first, last - 1) for kind in ("CLOSED", "CLEARED"))


def _is_of_years_at_work(measure: Measure, context: Context) -> bool:
    """Read "I've driven buses for 12 years, my neck is sore"."""
    return measure.value >= _A_YEAR and context.is_of_a_habit(Span(measure.first, measure.last))


def _is_likened(words: list[Word], measure: Measure) -> bool:
    """Read "same as last spring" and "just like in 2019", which date another time."""
    start = max(_sentence_start(words, measure.first), measure.first - _LIKENED_BEFORE)
    before = [word.norm for word in words[start : measure.first + 1]]
    pairs = set(itertools.pairwise(before))
    return ("same", "as") in pairs or any(
        first == "like" and second in _BACK_THEN for first, second in pairs
    )


def _is_from_before(measure: Measure, context: Context) -> bool:
    """Read "a cold in March, three days, months before this began", whose days are the cold's."""
    first, last = _sentence_of_time(measure, context)
    norms = [word.norm for word in context.words[first:last]]
    return any(
        opening == "before" and of in _POINTING_AT and verb in _BEGAN
        for opening, of, verb in zip(norms, norms[1:], norms[2:], strict=False)
    )


def _sentence_of_time(measure: Measure, context: Context) -> tuple[int, int]:
    """Return where the sentence of a time span begins, and where the next one does."""
    span = Span(measure.first, measure.last)
    return context.sentence_starts[span.first], context.sentence_end(span)


def _is_of_another_complaint(
    measure: Measure, findings: Sequence[Finding], context: Context
) -> bool:
    """Read "breathless, had asthma all my life. Neck sore", whose years are not the pain's."""
    first, last = _sentence_of_time(measure, context)
    start, end = context.words[first].start, context.words[last - 1].end
    told = [finding for finding in findings if start <= finding.start and finding.end <= end]
    return any(finding.assertion in _NOT_OF_NOW for finding in told) and not any(
        finding.assertion is Assertion.PRESENT and finding.attribute in _PAINFUL for finding in told
    )


def _since_age(words: list[Word]) -> Measure | None:
    """Read "since I was 17 and I'm 34 now"."""
    norms = [word.norm for word in words]
    for index in range(len(norms) - 3):
        if norms[index] == "since" and norms[index + 2] == "was":
            began = number_at(words, index + 3)
            now = [age for age in find_ages(words) if began and age.first >= began[1]]
            if began and now and now[0].value > began[0]:
                days = 365.0 * (now[0].value - began[0])
                return Measure(days, index, began[1], True)
    return None


def _pain_duration(words: list[Word], durations: list[Measure]) -> Measure | None:
    """Take the time span that belongs to the pain most plainly; the first of equals."""
    first = durations[0].last
    weighed = [
        (_weight(words, measure) + _newness(words, first, measure), -measure.first, measure)
        for measure in durations
    ]
    weight, _, best = max(weighed, key=lambda item: item[:2])
    return best if weight > _NOT_OF_THE_PAIN else None


def _newness(words: list[Word], first: int, measure: Measure) -> int:
    """Weigh "but this is new, about ten days" over the years told of before it."""
    told = {word.norm for word in words[first : measure.first]}
    return 4 if told & _NEWLY else 0


def _is_time_of_score(words: list[Word], measure: Measure, scores: Sequence[Measure]) -> bool:
    """Tell "a 2 right now" and "today it's a 4" from "since today"."""
    if [word.norm for word in words[measure.first : measure.last]] not in _ONLY_NOW:
        return False
    return any(
        measure.first - score.last <= 0
        if score.first < measure.first
        else _leads(words, measure, score)
        for score in scores
    )


def _leads(words: list[Word], measure: Measure, score: Measure) -> bool:
    """Tell whether a score follows within its clause."""
    between = words[measure.last : score.first + 1]
    return len(between) <= _NEAR and all(word.break_before == NO_BREAK for word in between)


def _weight(words: list[Word], measure: Measure) -> int:
    """Weigh how plainly a time span is said of the pain and not of another event."""
    before, after = _around(words, measure)
    if "and" in before and set(before[before.index("and") :]) & _OF_PAIN:
        before = before[before.index("and") :]  # "from the cold and my neck aches 3 weeks"
    inside = [word.norm for word in words[measure.first : measure.last]]
    weight = int(inside[0] == "since" or measure.anchored)
    if set(before[-2:]) & _LASTING or set(after[:2]) & _LASTING_AFTER:
        weight += 3
    if inside[-1] in _PASSING or inside[0] in _PASSING or inside[0] == "woke":
        weight -= 2
    hurting = set(before) & _ONSET - _PARTS
    if inside == ["all", "day"] and not hurting and "been" not in before:
        weight -= 4  # "I carry trays all day"
    if (inside[0] == "ages" and before[-1:] == ["thats"]) or set(after[:3]) & _OVER:
        weight -= 4
    if set(before[-3:]) & _ONSET or set(after[:2]) & _ONSET:
        weight += 3
    if set(before) & _OTHER_EVENTS or set(after[:2]) & _OTHER_EVENTS:
        weight -= 4
    if before and _is_fever(before[-1]):
        weight -= 4  # "101 yesterday" dates the fever
    if "worse" in before[-3:]:
        weight -= 4
    if {"was", "used"} & set(before[-3:]):
        weight -= 2
    if inside[-1].isdigit() and len(inside[-1]) == 4:
        weight -= 3  # a year by itself is mostly an older story
    return weight


def _around(words: list[Word], measure: Measure) -> tuple[list[str], list[str]]:
    """Return the words before and after a time span, up to a pause."""
    first, last = measure.first, measure.last
    while first > 0 and words[first].break_before == NO_BREAK and measure.first - first < _NEAR:
        first -= 1
    while (
        last < len(words) and words[last].break_before == NO_BREAK and last - measure.last < _NEAR
    ):
        last += 1
    return (
        [word.norm for word in words[first : measure.first]],
        [word.norm for word in words[measure.last : last]],
    )


def _is_fever(norm: str) -> bool:
    try:
        value = float(norm.replace(",", "."))
    except ValueError:
        return False
    return any(low <= value <= high for low, high in FEVERS)


def _injury_date(
    words: list[Word],
    durations: list[Measure],
    every: list[Measure],
    findings: Sequence[Finding],
) -> Measure | None:
    """Take the nearest time span of the injury's sentence; without one, the most recent.

    An injury taken for an old one would silence a warning sign, so the doubt goes to "new".
    """
    injuries = [
        finding
        for finding in findings
        if finding.attribute in ("injury", "injury_danger", "injury_mechanism")
        and finding.assertion is Assertion.PRESENT
        and (finding.attribute, finding.value) != _POSTURE
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
    return min(every, key=lambda measure: measure.value)


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


def _is_history_date(
    words: list[Word],
    measure: Measure,
    findings: Sequence[Finding],
    every: Sequence[Measure],
    context: Context,
) -> bool:
    """Tell a date of an old illness or a procedure from the pain's own."""
    if _is_of_pain_alone(words, measure, findings, context):
        return False
    first = _sentence_start(words, measure.first)
    start, end = words[first].start, words[measure.last - 1].end + _HISTORY_REACH
    dated = [
        finding
        for finding in findings
        if finding.attribute in _DATED and start <= finding.start and finding.end <= end
    ]
    lasting = words[max(0, measure.first - 1)].norm in ("for", "since")
    if lasting and measure is not min(
        every, key=lambda other: min((_distance(words, other, item) for item in dated), default=0)
    ):
        return False  # "24 weeks pregnant and sore for 6 days"
    near = bool(dated)
    sentence = {word.norm for word in words[first : measure.last]}
    return near and not _OF_THE_PAIN & sentence


def _is_of_pain_alone(
    words: list[Word], measure: Measure, findings: Sequence[Finding], context: Context
) -> bool:
    """Read "he is dying of cancer, and the chairs have wrecked my neck these 3 weeks"."""
    if not {words[measure.first].norm, words[max(0, measure.first - 1)].norm} & _PAIN_LASTS:
        return False
    first, last = context.chunk(Span(measure.first, measure.last))
    start, end = words[first].start, words[last - 1].end
    told = [item for item in findings if start <= item.start and item.end <= end]
    hurts = any(item.attribute in _PAINFUL and item.assertion is Assertion.PRESENT for item in told)
    return hurts and not any(item.attribute in _DATED for item in told)


def _finding(words: list[Word], attribute: str, value: Any, measure: Measure) -> Finding:
    start, end = words[measure.first].start, words[measure.last - 1].end
    return Finding(attribute, value, Assertion.PRESENT, start, end)
