"""Every way in which a rule can fire, derived from the rules themselves.

A hand-made table shows what each rule is for (test_red_flags.py); here each branch of each
condition is made true by the smallest history that does, so that no branch is dead and no
further finding lowers what it gives.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest

from clinic.clinical import DATA_FOLDER, get_clinical_data
from clinic.datafiles import load_yaml
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge
from clinic.triage.conditions import compile_condition
from clinic.triage.engine import assess
from clinic.triage.rules import Level

DATA = get_clinical_data()
History = dict[str, Any]
ENTRIES = [
    entry
    for file in ("red_flags.yml", "scoring.yml")
    for entry in load_yaml(DATA_FOLDER / file)["triage_rules"]
]


def ways(condition: Any) -> Iterator[History]:
    """Yield small histories that make a condition true, one a branch."""
    ((key, value),) = condition.items() if len(condition) == 1 else [("", None)]
    if set(condition) == {"at_least", "of"}:
        for chosen in itertools.combinations(condition["of"], condition["at_least"]):
            yield from _all(list(chosen))
    elif key == "any":
        for part in value:
            yield from ways(part)
    elif key == "all":
        yield from _all(value)
    elif key == "not":
        yield {}
    else:
        for one in _values(key, value):
            yield {key: one}


def _all(parts: list[Any]) -> Iterator[History]:
    for chosen in itertools.product(*(list(ways(part)) for part in parts)):
        joined = _joined(chosen)
        if joined is not None:
            yield joined


def _joined(parts: tuple[History, ...]) -> History | None:
    joined: History = {}
    for part in parts:
        for name, value in part.items():
            if name not in joined:
                joined[name] = value
            elif isinstance(value, list):
                joined[name] = [
                    *joined[name],
                    *(item for item in value if item not in joined[name]),
                ]
            elif joined[name] != value:
                return None
    return joined


def _values(name: str, value: Any) -> Iterator[Any]:
    attribute = DATA.attributes[name]
    if isinstance(value, dict):
        yield float(value.get("at_least", value.get("at_most")))
        return
    if attribute.kind == "flag":
        yield value is not False
        return
    wanted = list(attribute.values) if value == "any" else value
    for item in wanted if isinstance(wanted, list) else [wanted]:
        yield [item] if attribute.kind == "list" else item


BRANCHES = [
    (entry["id"], Level(grade["level"]), history)
    for entry in ENTRIES
    for grade in entry["levels"]
    for history in ways(grade["when"])
    if compile_condition(grade["when"], DATA.attributes)(history)
]


def test_every_level_of_every_rule_has_branches() -> None:
    found = {(rule_id, level) for rule_id, level, _ in BRANCHES}
    wanted = {
        (entry["id"], Level(grade["level"])) for entry in ENTRIES for grade in entry["levels"]
    }
    assert found == wanted
    assert len(BRANCHES) > 500


def test_every_branch_gives_at_least_its_level() -> None:
    lower = [
        (rule_id, level, history)
        for rule_id, level, history in BRANCHES
        if assess(history, DATA.rules).level.urgency < level.urgency
    ]
    assert lower == []


def _numbers(condition: Any) -> Iterator[tuple[str, str, float]]:
    if isinstance(condition, list):
        for part in condition:
            yield from _numbers(part)
    elif isinstance(condition, dict):
        for key, value in condition.items():
            if key in DATA.attributes and isinstance(value, dict):
                for bound, number in value.items():
                    yield key, bound, float(number)
            else:
                yield from _numbers(value)


def _exceptions(condition: Any) -> Iterator[Any]:
    """Yield what stands under a "not"."""
    if isinstance(condition, list):
        for part in condition:
            yield from _exceptions(part)
    elif isinstance(condition, dict):
        for key, value in condition.items():
            if key == "not":
                yield value
            elif key not in DATA.attributes:
                yield from _exceptions(value)


THRESHOLDS = sorted(
    {
        (entry["id"], *found)
        for entry in ENTRIES
        for grade in entry["levels"]
        for found in _numbers(grade["when"])
    }
)


@pytest.mark.parametrize(("rule_id", "name", "bound", "number"), THRESHOLDS)
def test_a_threshold_decides_just_where_it_stands(
    rule_id: str, name: str, bound: str, number: float
) -> None:
    rule = DATA.rules.rule(rule_id)
    beyond = number + (-0.5 if bound == "at_least" else 0.5)
    calming = [
        way
        for entry in ENTRIES
        if entry["id"] == rule_id
        for grade in entry["levels"]
        for excepted in _exceptions(grade["when"])
        for way in ways(excepted)
    ]
    bases = [
        joined
        for found, _, history in BRANCHES
        if found == rule_id
        for way in [{}, *calming]
        if (joined := _joined((history, way))) is not None
    ]
    differs = [
        history
        for history in bases
        if rule.level({**history, name: number}) is not rule.level({**history, name: beyond})
    ]
    assert differs, "no history tells the two sides of the threshold apart"


# What these tell can calm a rule (test_red_flags.py lists them); everything else only adds.
CALMING = {
    *("age_band", "airway", "chest_breath", "duration_days", "injury_days_ago"),
    *("injury_mechanism", "morning_stiffness", "onset_how", "radiation", "relieving", "site"),
    "voice",
}
RAISING = [
    (attribute.name, value)
    for attribute in DATA.attributes
    if attribute.kind == "list" and attribute.name not in CALMING
    for value in attribute.values
]


def test_a_further_finding_lowers_no_branch_of_any_rule() -> None:
    chance = random.Random(11)
    for rule_id, level, history in BRANCHES:
        more = {
            name: list(value) if isinstance(value, list) else value
            for name, value in history.items()
        }
        for name, value in chance.sample(RAISING, 4):
            if value not in more.setdefault(name, []):
                more[name].append(value)
        after = assess(more, DATA.rules)
        assert after.level.urgency >= level.urgency, (rule_id, history, more)
        assert after.level.urgency >= assess(history, DATA.rules).level.urgency, (rule_id, more)


def test_the_order_in_which_findings_are_told_does_not_matter() -> None:
    chance = random.Random(13)
    for rule_id, _, history in BRANCHES[::3]:
        findings = [
            Finding(name, item, Assertion.PRESENT, 0, 0)
            for name, value in history.items()
            if value is not False
            for item in (value if isinstance(value, list) else [value])
        ]
        levels = set()
        for _ in range(3):
            chance.shuffle(findings)
            told: History = {name: False for name, value in history.items() if value is False}
            for finding in findings:
                told.update(merge(told, [finding], DATA.attributes))
            levels.add(assess(told, DATA.rules).level)
        assert len(levels) == 1, (rule_id, history)
