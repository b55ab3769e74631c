"""What is asked about once more, because "today" rests on what was said in passing."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.clinical import get_clinical_data
from clinic.triage.engine import assess
from clinic.triage.rules import Level
from clinic.triage.second_look import SECOND_LOOK, Noted, in_question, questions_left, taken_back

DATA = get_clinical_data()
LOST_WEIGHT: Noted = ("systemic", "weight_loss")
CLUMSY: Noted = ("hand_dexterity", "clumsy")
CANCER: Noted = ("cancer_history", "current")
ALL_TOLD: dict[str, Any] = {
    "emergency_screen": "clear",
    "site": ["neck"],
    "duration_days": 21,
    "onset_how": "gradual",
    "severity": 3,
    "neuro_arm": [],
    "general_screen": "clear",
    "risk_screen": "clear",
    "age_band": "16-49",
}


def rests_on(history: dict[str, Any], *doubted: Noted) -> list[Noted]:
    return in_question(history, doubted, DATA.rules)


@pytest.mark.parametrize(
    ("history", "noted"),
    [
        ({"systemic": ["weight_loss"]}, LOST_WEIGHT),
        ({"hand_dexterity": ["clumsy"]}, CLUMSY),
        ({"cancer_history": "current"}, CANCER),
    ],
)
def test_what_alone_makes_it_today_is_in_question(history: dict[str, Any], noted: Noted) -> None:
    assert rests_on(history, noted) == [noted]
    assert rests_on(history) == []  # it was not said in passing
    lower = assess({**history, **taken_back(history, [noted])}, DATA.rules).level
    assert lower.urgency < Level.CONSULTATION_24.urgency


def test_nothing_is_in_question_where_something_else_makes_it_today_as_well() -> None:
    assert rests_on({"systemic": ["weight_loss"], "severity": 9}, LOST_WEIGHT) == []


def test_two_that_each_make_it_today_are_asked_about_together() -> None:
    history = {"systemic": ["weight_loss"], "hand_dexterity": ["clumsy"]}
    assert rests_on(history, LOST_WEIGHT, CLUMSY) == [LOST_WEIGHT, CLUMSY]


def test_an_emergency_is_never_put_in_question() -> None:
    assert rests_on({"chest_breath": ["chest_pain"]}, ("chest_breath", "chest_pain")) == []


def test_what_was_taken_back_since_is_not_asked_about() -> None:
    assert rests_on({"systemic": [], "hand_dexterity": ["clumsy"]}, LOST_WEIGHT) == []


def left(history: dict[str, Any], asked: int = 6, *skipped: str) -> list[str]:
    before = [f"question {i}" for i in range(asked)]
    doubted = [LOST_WEIGHT]
    found = questions_left(DATA.interview, DATA.rules, history, before, skipped, doubted)
    return [question.id for question in found]


def test_the_second_look_comes_after_every_other_question_and_once() -> None:
    told = {**ALL_TOLD, "systemic": ["weight_loss"]}
    assert left(told) == [SECOND_LOOK]
    assert left({**told, "age_band": None}) == ["age_band"]
    assert left({**told, SECOND_LOOK: "so"}) == []
    assert left(told, 6, SECOND_LOOK) == []
    assert left(told, DATA.interview.most_questions) == []


def test_it_may_be_about_nothing_that_makes_an_emergency_of_despair_or_violence() -> None:
    fills = set(DATA.interview[SECOND_LOOK].fills)
    assert not fills & {"crisis", "assault", "injury_danger", "paralysis", "bladder_bowel_saddle"}
