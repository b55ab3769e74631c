"""Words of a sign that stand in what sounds harmless are no sign, and are asked about."""

from __future__ import annotations

from datetime import date
from typing import Any

from clinic.clinical import get_clinical_data
from clinic.history.findings import Assertion
from clinic.triage.doubt import Doubt

TODAY = date(2026, 11, 22)


def disbelieved(text: str, harmless: str, history: dict[str, Any] | None = None) -> set[str]:
    """Let a part of a message sound harmless, and return of what attributes it is not believed."""
    data = get_clinical_data()
    findings = data.reader.read(text, TODAY).findings
    start = text.index(harmless)
    doubtful = [item for item in findings if start <= item.start < start + len(harmless)]
    doubt = Doubt(data.signs, data.rules, data.attributes)
    weighed = doubt.weighed(findings, doubtful, history or {})
    return {item.attribute for item in weighed if item.assertion is Assertion.EXPLAINED}


def test_a_sign_in_a_harmless_part_is_not_believed_and_stays_so_elsewhere() -> None:
    assert "stroke_signs" in disbelieved(
        "was blinded by it and got a sore neck", "was blinded by it"
    )
    text = "I went blind in one eye. Booked by my aunt, who is blinded by love."
    assert disbelieved(text, "I went blind") == {"stroke_signs"}
    assert disbelieved("I went blind in one eye and my neck hurts", "neck hurts") == set()


def test_what_tells_of_no_sign_is_believed_wherever_it_stands() -> None:
    text = "my neck is stiff and one thumb tingles"
    assert disbelieved(text, text) == set()


def test_what_was_known_before_makes_an_emergency_of_more() -> None:
    text = "I passed out on the sofa like a pensioner"
    assert "chest_breath" in disbelieved(text, text, {"site": ["between_shoulder_blades"]})


def test_a_list_of_signs_that_sounds_harmless_is_not_believed() -> None:
    listed = "I teach first aid: fever, stiff neck and slurred speech, all week"
    assert disbelieved(listed, listed)


def test_clumsy_hands_and_an_unsteady_walk_are_believed_together_however_calm() -> None:
    text = "hands are clumsy, not what you'd call weak. a bit unsure on the stairs"
    assert disbelieved(text, text) == set()
    assert "neuro_leg" in disbelieved("a bit unsure on the stairs", "a bit unsure on the stairs")


def test_what_is_a_matter_of_today_anyway_makes_no_harmless_word_believed() -> None:
    text = "I passed out on the sofa like a pensioner"
    for history in ({}, {"who_for": "child"}, {"severity": 9}):
        assert "chest_breath" in disbelieved(text, text, history)
