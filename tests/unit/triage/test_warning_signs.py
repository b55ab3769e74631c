"""The second safety net's signs are checked when they are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.clinical import DATA_FOLDER, get_clinical_data
from clinic.datafiles import DataFileError
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge
from clinic.triage.engine import assess
from clinic.triage.warning_signs import HARMLESS, WarningSigns

SIGN = """
signs:
  legs_weak:
    flags: [RF04]
    findings: {neuro_leg: [weak]}
    witnesses: [LEG]
    question: "Are your legs weak?"
"""


def load(folder: Path, signs: str) -> WarningSigns:
    """Load signs written for a test."""
    (folder / "signs.yml").write_text(signs, encoding="utf-8")
    data = get_clinical_data()
    return WarningSigns.load(folder, data.attributes, data.rules, data.reader.concepts)


def test_a_sign_brings_its_findings_and_its_question(tmp_path: Path) -> None:
    signs = load(tmp_path, SIGN)
    assert signs["legs_weak"].findings == (("neuro_leg", "weak"),)
    assert signs["legs_weak"].question == "Are your legs weak?"
    assert signs["legs_weak"].witnesses == (("LEG",),)


def test_witnesses_are_one_of_each_group(tmp_path: Path) -> None:
    signs = load(tmp_path, SIGN.replace("[LEG]", "[[LEG, ARM], CANNOT]"))
    assert signs["legs_weak"].witnesses == (("LEG", "ARM"), ("CANNOT",))


def test_the_signs_of_an_attribute_are_found_and_say_how_soon_they_are_doubted(
    tmp_path: Path,
) -> None:
    signs = load(tmp_path, SIGN + "    seldom_doubted: true\n")
    assert [sign.seldom_doubted for sign in signs.of_attribute("neuro_leg")] == [True]
    assert signs.of_attribute("site") == ()
    assert ("neuro_leg", "weak") in signs.findings


@pytest.mark.parametrize(
    ("wrong", "right", "where"),
    [
        ("RF99", "RF04", "legs_weak.flags"),
        ("neuro_leg: [limp]", "neuro_leg: [weak]", "legs_weak.findings"),
        ("no_such_thing: true", "neuro_leg: [weak]", "legs_weak.findings"),
        ("Tell me more.", "Are your legs weak?", "legs_weak.question"),
        ("[TAIL]", "[LEG]", "legs_weak.witnesses: no such concept: TAIL"),
        ("[]", "[LEG]", "legs_weak.witnesses"),
        ("[LEG]\n    seldom_doubted: 1", "[LEG]", "legs_weak.seldom_doubted"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, wrong: str, right: str, where: str) -> None:
    with pytest.raises(DataFileError, match=where):
        load(tmp_path, SIGN.replace(right, wrong))


def test_an_example_of_an_unknown_sign_is_refused(tmp_path: Path) -> None:
    signs = load(tmp_path, SIGN)
    (tmp_path / "examples.yml").write_text("examples: {arms_weak: [my arm is limp]}")
    (tmp_path / "harmless.yml").write_text("harmless: {}")
    with pytest.raises(DataFileError, match="arms_weak"):
        signs.load_examples(tmp_path)


def test_a_sentence_cannot_be_a_sign_and_harmless(tmp_path: Path) -> None:
    signs = load(tmp_path, SIGN)
    (tmp_path / "examples.yml").write_text("examples: {legs_weak: [my legs gave way]}")
    (tmp_path / "harmless.yml").write_text("harmless: {idiom: [My legs  gave way]}")
    with pytest.raises(DataFileError, match="stands twice"):
        signs.load_examples(tmp_path)


def test_every_sign_has_examples() -> None:
    signs = get_clinical_data().signs
    taught = {example.sign for example in signs.load_examples(DATA_FOLDER / "warning_signs")}
    assert taught == {sign.id for sign in signs} | {HARMLESS}


# By themselves these call for a doctor today, or for nothing; with a risk or another sign,
# for an ambulance.
ONLY_WITH_ANOTHER = {
    "after_operation_or_injection_trouble",
    "arm_weak",
    "blisters_or_shingles_rash",
    "confused_or_drowsy",
    "electric_shocks_down_spine",
    "fever_ill",
    "hands_clumsy",
    "light_hurts",
    "swallowing_trouble",
    "sweating_clammy_faint",
    "tight_band_round_body",
    "voice_muffled",
}


def test_a_yes_to_any_other_sign_is_an_emergency() -> None:
    data = get_clinical_data()
    calm = {
        sign.id
        for sign in data.signs
        if not assess(
            merge(
                {},
                [Finding(name, value, Assertion.PRESENT, 0, 1) for name, value in sign.findings],
                data.attributes,
            ),
            data.rules,
        ).level.is_emergency
    }
    assert calm == ONLY_WITH_ANOTHER
