"""The second net is believed only where the words say the sign of the patient and of now."""

from __future__ import annotations

from datetime import date

import pytest

from clinic.clinical import get_clinical_data
from clinic.triage.agreement import Jury, Sounding

TODAY = date(2026, 11, 22)


def agreed(text: str, sign: str) -> dict[str, object]:
    """Let the net be sure of a sign, and ask what comes of it."""
    data = get_clinical_data()
    findings = data.reader.read(text, TODAY).findings
    heard = [Sounding(data.signs[sign], 0, len(text))]
    jury = Jury(data.reader, data.rules, data.attributes)
    return {item.attribute: item.value for item in jury.agreed(text, heard, findings, TODAY)}


@pytest.mark.parametrize(
    ("text", "sign", "attribute"),
    [
        ("my left shoe went missing from my foot and I never knew", "legs_numb", "neuro_leg"),
        ("thirty paracetamol and now I feel odd", "overdose", "crisis"),
        ("more tablets than I should have, feeling weird", "overdose", "crisis"),
        ("the lot, every tablet in the drawer", "overdose", "crisis"),
        ("my neck's bigger one side, a collar size since noon", "neck_swelling_fast", "airway"),
        ("my collar won't close since noon", "neck_swelling_fast", "airway"),
        ("these hands might as well be a statue's", "both_hands_numb_or_weak", "neuro_arm_both"),
        ("what my feet stand on is a guess, I no longer sense it", "legs_numb", "neuro_leg"),
    ],
)
def test_a_word_of_the_sign_said_of_the_patient_bears_the_net_out(
    text: str, sign: str, attribute: str
) -> None:
    assert attribute in agreed(text, sign)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("something is off today and I am scared", "legs_numb"),  # no word of it
        ("a woman at work had legs like that and it was a stroke", "legs_weak_or_unsteady"),
        ("what happens if someone's legs stop answering", "legs_weak_or_unsteady"),
        ("years ago my legs gave me trouble, all healed", "legs_weak_or_unsteady"),
        ("no trouble with my legs", "legs_weak_or_unsteady"),
        ("slept badly and my head is stuck to one side", "cannot_turn_neck_after_injury"),
        # A healthy temperature, and a harmless cause beside the word.
        ("shaking a bit, forehead cool, temperature 36.5", "fever_ill"),
        ("roasting in bed, the heating was stuck on all night", "fever_ill"),
        # No word of too many, and a shirt that is to be bigger.
        ("I sleep an hour at a time, 9 out of 10, paracetamol does sod all", "overdose"),
        ("co-codamol does naff all and I'm up every hour of the night", "overdose"),
        ("codeine isn't cutting it, I wake every two hours", "overdose"),
        ("Tylenol and Advil do zip, four days now", "overdose"),
        ("collar and tie is strangling me, buy a bigger shirt", "neck_swelling_fast"),
    ],
)
def test_without_such_a_word_nothing_is_added(text: str, sign: str) -> None:
    assert agreed(text, sign) == {}


def test_what_the_reader_understands_needs_no_guess() -> None:
    assert agreed("I can't feel my legs", "legs_numb") == {}
