"""Word and character n-grams beside the sentence vector: they carry typos and exact words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# How much each kind counts beside the sentence vector, which has length one. Chosen on the
# held-out messages: 0.73 of the intents right without n-grams, 0.79 with these weights.
_KINDS: dict[str, tuple[float, dict[str, Any]]] = {
    "characters": (
        0.7,
        {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 3, "max_features": 20000},
    ),
    "words": (
        0.5,
        {
            "ngram_range": (1, 3),
            "min_df": 2,
            "max_features": 15000,
            "token_pattern": r"(?u)\b\w+\b",
        },
    ),
}
_WORD = re.compile(_KINDS["words"][1]["token_pattern"])

# Every n-gram that some model knows, with a number of its own: the models share most of them, and
# a text is looked up once for all.
_NUMBERS: dict[str, int] = {}


@dataclass(frozen=True)
class _Terms:
    """The n-grams of one kind that a model knows.

    Args:
        columns: The model's column by the n-gram's number; -1 where it does not know it.
        weights: How much each tells, by column.
    """

    columns: NDArray[np.int32]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, terms: Sequence[str], weights: NDArray[np.float64]) -> _Terms:
        numbers = [_NUMBERS.setdefault(term, len(_NUMBERS)) for term in terms]
        columns = np.full(len(_NUMBERS), -1, np.int32)
        columns[numbers] = np.arange(len(terms), dtype=np.int32)
        return cls(columns, weights)

    def names(self) -> list[str]:
        """Return the n-grams by column."""
        every = list(_NUMBERS)
        known = np.flatnonzero(self.columns >= 0)
        return [every[number] for number in known[np.argsort(self.columns[known])]]


class NgramFeatures:
    """Turn texts into weighted n-gram counts.

    scikit-learn chooses the n-grams in training; the server does without it.

    Args:
        terms: The n-grams by kind.
    """

    def __init__(self, terms: dict[str, _Terms]) -> None:
        self._terms = terms

    @classmethod
    def fit(cls, texts: list[str], kinds: Iterable[str] = tuple(_KINDS)) -> NgramFeatures:
        """Learn which n-grams there are.

        Args:
            texts: The training examples.
            kinds: Which to use, of "characters" and "words".
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        terms = {}
        for kind in kinds:
            fitted = TfidfVectorizer(**_KINDS[kind][1]).fit(texts)
            terms[kind] = _Terms.of(fitted.get_feature_names_out().tolist(), fitted.idf_)
        return cls(terms)

    def transform(self, texts: list[str]) -> csr_matrix:
        """Return one row of features a text."""
        from scipy.sparse import csr_matrix

        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
        columns = np.concatenate([numbers for numbers, _ in rows])
        values = np.concatenate([values for _, values in rows])
        width = sum(terms.weights.size for terms in self._terms.values())
        matrix = csr_matrix((values, columns, ends), shape=(len(texts), width))
        matrix.sort_indices()
        return matrix

    def row(self, text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the features of one text, as scikit-learn's TfidfVectorizer gives them.

        Args:
            text: The text.

        Returns:
            The numbers of the features that are not zero, and their values.
        """
        numbers, values, offset = [], [], 0
        for kind, terms in self._terms.items():
            grams, counts = _counted(kind, text, len(_NUMBERS))
            inside = grams < terms.columns.size
            columns = terms.columns[grams[inside]]
            known = columns >= 0
            number = columns[known].astype(np.int64)
            if number.size:
                value = counts[inside][known] * terms.weights[number]
                numbers.append(number + offset)
                values.append(value * (_KINDS[kind][0] / np.sqrt(value @ value)))
            offset += terms.weights.size
        if not numbers:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return np.concatenate(numbers), np.concatenate(values).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write n-grams and weights as plain JSON, which nothing has to be unpickled from."""
        stored = {
            kind: {
                "terms": terms.names(),
                "idf": terms.weights.tolist(),
            }
            for kind, terms in self._terms.items()
        }
        path.write_text(json.dumps(stored), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> NgramFeatures:
        """Read what `save` wrote."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            {
                kind: _Terms.of(entry["terms"], np.asarray(entry["idf"]))
                for kind, entry in stored.items()
            }
        )


@lru_cache(maxsize=2 * len(_KINDS))
def _counted(kind: str, text: str, _known: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the numbers of a text's n-grams, and for each one plus the logarithm of its count.

    Kept for the models that read the text one after the other, as long as no model is added.
    """
    least, most = _KINDS[kind][1]["ngram_range"]
    counts: Counter[int | None] = Counter(
        map(_NUMBERS.get, _CUTTERS[kind](text.lower(), least, most))
    )
    counts.pop(None, None)
    numbers = np.fromiter(counts.keys(), np.int64, len(counts))
    weights: NDArray[np.float64] = np.log(np.fromiter(counts.values(), np.float64, len(counts)))
    return numbers, weights + 1


def _in_characters(text: str, least: int, most: int) -> Iterator[str]:
    """Yield runs of letters within words, each word with a space on both sides."""
    for word in text.split():
        padded = f" {word} "
        for length in range(least, most + 1):
            yield padded[:length]
            for start in range(1, len(padded) - length + 1):
                yield padded[start : start + length]
            if length >= len(padded):
                # A word that is shorter than the run counts once.
                break


def _in_words(text: str, least: int, most: int) -> Iterator[str]:
    """Yield runs of words."""
    words = _WORD.findall(text)
    for length in range(least, most + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


_CUTTERS: dict[str, Callable[[str, int, int], Iterator[str]]] = {
    "characters": _in_characters,
    "words": _in_words,
}
