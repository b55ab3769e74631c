from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.history.words import NO_BREAK, PAUSE, SENTENCE_END, clean, split_words


def test_words_keep_their_place_and_breaks() -> None:
    text = "I can't, really. Ok?"
    words = split_words(text)
    assert [word.norm for word in words] == ["i", "cant", "really", "ok"]
    assert [word.break_before for word in words] == [SENTENCE_END, NO_BREAK, PAUSE, SENTENCE_END]
    assert text[words[1].start : words[1].end] == "can't"
    assert [word.question for word in words] == [False, False, False, True]


@pytest.mark.parametrize("text", ["caf\u00e9", "CAFE", "c\u200bafe".replace("\u200b", "")])
def test_case_and_accents_do_not_matter(text: str) -> None:
    assert [word.norm for word in split_words(text)] == ["cafe"]


@given(st.text())
def test_cleaning_keeps_every_offset(text: str) -> None:
    assert len(clean(text)) == len(text)


def test_a_lone_apostrophe_that_counts_as_a_letter_is_no_word() -> None:
    assert [word.norm for word in split_words("1\u02bc:A")] == ["1", "a"]


def test_a_title_ends_no_sentence() -> None:
    words = split_words("Dr. Patel saw me. It hurts")
    assert [word.norm for word in words if word.break_before == SENTENCE_END] == ["dr", "it"]
