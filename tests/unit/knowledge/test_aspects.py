"""Which side of a topic a question asks about."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.knowledge.aspects import find_aspect
from clinic.knowledge.base import KnowledgeBase


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("does it hurt?", "hurts"),
        ("Is an MRI painful", "hurts"),
        ("how long does it take", "duration"),
        ("how many sessions", "duration"),
        ("how long is recovery from fusion", "recovery"),
        ("when can I go back to work", "recovery"),
        ("is it dangerous", "risks"),
        ("any side effects?", "risks"),
        ("what are the risks", "risks"),
        ("is it safe to let a chiropractor do that", "risks"),
        ("do I need one", "who"),
        ("am I a candidate", "who"),
        ("how do I get ready", "prepare"),
        ("can I eat before", "prepare"),
        ("what should I wear", "prepare"),
        ("when do I get the results", "results"),
        ("does acupuncture work", "results"),
        ("what are the alternatives", "alternatives"),
        ("is there something else instead", "alternatives"),
        ("why do they tap my knees", "why"),
        ("what causes it", "why"),
        ("what happens during the test", "how"),
        ("how is a herniated disc diagnosed", "checked"),
        ("which tests show it", "checked"),
        ("how is it treated", "may_help"),
        ("what can I do about it", "may_help"),
        ("is it serious", "warning"),
        ("what should I watch out for", "warning"),
        ("what is an mri like", "feels"),
        ("what does it feel like", "feels"),
        ("how common is it", "common"),
        ("what is it", "what"),
        ("what's that mean, explain", "what"),
    ],
)
def test_a_question_names_its_aspect(text: str, aspect: str) -> None:
    assert find_aspect(text) == aspect


@pytest.mark.parametrize("text", ["", "my neck", "tell me more", "ok", "mri", "thanks a lot"])
def test_words_without_a_cue_name_no_aspect(text: str) -> None:
    assert find_aspect(text) is None


def test_no_cue_stands_under_two_aspects(base: KnowledgeBase) -> None:
    cues = [cue for aspect in base.aspects.values() for cue in aspect.cues]
    assert len(cues) == len(set(cues))


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_search(text: str) -> None:
    find_aspect(text)


def test_a_very_long_message_is_read_quickly() -> None:
    assert find_aspect("is the what how does do will " * 150) in {"what", None}
