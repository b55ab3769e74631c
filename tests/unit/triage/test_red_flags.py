from __future__ import annotations

import random
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.clinical import DATA_FOLDER, get_clinical_data
from clinic.datafiles import load_yaml
from clinic.history.findings import Finding
from clinic.history.history import merge
from clinic.triage.engine import assess
from clinic.triage.rules import Level

DATA = get_clinical_data()
TODAY = date(2026, 11, 22)
AMBULANCE, EMERGENCY = Level.EMERGENCY_AMBULANCE, Level.EMERGENCY
TODAY_DOCTOR, VISIT = Level.CONSULTATION_24, Level.CONSULTATION
FELL = {"injury": True, "injury_days_ago": 1}
FEVER = {"systemic": ["fever"]}
CANCER = {"cancer_history": "past"}
ILL = {"systemic": ["unwell"]}
WORN_OUT = {"systemic": ["unwell"], "unwell_how": "vague"}
STIFF = {"meningism": ["stiff_neck"]}
STIFF_SHOULDERS = {"character": ["stiff"], "site": ["shoulder"]}
STIFF_AT_NIGHT = {"site": ["mid_back"], "timing": ["night"], "morning_stiffness": True}

# Rule, history, level that this rule gives (None where it stays silent).
CASES: list[tuple[str, dict[str, Any], Level | None]] = [
    ("RF01", {"injury_danger": ["high_energy"]}, AMBULANCE),
    ("RF01", {"injury_danger": ["knocked_out"], "injury_days_ago": 13.9}, AMBULANCE),
    ("RF01", {"injury_danger": ["high_energy"], "injury_days_ago": 14}, None),
    ("RF01", {"injury_danger": ["cannot_turn_neck"]}, None),
    ("RF02", {**FELL, "neuro_arm": ["tingling"]}, AMBULANCE),
    ("RF02", {**FELL, "meningism": ["confusion"]}, AMBULANCE),
    ("RF02", {"injury": True, "injury_days_ago": 20, "neuro_arm": ["tingling"]}, None),
    ("RF02", {"injury": False, "neuro_arm": ["tingling"]}, None),
    ("RF02", {**FELL, "neuro_arm": []}, None),
    ("RF03", {**FELL, "age_band": ">=65"}, EMERGENCY),
    ("RF03", {**FELL, "age_band": "50-64"}, None),
    ("RF03", {**FELL, "bone_health": ["osteoporosis"]}, EMERGENCY),
    ("RF03", {**FELL, "injury_danger": ["midline_tender"]}, EMERGENCY),
    ("RF03", {"injury_danger": ["cannot_turn_neck"]}, None),
    ("RF04", {"paralysis": True}, AMBULANCE),
    ("RF04", {"neuro_leg": ["weak"]}, EMERGENCY),
    ("RF04", {"neuro_leg": ["unsteady"], "duration_days": 29}, EMERGENCY),
    ("RF04", {"neuro_leg": ["unsteady"], "duration_days": 31}, None),
    ("RF04", {"neuro_arm_both": True, "neuro_arm": ["numb"]}, EMERGENCY),
    ("RF04", {"neuro_arm_both": True, "neuro_arm": ["numb"], "duration_days": 30}, None),
    ("RF05", {"hand_dexterity": ["clumsy"]}, TODAY_DOCTOR),
    ("RF05", {"hand_dexterity": []}, None),
    ("RF06", {"bladder_bowel_saddle": ["retention"]}, EMERGENCY),
    ("RF06", {"bladder_bowel_saddle": []}, None),
    ("RF07", {"stroke_signs": ["speech"]}, AMBULANCE),
    ("RF07", {"stroke_signs": ["dizzy"]}, None),
    ("RF07", {"stroke_signs": ["dizzy"], "neck_manipulated": True}, AMBULANCE),
    ("RF07", {"onset_extreme": True, "site": ["neck"]}, EMERGENCY),
    ("RF08", {"headache": ["thunderclap"]}, AMBULANCE),
    ("RF08", {"headache": ["severe"], "onset_how": "sudden"}, AMBULANCE),
    ("RF08", {"headache": ["severe"], "onset_how": "gradual"}, None),
    (
        "RF08",
        {"headache": ["headache"], "onset_how": "sudden", "meningism": ["vomiting"]},
        AMBULANCE,
    ),
    ("RF08", {"headache": ["headache"], "onset_how": "sudden"}, None),
    (
        "RF15",
        {"aggravating": ["exertion"], "relieving": ["rest"], "radiation": ["arm"]},
        AMBULANCE,
    ),
    ("RF15", {"aggravating": ["exertion"], "radiation": ["arm"]}, None),
    ("RF19", {"skin": ["rash", "face_eye_ear"], "character": ["burning"]}, EMERGENCY),
    ("RF19", {"skin": ["rash"], "character": ["burning"]}, None),
    ("RF09", {**FEVER, "meningism": ["stiff_neck"]}, AMBULANCE),
    ("RF09", {**FEVER, "function": ["cannot_turn_head"]}, AMBULANCE),
    ("RF09", {"meningism": ["light_hurts", "vomiting"]}, AMBULANCE),
    ("RF09", {"meningism": ["stiff_neck"]}, None),
    ("RF09", FEVER, None),
    ("RF09", {**ILL, **STIFF}, AMBULANCE),
    ("RF09", {**WORN_OUT, **STIFF}, TODAY_DOCTOR),
    ("RF09", {**WORN_OUT, **STIFF, "systemic": ["unwell", "fever"]}, AMBULANCE),
    ("RF09", {**WORN_OUT, "meningism": ["stiff_neck", "light_hurts"]}, AMBULANCE),
    ("RF09", {**WORN_OUT, **STIFF, "headache": ["severe"]}, AMBULANCE),
    ("RF09", WORN_OUT, None),
    ("RF17", {**WORN_OUT, **STIFF_SHOULDERS, "age_band": ">=65"}, TODAY_DOCTOR),
    ("RF17", {**WORN_OUT, **STIFF_SHOULDERS, "age_band": "16-49"}, None),
    ("RF10", FEVER, TODAY_DOCTOR),
    ("RF10", {**FEVER, "infection_immune": ["diabetes"]}, EMERGENCY),
    ("RF10", {**FEVER, "severity": 9}, EMERGENCY),
    ("RF10", {**FEVER, "severity": 8.9}, TODAY_DOCTOR),
    ("RF10", {"systemic": ["weight_loss"]}, None),
    ("RF11", CANCER, TODAY_DOCTOR),
    ("RF11", {**CANCER, "neuro_leg": ["weak"]}, EMERGENCY),
    ("RF11", {"cancer_history": "never"}, None),
    ("RF12", {"systemic": ["weight_loss"]}, TODAY_DOCTOR),
    ("RF12", {"timing": ["night"], "relieving": ["nothing"]}, TODAY_DOCTOR),
    ("RF12", {"timing": ["night"]}, None),
    ("RF13", {"onset_how": "sudden", "bone_health": ["osteoporosis"]}, TODAY_DOCTOR),
    ("RF13", {"onset_how": "sudden", "age_band": "50-64"}, None),
    ("RF13", {"onset_how": "sudden", "injury_mechanism": "lift"}, TODAY_DOCTOR),
    ("RF13", {"injury_mechanism": "lift", "age_band": ">=65"}, TODAY_DOCTOR),
    ("RF13", {"injury_mechanism": "lift", "age_band": ">=65", "onset_how": "gradual"}, None),
    ("RF13", {"injury_mechanism": "lift", "age_band": ">=65", "duration_days": 89}, TODAY_DOCTOR),
    ("RF13", {"injury_mechanism": "lift", "age_band": ">=65", "duration_days": 90}, None),
    ("RF13", {"aggravating": ["coughing"], "bone_health": ["osteoporosis"]}, TODAY_DOCTOR),
    ("RF13", {"onset_how": "sudden", "injury_mechanism": "lift", "age_band": "16-49"}, None),
    ("RF14", {"onset_extreme": True}, AMBULANCE),
    ("RF14", {"onset_extreme": True, "site": ["neck"]}, None),
    ("RF14", {"aorta_risk": ["aneurysm"]}, AMBULANCE),
    ("RF14", {"aorta_risk": ["connective"], "onset_how": "sudden"}, AMBULANCE),
    ("RF14", {"aorta_risk": ["connective"]}, None),
    ("RF14", {"character": ["tearing"], "onset_how": "sudden"}, AMBULANCE),
    ("RF15", {"chest_breath": ["chest_pain"]}, AMBULANCE),
    ("RF15", {"chest_breath": ["sweating"], "site": ["neck"]}, AMBULANCE),
    ("RF15", {"chest_breath": ["sweating"]}, None),
    ("RF16", {"chest_breath": ["breathless"]}, AMBULANCE),
    ("RF16", {"chest_breath": ["pleuritic"], "clot_risk": ["immobile"]}, EMERGENCY),
    ("RF16", {"chest_breath": ["pleuritic"]}, TODAY_DOCTOR),
    ("RF16", {"chest_breath": []}, None),
    ("RF17", {"jaw_scalp": True, "age_band": "50-64"}, TODAY_DOCTOR),
    ("RF17", {"jaw_scalp": True, "age_band": "16-49"}, None),
    ("RF17", {"jaw_scalp": True, "stroke_signs": ["vision"]}, EMERGENCY),
    ("RF18", {"morning_stiffness": True}, VISIT),
    ("RF18", {"morning_stiffness": False}, None),
    ("RF19", {"skin": ["blisters"]}, TODAY_DOCTOR),
    ("RF19", {"skin": ["blisters", "face_eye_ear"]}, EMERGENCY),
    ("RF19", {"skin": ["rash"]}, None),
    ("RF20", {"airway": ["drooling"]}, AMBULANCE),
    ("RF20", {"airway": ["fast_swelling"]}, AMBULANCE),
    ("RF20", {"airway": ["cannot_open_mouth"], "site": ["neck"]}, EMERGENCY),
    ("RF20", {"airway": ["sore_throat"]}, None),
    ("RF21", {"neuro_arm": ["tingling"]}, VISIT),
    ("RF21", {"neuro_arm": ["weak"]}, TODAY_DOCTOR),
    ("RF21", {"neuro_arm": ["weak"], "neuro_arm_both": True}, EMERGENCY),
    ("RF21", {"neuro_arm": []}, None),
    (
        "RF21",
        {"neuro_arm": ["weak"], "neuro_arm_worse": True, "hand_dexterity": ["worse_by_days"]},
        EMERGENCY,
    ),
    ("RF21", {"neuro_arm_worse": True}, None),
    ("RF21", {"neuro_arm_worse": True, "neuro_arm": ["numb"]}, TODAY_DOCTOR),
    ("RF22", {"recent_procedure": True, **FEVER}, EMERGENCY),
    ("RF22", {"recent_procedure": True, "airway": ["swelling"]}, AMBULANCE),
    ("RF22", {"procedure_trouble": ["wound"]}, EMERGENCY),
    ("RF22", {"recent_procedure": True}, None),
    ("RF23", {"assault": ["attacked"]}, EMERGENCY),
    ("RF23", {"assault": ["strangled"], "voice": ["hoarse"]}, AMBULANCE),
    ("RF23", {"assault": []}, None),
    ("RF24", {"crisis": ["intent"]}, AMBULANCE),
    ("RF24", {"crisis": ["passive"]}, TODAY_DOCTOR),
    ("RF24", {"crisis": []}, None),
    ("RF25", {"instability": True}, TODAY_DOCTOR),
    ("RF25", {"instability": True, "neuro_arm": ["numb"]}, EMERGENCY),
    ("RF25", {"inflammatory_history": ["rheumatoid"]}, None),
    ("RF26", {"abdomen": ["pulsating"]}, AMBULANCE),
    ("RF26", {"abdomen": ["jaundice"]}, EMERGENCY),
    ("RF26", {"abdomen": ["tummy_pain"]}, TODAY_DOCTOR),
    ("RF26", {"abdomen": ["loin_pain"]}, None),
    ("RF27", {"blood_thinner": True, "onset_how": "sudden"}, EMERGENCY),
    ("RF27", {"blood_thinner": True, "severity": 8}, EMERGENCY),
    ("RF27", {"blood_thinner": True, "severity": 7.9}, None),
    ("RF28", {"who_for": "child"}, TODAY_DOCTOR),
    ("RF28", {"age_band": "<16"}, TODAY_DOCTOR),
    ("RF28", {"age_band": "16-49"}, None),
    ("RF28", {"pregnancy": True, "severity": 7}, TODAY_DOCTOR),
    ("RF28", {"pregnancy": True, "abdomen": ["bleeding"]}, EMERGENCY),
    ("RF28", {"abdomen": ["bleeding"]}, None),
    ("RF28", {"pregnancy": True, "severity": 6.9}, None),
    ("RF29", {"severity": 8}, TODAY_DOCTOR),
    ("RF29", {"severity": 7.9}, None),
    ("RF29", {"function": ["cannot_sleep"]}, TODAY_DOCTOR),
    ("RF30", {"lump": ["neck"]}, VISIT),
    ("RF30", {"lump": ["neck"], "systemic": ["weight_loss"]}, TODAY_DOCTOR),
    ("RF30", {"lump": ["spine"]}, None),
    ("S01", {"emergency_unsure": True}, TODAY_DOCTOR),
    ("S01", {"emergency_unsure": False}, None),
    ("S02", {"timing": ["night", "constant"]}, TODAY_DOCTOR),
    ("S02", {"timing": ["night"]}, None),
    ("S03", {"site": ["mid_back"], "timing": ["constant"]}, TODAY_DOCTOR),
    ("S03", {"site": ["neck"], "timing": ["constant"]}, None),
    ("S03", {**STIFF_AT_NIGHT, "relieving": ["moving"], "duration_days": 90}, None),
    ("S03", {**STIFF_AT_NIGHT, "relieving": ["moving"], "duration_days": 89}, TODAY_DOCTOR),
    ("S03", {**STIFF_AT_NIGHT, "duration_days": 90}, TODAY_DOCTOR),
    ("S04", {"onset_how": "sudden", "severity": 7}, TODAY_DOCTOR),
    ("S04", {"onset_how": "sudden", "severity": 6.9}, None),
    ("S05", {"injury": True}, VISIT),
    ("S05", {"injury": False}, None),
    ("S06", {"duration_days": 14}, VISIT),
    ("S06", {"duration_days": 13.9}, None),
    ("S07", {"timing": ["comes_and_goes"], "duration_days": 14}, VISIT),
    ("S07", {"timing": ["comes_and_goes"]}, None),
    ("S08", {"function": ["cannot_work"]}, VISIT),
    ("S08", {"function": []}, None),
    ("S09", {"course": "worse"}, VISIT),
    ("S09", {"course": "same"}, None),
    ("S10", {"severity": 6}, VISIT),
    ("S10", {"severity": 5.9}, None),
    ("S12", {"emergency_screen": "affirmed"}, EMERGENCY),
    ("S12", {"emergency_screen": "positive"}, None),
    ("S11", {"stroke_signs": ["dizzy"], "site": ["neck"]}, TODAY_DOCTOR),
    ("S11", {"stroke_signs": ["dizzy"]}, None),
]


