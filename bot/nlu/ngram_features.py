"""Word and character n-grams beside the sentence vector: they carry typos and exact words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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


@dataclass(frozen=True)
class _Terms:
    """The n-grams of one kind: the number of each, and how much it tells."""

    numbers: dict[str, int]
    weights: NDArray[np.float64]


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
            numbers = {term: int(number) for term, number in fitted.vocabulary_.items()}
            terms[kind] = _Terms(numbers, fitted.idf_)
        return cls(terms)

    def transform(self, texts: list[str]) -> csr_matrix:
        """Return one row of features a text."""
        from scipy.sparse import csr_matrix

        rows = [self.row(text) for text in texts]
        ends = np.cumsum([0, *(len(numbers) for numbers, _ in rows)])
        columns = np.concatenate([numbers for numbers, _ in rows])
        values = np.concatenate([values for _, values in rows])
        width = sum(len(terms.numbers) for terms in self._terms.values())
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
            known = terms.numbers
            counts = Counter(known[gram] for gram in _grams(kind, text) if gram in known)
            if counts:
                number = np.fromiter(counts.keys(), np.int64, len(counts))
                count = np.fromiter(counts.values(), np.float64, len(counts))
                value = (1 + np.log(count)) * terms.weights[number]
                numbers.append(number + offset)
                values.append(value * (_KINDS[kind][0] / np.sqrt(value @ value)))
            offset += len(known)
        if not numbers:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return np.concatenate(numbers), np.concatenate(values).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write n-grams and weights as plain JSON, which nothing has to be unpickled from."""
        stored = {
            kind: {
                "terms": sorted(terms.numbers, key=terms.numbers.__getitem__),
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
                kind: _Terms(
                    {term: number for number, term in enumerate(entry["terms"])},
                    np.asarray(entry["idf"]),
                )
                for kind, entry in stored.items()
            }
        )


@lru_cache(maxsize=2 * len(_KINDS))
def _grams(kind: str, text: str) -> tuple[str, ...]:
    """Cut a text into n-grams, once for the models that read it one after the other."""
    least, most = _KINDS[kind][1]["ngram_range"]
    return tuple(_CUTTERS[kind](text.lower(), least, most))


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
