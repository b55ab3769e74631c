from __future__ import annotations

import pytest

from clinic.history.findings import Assertion

PRESENT, ABSENT, POSSIBLE = Assertion.PRESENT, Assertion.ABSENT, Assertion.POSSIBLE


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("no fever", "systemic"),
        ("not feverish, nothing numb", "neuro_arm"),
        ("I have no numbness or weakness in my arms", "neuro_arm"),
        ("without any fever", "systemic"),
        ("fever: no", "systemic"),
        ("fever? no", "systemic"),
        ("numbness none", "neuro_arm"),
        ("no loss of feeling in my legs", "neuro_leg"),
        ("I haven't noticed any weakness in my legs", "neuro_leg"),
        ("waterworks fine", "bladder_bowel_saddle"),
    ],
)
def test_a_denied_sign_is_absent(text: str, attribute: str, how) -> None:
    assert how(text, attribute) == {ABSENT}


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("I can't feel my legs", "neuro_leg"),
        ("no feeling in my legs", "neuro_leg"),
        ("I can't pee", "bladder_bowel_saddle"),
        ("not just pain, my legs are weak", "neuro_leg"),
        ("no idea why but my legs are weak", "neuro_leg"),
        ("I don't sleep because my legs are numb", "neuro_leg"),
        ("no fever but my legs are numb", "neuro_leg"),
        ("never had numbness like this in my hand", "neuro_arm"),
        ("I think my legs are getting weak", "neuro_leg"),
        ("I'm scared that I can't feel my legs", "neuro_leg"),
        ("is it bad that I can't feel my legs?", "neuro_leg"),
        ("is it normal that my legs are weak", "neuro_leg"),
        ("I had a car crash 5 years ago and now I can't feel my legs", "neuro_leg"),
        ("neck pain for years and now my legs are weak", "neuro_leg"),
        ("the pain is there and my legs are numb", "neuro_leg"),
        ("probably nothing but my legs feel weak", "neuro_leg"),
    ],
)
def test_a_reported_sign_is_present_whatever_stands_around_it(text, attribute, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        ("my aunt is having chemo", "cancer_history", Assertion.OTHER_PERSON),
        ("my father had cancer, I worry about my neck", "cancer_history", Assertion.OTHER_PERSON),
        ("what if my legs go weak", "neuro_leg", Assertion.HYPOTHETICAL),
        ("is numbness in the legs serious?", "neuro_leg", Assertion.ASKED),
        ("can a slipped disc cause paralysis", "paralysis", Assertion.ASKED),
        ("had a fever when I was ten", "systemic", Assertion.PAST),
        ("I had a fever but it's gone", "systemic", Assertion.PAST),
        ("dizzy when I stand up, same for years", "stroke_signs", Assertion.PAST),
        ("not sure if there is weakness in my legs", "neuro_leg", POSSIBLE),
        ("maybe some numbness in my legs", "neuro_leg", POSSIBLE),
        ("weak legs for years", "neuro_leg", POSSIBLE),
    ],
)
def test_other_ways_of_saying_a_sign(text: str, attribute: str, expected, how) -> None:
    assert how(text, attribute) == {expected}


@pytest.mark.parametrize(
    "text",
    [
        "lost the sight in one eye but it's gone now",
        "chest pain this morning, fine now",
        "I passed out with neck pain but I'm fine now",
    ],
)
def test_signs_that_stay_urgent_when_they_are_over_are_kept(text: str, read) -> None:
    findings = read(text).findings
    urgent = {"stroke_signs", "chest_breath"}
    assert any(item.attribute in urgent and item.assertion is PRESENT for item in findings)


def test_a_list_without_or_leaves_the_later_items_open(how) -> None:
    assert how("no fever, rash", "skin") == {POSSIBLE}
    assert how("no fever, rash or headache", "skin") == {ABSENT}


@pytest.mark.parametrize(
    "text", ["bored to death", "my boss is a pain in the neck", "fell asleep on the sofa"]
)
def test_an_idiom_is_no_warning_sign(text: str, read) -> None:
    signs = {"crisis", "injury", "injury_danger"}
    assert not signs & {item.attribute for item in read(text).findings}
