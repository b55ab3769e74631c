"""Messages are cut into clauses and windows without losing a word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clinic.history.clauses import split_answers, split_clauses, split_sentences, split_windows
from clinic.history.words import split_words


def test_a_sentence_is_cut_where_its_thought_turns() -> None:
    clauses = [clause.text for clause in split_clauses("My neck is stiff, but I can walk fine.")]
    assert clauses == [
        "My neck is stiff, but I can walk fine",
        "My neck is stiff",
        "but I can walk fine",
    ]


def test_what_tells_something_in_a_list_of_answers_is_found() -> None:
    listed = "no. both hands are clumsy. no. all fine"
    assert [part.text for part in split_answers(listed)] == ["both hands are clumsy"]
    assert split_answers("My neck hurts. It began on Monday.") == []


def test_the_sentences_of_a_story_are_told_apart() -> None:
    story = "Yes. A lad at work had a stroke! My own neck is only sore."
    told = ["A lad at work had a stroke", "My own neck is only sore"]
    assert [part.text for part in split_sentences(story)] == told


def test_a_usual_message_is_one_window() -> None:
    text = "My neck hurts. It began on Monday."
    assert [window.text for window in split_windows(text)] == [text]


def test_a_long_message_is_cut_at_the_end_of_a_sentence() -> None:
    text = "I have had a long day at work again. " * 20
    windows = split_windows(text)
    assert len(windows) > 2
    assert all(window.text.startswith("I have") for window in windows)


@given(st.text(max_size=3000))
def test_no_word_is_left_out_of_the_windows(text: str) -> None:
    read = [word.norm for window in split_windows(text) for word in split_words(window.text)]
    assert len(read) == len(split_words(text))
