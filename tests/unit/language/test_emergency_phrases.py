"""Phrases: alternatives, what may be left out, gaps, wildcards."""

from __future__ import annotations

import pytest

from clinic.history.words import split_words
from clinic.language import wildcards
from clinic.language.phrases import PhraseError, Phrases


def matches(phrase: str, text: str) -> bool:
    phrases: Phrases[None] = Phrases({"n": wildcards.number({"tres": 3})}, stops=frozenset({"no"}))
    phrases.add(phrase, None)
    return bool(phrases.find(split_words(text)))


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("no siento las/mis piernas", "ya no siento mis piernas", True),
        ("no siento las/mis piernas", "no siento sus piernas", False),
        ("(por la) mañana", "mañana", True),
        ("(por la) mañana", "por la manana", True),
        ("convulsion*", "está convulsionando", True),
        ("duele .. pecho", "me duele mucho todo el pecho", True),
        ("duele .. pecho", "me duele el cuello, el pecho no", False),
        ("duele .. pecho", "me duele el cuello y no el pecho", False),
        ("a las <n>", "a las tres", True),
        ("a las <n>", "a las 15:30", True),
        ("a las <n>", "a las dos", False),
    ],
)
def test_a_phrase_is_found_where_it_is_said(phrase: str, text: str, found: bool) -> None:
    assert matches(phrase, text) is found


@pytest.mark.parametrize("phrase", [".. pecho", "duele ..", "(pecho)", "a <nothing>", ""])
def test_a_phrase_that_cannot_be_found_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        matches(phrase, "pecho")
