"""Weigh a history: from what is known to a level, its reasons and what may be booked."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.triage.conditions import History, known_in
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
        guidance: The special words that what is decisive asks for, such as "crisis".
    """

    level: Level
    red_flags: tuple[str, ...]
    decisive: tuple[Rule, ...]
    reasons: tuple[str, ...]
    within: str | None
    version: str
    guidance: str | None


def assess(history: History, rules: RuleBook) -> Assessment:
    """Apply all rules to a history; the highest level wins and nothing lowers it.

    Args:
        history: Values by attribute; unknown attributes are missing or None.
        rules: The rule book.
    """
    known = known_in(history)
    fired = [
        (rule, grade)
        for rule in (*rules.red_flags, *rules.scoring)
        # Most rules are about what nobody mentioned; over a thousand conditions are quicker left.
        if (rule.needs is None or not rule.needs.isdisjoint(known))
        and (grade := rule.grade(history)) is not None
    ]
    highest = max((grade.level for _, grade in fired), key=lambda item: item.urgency, default=None)
    level = highest or Level.SELF_CARE
    deciding = [(rule, grade) for rule, grade in fired if grade.level is level]
    decisive = tuple(rule for rule, _ in deciding)
    reasons = [grade.reason or rule.reason for rule, grade in deciding]
    words = (grade.guidance or rule.guidance for rule, grade in deciding)
    soon = any(rule.within == "days" for rule in decisive)
    return Assessment(
        level=level,
        red_flags=tuple(rule.id for rule, _ in fired if rule in rules.red_flags),
        decisive=decisive,
        reasons=tuple(dict.fromkeys(reasons)),
        within=("days" if soon else "routine") if level is Level.CONSULTATION else None,
        version=rules.version,
        guidance=next((name for name in words if name), None),
    )
