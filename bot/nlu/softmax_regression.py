"""Multinomial logistic regression on features of which some are dense and some sparse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import logsumexp


def fit_softmax(
    dense: NDArray[np.float32],
    sparse: csr_matrix,
    labels: Sequence[str],
    *,
    regularisation: float,
    iterations: int,
    tolerance: float,
    balanced: bool,
) -> tuple[list[str], NDArray[np.float32], NDArray[np.float32]]:
    """Fit weights by L-BFGS; the same input gives the same weights.

    Loss and steps are those of scikit-learn's LogisticRegression, which takes one matrix, all
    dense (too big with n-grams) or all sparse (four times as slow with sentence vectors).

    Args:
        dense: One row a text.
        sparse: One row a text, too.
        labels: One label a text.
        regularisation: Inverse strength, as in scikit-learn.
        iterations: The most steps of the solver.
        tolerance: It ends earlier when no part of the gradient is larger.
        balanced: Whether rare labels count as much as frequent ones.

    Returns:
        The labels in order, one row of weights a label (dense columns first), one bias a label.
    """
    names, targets = np.unique(np.asarray(labels), return_inverse=True)
    rows, width, count = dense.shape[0], dense.shape[1] + sparse.shape[1], len(names)
    shares = np.ones(rows)
    if balanced:
        shares = (rows / (count * np.bincount(targets)))[targets]
    transposed = sparse.T.tocsr()
    index = np.arange(rows)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(count, width + 1)
        inner = weights[:, :width].astype(np.float32)
        scores = dense @ inner[:, : dense.shape[1]].T
        scores = scores + sparse @ inner[:, dense.shape[1] :].T + weights[:, width]
        log_odds = scores - logsumexp(scores, axis=1, keepdims=True)
        error = np.exp(log_odds)
        error[index, targets] -= 1
        error *= shares[:, None]
        slim = error.astype(np.float32)
        gradient = np.empty_like(weights)
        gradient[:, : dense.shape[1]] = slim.T @ dense
        gradient[:, dense.shape[1] : width] = (transposed @ slim).T
        gradient[:, :width] += weights[:, :width] / regularisation
        gradient[:, width] = error.sum(axis=0)
        value = -(shares * log_odds[index, targets]).sum()
        value += (weights[:, :width] ** 2).sum() / (2 * regularisation)
        return float(value), gradient.ravel()

    found = minimize(
        loss,
        np.zeros(count * (width + 1)),
        method="L-BFGS-B",
        jac=True,
        options={"maxiter": iterations, "gtol": tolerance},
    )
    weights = found.x.reshape(count, width + 1).astype(np.float32)
    return [str(name) for name in names], weights[:, :width], weights[:, width]
