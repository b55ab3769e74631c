"""The side of a topic that a question asks for without naming it."""

from __future__ import annotations

from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.facts import find_fact

_FLAT = {"what": 0.6, "prepare": 0.6, "duration": 0.6, "feels": 0.6}


def test_a_word_that_only_one_side_has_points_to_it(base: KnowledgeBase) -> None:
    fact = find_fact("can I wear my jewelry", "test/ct_scan", _FLAT, {}, {}, (), base)
    assert fact == "prepare"


def test_a_question_that_is_like_those_for_a_side_is_one_for_it(base: KnowledgeBase) -> None:
    asks = {**_FLAT, "duration": 0.9}
    assert find_fact("MRI length", "test/mri", asks, {}, {}, (), base) == "duration"


def test_a_side_that_the_classifier_hears_is_told(base: KnowledgeBase) -> None:
    heard = {"feels": 0.8}
    assert find_fact("MRI noise", "test/mri", _FLAT, {}, heard, (), base) == "feels"


def test_where_no_side_stands_out_none_is_added(base: KnowledgeBase) -> None:
    asks = {**_FLAT, "what": 1.0}
    assert find_fact("MRI", "test/mri", asks, {}, {}, (), base) is None


def test_a_side_that_was_asked_for_by_name_is_not_told_twice(base: KnowledgeBase) -> None:
    sides = {**_FLAT, "duration": 0.9}
    assert find_fact("how long", "test/mri", sides, {}, {}, ("duration",), base) is None
