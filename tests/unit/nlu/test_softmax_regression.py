"""The solver finds what scikit-learn's finds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix, hstack
from scipy.sparse import random as random_sparse
from sklearn.linear_model import LogisticRegression

from bot.nlu.softmax_regression import fit_softmax


@pytest.mark.parametrize("balanced", [True, False])
def test_the_weights_are_those_of_scikit_learn(balanced: bool) -> None:
    chance = np.random.default_rng(3)
    dense = chance.normal(size=(300, 12)).astype(np.float32)
    sparse = random_sparse(300, 40, density=0.1, format="csr", dtype=np.float32, random_state=3)
    # Uneven on purpose, and told apart by a dense and a sparse column.
    labels = ["rare" if row < -1.2 else "one" for row in dense[:, 0]]
    for row in sparse[:, 5].nonzero()[0]:
        labels[row] = "two"
    settings = {"max_iter": 80, "tol": 1e-4, "class_weight": "balanced" if balanced else None}
    known = LogisticRegression(C=2.0, **settings).fit(hstack([csr_matrix(dense), sparse]), labels)
    names, weights, bias = fit_softmax(
        dense,
        sparse,
        labels,
        regularisation=2.0,
        iterations=80,
        tolerance=1e-4,
        balanced=balanced,
    )
    assert names == list(known.classes_)
    np.testing.assert_allclose(weights, known.coef_, atol=0.01)
    np.testing.assert_allclose(bias, known.intercept_, atol=0.01)
