"""The decisions of the clinical basis that rules carry, with their proposed defaults.

D4 (triage off) and D5 (no symptom in a booking) are played in tests/dialogues/booking.
"""

from __future__ import annotations

from typing import Any

import pytest

from clinic.clinical import get_clinical_data
from clinic.triage.engine import assess
from clinic.triage.rules import Level

DATA = get_clinical_data()
UPPER_BACK = {"site": ["between_shoulder_blades"], "duration_days": 4, "severity": 3}


def level(**history: Any) -> Level:
    return assess(history, DATA.rules).level


def test_d1_upper_back_pain_alone_is_no_warning_sign() -> None:
    assert level(**UPPER_BACK) is Level.SELF_CARE
    assert level(**UPPER_BACK, timing=["morning"], course="better") is Level.SELF_CARE


@pytest.mark.parametrize(
    "more",
    [
        {"timing": ["constant"]},
        {"timing": ["night"]},
        {"course": "worse"},
        {"age_band": "50-64", "previous_episodes": "first"},
        {"age_band": ">=65", "previous_episodes": "first"},
    ],
)
def test_d1_upper_back_pain_with_one_of_these_is_seen_today(more: dict[str, Any]) -> None:
    assert level(**UPPER_BACK, **more) is Level.CONSULTATION_24
    assert level(**{**UPPER_BACK, "site": ["neck"]}, **more).urgency < 3


def test_d2_slow_change_of_hands_or_walking_is_seen_today_and_fast_change_at_once() -> None:
    slow = {"site": ["neck"], "duration_days": 120}
    assert level(**slow, hand_dexterity=["clumsy"]) is Level.CONSULTATION_24
    assert level(**slow, neuro_leg=["unsteady"]) is Level.CONSULTATION_24
    assert level(**slow, hand_dexterity=["clumsy", "worse_by_days"]).is_emergency
    assert level(**slow, hand_dexterity=["clumsy"], bladder_bowel_saddle=["leaking"]).is_emergency


def test_d3_sudden_and_severe_is_seen_today_and_a_crick_on_waking_is_not() -> None:
    neck = {"site": ["neck"], "duration_days": 1}
    assert level(**neck, onset_how="sudden", severity=7).urgency >= 3
    assert level(**neck, onset_how="sudden", severity_words="severe").urgency >= 3
    assert level(**neck, onset_how="woke_with_it", severity=4) is Level.SELF_CARE


@pytest.mark.parametrize("who", [{"who_for": "child"}, {"age_band": "<16"}])
def test_d6_a_child_needs_a_person_today_and_at_once_in_an_emergency(who: dict[str, Any]) -> None:
    outcome = assess({"site": ["neck"], "severity": 1, **who}, DATA.rules)
    assert outcome.level is Level.CONSULTATION_24
    assert outcome.guidance == "human_today"
    assert level(**who, neuro_leg=["weak"]).is_emergency
    assert level(age_band="16-49", site=["neck"], severity=1) is Level.SELF_CARE


def test_too_much_medicine_has_words_of_its_own_unless_somebody_wants_to_die() -> None:
    poisoned = assess({"crisis": ["overdose"]}, DATA.rules)
    assert (poisoned.level, poisoned.guidance) == (Level.EMERGENCY_AMBULANCE, "poison")
    assert poisoned.reasons == ("more medicine than is safe",)
    for despair in ("intent", "passive"):
        outcome = assess({"crisis": ["overdose", despair]}, DATA.rules)
        assert (outcome.level, outcome.guidance) == (Level.EMERGENCY_AMBULANCE, "crisis")
