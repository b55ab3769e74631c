"""The facts: every one is covered, and none that was wrong on the clinic's page is repeated."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from clinic.knowledge.base import KnowledgeBase

_LAST_ROW = {"A": 13, "B": 9, "C": 11, "D": 8, "E": 5, "F": 8, "G": 6, "H": 5, "I": 4}
_FIRST_ROW = {"C": 0, "D": 0, "F": 0, "G": 0}
_ROWS = {
    f"{letter}{number:02}"
    for letter, last in _LAST_ROW.items()
    for number in range(_FIRST_ROW.get(letter, 1), last + 1)
}
_CONTRACT_IDS = {
    "condition": "cervical_spondylosis degenerative_disc_disease cervical_stenosis fractures "
    "herniated_disc spinal_alignment",
    "test": "bone_scan ct_scan emg_ncs medical_history mri myelogram neurological_exam "
    "physical_exam",
    "treatment": "acupuncture anti_inflammatory_medication artificial_disc_replacement "
    "cervical_fusion pain_medication physical_therapy chiropractic steroid_injection discectomy "
    "massage medial_branch_block radiofrequency_ablation",
    "anatomy": "cervical_spine thoracic_spine atlas axis nerves cervicalgia nerve_compression",
    "advice": "when_to_see_a_doctor",
    "clinic": "appointment_form accessibility",
}


def _all_text(base: KnowledgeBase, topic_id: str) -> str:
    topic = base.topic(topic_id)
    return " ".join((topic.first_answer, *topic.aspects.values()))


def test_every_fact_of_the_clinics_page_belongs_to_a_topic(base: KnowledgeBase) -> None:
    assert len(_ROWS) == 73
    assert {row for topic in base.topics.values() for row in topic.covers} == _ROWS


def test_every_topic_id_of_the_contract_is_there(base: KnowledgeBase) -> None:
    wanted = {f"{kind}/{name}" for kind, names in _CONTRACT_IDS.items() for name in names.split()}
    assert wanted <= base.topics.keys()


def test_no_question_is_asked_of_two_topics(base: KnowledgeBase) -> None:
    counts = Counter(
        re.sub(r"\W+", " ", question.lower()).strip()
        for topic in base.topics.values()
        for question in topic.all_questions
    )
    assert [question for question, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(
    ("topic_id", "pattern"),
    [
        pytest.param("anatomy/axis", r"180|full circle", id="Q1"),
        pytest.param("anatomy/atlas", r"180|first (?:cervical )?vertebrae", id="Q1, Q2"),
        pytest.param("anatomy/cervicalgia", r"upper back|upper-back", id="Q3"),
        pytest.param("anatomy/nerves", r"thoracic nerves (?:go|run|extend) to the arms", id="Q5"),
        pytest.param("anatomy/nerves", r"vertebrae T6", id="Q7"),
        pytest.param("anatomy/thoracic_spine", r"below the rib|around C7", id="Q8, Q9"),
        pytest.param("anatomy/nerve_compression", r"most common cause", id="Q10"),
        pytest.param("treatment/massage", r"therapeutic message", id="Q11"),
        pytest.param("advice/living_with_pain", r"never live in pain|bring you relief", id="Q18"),
        pytest.param("test/overview", r"root cause|pinpoint", id="Q19"),
    ],
)
def test_a_statement_that_was_wrong_is_not_repeated(
    base: KnowledgeBase, topic_id: str, pattern: str
) -> None:
    assert not re.search(pattern, _all_text(base, topic_id), re.IGNORECASE)


@pytest.mark.parametrize(
    ("topic_id", "phrase"),
    [
        pytest.param("anatomy/axis", "about 80 degrees to each side", id="Q1"),
        pytest.param("anatomy/atlas", "about half of the head's turning", id="Q1"),
        pytest.param("anatomy/cervicalgia", "call neck pain cervicalgia", id="Q3"),
        pytest.param("anatomy/nerves", "T1 helps supply the hand", id="Q5"),
        pytest.param("anatomy/nerves", "main breathing muscle gets its nerve from C3", id="Q6"),
        pytest.param("cause/overview", "comes from muscles and joints", id="Q10"),
        pytest.param("test/ct_scan", "also called a CAT scan", id="Q12"),
        pytest.param("fact/rare_serious_causes", "inflammatory disease", id="Q13"),
        pytest.param("fact/unknown_cause", "usually not a bad sign", id="Q14"),
        pytest.param("fact/how_common", "two out of three", id="Q15"),
        pytest.param("fact/usual_outlook", "though it often comes back", id="Q16"),
        pytest.param("advice/living_with_pain", "Not every pain can be removed", id="Q18"),
        pytest.param("test/overview", "Not everyone needs a scan", id="Q19"),
        pytest.param("test/bone_scan", "only in some cases", id="Q21"),
        pytest.param("test/myelogram", "only in some cases", id="Q21"),
        pytest.param("treatment/medial_branch_block", "mainly a test", id="Q22"),
        pytest.param("treatment/steroid_injection", "Experts disagree", id="Q22"),
        pytest.param("treatment/steroid_injection", "FDA has not approved", id="Q22"),
        pytest.param("treatment/radiofrequency_ablation", "Experts disagree", id="Q22"),
        pytest.param("symptom/overview", "warning signs: clumsy hands", id="Q23"),
        pytest.param("advice/when_to_see_a_doctor", "two weeks are this clinic's advice", id="Q24"),
        pytest.param("condition/spinal_alignment", "often painless", id="Q26"),
        pytest.param("clinic/appointment_form", "non-medical", id="Q28"),
        pytest.param("treatment/chiropractic", "very rare", id="Q30"),
        pytest.param("treatment/pain_medication", "can't advise on amounts", id="Q31"),
        pytest.param("cause/physical_stress", "Worry, stress and poor sleep", id="Q32"),
    ],
)
def test_a_correction_is_made(base: KnowledgeBase, topic_id: str, phrase: str) -> None:
    assert phrase.lower() in _all_text(base, topic_id).lower()


@pytest.mark.parametrize("topic_id", ["fact/stiff_neck_outlook", "symptom/stiff_neck"])
def test_a_stiff_neck_is_never_called_harmless_without_the_fever_rule(
    base: KnowledgeBase, topic_id: str
) -> None:
    assert "stiff neck with fever" in base.topic(topic_id).safety_line


@pytest.mark.parametrize("kind", ["condition", "symptom"])
def test_everything_a_visitor_may_suffer_from_ends_with_a_safety_line(
    base: KnowledgeBase, kind: str
) -> None:
    assert [topic.id for topic in base.of_kind(kind) if not topic.safety_line] == []


def test_every_procedure_through_the_skin_says_what_needs_help_afterwards(
    base: KnowledgeBase,
) -> None:
    for name in ("steroid_injection", "discectomy", "cervical_fusion", "medial_branch_block"):
        assert "Afterwards, call" in base.topic(f"treatment/{name}").safety_line


def test_every_topic_awaits_or_has_a_clinicians_review(base: KnowledgeBase) -> None:
    assert {topic.status for topic in base.topics.values()} == {"awaiting clinical review"}