@pytest.mark.parametrize(("rule_id", "history", "level"), CASES)
def test_a_rule_gives_its_level(rule_id: str, history: dict[str, Any], level: Level | None) -> None:
    assert DATA.rules.rule(rule_id).level(history) is level


def test_the_table_shows_every_rule_firing_and_silent() -> None:
    every = {rule.id for rule in (*DATA.rules.red_flags, *DATA.rules.scoring)}
    assert {rule_id for rule_id, _, level in CASES if level} == every
    assert {rule_id for rule_id, _, level in CASES if level is None} == every


def _explaining(condition: Any, negated: bool = False) -> set[str]:
    """The attributes that some rule names under "not": what is known of them can calm."""
    if isinstance(condition, list):
        return set().union(*(_explaining(part, negated) for part in condition))
    if not isinstance(condition, dict):
        return set()
    found: set[str] = set()
    for key, value in condition.items():
        if key in ("all", "any", "of"):
            found |= _explaining(value, negated)
        elif key == "not":
            found |= _explaining(value, True)
        elif negated and key in DATA.attributes:
            found.add(key)
    return found


def _attributes_that_calm() -> set[str]:
    names: set[str] = set()
    for file in ("red_flags.yml", "scoring.yml"):
        for rule in load_yaml(Path(DATA_FOLDER) / file)["triage_rules"]:
            for level in rule["levels"]:
                names |= _explaining(level["when"])
    return names


