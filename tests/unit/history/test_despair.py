"""Despair is asked about where it is hinted at, and not for a turn of phrase."""

from __future__ import annotations

import pytest

from clinic.history.findings import Assertion


@pytest.mark.parametrize(
    "text",
    [
        "8 months of neck pain after the layoffs. Nothing helps. Is there any point honestly",
        "my neck has hurt since my wife died, and I'm tired of fighting",
        "nothing works, and there's nothing to look forward to any more",
        "neck bad 3 years, nobody listens. Cancel it, I shan't be here for it",
        "lost my job over this neck and I don't care what happens",
    ],
)
def test_despair_that_is_hinted_at_twice_is_asked_about(text: str, how) -> None:
    assert how(text, "crisis") == {Assertion.EXPLAINED}


@pytest.mark.parametrize(
    "text",
    [
        "is there any point in an X-ray for a stiff neck?",
        "nothing helps, not even the heat pad",
        "sore since I lost my job, from gardening all day",
        "I won't be here next week, can we move it",
        "fed up with it all, can someone sort my neck?",
    ],
)
def test_one_turn_of_phrase_asks_about_nothing(text: str, how) -> None:
    assert how(text, "crisis") == set()


def test_despair_that_is_told_stays_what_it_is(how) -> None:
    text = "nothing helps, no point in trying, I want to die"
    assert Assertion.PRESENT in how(text, "crisis")
