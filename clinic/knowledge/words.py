"""Split a text into words and bring each to the form that names are compared in."""

from __future__ import annotations

import re
from collections.abc import Mapping

_APOSTROPHES = "'\u2019"
_WORD = re.compile(rf"[a-z0-9]+(?:[{_APOSTROPHES}][a-z]+)*")
_ENDINGS = ("ing", "ed", "ly", "er", "e")
_SHORTEST_STEM = 3
_WITHOUT_APOSTROPHES = str.maketrans("", "", _APOSTROPHES)


def words_of(text: str) -> list[tuple[str, int, int]]:
    """Split a text into lower-case words with their places; hyphens and slashes part words.

    Apostrophes are dropped, so that "doctor's" and "doctors" are one word.
    """
    return [
        (match.group().translate(_WITHOUT_APOSTROPHES), match.start(), match.end())
        for match in _WORD.finditer(_lower_in_place(text))
    ]


def fold_word(word: str, spellings: Mapping[str, str]) -> str:
    """Bring a lower-case word to its singular and to the spelling that names use."""
    return spellings.get(singular := _singular(word), singular)


def stem_word(word: str, spellings: Mapping[str, str]) -> str:
    """Cut a lower-case word to what its forms share: "fused" and "fusing" are both "fus"."""
    folded = fold_word(word, spellings)
    for ending in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST_STEM:
            return folded[: -len(ending)]
    return folded


def _lower_in_place(text: str) -> str:
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # A few letters grow when lowered ("İ"), which would shift the places of all that follows.
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")) and not word.endswith("aches"):
        return word[:-2]
    return word[:-1]
