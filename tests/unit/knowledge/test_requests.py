"""What a question wants, in the light of what was explained before."""

from __future__ import annotations

import pytest

from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.requests import Asked, Manner, Memory, Request, follows_up, understand

_MRI = Memory(last="test/mri", before="test/ct_scan", aspects=("duration",))


def _ask(base: KnowledgeBase, memory: Memory, text: str, **read: object) -> Request:
    return understand(Asked(text=text, **read), memory, base)  # type: ignore[arg-type]


def test_a_named_topic_is_explained(base: KnowledgeBase) -> None:
    wanted = _ask(base, Memory(), "what is an mri", topics=("test/mri",), named=True)
    assert wanted == Request(Manner.EXPLAIN, ("test/mri",))


def test_a_side_without_a_topic_is_one_of_what_was_explained_last(base: KnowledgeBase) -> None:
    wanted = _ask(
        base, _MRI, "and the risks?", topics=("treatment/massage",), score=0.8, aspects=("risks",)
    )
    assert wanted == Request(Manner.EXPLAIN, ("test/mri",), ("risks",))


def test_a_named_topic_is_never_taken_for_a_follow_up(base: KnowledgeBase) -> None:
    wanted = _ask(
        base,
        _MRI,
        "what are the risks of fusion",
        topics=("treatment/cervical_fusion",),
        named=True,
        aspects=("risks",),
    )
    assert wanted.topics == ("treatment/cervical_fusion",)


@pytest.mark.parametrize("text", ["what about the other one?", "and the other scan?"])
def test_the_other_one_is_the_topic_before_with_the_same_side(
    base: KnowledgeBase, text: str
) -> None:
    assert _ask(base, _MRI, text) == Request(Manner.EXPLAIN, ("test/ct_scan",), ("duration",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("the first one", "test/mri"),
        ("the second one please", "test/ct_scan"),
        ("tell me about the third test", "test/myelogram"),
        ("the last one", "test/myelogram"),
    ],
)
def test_a_number_is_counted_in_what_was_shown(base: KnowledgeBase, text: str, told: str) -> None:
    memory = Memory(last="test/overview", shown=("test/mri", "test/ct_scan", "test/myelogram"))
    assert _ask(base, memory, text) == Request(Manner.EXPLAIN, (told,))


def test_a_number_beyond_what_was_shown_chooses_nothing(base: KnowledgeBase) -> None:
    memory = Memory(last="test/mri", shown=("test/mri", "test/ct_scan"))
    assert _ask(base, memory, "the fifth one").manner is Manner.NONE


def test_the_other_of_two_that_were_shown_is_the_one_not_told_last(base: KnowledgeBase) -> None:
    memory = Memory(
        last="test/ct_scan", before="treatment/massage", shown=("test/mri", "test/ct_scan")
    )
    assert _ask(base, memory, "and the other one?").topics == ("test/mri",)


def test_the_other_one_without_another_is_asked_back(base: KnowledgeBase) -> None:
    wanted = _ask(base, Memory(last="test/mri"), "what about the other one?")
    assert wanted == Request(Manner.MENU, base.topic("test/mri").related)


def test_which_one_is_better_for_something_compares_the_two(base: KnowledgeBase) -> None:
    wanted = _ask(base, _MRI, "which one is better for bones?", topics=("anatomy/vertebra",))
    assert wanted.manner is Manner.COMPARE


def test_each_of_two_topics_is_told_the_side_that_was_asked_of_it(base: KnowledgeBase) -> None:
    two = ("test/bone_scan", "treatment/massage")
    text = "what is a bone scan, and is massage safe?"
    wanted = _ask(base, Memory(), text, topics=two, named=True, aspects=("risks",))
    assert wanted.own == {"test/bone_scan": (), "treatment/massage": ("risks",)}


def test_a_side_named_once_is_told_of_both_topics(base: KnowledgeBase) -> None:
    two = ("test/mri", "test/ct_scan")
    text = "the risks of MRI and CT"
    wanted = _ask(base, Memory(), text, topics=two, named=True, aspects=("risks",))
    assert wanted.own == {} and wanted.aspects == ("risks",)


