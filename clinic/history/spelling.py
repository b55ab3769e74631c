"""Correct misspelt words towards the lexicon, and leave every other word alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from clinic.datafiles import DataFileError
from clinic.history.numbers import COUNTING
from clinic.history.slips import drops, slip, sound, stems
from clinic.history.words import LIKELY_NAME, NO_BREAK, SURE_NAME, Word, word_set

_SHORTEST = 4
_LONGEST = 20
_TWO_SLIPS_FROM = 8
_SOUND_FROM = 6  # letters; shorter words sound like too many
_CORE_FROM = 8  # uses; only a word as common as "legs" is read out of three letters
_FIRST_LETTER_FROM = 6  # letters; in shorter words the first one is wrong only in such words
# How much the words that the lexicon uses most are preferred; ten times the uses outweigh this
# much of a slip.
_USE_WEIGHT = 0.3
# A message is foreign where it has so many unknown words and fewer than this share is readable.
_FOREIGN_FROM = 4
_READABLE, _READABLE_OF_MANY, _MOSTLY = 0.5, 0.8, 0.6
_CLOSE = 0.5  # readings that are this much less likely than the best one are kept beside it
_MOST_READINGS = 3
_DENIALS = word_set(
    "aint isnt arent wasnt wont dont cant nope never none"
)  # read only as the likeliest
_LEAST_STEM = 3
_CLITICS = ("s", "t", "d", "m", "ve", "re", "ll")  # what an apostrophe leaves at a word's end
_LEAST_PART = 4  # letters of the longer part of two words written as one
_SMALL_WORDS = word_set(
    "i my me in on a an the of to it is im ive no cant dont and for at up so was had has his her"
)


@lru_cache(maxsize=2)
def load_words(path: Path) -> frozenset[str]:
    """Read a list of words, once for all who need it.

    Raises:
        DataFileError: The list cannot be read.
    """
    try:
        return frozenset(path.read_text(encoding="utf-8").split())
    except OSError as error:
        raise DataFileError(path, "", f"cannot be read ({error.strerror})") from error


class Speller:
    """Correct one word at a time, and mend words that were joined or cut apart.

    Args:
        common: Ordinary English words, which are never changed.
        targets: The lexicon's words; with numbers, how much each is used there, which decides
            between words that are as near.
    """

    def __init__(
        self, common: frozenset[str], targets: Collection[str] | Mapping[str, int]
    ) -> None:
        self._common = common
        self._beside = (set(targets) | COUNTING) - common
        self._uses = dict(targets) if isinstance(targets, Mapping) else dict.fromkeys(targets, 0)
        self._by_length: dict[int, list[str]] = {}
        self._by_drop: dict[str, list[str]] = defaultdict(list)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in sorted(targets):
            if len(word) < _SHORTEST or not word.isalpha() or self._is_glued(word, common):
                continue
            self._by_length.setdefault(len(word), []).append(word)
            for form in {word, *drops(word)}:
                self._by_drop[form].append(word)
            self._by_sound[sound(word)].append(word)
        self._cache: dict[str, tuple[str, ...]] = {}

    @classmethod
    def load(cls, path: Path, targets: Collection[str] | Mapping[str, int]) -> Speller:
        """Load the list of ordinary words.

        Raises:
            DataFileError: The list cannot be read.
        """
        return cls(load_words(path), targets)

    def knows(self, norm: str) -> bool:
        """Tell whether a word is English, or a word of the lexicon."""
        return norm in self._common or norm in self._beside

    def is_near(self, norm: str) -> bool:
        """Tell whether a word would be corrected to a word of the lexicon."""
        return bool(self._readings(norm))

    def correct(self, words: list[Word]) -> list[Word]:
        """Return the words with misspellings of lexicon words corrected, one for each."""
        return [
            word if self.knows(word.norm) else self._corrected(word, self._meant(word))
            for word in words
        ]

    def mend(self, words: list[Word]) -> list[Word]:
        """Return the words corrected, with "chestpain" cut in two and "num b" made one."""
        if self._is_foreign(words):
            return words
        mended: list[Word] = []
        for word in self._joined(words):
            if self.knows(word.norm) or word.name == SURE_NAME:
                mended.append(word)
            elif readings := self._meant(word):
                mended.append(self._corrected(word, readings))
            else:
                mended += self._cut(word)
        return mended

    def _is_foreign(self, words: list[Word]) -> bool:
        """Tell a message in another language, whose words are no slips though some come near."""
        unknown = [word.norm for word in words if not self.knows(word.norm)]
        if len(unknown) < _FOREIGN_FROM:
            return False
        readable = sum(bool(self._readings(norm)) for norm in unknown) / len(unknown)
        mostly = len(unknown) > _MOSTLY * len(words)
        return readable < (_READABLE_OF_MANY if mostly else _READABLE)

    @staticmethod
    def _corrected(word: Word, readings: tuple[str, ...]) -> Word:
        return replace(word, norm=readings[0], also=readings[1:]) if readings else word

    def _meant(self, word: Word) -> tuple[str, ...]:
        """Return what a word may mean: "carn't" a word of the lexicon, "g'day" none."""
        if word.contracted and not word.norm.endswith(_CLITICS):
            return ()
        readings = self._readings(word.norm)
        if word.name == LIKELY_NAME:  # "Tauranga" is far from "tearing", "Numness" one letter off
            return tuple(found for found in readings if slip(word.norm, found) is not None)
        return readings

    def _readings(self, norm: str) -> tuple[str, ...]:
        """Return the known words that may be meant, the likeliest first; none where none is."""
        if len(norm) < _SHORTEST - 1 or not norm.isalpha() or len(norm) > _LONGEST:
            return ()
        if norm not in self._cache:
            if len(self._cache) > 5000:  # bounded: patients' words are not kept for ever
                self._cache.clear()
            self._cache[norm] = self._nearest(norm)
        return self._cache[norm]

    def _nearest(self, norm: str) -> tuple[str, ...]:
        if self._is_inflected(norm):
            return ()
        if len(norm) < _SHORTEST:
            found = self._one_slip(norm, (norm,))
            found = {word: cost for word, cost in found.items() if self._is_core(word)}
        else:
            found = self._one_slip(norm, {norm, *drops(norm)})
            if len(norm) < _FIRST_LETTER_FROM:
                found = {
                    word: cost
                    for word, cost in found.items()
                    if word[0] == norm[0] or word[:2] == norm[1::-1] or self._is_core(word)
                }
        if not found and len(norm) >= _TWO_SLIPS_FROM:
            found = self._two_slips(norm)
        if not found and len(norm) >= _SOUND_FROM:
            found = self._sounding_alike(norm)
        if own := self._stems(norm):
            found = {word: cost for word, cost in found.items() if word.startswith(own)}
        odds = {
            word: cost - _USE_WEIGHT * math.log10(1 + self._uses[word])
            for word, cost in found.items()
        }
        ranked = sorted(odds, key=lambda word: (odds[word], word))
        if not ranked or (len(ranked) > 1 and odds[ranked[0]] == odds[ranked[1]]):
            return ()
        best = odds[ranked[0]]
        near = [
            word
            for word in ranked[1:]
            if odds[word] <= best + _CLOSE
            and word not in _DENIALS
            and (word[0] == norm[0] or ranked[0][0] != norm[0])
        ]
        return (ranked[0], *near[: _MOST_READINGS - 1])

    def _is_inflected(self, norm: str) -> bool:
        """Tell the plural of a word that is none of the lexicon's ("teachers", "sofas")."""
        stem = norm[:-1]
        return norm.endswith("s") and self.knows(stem) and stem not in self._uses

    def _is_core(self, word: str) -> bool:
        return self._uses[word] >= _CORE_FROM

    def _stems(self, norm: str) -> tuple[str, ...]:
        """Return the English words that a word is a form of: "plumped" is of "plump".

        Its own forms are the only words that it may be a slip of.
        """
        return tuple(
            stem.removesuffix("e")
            for stem in stems(norm)
            if len(stem) >= _LEAST_STEM and stem in self._common
        )

    def _one_slip(self, norm: str, forms: Iterable[str]) -> dict[str, float]:
        found = {}
        for form in forms:
            for word in self._by_drop.get(form, ()):
                cost = slip(norm, word)
                if cost is not None:
                    found[word] = cost
        return found

    def _two_slips(self, norm: str) -> dict[str, float]:
        near = [
            word
            for length in range(len(norm) - 2, len(norm) + 3)
            for word in self._by_length.get(length, ())
        ]
        best = extract(norm, near, scorer=OSA.distance, score_cutoff=2, limit=_MOST_READINGS)
        return {word: float(distance) for word, distance, _ in best}

    def _sounding_alike(self, norm: str) -> dict[str, float]:
        return {
            word: float(distance)
            for word in self._by_sound.get(sound(norm), ())
            if word[0] == norm[0] and (distance := OSA.distance(norm, word)) <= len(norm) // 2
        }

    def _is_glued(self, word: str, common: frozenset[str]) -> bool:
        """Tell "abdomenhurts", which the lexicon has because people write so, from a word."""
        return word not in common and any(
            self.knows(word[:place]) and self.knows(word[place:])
            for place in range(2, len(word) - 1)
        )

    def _cut(self, word: Word) -> list[Word]:
        """Cut two words that were written as one, where both are known."""
        norm = word.norm
        if not norm.isalpha() or not _LEAST_PART + 2 <= len(norm) <= _LONGEST:
            return [word]
        places = [
            place
            for place in range(1, len(norm))
            if self._is_part(norm[:place]) and self._is_part(norm[place:])
        ]
        places = [place for place in places if max(place, len(norm) - place) >= _LEAST_PART]
        if not places or word.end - word.start != len(norm):
            return [word]
        place = max(places, key=lambda cut: (min(cut, len(norm) - cut), cut))
        middle = word.start + place
        return [
            replace(word, norm=norm[:place], end=middle),
            replace(word, norm=norm[place:], start=middle, break_before=NO_BREAK),
        ]

    def _is_part(self, part: str) -> bool:
        return part in _SMALL_WORDS or (len(part) > 2 and part in self._uses)

    def _joined(self, words: list[Word]) -> list[Word]:
        """Make one word of "num b", where only the whole is known."""
        if all(self.knows(word.norm) for word in words):
            return words
        joined: list[Word] = []
        skip = False
        for word, following in pairwise([*words, None]):
            if skip or word is None:
                skip = False
                continue
            whole = word.norm + following.norm if following else ""
            if (
                following is not None
                and following.break_before == NO_BREAK
                and len(whole) >= _LEAST_PART
                and whole in self._uses
                and not (self.knows(word.norm) and self.knows(following.norm))
            ):
                joined.append(replace(word, norm=whole, end=following.end))
                skip = True
            else:
                joined.append(word)
        return joined
