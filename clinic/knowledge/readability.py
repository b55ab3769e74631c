"""Reckon the school grade at which a text reads (Flesch-Kincaid)."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")
_SENTENCE_END = re.compile(r"[.!?]+(?:\s+|$)")


def grade(text: str) -> float:
    """Return the school grade of an English text.

    Args:
        text: The text; it must hold a word.
    """
    sentences = [part for part in _SENTENCE_END.split(text) if part.strip()]
    words = _WORD.findall(text)
    count = sum(syllables(part) for word in words for part in word.split("-"))
    return 0.39 * len(words) / len(sentences) + 11.8 * count / len(words) - 15.59


def syllables(word: str) -> int:
    """Count the syllables of an English word by its groups of vowels.

    Args:
        word: One word.
    """
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    silent_end = re.search(r"[^aeiouyl]e$|[^aeioudty]ed$|[^aeioucgsxz]es$", word)
    split_vowels = len(re.findall(r"i[aou](?!us)|[^q]ua[lt]|eo(?!u)", word)) - len(
        re.findall(r"[tcs]i[ao]", word)
    )
    return max(1, groups - bool(silent_end) + max(0, split_vowels))
