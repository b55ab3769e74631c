"""N-grams are cut and weighed as scikit-learn does, which the server does without."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.ngram_features import _KINDS, NgramFeatures

TEXTS = [
    *("my neck hurts", "My NECK hurts  badly\tand my arm", "a", "", "   ", "I'm 44, ok?"),
    *("ünïcode Ärm 🙂 k", "no numbness, no tingling", "numb numb numb", "pins-and-needles"),
] * 3


def test_the_features_are_those_of_scikit_learn() -> None:
    made = NgramFeatures.fit(TEXTS).transform(TEXTS).toarray()
    wanted = hstack(
        [
            TfidfVectorizer(sublinear_tf=True, **settings).fit(TEXTS).transform(TEXTS) * weight
            for weight, settings in _KINDS.values()
        ]
    ).toarray()
    assert made.shape == wanted.shape
    assert np.allclose(made, wanted, atol=1e-6)


def test_what_is_saved_gives_the_same_features(tmp_path: Path) -> None:
    features = NgramFeatures.fit(TEXTS)
    features.save(tmp_path / "ngrams.json")
    loaded = NgramFeatures.load(tmp_path / "ngrams.json")
    assert (loaded.transform(TEXTS) != features.transform(TEXTS)).nnz == 0
