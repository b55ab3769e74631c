"""Tell in which language a message is written, by the words that only one of them has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.history.words import Word, split_words

_ENOUGH = 2
# In so short a message one word is enough where none is English.
_FEW = 4
# So many English words, and none of the other language, are an English message.
_CLEARLY_ENGLISH = 3


@dataclass(frozen=True, slots=True)
class Count:
    """How many words of a message only one language has.

    Attributes:
        other: Words of the other language; common ones count beside one that is not.
        english: Words of English.
        total: All its words.
        marked: Whether it has signs that only the other language writes.
    """

    other: int
    english: int
    total: int
    marked: bool = False

    @property
    def is_other(self) -> bool:
        """Whether the message is written in the other language."""
        enough = 1 if self.marked else _ENOUGH
        alone = self.total <= _FEW and self.other > 0 and self.english == 0
        return alone or (self.other >= enough and self.other > self.english)

    @property
    def may_be_other(self) -> bool:
        """Whether nothing speaks against the other language."""
        return self.other >= self.english

    @property
    def is_english(self) -> bool:
        """Whether the message is clearly written in English."""
        return self.english >= _CLEARLY_ENGLISH and self.english > 2 * self.other


class Detector:
    """Counts the words of two languages.

    Args:
        words: Words that only the other language has.
        english: Words that only English has.
        common: Words of the other language that also stand in names.
        marks: Signs that only the other language writes.
    """

    def __init__(self, words: str, english: str, common: str = "", marks: str = "") -> None:
        self._marks = frozenset(marks)
        self._common = frozenset(word.norm for word in split_words(common))
        self._english = frozenset(word.norm for word in split_words(english))
        self._words = frozenset(word.norm for word in split_words(words)) - self._english

    def count(self, text: str, words: Sequence[Word]) -> Count:
        """Count the words of a message.

        Args:
            text: The message.
            words: Its words.
        """
        certain, common, english = 0, 0, 0
        for word in words:
            written = text[word.start : word.end]
            if word.norm in self._words:
                certain += 1
            elif word.norm in self._common or (written.islower() and not written.isascii()):
                common += 1
            elif word.norm in self._english:
                english += 1
        return Count(
            other=certain + common if certain else 0,
            english=english,
            total=len(words),
            marked=not self._marks.isdisjoint(text.lower()),
        )