def test_only_these_attributes_can_calm() -> None:
    # A new name here means: what a patient adds may lower a level. Decide that on purpose.
    assert _attributes_that_calm() == {
        "age_band",
        "airway",
        "chest_breath",
        "duration_days",
        "injury_days_ago",
        "onset_how",
        "injury_mechanism",
        "morning_stiffness",
        "radiation",
        "relieving",
        "site",
        "unwell_how",
        "voice",
    }


_RAISING = sorted(
    (attribute.name, value)
    for attribute in DATA.attributes
    if attribute.kind == "list" and attribute.name not in _attributes_that_calm()
    for value in attribute.values
)
_FLAGS = sorted(attribute.name for attribute in DATA.attributes if attribute.kind == "flag")
_SIGNS = st.lists(st.sampled_from(_RAISING), max_size=8)


@settings(max_examples=300, deadline=None)
@given(signs=_SIGNS, flags=st.sets(st.sampled_from(_FLAGS), max_size=4), more=_SIGNS)
def test_adding_a_sign_never_lowers_the_level(
    signs: list[tuple[str, str]], flags: set[str], more: list[tuple[str, str]]
) -> None:
    before: dict[str, Any] = dict.fromkeys(flags, True)
    for name, value in signs:
        before.setdefault(name, []).append(value)
    after = {
        name: list(value) if isinstance(value, list) else value for name, value in before.items()
    }
    for name, value in more:
        after.setdefault(name, []).append(value)
    assert assess(after, DATA.rules).level.urgency >= assess(before, DATA.rules).level.urgency


@cache
def _findings(message: str) -> tuple[Finding, ...]:
    return DATA.reader.read(message, TODAY).findings


def _level_after(messages: list[str]) -> Level:
    """The level a conversation reaches: the highest of all turns, as the dialogue keeps it."""
    history: dict[str, Any] = {}
    highest = Level.SELF_CARE
    for message in messages:
        history.update(merge(history, _findings(message), DATA.attributes))
        highest = max(highest, assess(history, DATA.rules).level, key=lambda level: level.urgency)
    return highest


def test_an_emergency_is_reached_in_whatever_order_the_messages_come() -> None:
    folder = Path(__file__).parents[2] / "nlu" / "red_flags"
    signs = load_yaml(folder / "development.yml")["flags"]
    calm = load_yaml(folder / "development_benign.yml")["benign"]
    urgent = [entry["text"] for entry in signs if "emergency" in entry["level"]]
    ordinary = [entry["text"] for entry in calm]
    chooser = random.Random(7)
    for _ in range(300):
        messages = [chooser.choice(urgent), chooser.choice(ordinary), chooser.choice(ordinary)]
        reached = {_level_after(messages).is_emergency, _level_after(messages[::-1]).is_emergency}
        assert reached == {True}, messages
