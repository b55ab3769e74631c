"""Change messages as people's messages differ: typos, case, fillers, order, dialect words."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Mapping
from pathlib import Path

from clinic.datafiles import DataFileError, load_yaml

WORDS = Path(__file__).with_name("perturbations.yml")
_TYPO_SHARE = 0.15
_LEAST_LETTERS = 4
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_CLAUSES = re.compile(r"(?<=[.!?;])\s+|,\s+(?=(?:and|but|so|because|also)\b)")

Change = Callable[[str, random.Random], str]


class Perturber:
    """Change messages by seeded rules: the same message is always changed in the same way.

    Args:
        fillers: Words that say nothing.
        dialect: Words by the standard word that they replace.
    """

    def __init__(self, fillers: list[str], dialect: Mapping[str, list[str]]) -> None:
        self._fillers = fillers
        self._dialect = dialect
        by_length = sorted(dialect, key=len, reverse=True)
        self._standard = re.compile(
            r"\b(" + "|".join(map(re.escape, by_length)) + r")\b", re.IGNORECASE
        )
        self.changes: dict[str, Change] = {
            "typos": _with_typos,
            "lower case": lambda text, _: text.lower(),
            "capitals": lambda text, _: text.upper(),
            "no punctuation": lambda text, _: _without_punctuation(text),
            "filler words": self._with_fillers,
            "clauses in another order": _reordered,
            "dialect words": self._in_dialect,
        }

    @classmethod
    def load(cls, path: Path = WORDS) -> Perturber:
        """Load the words.

        Raises:
            DataFileError: A list is missing.
        """
        words = load_yaml(path)
        for key, kind in (("filler_words", list), ("dialect_words", dict)):
            if not isinstance(words, dict) or not isinstance(words.get(key), kind):
                raise DataFileError(path, key, "is missing")
        return cls(words["filler_words"], words["dialect_words"])

    def change(self, name: str, text: str) -> str | None:
        """Change one message.

        Args:
            name: One of `changes`.
            text: The message.

        Returns:
            The changed message, or None where the rule changes nothing in it.
        """
        changed = self.changes[name](text, random.Random(f"{name}|{text}"))
        return changed if changed != text and changed.strip() else None

    def _with_fillers(self, text: str, rng: random.Random) -> str:
        words = text.split()
        for _ in range(1 + len(words) // 12):
            words.insert(rng.randrange(len(words)), rng.choice(self._fillers))
        return " ".join(words)

    def _in_dialect(self, text: str, rng: random.Random) -> str:
        return self._standard.sub(
            lambda found: rng.choice(self._dialect[found.group().lower()]), text
        )


def _with_typos(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    long_enough = [
        index
        for index, word in enumerate(words)
        if len(word) >= _LEAST_LETTERS and word.isascii() and word.isalpha()
    ]
    count = min(len(long_enough), 1 + int(_TYPO_SHARE * len(words)))
    for index in rng.sample(long_enough, count):
        words[index] = rng.choice(_TYPOS)(words[index], rng)
    return " ".join(words)


def _swapped(word: str, rng: random.Random) -> str:
    place = rng.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _dropped(word: str, rng: random.Random) -> str:
    place = rng.randrange(1, len(word))
    return word[:place] + word[place + 1 :]


def _doubled(word: str, rng: random.Random) -> str:
    place = rng.randrange(len(word))
    return word[:place] + word[place] + word[place:]


def _beside_on_the_keyboard(word: str, rng: random.Random) -> str:
    place = rng.randrange(len(word))
    letter = word[place].lower()
    row = next((keys for keys in _ROWS if letter in keys), letter)
    key = row.index(letter)
    beside = row[key - 1] if key else row[min(1, len(row) - 1)]
    return word[:place] + beside + word[place + 1 :]


_TYPOS: tuple[Change, ...] = (_swapped, _dropped, _doubled, _beside_on_the_keyboard)


def _without_punctuation(text: str) -> str:
    """Take punctuation away where it ends a word; "7/10" and "6-8" keep what is inside."""
    marks = re.escape(string.punctuation.replace("/", "").replace("-", ""))
    bare = re.sub(rf"(?<!\d)[{marks}]|[{marks}](?!\d)", "", text)
    return " ".join(bare.split())


def _reordered(text: str, rng: random.Random) -> str:
    clauses = [clause.strip() for clause in _CLAUSES.split(text) if clause.strip()]
    if len(clauses) < 2:
        return text
    first = rng.randrange(1, len(clauses))
    return " ".join([*clauses[first:], *clauses[:first]])
