"""Read a free-text message into findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from clinic.history.assertion import Context
from clinic.history.attributes import AttributeCatalogue
from clinic.history.findings import Assertion, Finding
from clinic.history.lexicon import Lexicon
from clinic.history.measured import measured
from clinic.history.patterns import FindingRule, Span
from clinic.history.spelling import Speller
from clinic.history.words import Word, split_words, word_set

# "Shoulder" inside "between my shoulder blades" is no second site.
_LONGEST_ONLY = ("site", "side")
_WRITER = word_set("i im ive my me")
_COMPLAINT_REACH = 12


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
        findings += measured(words, text, today, findings, context)
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
    # "Shoulders and neck" are two sites, however many words the longer finding took.
    return explained or (longer.attribute in _LONGEST_ONLY and shorter.value != "neck")


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
    for concept, who in (("CHILD_PATIENT", "child"), ("ADULT_PATIENT", "other_adult")):
        for span in context.spans(concept):
            if _is_subject(context, span) and _has_complaint_after(context, span):
                return who
    return None


def _is_subject(context: Context, span: Span) -> bool:
    if any(span.overlaps(other) for other in context.spans("PREGNANT")):
        return False  # "had a baby" is about the mother
    norms = [word.norm for word in context.words]
    if {"told", "says", "said"} & set(norms[span.last : span.last + 1]):
        return False
    written_for = {"for", "about"} & set(norms[max(0, span.first - 3) : span.first])
    return bool(written_for) or not _WRITER & set(norms[span.last :])


def _has_complaint_after(context: Context, span: Span) -> bool:
    return any(
        other.first >= span.first and other.first - span.last <= _COMPLAINT_REACH
        for concept in ("PAIN", "SYMPTOM_WORD", "CANNOT")
        for other in context.spans(concept)
    )


def _whole(words: list[Word], attribute: str, value: Any) -> Finding:
    return Finding(attribute, value, Assertion.PRESENT, words[0].start, words[-1].end)
