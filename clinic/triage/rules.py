"""Triage rules: warning signs and scoring rules, loaded from `data/clinical/`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.history.attributes import AttributeCatalogue
from clinic.triage.conditions import (
    Condition,
    ConditionError,
    History,
    Need,
    compile_condition,
    needs,
)


class Level(StrEnum):
    """The five levels of urgency, most urgent first (clinical source: Infermedica's scale)."""

    EMERGENCY_AMBULANCE = "emergency_ambulance"
    EMERGENCY = "emergency"
    CONSULTATION_24 = "consultation_24"
    CONSULTATION = "consultation"
    SELF_CARE = "self_care"

    @property
    def urgency(self) -> int:
        """Return 5 for the most urgent level down to 1."""
        return len(Level) - list(Level).index(self)

    @property
    def is_emergency(self) -> bool:
        """Tell whether help is needed now and nothing may be booked."""
        return self in (Level.EMERGENCY_AMBULANCE, Level.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Grade:
    """A level that a rule can give.

    Attributes:
        level: The level.
        holds: When it is given.
        reason: What a patient is told where it says more than the rule's own reason.
        guidance: Name of special words in the place of the rule's own.
    """

    level: Level
    holds: Condition
    reason: str | None
    guidance: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One triage rule.

    Attributes:
        id: RF01 to RF30 for warning signs, S… for scoring rules.
        name: What it is about, for clinicians.
        reason: What a patient is told: "you mentioned …".
        guidance: Name of the special words that replace the usual ones, such as "crisis".
        within: "days" or "routine" where the level is a consultation.
        levels: What it can give, most urgent first.
        sources: Where it comes from.
        reviewed: Date of the last review.
        needs: Of what a history must have at least one, or it gives nothing; None: maybe without.
    """

    id: str
    name: str
    reason: str
    guidance: str | None
    within: str | None
    levels: tuple[Grade, ...]
    sources: tuple[str, ...]
    reviewed: date
    needs: frozenset[Need] | None

    def grade(self, history: History) -> Grade | None:
        """Return the most urgent level whose condition holds, with its reason, or None."""
        return next((grade for grade in self.levels if grade.holds(history)), None)

    def level(self, history: History) -> Level | None:
        """Return the most urgent level whose condition holds, or None."""
        grade = self.grade(history)
        return grade.level if grade else None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All triage rules and their version.

    Attributes:
        version: Stored with each outcome.
        red_flags: The warning signs.
        scoring: The rules for the lower levels.
    """

    version: str
    red_flags: tuple[Rule, ...]
    scoring: tuple[Rule, ...]

    @classmethod
    def load(cls, folder: Path, attributes: AttributeCatalogue) -> RuleBook:
        """Load `red_flags.yml` and `scoring.yml`.

        Raises:
            DataFileError: A rule is incomplete or names something unknown.
        """
        flags = _load(folder / "red_flags.yml")
        scoring = _load(folder / "scoring.yml")
        if not flags.get("version"):
            raise DataFileError(folder / "red_flags.yml", "version", "is missing")
        return cls(
            version=str(flags["version"]),
            red_flags=_read_rules(flags.get("triage_rules"), folder / "red_flags.yml", attributes),
            scoring=_read_rules(scoring.get("triage_rules"), folder / "scoring.yml", attributes),
        )

    def rule(self, rule_id: str) -> Rule:
        """Return a rule by its id.

        Raises:
            KeyError: There is none.
        """
        for rule in (*self.red_flags, *self.scoring):
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


def _load(path: Path) -> dict[str, Any]:
    data = load_yaml(path)
    if not isinstance(data, dict):
        raise DataFileError(path, "", "expected a list under triage_rules")
    return data


def _read_rules(entries: Any, path: Path, attributes: AttributeCatalogue) -> tuple[Rule, ...]:
    if not isinstance(entries, list) or not entries:
        raise DataFileError(path, "", "expected a list under triage_rules")
    rules = tuple(_read_rule(entry, path, attributes) for entry in entries)
    _refuse_twice((rule.id for rule in rules), path)
    return rules


def _refuse_twice(ids: Iterable[str], path: Path) -> None:
    seen: set[str] = set()
    for rule_id in ids:
        if rule_id in seen:
            raise DataFileError(path, rule_id, "stands twice")
        seen.add(rule_id)


def _read_rule(entry: Any, path: Path, attributes: AttributeCatalogue) -> Rule:
    if not isinstance(entry, dict) or not entry.get("id"):
        raise DataFileError(path, str(entry)[:40], "every rule needs an id")
    name = str(entry["id"])
    for field in ("name", "reason", "levels", "sources", "reviewed"):
        if not entry.get(field):
            raise DataFileError(path, f"{name}.{field}", "is missing")
    levels = _read_levels(entry["levels"], name, path, attributes)
    reviewed = entry["reviewed"]
    if not isinstance(reviewed, date):
        raise DataFileError(path, f"{name}.reviewed", "expected a date such as 2026-11-22")
    return Rule(
        id=name,
        name=str(entry["name"]),
        reason=str(entry["reason"]),
        guidance=entry.get("guidance"),
        within=entry.get("within"),
        levels=levels,
        sources=tuple(str(source) for source in entry["sources"]),
        reviewed=reviewed,
        needs=needs({"any": [item["when"] for item in entry["levels"]]}),
    )


def _read_levels(
    entries: Any, name: str, path: Path, attributes: AttributeCatalogue
) -> tuple[Grade, ...]:
    levels = []
    for item in entries:
        try:
            holds = compile_condition(item["when"], attributes)
            words = (item.get("reason"), item.get("guidance"))
            levels.append(Grade(Level(item["level"]), holds, *words))
        except (ConditionError, ValueError, KeyError, TypeError) as error:
            raise DataFileError(path, f"{name}.levels", str(error)) from error
    order = [grade.level.urgency for grade in levels]
    if order != sorted(order, reverse=True):
        raise DataFileError(path, f"{name}.levels", "the most urgent level comes first")
    return tuple(levels)
