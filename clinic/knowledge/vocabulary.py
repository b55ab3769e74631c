"""Weigh how far the words of a question are the words of each topic."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from clinic.history.spelling import Speller, load_words
from clinic.history.words import NO_BREAK, Word
from clinic.knowledge.base import KnowledgeBase, Topic
from clinic.knowledge.words import stem_word, words_of

_COMMON_WORDS = Path(__file__).resolve().parents[2] / "data" / "clinical" / "common_words.txt"

# How much a word counts by where the topic has it: in a name, in questions, only in a text.
_IN_A_NAME = 1.0
_IN_QUESTIONS = 0.8
_IN_A_TEXT = 0.45
# A word that fewer of a topic's questions have may be there by chance ("my brother's lift").
_FEW_QUESTIONS = 3
# In how many topics a word that no topic has is taken to stand: rarer than in one.
_NOWHERE = 0.7
_LONG_WORD = 6
_ENDING = re.compile(r"(?:ing|ed|ers?|ly)$")
_INFLECTED = re.compile(r"\w{3,}(?:ing|ed|ers?|ly)$")


class Vocabulary:
    """Which words belong to which topic, and how much each tells.

    A word that few topics have tells more than one that all have, and a misspelt word counts
    as the nearest word that topics have.

    Args:
        base: The knowledge base.
        common_words: The file of ordinary English words, which are no misspellings.
    """

    def __init__(self, base: KnowledgeBase, common_words: Path = _COMMON_WORDS) -> None:
        self._spellings = base.spellings
        self._silent = base.silent_words
        self._topics = {topic.id: self._weights(topic) for topic in base.topics.values()}
        self._counts: dict[str, int] = {}
        for weights in self._topics.values():
            for word in weights:
                self._counts[word] = self._counts.get(word, 0) + 1
        written = {
            word
            for topic in base.topics.values()
            for text in _texts(topic)
            for word, _, _ in words_of(text)
        }
        self._english = load_words(common_words)
        self._speller = _speller(base, self._english, written)
        self._written = written
        self._topics_of: dict[str, list[tuple[str, float]]] = {}
        for topic_id, weights in self._topics.items():
            for word, weight in weights.items():
                self._topics_of.setdefault(word, []).append((topic_id, weight))
        # A message is held against several passages one after the other, and the passages of the
        # base are the same for every message.
        self._words = lru_cache(maxsize=4)(self._words_of)
        self._kept_stems = lru_cache(maxsize=4096)(self._stems)

    def shares(self, text: str) -> dict[str, float]:
        """Return for each topic the share of a text's words that are the topic's, 0-1.

        Args:
            text: What the visitor wrote.
        """
        words = self._words(text)
        tells = {word: self._telling(word) for word in words}
        total = sum(tells.values())
        if not total:
            return dict.fromkeys(self._topics, 0.0)
        shares = dict.fromkeys(self._topics, 0.0)
        for word in words:
            for topic_id, weight in self._topics_of.get(word, ()):
                shares[topic_id] += tells[word] * weight
        return {topic_id: share / total for topic_id, share in shares.items()}

    def has_foreign_word(self, text: str) -> bool:
        """Tell whether a text has a long word that neither English nor any topic has.

        Such a word is often the very thing asked about: "what is fibromyalgia".

        Args:
            text: What the visitor wrote.
        """
        return any(
            len(word) >= _LONG_WORD
            and word not in self._english
            and word not in self._written
            and not word[0].isdigit()
            for word, _, _ in words_of(self.corrected(text))
        )

    def corrected(self, text: str) -> str:
        """Return a text with words that are no English words replaced by the nearest known one.

        Args:
            text: What the visitor wrote.
        """
        pieces, end = [], 0
        words = [Word(word, start, stop, NO_BREAK) for word, start, stop in words_of(text)]
        for before, after in zip(words, self._speller.correct(words), strict=True):
            pieces.append(text[end : before.start])
            written = text[before.start : before.end]
            pieces.append(written if before.norm == after.norm else after.norm)
            end = before.end
        return "".join([*pieces, text[end:]])

    def overlap(self, text: str, passage: str, *, beside: Iterable[str] = ()) -> float:
        """Return the share of a text's words that a passage has, 0-1.

        Args:
            text: What the visitor wrote.
            passage: What it is held against.
            beside: Texts whose words tell nothing here, such as the names of the topic.
        """
        known = {word for name in beside for word in self._kept_stems(name)}
        words = self._words(text) - known
        total = sum(self._telling(word) for word in words)
        shared = words & self._kept_stems(passage)
        return sum(self._telling(word) for word in shared) / total if total else 0.0

    def _telling(self, word: str) -> float:
        return math.log(1 + len(self._topics) / self._counts.get(word, _NOWHERE))

    def _words_of(self, text: str) -> set[str]:
        words = [Word(word, start, end, NO_BREAK) for word, start, end in words_of(text)]
        return {
            stem_word(word.norm, self._spellings)
            for word in self._speller.correct(words)
            if word.norm not in self._silent
        }

    def _stems(self, text: str) -> set[str]:
        return {
            stem_word(word, self._spellings)
            for word, _, _ in words_of(text)
            if word not in self._silent
        }

    def _weights(self, topic: Topic) -> dict[str, float]:
        asked = Counter(word for text in topic.all_questions for word in self._stems(text))
        weights = {
            word: _IN_QUESTIONS * min(1.0, count / _FEW_QUESTIONS) for word, count in asked.items()
        }
        for least, texts in (
            (_IN_A_TEXT, (topic.short, *topic.aspects.values())),
            (_IN_A_NAME, (topic.title, *topic.names, *topic.weak_names)),
        ):
            for word in {word for text in texts for word in self._stems(text)}:
                weights[word] = max(least, weights.get(word, 0.0))
        return weights


def _speller(base: KnowledgeBase, english: frozenset[str], written: set[str]) -> Speller:
    """Return what corrects towards the words of our own texts, and of names that are spelt well.

    Visitors' questions, and some names, are misspelt on purpose: "hernated" is no word to keep.
    """
    texts = [
        text
        for topic in base.topics.values()
        for text in (topic.title, topic.short, *topic.aspects.values())
    ]
    texts += [cue for aspect in base.aspects.values() for cue in aspect.cues]
    ours = Counter(word for text in texts for word, _, _ in words_of(text))
    # "Cricked" is no slip of "cracked": the list of English words lacks some of their forms.
    english |= {word for word in written if _INFLECTED.match(word) and _is_form(word, english)}
    known = Speller(english, ours)
    names = {
        word
        for topic in base.topics.values()
        for name in (*topic.names, *topic.weak_names)
        for word, _, _ in words_of(name)
    }
    well_spelt = {word for word in names if known.knows(word) or not known.is_near(word)}
    return Speller(english, {**dict.fromkeys(well_spelt, 1), **ours})


def _is_form(word: str, english: frozenset[str]) -> bool:
    """Tell a form of an English word: "cricked" of "crick", "swivelling" of "swivel"."""
    stem = _ENDING.sub("", word)
    is_doubled = stem[-1:] == stem[-2:-1]
    return bool({stem, stem + "e", stem[:-1] if is_doubled else stem} & english)


def _texts(topic: Topic) -> tuple[str, ...]:
    return (
        topic.title,
        topic.short,
        *topic.names,
        *topic.weak_names,
        *topic.all_questions,
        *topic.aspects.values(),
    )
