from __future__ import annotations

import pytest

from clinic.history.attributes import AttributeCatalogue
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge


def finding(attribute: str, value: object, assertion: Assertion = Assertion.PRESENT) -> Finding:
    return Finding(attribute, value, assertion, 0, 1)


def test_present_findings_add_to_a_list_and_replace_a_choice(attributes) -> None:
    history = {"character": ["ache"], "side": "left"}
    changes = merge(history, [finding("character", "sharp"), finding("side", "right")], attributes)
    assert changes == {"character": ["ache", "sharp"], "side": "right"}


def test_a_denied_finding_is_taken_out_and_leaves_an_empty_list(attributes) -> None:
    absent = finding("neuro_arm", "numb", Assertion.ABSENT)
    assert merge({}, [absent], attributes) == {"neuro_arm": []}
    assert merge({"neuro_arm": ["numb", "weak"]}, [absent], attributes) == {"neuro_arm": ["weak"]}


@pytest.mark.parametrize(
    "assertion",
    [
        Assertion.POSSIBLE,
        Assertion.PAST,
        Assertion.OTHER_PERSON,
        Assertion.HYPOTHETICAL,
        Assertion.ASKED,
    ],
)
def test_what_is_not_said_to_be_so_changes_nothing(assertion: Assertion, attributes) -> None:
    assert merge({}, [finding("neuro_leg", "weak", assertion)], attributes) == {}


def test_a_correction_replaces_a_list(attributes) -> None:
    changes = merge({"site": ["neck"]}, [finding("site", "shoulder")], attributes, correcting=True)
    assert changes == {"site": ["shoulder"]}


def test_a_violent_mechanism_means_an_injury(attributes) -> None:
    changes = merge({}, [finding("injury_danger", "head_load")], attributes)
    assert changes["injury"] is True
    assert changes["onset_how"] == "after_injury"


def test_a_neck_that_does_not_turn_means_no_injury(attributes) -> None:
    changes = merge({}, [finding("injury_danger", "cannot_turn_neck")], attributes)
    assert "injury" not in changes


def test_sleeping_badly_says_nothing_about_an_injury(attributes) -> None:
    changes = merge({}, [finding("injury_mechanism", "posture_sleep")], attributes)
    assert "injury" not in changes


def test_an_unknown_attribute_is_ignored(attributes: AttributeCatalogue) -> None:
    assert merge({}, [finding("nose", "red")], attributes) == {}


def test_the_chair_gives_way_to_the_fall_from_it(attributes) -> None:
    fall, chair = finding("injury_mechanism", "fall"), finding("injury_mechanism", "posture_sleep")
    assert merge({}, [fall, chair], attributes)["injury_mechanism"] == "fall"
    assert merge({}, [chair, fall], attributes)["injury_mechanism"] == "fall"
    assert merge({"injury_mechanism": "fall"}, [chair], attributes) == {}


def test_without_blisters_there_is_no_rash_on_one_side(attributes) -> None:
    known = {"skin": ["one_sided", "blisters"]}
    no_blisters = finding("skin", "blisters", Assertion.ABSENT)
    assert merge(known, [no_blisters], attributes) == {"skin": []}
    no_rash_of_the_face = finding("skin", "face_eye_ear", Assertion.ABSENT)
    assert merge(known, [no_rash_of_the_face], attributes) == {}
