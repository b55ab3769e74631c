"""Which topics a question is about, by its words alone (likeness of sentences is added in use)."""

from __future__ import annotations

import pytest

from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.linking import Link, Weights, link, vocabulary

# Without sentence vectors the same evidence reaches less far.
_BY_WORDS = Weights(least=0.3, least_beside_foreign=0.6)


def _link(text: str, base: KnowledgeBase, aspects: tuple[str, ...] = ()) -> Link:
    return link(text, {}, _BY_WORDS, aspects, base)


def test_a_named_topic_is_linked(base: KnowledgeBase) -> None:
    found = _link("what is an mri", base)
    assert found.topics == ("test/mri",) and found.named


def test_two_topics_that_are_tied_together_are_both_linked(base: KnowledgeBase) -> None:
    assert _link("mri or ct scan", base).topics == ("test/mri", "test/ct_scan")
    assert _link("difference between fusion and discectomy", base).topics == (
        "treatment/cervical_fusion",
        "treatment/discectomy",
    )


def test_a_topic_is_found_by_words_of_its_text(base: KnowledgeBase) -> None:
    assert _link("the little hammer for the knees", base).topics == ("test/neurological_exam",)


def test_a_misspelt_word_counts_as_the_word_it_is_nearest_to(base: KnowledgeBase) -> None:
    assert vocabulary(base).corrected("a mielogram and acupunture") == "a myelogram and acupuncture"
    assert _link("is spondilossis bad", base).topics == ("condition/cervical_spondylosis",)


def test_what_visitors_misspell_is_corrected_to_words_of_our_texts(base: KnowledgeBase) -> None:
    corrected = vocabulary(base).corrected
    assert corrected("servical spondolisis") == "cervical spondylosis"
    assert corrected("hernated, tingeling, thorasic") == "herniated, tingling, thoracic"
    assert corrected("a cricked neck") == "a cricked neck"


def test_a_side_without_a_topic_leads_to_the_overview(base: KnowledgeBase) -> None:
    found = _link("what can be done about neck pain", base, ("may_help",))
    assert found.topics == ("treatment/overview",)


@pytest.mark.parametrize("text", ["how do I file my taxes", "who won the game", "", "42"])
def test_what_has_no_words_of_any_topic_is_linked_to_none(text: str, base: KnowledgeBase) -> None:
    assert _link(text, base).topics == ()


@pytest.mark.parametrize("text", ["what is fibromyalgia", "do I need a laminectomy"])
def test_a_word_that_nobody_knows_is_not_taken_for_a_topic(text: str, base: KnowledgeBase) -> None:
    assert _link(text, base).topics == ()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("can you prescribe me some gabapentin", "advice/prescriptions"),
        ("is there a herb that cures slipped discs", "advice/miracle_cures"),
        ("the surgeon wants a fusion, do you agree", "advice/second_opinion"),
        ("here is my MRI report, C5-C6 disc bulge", "advice/reading_results"),
        ("I think my stenosis was misdiagnosed", "advice/doubts_about_a_doctor"),
    ],
)
def test_what_atlas_must_decline_is_heard_beside_any_other_topic(
    text: str, topic: str, base: KnowledgeBase
) -> None:
    assert _link(text, base).topics == (topic,)


def test_what_atlas_must_decline_gives_way_to_what_a_question_is_far_more_about(
    base: KnowledgeBase,
) -> None:
    text = "the sick note says cervicalgia, what does cervicalgia mean for a neck"
    assert _link(text, base).topics == ("anatomy/cervicalgia",)


@pytest.mark.parametrize(
    "text",
    ["what is a root canal", "what is osteoporosis", "so what is a spinal cord stimulator exactly"],
)
def test_a_thing_whose_words_a_topic_lacks_is_not_known(text: str, base: KnowledgeBase) -> None:
    assert _link(text, base).topics == ()


def test_a_fainter_topic_is_linked_where_the_message_surely_asks_about_one(
    base: KnowledgeBase,
) -> None:
    weights = Weights(least=9.0, least_asked=0.1, least_beside_foreign=9.0)
    text = "a joint disease of the back"
    assert link(text, {}, weights, (), base).topics == ()
    assert link(text, {}, weights, (), base, asks=True).topics


def test_a_word_of_one_stray_question_tells_less_than_one_of_many(base: KnowledgeBase) -> None:
    topic = base.topic("test/mri")
    asked = [question.lower() for question in topic.all_questions]
    assert sum("magnet" in question for question in asked) > 2
    shares = vocabulary(base).shares
    assert shares("magnet")["test/mri"] > shares("allotment")["test/mri"]
