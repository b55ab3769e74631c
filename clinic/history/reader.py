"""Read a free-text message into findings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from clinic.history.assertion import Context
from clinic.history.attributes import AttributeCatalogue
from clinic.history.findings import Assertion, Finding
from clinic.history.lexicon import FindingRule, Lexicon, Span
from clinic.history.measures import (
    Measure,
    age_band,
    find_ages,
    find_durations,
    find_scores,
)
from clinic.history.spelling import Speller
from clinic.history.words import SENTENCE_END, Word, split_words

# "Shoulder" inside "between my shoulder blades" is no second site.
_LONGEST_ONLY = ("site", "side")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says.

    Attributes:
        findings: Findings in the order of the text.
        about: Whom it speaks of when that is not the writer: "child" or "other_adult".
        words: Normalised words, for the reading of short answers.
    """

    findings: tuple[Finding, ...] = ()
    about: str | None = None
    words: tuple[str, ...] = field(default=(), repr=False)

    def present(self, attribute: str) -> list[Any]:
        """Return the values of an attribute that are said to be so."""
        return [
            finding.value
            for finding in self.findings
            if finding.attribute == attribute and finding.assertion is Assertion.PRESENT
        ]


class HistoryReader:
    """Read messages with a lexicon.

    Args:
        lexicon: The lexicon.
        speller: Corrects words towards the lexicon's own.
    """

    def __init__(self, lexicon: Lexicon, speller: Speller) -> None:
        self._lexicon = lexicon
        self._speller = speller

    @classmethod
    def load(cls, folder: Path) -> HistoryReader:
        """Load the lexicon from `data/clinical/`.

        Raises:
            DataFileError: A data file is not usable; the message names the entry.
        """
        attributes = AttributeCatalogue.load(folder / "history.yml")
        lexicon = Lexicon.load(folder / "lexicon.yml", attributes)
        return cls(lexicon, Speller.load(folder / "common_words.txt", lexicon.words))

    def read(self, text: str, today: date) -> Reading:
        """Read one message.

        Args:
            text: The message as it arrived.
            today: The present date at the clinic, for "since Tuesday".
        """
        words = self._speller.correct(split_words(text))
        if not words:
            return Reading()
        concepts = self._lexicon.find_concepts(words, today.year)
        context = Context(words, concepts)
        masked = {
            index for span in concepts.get("IDIOM", ()) for index in range(span.first, span.last)
        }
        about = _about(context)
        findings = _without_repetitions(
            _finding(rule, span, context, about)
            for rule, span in self._lexicon.find_findings(words, concepts)
            if not masked & set(range(span.first, span.last))
        )
        findings += _measured(words, text, today, findings, context)
        if about is not None:
            findings.append(_whole(words, "who_for", about))
        return Reading(
            findings=tuple(sorted(findings, key=lambda item: (item.start, item.end))),
            about=about,
            words=tuple(word.norm for word in words),
        )


def _without_repetitions(found: Iterable[Finding]) -> list[Finding]:
    """Keep one finding a value and assertion, the one with most words."""
    longest: dict[tuple[str, Any, Assertion], Finding] = {}
    for finding in found:
        key = (finding.attribute, finding.value, finding.assertion)
        if key not in longest or _length(finding) > _length(longest[key]):
            longest[key] = finding
    kept = list(longest.values())
    return [
        finding
        for finding in kept
        if not any(_overrules(other, finding) for other in kept if other is not finding)
    ]


def _overrules(longer: Finding, shorter: Finding) -> bool:
    """Tell whether more words around a finding say that it is something else, or normal."""
    if longer.attribute != shorter.attribute:
        return False
    if not (longer.start <= shorter.start and shorter.end <= longer.end):
        return False
    if _length(longer) == _length(shorter):
        return False
    explained = longer.value == shorter.value and longer.assertion is Assertion.ABSENT
    return explained or longer.attribute in _LONGEST_ONLY


def _length(finding: Finding) -> int:
    return finding.end - finding.start


def _finding(rule: FindingRule, span: Span, context: Context, about: str | None) -> Finding:
    assertion = context.assertion(rule, span)
    if about is not None and assertion is Assertion.OTHER_PERSON:
        assertion = Assertion.PRESENT  # the message is about that person
    return Finding(
        attribute=rule.attribute,
        value=rule.value,
        assertion=assertion,
        start=context.words[span.first].start,
        end=context.words[span.last - 1].end,
    )


