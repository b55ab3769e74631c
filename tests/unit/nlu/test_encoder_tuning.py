"""What tuning changed of the encoder is stored small, and only fits the weights it was made for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from bot.nlu.encoder_tuning import (
    TUNED_WEIGHTS,
    EncoderTuningError,
    apply_tuning,
    store_tuning,
)
from bot.nlu.minilm_graph import WEIGHTS_SHA256, find_weights

BASE = "ab" * 32
NAME = "encoder.layer.0.output.dense.weight"
ROOT = Path(__file__).parents[3]


def weights(seed: int) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(seed)
    return {NAME: chance.normal(size=(6, 8)).astype(np.float32), "other": np.ones(3, np.float32)}


def test_stored_differences_bring_the_tuned_weights_back(tmp_path: Path) -> None:
    published = weights(1)
    tuned = published[NAME] + 0.01 * weights(2)[NAME]
    path = tmp_path / "folder" / "tuned.safetensors"
    store_tuning(path, published, {NAME: tuned}, BASE)
    applied = apply_tuning(path, published, BASE)
    assert np.abs(applied[NAME] - tuned).max() < 2e-4
    assert np.array_equal(applied["other"], published["other"])


def test_differences_to_other_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "tuned.safetensors"
    store_tuning(path, weights(1), {NAME: weights(2)[NAME]}, BASE)
    with pytest.raises(EncoderTuningError, match="made for other weights"):
        apply_tuning(path, weights(1), "cd" * 32)
    with pytest.raises(EncoderTuningError, match="no weight of this encoder"):
        apply_tuning(path, {"other": weights(1)["other"]}, BASE)


def test_a_damaged_or_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "tuned.safetensors"
    with pytest.raises(EncoderTuningError, match=r"tuned\.safetensors cannot be read"):
        apply_tuning(path, weights(1), BASE)
    path.write_bytes(b"not weights")
    with pytest.raises(EncoderTuningError, match=r"tuned\.safetensors cannot be read"):
        apply_tuning(path, weights(1), BASE)


def test_the_projects_own_tuning_fits_the_published_weights() -> None:
    published = load_file(str(find_weights(None) / "model.safetensors"))
    tuned = apply_tuning(ROOT / TUNED_WEIGHTS, published, WEIGHTS_SHA256)
    changed = {name for name in tuned if not np.array_equal(tuned[name], published[name])}
    assert changed
    assert all(name.startswith("encoder.layer.") for name in changed)
