"""What is a question, and what it is about."""

from __future__ import annotations

import pytest

from clinic.knowledge.questions import (
    asks_about_the_clinic,
    asks_about_this_clinic,
    asks_for_a_dose,
    asks_how_to_come,
    asks_the_price,
    asks_what_is_normal,
    asks_what_it_is,
    is_about_another_part,
    is_about_someone,
    is_question,
)


@pytest.mark.parametrize(
    "text",
    [
        "What is an MRI",
        "neck is stiff in the morning why",
        "nerve is pinch in neck what it mean",
        "where does the neck end",
        "medical history how long",
        "so is it dangerous",
        "does it hurt",
        "who needs a scan",
        "MRI?",
        "had this for years, is pain just my lot now",
        "I'm claustrophobic, how bad is the tunnel",
        "nothing numb, just the neck sore. can i relax",
        "slept funny and now it is stuck - when will it go",
        "sore all week and no better, what now",
        "six weeks of this, must i see somebody or wait",
        "at sixty is old age the reason for a stiff neck",
    ],
)
def test_a_question_is_one_with_or_without_its_mark(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "my neck hurts",
        "could be a pulled muscle",
        "about three weeks",
        "not sure how long",
        "since yesterday",
        "sore all over, is worse at night, does not go away",
        "it aches, when I turn mostly. could be a muscle",
        "left arm, can barely lift it, have had it a week",
        "yes",
        "",
    ],
)
def test_a_report_is_no_question(text: str) -> None:
    assert not is_question(text)


def test_a_general_question_is_about_nobody() -> None:
    assert not is_about_someone("does neck pain usually go away")
    assert is_about_someone("does my neck pain go away")


def test_prices_and_hours_are_the_clinics_and_the_length_of_a_scan_is_not() -> None:
    assert asks_about_the_clinic("how much does an mri cost")
    assert asks_about_the_clinic("when are you open")
    assert not asks_about_the_clinic("how long does an mri take")


def test_an_amount_or_whether_to_take_it_is_a_dose_and_a_risk_is_not() -> None:
    assert asks_for_a_dose("how much ibuprofen can I take")
    assert asks_for_a_dose("should I take naproxen")
    assert not asks_for_a_dose("is ibuprofen bad for the stomach")


@pytest.mark.parametrize(
    "text",
    ["what could be causing it?", "what could it be", "what do I have", "what's wrong with me"],
)
def test_a_question_for_the_cause_of_ones_own_pain_is_heard(text: str) -> None:
    assert asks_what_it_is(text)


def test_a_question_for_the_cause_of_a_condition_is_another() -> None:
    assert not asks_what_it_is("what causes stenosis")


@pytest.mark.parametrize(
    "text",
    ["my knee clicks on the stairs, what is it?", "how do I treat acne", "What helps my hips?"],
)
def test_a_question_about_a_knee_is_about_another_part(text: str) -> None:
    assert is_about_another_part(text)


@pytest.mark.parametrize(
    "text",
    [
        "why does the doctor tap my knee with a hammer",
        "can a disc in the neck make my foot numb",
        "what helps a stiff neck",
    ],
)
def test_a_knee_beside_the_spine_is_not_about_another_part(text: str) -> None:
    assert not is_about_another_part(text)


def test_a_wait_at_this_clinic_is_about_this_clinic() -> None:
    assert asks_about_this_clinic("how long is the wait for an MRI at your place")
    assert not asks_about_this_clinic("how long does an MRI take")


def test_show_me_tells_of_nobody() -> None:
    assert is_question("show me simple neck stretches")
    assert not is_about_someone("show me simple neck stretches")


def test_the_price_of_anything_is_the_clinics() -> None:
    for text in ("how much is an MRI", "how much would a shot be", "what's the price of a scan"):
        assert asks_the_price(text), text
    for text in ("how much ibuprofen can I take", "how much does it hurt", "how much is too much"):
        assert not asks_the_price(text), text


def test_how_to_be_seen_asks_for_a_visit_and_when_to_be_seen_does_not() -> None:
    for text in ("how do I get seen", "how can I book", "how do I see someone"):
        assert asks_how_to_come(text), text
    for text in ("when should I be seen", "how do I sleep", "how do doctors see a disc"):
        assert not asks_how_to_come(text), text


def test_doors_and_success_rates_are_this_clinics() -> None:
    for text in ("is the clinic accessible", "success rate of your surgeons", "wheelchair access?"):
        assert asks_about_this_clinic(text), text
    assert not asks_about_this_clinic("is this chat accessible")


def test_a_question_for_what_is_normal_is_heard() -> None:
    assert asks_what_is_normal("is it normal that my neck cracks")
    assert not asks_what_is_normal("my neck is normal")
