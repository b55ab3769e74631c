"""What an answer tells is read in the sense of its question."""

from __future__ import annotations

from datetime import date

import pytest

from clinic.clinical import get_clinical_data
from clinic.history.findings import Assertion
from clinic.triage.answer_sense import EVER, GENERAL, SEVERITY, as_answered

TODAY = date(2026, 11, 22)


def said(text: str, question: str | None, attribute: str) -> set[Assertion]:
    reading = get_clinical_data().reader.read(text, TODAY)
    findings = as_answered(reading.findings, question, reading.words)
    return {item.assertion for item in findings if item.attribute == attribute}


def test_what_was_ever_so_is_told_as_of_then_unless_it_is_said_to_be_of_now() -> None:
    assert said("just a uti", EVER, "abdomen") == {Assertion.EXPLAINED}
    assert said("it burns when I pee now", EVER, "abdomen") == {Assertion.PRESENT}
    assert said("it burns when I pee", GENERAL, "abdomen") == {Assertion.PRESENT}


@pytest.mark.parametrize(("question", "how"), [(GENERAL, "explained"), ("severity", "present")])
def test_sweating_among_fevers_is_no_cold_sweat_until_it_is_asked_about(
    question: str, how: str
) -> None:
    assert said("I am sweating, that is all", question, "chest_breath") == {Assertion(how)}


def test_slower_work_is_no_clumsiness_where_it_is_asked_what_the_pain_stops() -> None:
    assert said("4, I sew slower", SEVERITY, "hand_dexterity") == {Assertion.EXPLAINED}
    assert said("4, I keep dropping cups", SEVERITY, "hand_dexterity") == {Assertion.PRESENT}
    assert said("I sew slower", None, "hand_dexterity") == {Assertion.PRESENT}
