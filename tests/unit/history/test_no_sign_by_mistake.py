"""No sign is made of words that belong to different statements, or that only sound like one."""

from __future__ import annotations

import pytest

from clinic.history.findings import Assertion

# Beside each slip a true sign in near words.
_PAIRS = [
    # A contraction is no other word, and a greeting no colour.
    ("systemic", "The bus broke down so I'll be late", "I've been so ill all week"),
    ("chest_breath", "G'day, crook lower back", "chest hurts and my face has gone grey"),
    # Words of two statements make no sign.
    ("airway", "bit of an egg, neck moves grand", "swollen neck, it grew in an hour"),
    ("airway", "I'm out of puff, is it the neck?", "the front of my neck is puffed up today"),
    ("meningism", "new mattress is too hard and I wake up sore", "she is hard to wake up"),
    ("lump", "baby was sick down my back, and I twisted", "my back feels twisted and humped"),
    ("neuro_arm_worse", "sore on Monday, fine again by Thursday", "hand is weaker each day"),
    # A regular form of an English word is no misspelt other one.
    ("meningism", "the cushion plumped up again", "he is slumpd and won't rouse"),
]


@pytest.mark.parametrize(("attribute", "text"), [(name, slip) for name, slip, _ in _PAIRS])
def test_words_that_only_stand_near_each_other_are_no_sign(attribute, text, how) -> None:
    assert Assertion.PRESENT not in how(text, attribute)


@pytest.mark.parametrize(("attribute", "text"), [(name, sign) for name, _, sign in _PAIRS])
def test_the_same_words_said_of_one_thing_are_a_sign(attribute, text, how) -> None:
    assert Assertion.PRESENT in how(text, attribute)
