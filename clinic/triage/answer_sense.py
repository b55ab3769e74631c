"""Read what an answer tells in the sense of the question: what was ever so is told as of then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from clinic.history.findings import Assertion, Finding
from clinic.history.words import word_set

# The questions of data/clinical/interview.yml that these rules are about.
GENERAL, EVER, SEVERITY = "general_screen", "risk_screen", "severity"
_NOW = word_set("now today tonight yesterday new currently still started starts since lately")
_LATELY = 28.0  # days
_DATES = frozenset({"duration_days", "injury_days_ago"})
_SYMPTOMS = frozenset(
    {"abdomen", "skin", "lump", "airway", "voice", "systemic", "meningism", "unwell_how"}
)
# Asked for fever and sweats, "I sweat a lot" is no cold sweat of the heart until it is asked about.
_SWEATING = ("chest_breath", "sweating")
# Asked what the pain stops, "I sew slower" and "can't sew for long" are no clumsiness.
_SLOWER = word_set("slow slower slowly long hours hour minutes")


def tells_of_now(findings: Iterable[Finding], words: Iterable[str]) -> bool:
    """Tell whether an answer about what was ever so tells of these days as well.

    Args:
        findings: What was read in it.
        words: Its normalised words.
    """
    dated = [float(item.value) for item in findings if item.attribute in _DATES]
    return not _NOW.isdisjoint(words) or any(days < _LATELY for days in dated)


def as_answered(
    findings: Sequence[Finding], question: str | None, words: Sequence[str]
) -> tuple[Finding, ...]:
    """Return the findings, those as explained that the question gives another sense.

    Args:
        findings: What was read in an answer.
        question: The question of the interview that it answers, if any.
        words: The answer's normalised words.

    Returns:
        What is explained counts for nothing below an emergency, and is asked about where it would
        make one: nothing goes unheard.
    """
    then = question == EVER and not tells_of_now(findings, words)
    slower = question == SEVERITY and not _SLOWER.isdisjoint(words)
    return tuple(
        replace(item, assertion=Assertion.EXPLAINED)
        if item.assertion is Assertion.PRESENT
        and (
            (then and item.attribute in _SYMPTOMS)
            or (question == GENERAL and (item.attribute, item.value) == _SWEATING)
            or (slower and item.attribute == "hand_dexterity")
        )
        else item
        for item in findings
    )
