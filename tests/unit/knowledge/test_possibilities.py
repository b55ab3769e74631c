"""Conditions that can cause symptoms like these: information, worded so that it is no diagnosis."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError
from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.possibilities import PossibilityRules, get_possibilities

_FILE = Path(__file__).resolve().parents[3] / "data" / "knowledge" / "possibilities.yml"


def test_an_arm_that_tingles_adds_what_presses_on_a_nerve_and_its_tests() -> None:
    found = get_possibilities().possible({"site": ["neck"], "neuro_arm": ["tingling"]})
    assert "condition/herniated_disc" in found.topics
    assert "neurological exam" in found.text and "MRI" in found.text


def test_a_plain_sore_neck_names_no_grave_cause() -> None:
    found = get_possibilities().possible({"site": ["neck"]})
    assert "fact/rare_serious_causes" not in found.topics
    assert "cause/muscle_strain" in found.topics


def test_the_order_is_that_of_the_alphabet_and_says_nothing(base: KnowledgeBase) -> None:
    found = get_possibilities().possible({"site": ["neck"], "neuro_arm": ["numb"], "injury": True})
    titles = [base.topic(topic).title.lower() for topic in found.topics]
    assert titles == sorted(titles)


@pytest.mark.parametrize("history", [{}, {"site": ["mid_back"]}, {"hand_dexterity": ["clumsy"]}])
def test_it_is_never_worded_as_a_diagnosis(history: dict[str, object]) -> None:
    text = get_possibilities().possible(history).text.lower()
    assert "not a diagnosis" in text and "only a clinician" in text
    assert "you have" not in text and "likely" not in text and "%" not in text


def test_a_topic_that_is_not_there_is_refused(tmp_path: Path, base: KnowledgeBase) -> None:
    broken = tmp_path / "possibilities.yml"
    broken.write_text(
        _FILE.read_text(encoding="utf-8").replace("cause/muscle_strain", "cause/moonlight"),
        encoding="utf-8",
    )
    with pytest.raises(DataFileError, match="cause/moonlight is no topic"):
        PossibilityRules.load(get_clinical_data().attributes, base, broken)
