from __future__ import annotations

import pytest

from bot.nlu.emoji_answers import emoji_answer


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("\U0001f44d", "affirm"),
        (" \U0001f44d\U0001f3fd \U0001f44d ", "affirm"),
        ("\u2714\ufe0f", "affirm"),
        ("\U0001f44e\U0001f3ff", "deny"),
        ("\U0001f937\u200d\u2640\ufe0f", "unsure"),
        ("\U0001f64f\U0001f3fb", "thank"),
    ],
)
def test_a_sign_alone_is_an_answer(text: str, intent: str) -> None:
    assert emoji_answer(text) == intent


@pytest.mark.parametrize(
    "text", ["", "  ", "yes \U0001f44d", "\U0001f44d\U0001f44e", "\U0001f438", "\u200d", "no"]
)
def test_words_and_signs_that_disagree_are_not(text: str) -> None:
    assert emoji_answer(text) is None
