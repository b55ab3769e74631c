"""References are short, plain, and found again in whatever way they are said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.scheduling.references import (
    find_reference,
    new_reference,
    reference_span,
    without_reference,
)


def test_references_have_no_letter_that_could_be_mistaken():
    for _ in range(500):
        assert re.fullmatch(r"ATL-[2-9CDFHJKMNPQRTVWXY]{6}", new_reference())


def test_every_reference_is_found_again():
    for _ in range(200):
        reference = new_reference()
        assert find_reference(f"my reference is {reference.lower()}, thanks") == reference
        assert find_reference(" ".join(reference.replace("-", ""))) == reference


@pytest.mark.parametrize(
    "text",
    [
        *("ATL-7K3M9Q", "atl7k3m9q", "atl 7k3m9q", "ATL \u2013 7K3M9Q", "ref atl: 7K3M9Q please"),
        *("A T L dash 7 K 3 M 9 Q", "7K3M9Q", "7k3m9q."),
    ],
)
def test_a_reference_is_found_however_it_is_written(text: str):
    assert find_reference(text) == "ATL-7K3M9Q"


def test_look_alikes_are_put_right():
    assert find_reference("ATL-BK3M9S") == "ATL-8K3M95"


@pytest.mark.parametrize(
    "text", ["atlanta", "atlas treatment", "Please", "2125550199", "234567", "ATL-7K3M9", ""]
)
def test_other_words_are_no_reference(text: str):
    assert find_reference(text) is None


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str):
    found = find_reference(text)
    assert found is None or re.fullmatch(r"ATL-[2-9CDFHJKMNPQRTVWXY]{6}", found)


def test_a_reference_is_taken_out_of_a_wish() -> None:
    assert without_reference("Move ATL-7PM3Q9 to Friday").split() == ["move", "to", "friday"]
    assert without_reference("Move it to Friday") == "Move it to Friday"


def test_where_a_reference_stands_is_known():
    text = "please cancel ATL-T9QKPD, thanks"
    span = reference_span(text)
    assert span is not None
    assert text[slice(*span)] == "ATL-T9QKPD"
    assert reference_span("my atlas hurts at T9") is None
