"""Logistic regression on layered sentence vectors and n-grams, stored as plain arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.minilm_graph import EMBEDDING_SIZE
from bot.nlu.ngram_features import NgramFeatures

_TOLERANCE = 1e-3


class LinearModel:
    """Tell texts apart by one product of a matrix with their few features.

    Rasa's own LogisticRegressionClassifier stores a scikit-learn object that has to be
    unpickled. Here the model is arrays and word lists.

    Args:
        labels: What it tells apart.
        weights: One row a label, one column a feature.
        bias: One number a label.
        centre: Mean of the wording part of the training vectors.
        spread: Its standard deviation.
        ngrams: The n-grams that are features too.
    """

    def __init__(
        self,
        labels: Sequence[str],
        weights: NDArray[np.float32],
        bias: NDArray[np.float32],
        centre: NDArray[np.float32],
        spread: NDArray[np.float32],
        ngrams: NgramFeatures,
    ) -> None:
        self.labels = list(labels)
        self._bias = bias
        self._centre = centre
        self._spread = spread
        self._ngrams = ngrams
        # The few n-grams of a text are picked from rows, which lie together in memory.
        dense = centre.size + EMBEDDING_SIZE
        self._of_vector = np.ascontiguousarray(weights[:, :dense])
        self._by_ngram = np.ascontiguousarray(weights[:, dense:].T)

    @classmethod
    def fit(
        cls,
        texts: list[str],
        vectors: list[NDArray[np.float32]],
        labels: list[str],
        *,
        ngram_kinds: Iterable[str],
        regularisation: float,
        iterations: int,
        balanced: bool,
    ) -> LinearModel:
        """Learn from labelled texts; the same texts give the same weights.

        Args:
            texts: The examples.
            vectors: Their layered vectors.
            labels: Their labels.
            ngram_kinds: Which n-grams to use.
            regularisation: Inverse strength, as in scikit-learn.
            iterations: The most steps of the solver.
            balanced: Whether rare labels count as much as frequent ones.
        """
        # Brings SciPy's optimiser, which only training needs.
        from bot.nlu.softmax_regression import fit_softmax

        wording = np.asarray(vectors)[:, EMBEDDING_SIZE:]
        centre, spread = wording.mean(axis=0), wording.std(axis=0) + 1e-6
        ngrams = NgramFeatures.fit(texts, ngram_kinds)
        names, weights, bias = fit_softmax(
            np.asarray([_scaled(vector, centre, spread) for vector in vectors]),
            ngrams.transform(texts),
            labels,
            regularisation=regularisation,
            iterations=iterations,
            tolerance=_TOLERANCE,
            balanced=balanced,
        )
        return cls(
            labels=names,
            weights=weights,
            bias=bias,
            centre=centre.astype(np.float32),
            spread=spread.astype(np.float32),
            ngrams=ngrams,
        )

    def confidences(self, text: str, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return one confidence a label, in the order of `labels`; they sum to one.

        Args:
            text: The text.
            vector: Its layered vector.
        """
        numbers, values = self._ngrams.row(text)
        dense = _scaled(vector, self._centre, self._spread)
        scores = self._of_vector @ dense + self._bias
        scores = scores + values @ self._by_ngram[numbers]
        odds = np.exp(scores - scores.max())
        shares: NDArray[np.float32] = odds / odds.sum()
        return shares

    def save(self, folder: Path, name: str) -> None:
        """Write the model as `<name>.npz` and `<name>.ngrams.json`."""
        self._ngrams.save(folder / f"{name}.ngrams.json")
        np.savez(
            folder / f"{name}.npz",
            labels=np.asarray(self.labels),
            weights=np.hstack([self._of_vector, self._by_ngram.T]),
            bias=self._bias,
            centre=self._centre,
            spread=self._spread,
        )

    @classmethod
    def load(cls, folder: Path, name: str) -> LinearModel:
        """Read what `save` wrote."""
        with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
            return cls(
                labels=stored["labels"].tolist(),
                weights=stored["weights"],
                bias=stored["bias"],
                centre=stored["centre"],
                spread=stored["spread"],
                ngrams=NgramFeatures.load(folder / f"{name}.ngrams.json"),
            )


def _scaled(
    vector: NDArray[np.float32], centre: NDArray[np.float32], spread: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Bring the wording part to about the length of the embedding, which is one."""
    wording = (vector[EMBEDDING_SIZE:] - centre) / spread / np.float32(np.sqrt(EMBEDDING_SIZE))
    return np.concatenate([vector[:EMBEDDING_SIZE], wording])
