"""Tablets are counted against time; what a label allows is no overdose."""

from __future__ import annotations

from datetime import date

import pytest

from clinic.clinical import get_clinical_data
from clinic.history.findings import Assertion


def overdoses(text: str) -> set[Assertion]:
    findings = get_clinical_data().reader.read(text, date(2026, 11, 22)).findings
    return {item.assertion for item in findings if item.value == "overdose"}


@pytest.mark.parametrize(
    "text",
    [
        "I am taking 2 paracetamol every 2 hours for three days",
        "three co-codamol plus two panadol every three hours since Monday",
        "every hour I take two ibuprofen",
        "ten naproxen a day",
        "four tylenol five times a day",
        "six codeine at once",
        "took 16 paracetamol today",
        "two of the strong painkillers hourly",
    ],
)
def test_too_many_tablets_are_an_overdose(text: str) -> None:
    assert overdoses(text) == {Assertion.PRESENT}


@pytest.mark.parametrize(
    "text",
    [
        "I take 2 paracetamol 4 times a day",
        "two tablets every four to six hours as it says",
        "took 2 nurofen this morning and one last night",
        "ibuprofen 400 three times a day",
        "naproxen 500 mg twice daily",
        "eight paracetamol a day at most",
        "one tablet every other day. My neck has hurt for 12 days",
    ],
)
def test_what_a_label_allows_is_none(text: str) -> None:
    assert overdoses(text) == set()


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("can I take 3 paracetamol every 2 hours?", Assertion.ASKED),
        ("a woman at work took 3 codeine every hour", Assertion.OTHER_PERSON),
    ],
)
def test_a_question_or_another_persons_tablets_are_no_report(text: str, how: Assertion) -> None:
    assert overdoses(text) == {how}