def test_tell_me_more_before_anything_was_told_explains_nothing(base: KnowledgeBase) -> None:
    wanted = _ask(base, Memory(), "tell me more", topics=("advice/is_it_normal",), score=1.4)
    assert wanted.manner is Manner.NONE


def test_what_is_better_for_a_condition_chooses_among_the_two_told(base: KnowledgeBase) -> None:
    disc = ("condition/herniated_disc",)
    asked = "which is better for a slipped disc?"
    told = Request(Manner.COMPARE, ("test/mri", "test/ct_scan"))
    assert _ask(base, _MRI, asked, topics=disc, named=True) == told
    assert _ask(base, Memory(last="test/mri"), asked, topics=disc, named=True).topics == disc


def test_and_another_topic_is_asked_about_the_same_side(base: KnowledgeBase) -> None:
    wanted = _ask(base, _MRI, "and a bone scan?", topics=("test/bone_scan",), named=True)
    assert wanted == Request(Manner.EXPLAIN, ("test/bone_scan",), ("duration",))


@pytest.mark.parametrize(
    "text", ["which one is better?", "what's better?", "what's the difference?", "compare them"]
)
def test_a_choice_without_names_compares_the_last_two(base: KnowledgeBase, text: str) -> None:
    assert _ask(base, _MRI, text) == Request(Manner.COMPARE, ("test/mri", "test/ct_scan"))


def test_what_is_the_best_of_something_else_compares_nothing(base: KnowledgeBase) -> None:
    assert _ask(base, _MRI, "what is the best football team").manner is Manner.NONE


@pytest.mark.parametrize("text", ["MRI vs CT?", "stenosis or spondylosis?", "mri, not ct, why"])
def test_two_named_topics_with_a_choice_are_compared(base: KnowledgeBase, text: str) -> None:
    two = ("test/mri", "test/ct_scan")
    assert _ask(base, Memory(), text, topics=two, named=True) == Request(Manner.COMPARE, two)


def test_two_named_topics_without_a_choice_are_both_explained(base: KnowledgeBase) -> None:
    two = ("test/mri", "test/ct_scan")
    wanted = _ask(base, Memory(), "tell me about mri and ct", topics=two, named=True)
    assert wanted == Request(Manner.EXPLAIN, two)


def test_a_named_topic_beside_it_compares_with_the_last(base: KnowledgeBase) -> None:
    wanted = _ask(
        base, _MRI, "is it better than a myelogram", topics=("test/myelogram",), named=True
    )
    assert wanted == Request(Manner.COMPARE, ("test/mri", "test/myelogram"))


@pytest.mark.parametrize(
    "text", ["where is this from?", "what's your source", "says who?", "how do you know that"]
)
def test_the_source_can_be_asked_for(base: KnowledgeBase, text: str) -> None:
    assert _ask(base, _MRI, text) == Request(Manner.SOURCE, ("test/mri",))


@pytest.mark.parametrize("text", ["tell me more", "more", "go on", "more details please"])
def test_more_goes_on_about_the_last_topic(base: KnowledgeBase, text: str) -> None:
    assert _ask(base, _MRI, text) == Request(Manner.MORE, ("test/mri",))


def test_what_else_there_is_lists_the_kind(base: KnowledgeBase) -> None:
    assert _ask(base, _MRI, "what other scans are there?").manner is Manner.LIST


def test_a_question_for_a_list_is_answered_with_one(base: KnowledgeBase) -> None:
    wanted = _ask(base, Memory(), "which tests are there", topics=("test/overview",), score=1.2)
    assert wanted == Request(Manner.LIST, ("test/overview",))


def test_what_fits_nothing_is_not_answered(base: KnowledgeBase) -> None:
    assert _ask(base, Memory(), "what is fibromyalgia").manner is Manner.NONE


def test_the_overview_of_treatments_is_the_answer_to_what_helps(base: KnowledgeBase) -> None:
    wanted = _ask(
        base,
        Memory(),
        "how do you treat it",
        topics=("treatment/overview",),
        score=1.0,
        aspects=("may_help",),
    )
    assert wanted.aspects == ()


def test_a_message_follows_up_only_where_something_was_explained() -> None:
    assert follows_up("and the risks?", "test/mri", ("risks",))
    assert not follows_up("and the risks?", None, ("risks",))
    assert not follows_up("my neck hurts", "test/mri", ())
