"""Weigh a history: from what is known to a level, its reasons and what may be booked."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.triage.conditions import History
from clinic.triage.rules import Level, Rule, RuleBook


@dataclass(frozen=True, slots=True)
class Assessment:
    """How urgent a history is.

    Attributes:
        level: The highest level that any rule gives.
        red_flags: Ids of the warning signs that hold, in the order of the rule book.
        decisive: The rules that give the highest level.
        reasons: What a patient is told of them, each once.
        within: "days" or "routine" for a consultation, else None.
        version: Version of the rule book.
    """

    level: Level
    red_flags: tuple[str, ...]
    decisive: tuple[Rule, ...]
    reasons: tuple[str, ...]
    within: str | None
    version: str

    @property
    def guidance(self) -> str | None:
        """Return the special words that a decisive rule asks for, such as "crisis"."""
        return next((rule.guidance for rule in self.decisive if rule.guidance), None)


def assess(history: History, rules: RuleBook) -> Assessment:
    """Apply all rules to a history; the highest level wins and nothing lowers it.

    Args:
        history: Values by attribute; unknown attributes are missing or None.
        rules: The rule book.
    """
    fired = [
        (rule, grade)
        for rule in (*rules.red_flags, *rules.scoring)
        if (grade := rule.grade(history)) is not None
    ]
    highest = max((grade.level for _, grade in fired), key=lambda item: item.urgency, default=None)
    level = highest or Level.SELF_CARE
    decisive = tuple(rule for rule, grade in fired if grade.level is level)
    reasons = [grade.reason or rule.reason for rule, grade in fired if grade.level is level]
    soon = any(rule.within == "days" for rule in decisive)
    return Assessment(
        level=level,
        red_flags=tuple(rule.id for rule, _ in fired if rule in rules.red_flags),
        decisive=decisive,
        reasons=tuple(dict.fromkeys(reasons)),
        within=("days" if soon else "routine") if level is Level.CONSULTATION else None,
        version=rules.version,
    )