def _about(context: Context) -> str | None:
    """Tell for whom the message is written: a relative is the subject of the complaint."""
    norms = [word.norm for word in context.words]
    for concept, who in (("CHILD_PATIENT", "child"), ("ADULT_PATIENT", "other_adult")):
        for span in context.spans(concept):
            if any(
                span.first < other.last and other.first < span.last
                for other in context.spans("PREGNANT")
            ):
                continue  # "had a baby" is about the mother
            before = norms[max(0, span.first - 3) : span.first]
            if {"told", "says", "said"} & set(norms[span.last : span.last + 1]):
                continue
            after = norms[span.last :]
            if {"for", "about"} & set(before) or not {"i", "im", "ive", "my", "me"} & set(after):
                if _complaint_after(context, span):
                    return who
    return None


def _complaint_after(context: Context, span: Span) -> bool:
    complaint = [
        *context.spans("PAIN"),
        *context.spans("SYMPTOM_WORD"),
        *context.spans("CANNOT"),
    ]
    return any(other.first >= span.first and other.first - span.last <= 12 for other in complaint)


def _measured(
    words: list[Word], text: str, today: date, findings: list[Finding], context: Context
) -> list[Finding]:
    """Add duration, injury date, severity and age."""
    added: list[Finding] = []
    scores = find_scores(words, text)
    if scores:
        worst = max(scores, key=lambda score: score.value)
        added.append(_from_measure(words, "severity", worst.value, worst))
    for age in find_ages(words)[:1]:
        if not _of_relative(context, age):
            added.append(_from_measure(words, "age_band", age_band(age.value), age))
    injured = any(
        finding.attribute == "injury" and finding.assertion is Assertion.PRESENT
        for finding in findings
    )
    durations = [
        measure
        for measure in find_durations(words, today)
        if not _is_history_date(words, measure, findings)
    ]
    if not durations:
        return added
    anchored = [measure for measure in durations if measure.anchored] or durations
    if injured:
        last = anchored[-1]
        added.append(_from_measure(words, "injury_days_ago", last.value, last))
    # The longest time span of a description is the pain's; "worse since Monday" comes later.
    pain = _pain_duration(words, anchored)
    added.append(_from_measure(words, "duration_days", pain.value, pain))
    return added


def _pain_duration(words: list[Word], durations: list[Measure]) -> Measure:
    kept = [
        measure
        for measure in durations
        if "worse" not in {word.norm for word in words[max(0, measure.first - 3) : measure.first]}
    ]
    return (kept or durations)[0]


def _is_history_date(words: list[Word], measure: Measure, findings: list[Finding]) -> bool:
    """Tell a date of an old illness, a procedure or a flight from the pain's own."""
    first = _sentence_start(words, measure.first)
    start, end = words[first].start, words[measure.last - 1].end
    dated = ("cancer_history", "recent_procedure", "past_spine_surgery", "pregnancy", "crisis")
    near = [
        finding
        for finding in findings
        if finding.attribute in dated and start <= finding.start and finding.end <= end + 40
    ]
    sentence = [word.norm for word in words[first : measure.last]]
    return bool(near) and not {"pain", "ache", "hurts", "sore", "since"} & set(sentence)


def _sentence_start(words: list[Word], index: int) -> int:
    while index > 0 and words[index].break_before != SENTENCE_END:
        index -= 1
    return index


def _of_relative(context: Context, measure: Measure) -> bool:
    """ "I have two kids, 8 and 10" says nothing of the patient's age."""
    before = [word.norm for word in context.words[max(0, measure.first - 4) : measure.first]]
    return bool(re.search(r"\b(kids|children|sons|daughters)\b", " ".join(before)))


def _from_measure(words: list[Word], attribute: str, value: Any, measure: Measure) -> Finding:
    return Finding(
        attribute,
        value,
        Assertion.PRESENT,
        words[measure.first].start,
        words[measure.last - 1].end,
    )


def _whole(words: list[Word], attribute: str, value: Any) -> Finding:
    return Finding(attribute, value, Assertion.PRESENT, words[0].start, words[-1].end)
