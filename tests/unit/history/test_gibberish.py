"""Telling keys pressed at random from words."""

from __future__ import annotations

import pytest

from clinic.clinical import get_clinical_data

READER = get_clinical_data().reader


@pytest.mark.parametrize("text", ["asdkjh", "blorp fnord zzxq", "lkjasd qwe", "zxqv wplk", "xxxx!"])
def test_letters_at_random_hold_no_word(text: str) -> None:
    assert READER.knows_no_word(text)


@pytest.mark.parametrize(
    "text", ["sholder", "nek hurst", "hello zxqv", "7", "zxqv 7", "hm", "", "?"]
)
def test_a_word_a_typo_or_a_number_is_none(text: str) -> None:
    assert not READER.knows_no_word(text)
