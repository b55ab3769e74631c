from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.clinical import DATA_FOLDER, get_clinical_data
from clinic.datafiles import DataFileError
from clinic.triage.conditions import known_in
from clinic.triage.engine import assess
from clinic.triage.rules import Level, RuleBook

DATA = get_clinical_data()


def test_nothing_known_is_self_care_without_a_warning_sign() -> None:
    outcome = assess({}, DATA.rules)
    assert outcome.level is Level.SELF_CARE
    assert outcome.red_flags == ()
    assert outcome.decisive == ()
    assert outcome.within is None


def test_the_highest_level_wins_and_names_its_rules() -> None:
    history = {"cancer_history": "past", "paralysis": True, "duration_days": 30}
    outcome = assess(history, DATA.rules)
    assert outcome.level is Level.EMERGENCY_AMBULANCE
    assert [rule.id for rule in outcome.decisive] == ["RF04"]
    assert {"RF04", "RF11"} <= set(outcome.red_flags)


def test_a_rule_tells_the_reason_of_the_level_that_it_gives() -> None:
    child = assess({"who_for": "child"}, DATA.rules)
    pregnant = assess({"pregnancy": True, "severity": 7}, DATA.rules)
    assert child.reasons != pregnant.reasons
    assert child.red_flags == pregnant.red_flags == ("RF28",)
    assert "child" not in pregnant.reasons[0]


def test_scoring_rules_are_no_warning_signs() -> None:
    outcome = assess({"duration_days": 14}, DATA.rules)
    assert outcome.level is Level.CONSULTATION
    assert outcome.red_flags == ()
    assert outcome.within == "routine"


def test_some_consultations_are_wanted_within_days() -> None:
    assert assess({"lump": ["neck"]}, DATA.rules).within == "days"


def test_a_crisis_asks_for_its_own_words() -> None:
    assert assess({"crisis": ["intent"]}, DATA.rules).guidance == "crisis"


def test_the_outcome_names_the_version_of_the_rules() -> None:
    assert assess({}, DATA.rules).version == DATA.rules.version


def test_every_rule_is_sourced_dated_and_found_by_its_id() -> None:
    for rule in (*DATA.rules.red_flags, *DATA.rules.scoring):
        assert rule.sources
        assert isinstance(rule.reviewed, date)
        assert DATA.rules.rule(rule.id) is rule
    with pytest.raises(KeyError):
        DATA.rules.rule("RF99")


def test_there_are_thirty_warning_signs() -> None:
    expected = [f"RF{number:02}" for number in range(1, 31)]
    assert [rule.id for rule in DATA.rules.red_flags] == expected


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  - id: RF02", "  - id: RF01", "RF01: stands twice"),
        ("    reason: a serious injury to the neck or back\n", "", "RF01.reason: is missing"),
        ("level: emergency_ambulance", "level: urgent", "RF01.levels"),
        ("head_load, knocked_out", "head_load, asleep", "'asleep' is no value of injury_danger"),
        ("reviewed: 2026-11-22", "reviewed: soon", "expected a date"),
        ("triage_rules:", "other:", "expected a list under triage_rules"),
        ('version: "2026-11-24"', "edition: 1", "version"),
    ],
)
def test_a_faulty_rule_is_refused_with_file_and_entry(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    for name in ("red_flags.yml", "scoring.yml"):
        shutil.copy(DATA_FOLDER / name, tmp_path / name)
    path = tmp_path / "red_flags.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        RuleBook.load(tmp_path, DATA.attributes)
    assert said in str(error.value)
    assert "red_flags.yml" in str(error.value)


@given(st.data())
def test_a_rule_that_lacks_what_it_needs_would_give_nothing(data: st.DataObject) -> None:
    values = {
        attribute.name: st.sampled_from(
            {
                "list": [[], *([value] for value in attribute.values)],
                "number": [0, 1, 3, 7, 8, 10, 40, 900],
                "flag": [False, True],
            }.get(attribute.kind, attribute.values)
        )
        for attribute in DATA.attributes
    }
    history = data.draw(st.fixed_dictionaries({}, optional=values))
    known = known_in(history)
    for rule in (*DATA.rules.red_flags, *DATA.rules.scoring):
        if rule.needs is not None and rule.needs.isdisjoint(known):
            assert rule.grade(history) is None, rule.id
