"""Messages are changed by rule, the same way each time, and numbers stay what they are."""

from __future__ import annotations

import pytest

from evaluation.perturbations import Perturber

TEXT = "My neck hurts, 7/10, and I can't turn it. It's been 6-8 weeks. My wife is really worried."
PERTURBER = Perturber.load()


@pytest.mark.parametrize("name", sorted(PERTURBER.changes))
def test_a_message_is_changed_and_always_in_the_same_way(name: str) -> None:
    changed = PERTURBER.change(name, TEXT)
    assert changed is not None
    assert changed != TEXT
    assert changed == Perturber.load().change(name, TEXT)


@pytest.mark.parametrize("name", sorted(PERTURBER.changes))
def test_numbers_survive(name: str) -> None:
    changed = PERTURBER.change(name, TEXT) or ""
    assert "7/10" in changed
    assert "6-8" in changed


def test_what_a_rule_does_not_change_is_left_out() -> None:
    assert PERTURBER.change("lower case", "all lower") is None
    assert PERTURBER.change("clauses in another order", "only one clause") is None


def test_clauses_change_places() -> None:
    assert PERTURBER.change("clauses in another order", "First this. Then that.") == (
        "Then that. First this."
    )


def test_typos_change_letters_of_long_words_only() -> None:
    changed = (PERTURBER.change("typos", TEXT) or "").split(" ")
    for before, after in zip(TEXT.split(" "), changed, strict=True):
        assert before == after or len(before) >= 4
