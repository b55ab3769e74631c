"""Find the topics that a message names, misspelt or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from clinic.knowledge.base import KnowledgeBase, get_knowledge
from clinic.knowledge.words import fold_word, words_of

# Below this length a one-letter slip reaches too many other words.
_SHORTEST_FUZZY_WORD = 6


@dataclass(frozen=True)
class TopicMention:
    """A topic named in a text, and where: text[start:end].

    A weak mention ("surgery", "the symptoms") hints at a topic; the whole question may still be
    about another one.
    """

    topic_id: str
    start: int
    end: int
    is_weak: bool = False


@dataclass(frozen=True)
class _Name:
    words: tuple[str, ...]
    topic_id: str
    is_weak: bool


def find_topics(text: str, base: KnowledgeBase | None = None) -> list[TopicMention]:
    """Return the topics that a text names, in the order of the text.

    The longest name wins where names overlap. A weak name counts only when the text names no other
    topic.

    Args:
        text: What the visitor wrote.
        base: The knowledge base; by default the project's own.

    Returns:
        One mention for each place a topic is named.
    """
    return _finder(base or get_knowledge()).find(text)


@lru_cache(maxsize=4)
def _finder(base: KnowledgeBase) -> _MentionFinder:
    return _MentionFinder(base)


class _MentionFinder:
    def __init__(self, base: KnowledgeBase) -> None:
        self._spellings = base.spellings
        self._ordinary = base.ordinary_words | {self._fold(w) for w in base.ordinary_words}
        self._names: dict[str, list[_Name]] = defaultdict(list)
        for topic in base.topics.values():
            topic_is_weak = topic.is_overview or topic.kind in base.rules.weak_kinds
            for name in topic.names:
                self._add(name, topic.id, topic_is_weak)
            for name in topic.weak_names:
                self._add(name, topic.id, True)
        words = {word for names in self._names.values() for name in names for word in name.words}
        self._vocabulary = words
        self._fuzzy_words = sorted(w for w in words if len(w) >= _SHORTEST_FUZZY_WORD)

    def find(self, text: str) -> list[TopicMention]:
        """Return the mentions in a text."""
        words = words_of(text)
        readings = [self._readings(word) for word, _, _ in words]
        fitting = [
            (place, name) for place in range(len(words)) for name in self._names_at(readings, place)
        ]
        fitting.sort(key=lambda found: (-len(found[1].words), found[0]))
        taken: set[int] = set()
        chosen: list[tuple[int, _Name]] = []
        for place, name in fitting:
            places = range(place, place + len(name.words))
            if taken.isdisjoint(places):
                taken.update(places)
                chosen.append((place, name))
        chosen.sort(key=lambda found: found[0])
        only_weak = all(name.is_weak for _, name in chosen)
        return [
            TopicMention(
                name.topic_id,
                words[place][1],
                words[place + len(name.words) - 1][2],
                name.is_weak,
            )
            for place, name in chosen
            if only_weak or not name.is_weak
        ]

    def _add(self, name: str, topic_id: str, is_weak: bool) -> None:
        words = tuple(self._fold(word) for word, _, _ in words_of(name))
        self._names[words[0]].append(_Name(words, topic_id, is_weak))

    def _fold(self, word: str) -> str:
        return fold_word(word, self._spellings)

    def _readings(self, word: str) -> frozenset[str]:
        """Return the words of names that a word of the text may stand for."""
        folded = self._fold(word)
        if folded in self._vocabulary:
            return frozenset([folded])
        if word in self._ordinary or folded in self._ordinary:
            return frozenset()
        if len(folded) < _SHORTEST_FUZZY_WORD - 1:
            return frozenset()
        # Folding may cut an "s" that belongs to the name: "stenosys" is nearer to it unfolded.
        return frozenset(
            candidate
            for reading in {word, folded}
            for candidate, _, _ in extract(
                reading, self._fuzzy_words, scorer=OSA.distance, score_cutoff=1, limit=None
            )
        )

    def _names_at(self, readings: list[frozenset[str]], place: int) -> Iterator[_Name]:
        """Yield the names that begin at a place of the text."""
        for first in sorted(readings[place]):
            for name in self._names.get(first, ()):
                here = readings[place : place + len(name.words)]
                if len(here) == len(name.words) and all(
                    word in reading for word, reading in zip(name.words, here, strict=True)
                ):
                    yield name
