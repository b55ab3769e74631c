"""Recall of warning signs and false alarms on the sets that the lexicon was developed with.

What was reached must not be lost; tests/nlu/sets.yml has the first figures, taken before any
change that a set led to. Sets that nothing was tuned on are measured by `make evaluate`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any

import pytest

from clinic.clinical import get_clinical_data
from clinic.history.history import merge
from clinic.triage.engine import Assessment, assess
from clinic.triage.rules import Level, Rule, RuleBook
from evaluation.sets import DataSet, FlagMessage, load_sets

TODAY = date(2026, 11, 22)
LEAST_HEARD = 0.98
MOST_RAISED = 0.02
SETS = ("signs, development", "signs 1", "signs 2", "signs 3", "signs 4", "signs 6")
WITH_OTHER_SIGNS = ("signs, development", "signs 1")
KNOWN_TO_BE_MISSED = frozenset(
    {
        "skin on one side of my back is so tender my bra hurts and there's a rash",
        "my little boy's neck is twisted",
    }
)
# Sight that is lost is RF07, a higher level, whatever else there is.
COVERED_BY_ANOTHER_RULE = {("RF17", Level.EMERGENCY)}


@lru_cache(maxsize=1)
def sets() -> dict[str, DataSet]:
    return {entry.id: entry for entry in load_sets()}


@cache
def history_of(text: str) -> dict[str, Any]:
    data = get_clinical_data()
    return merge({}, data.reader.read(text, TODAY).findings, data.attributes)


def weigh(text: str, rules: RuleBook | None = None) -> Assessment:
    return assess(history_of(text), rules or get_clinical_data().rules)


def missed(messages: list[FlagMessage], rules: RuleBook | None = None) -> list[str]:
    return [
        item.text for item in messages if weigh(item.text, rules).level.urgency < item.level.urgency
    ]


def emergencies(name: str) -> list[FlagMessage]:
    return [item for item in sets()[name].flags if item.level.is_emergency]


@pytest.mark.parametrize("name", SETS)
def test_emergencies_are_heard(name: str) -> None:
    lost = missed(emergencies(name))
    assert len(lost) <= (1 - LEAST_HEARD) * len(emergencies(name)), lost


@pytest.mark.parametrize("name", WITH_OTHER_SIGNS)
def test_signs_for_a_doctor_soon_are_heard(name: str) -> None:
    soon = [item for item in sets()[name].flags if not item.level.is_emergency]
    lost = missed(soon)
    assert len(lost) <= (1 - LEAST_HEARD) * len(soon), lost


@pytest.mark.parametrize("name", SETS)
def test_ordinary_messages_are_seldom_raised_to_an_emergency(name: str) -> None:
    ordinary = [item.text for item in sets()[name].benign]
    raised = [text for text in ordinary if weigh(text).level.is_emergency]
    assert len(raised) < MOST_RAISED * len(ordinary), raised


def test_no_message_of_the_development_set_is_lost() -> None:
    lost = set(missed(list(sets()["signs, development"].flags)))
    assert lost <= KNOWN_TO_BE_MISSED


def emergency_levels() -> list[tuple[str, Level]]:
    """Every rule with each of its emergency levels."""
    return [
        (rule.id, level)
        for rule in get_clinical_data().rules.red_flags
        for level in dict.fromkeys(grade.level for grade in rule.levels)
        if level.is_emergency
    ]


def without(rule_id: str, level: Level | None = None) -> RuleBook:
    """The rule book with a rule, or one of its levels, taken out."""
    rules = get_clinical_data().rules
    kept: list[Rule] = []
    for rule in rules.red_flags:
        if rule.id != rule_id:
            kept.append(rule)
        elif level is not None:
            kept.append(
                replace(rule, levels=tuple(grade for grade in rule.levels if grade.level != level))
            )
    return replace(rules, red_flags=tuple(kept))


@pytest.mark.mutation
@pytest.mark.parametrize("rule_id", sorted({rule_id for rule_id, _ in emergency_levels()}))
def test_the_tests_above_fail_when_a_rule_is_taken_out(rule_id: str) -> None:
    messages = list(sets()["signs, development"].flags)
    assert set(missed(messages, without(rule_id))) - KNOWN_TO_BE_MISSED


@pytest.mark.mutation
@pytest.mark.parametrize(("rule_id", "level"), emergency_levels())
def test_the_tests_above_fail_when_an_emergency_level_is_taken_out(
    rule_id: str, level: Level
) -> None:
    messages = list(sets()["signs, development"].flags)
    lost = set(missed(messages, without(rule_id, level))) - KNOWN_TO_BE_MISSED
    assert bool(lost) != ((rule_id, level) in COVERED_BY_ANOTHER_RULE)
