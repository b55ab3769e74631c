"""Correct misspelt words towards the lexicon, and leave every other word alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from clinic.datafiles import DataFileError
from clinic.history.numbers import COUNTING
from clinic.history.words import Word

_SHORTEST = 4
_TWO_SLIPS_FROM = 8


class Speller:
    """Correct one word at a time.

    Args:
        common: Ordinary English words, which are never changed.
        targets: The lexicon's words.
    """

    def __init__(self, common: frozenset[str], targets: set[str]) -> None:
        self._known = common | targets | COUNTING
        self._targets: dict[int, list[str]] = {}
        for word in targets:
            if len(word) >= _SHORTEST and word.isalpha():
                self._targets.setdefault(len(word), []).append(word)
        self._cache: dict[str, str] = {}

    @classmethod
    def load(cls, path: Path, targets: set[str]) -> Speller:
        """Load the list of ordinary words.

        Raises:
            DataFileError: The list cannot be read.
        """
        try:
            common = frozenset(path.read_text(encoding="utf-8").split())
        except OSError as error:
            raise DataFileError(path, "", f"cannot be read ({error.strerror})") from error
        return cls(common, targets)

    def knows(self, norm: str) -> bool:
        """Tell whether a word is English, or a word of the lexicon."""
        return norm in self._known

    def is_near(self, norm: str) -> bool:
        """Tell whether a word would be corrected to a word of the lexicon."""
        return self._correct(norm) in self._known

    def correct(self, words: list[Word]) -> list[Word]:
        """Return the words with misspellings of lexicon words corrected."""
        return [
            word if word.norm in self._known else replace(word, norm=self._correct(word.norm))
            for word in words
        ]

    def _correct(self, norm: str) -> str:
        if len(norm) < _SHORTEST or not norm.isalpha() or len(norm) > 20:
            return norm
        if norm not in self._cache:
            if len(self._cache) > 5000:  # bounded: patients' words are not kept for ever
                self._cache.clear()
            self._cache[norm] = self._nearest(norm)
        return self._cache[norm]

    def _nearest(self, norm: str) -> str:
        slips = 2 if len(norm) >= _TWO_SLIPS_FROM else 1
        candidates = [
            word
            for length in range(len(norm) - slips, len(norm) + slips + 1)
            for word in self._targets.get(length, ())
            if word[0] == norm[0] or slips == 2
        ]
        best = extract(norm, candidates, scorer=OSA.distance, score_cutoff=slips, limit=2)
        if not best or (len(best) > 1 and best[0][1] == best[1][1]):
            return norm
        nearest: str = best[0][0]
        return nearest
