"""What tuning changed of the sentence encoder's weights, kept small.

`python -m tuning` moves the weights of the six layers a little. Stored is only the difference to
the published weights, eight bits a number with one scale a row: 10 MB instead of 42.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TUNED_WEIGHTS = Path("data/encoder/tuned.safetensors")

_SCALE = ".scale"
_BASE = "base_sha256"
_STEPS = 127
Weights = dict[str, NDArray[np.float32]]


class EncoderTuningError(Exception):
    """The stored differences are damaged or belong to other weights."""


def store_tuning(
    path: Path, published: Mapping[str, NDArray[Any]], tuned: Mapping[str, Any], base_sha256: str
) -> None:
    """Write how tuned weights differ from the published ones.

    Args:
        path: The file to write.
        published: The weights that the tuning began with, by name.
        tuned: Those that it changed.
        base_sha256: Digest of the file of the published weights.
    """
    from safetensors.numpy import save_file

    stored: dict[str, NDArray[Any]] = {
        _BASE: np.frombuffer(bytes.fromhex(base_sha256), dtype=np.uint8)
    }
    for name, after in tuned.items():
        change = np.asarray(after, dtype=np.float32) - published[name].astype(np.float32)
        largest = np.abs(change).max(axis=-1, keepdims=True)
        scale = np.where(largest > 0, largest / _STEPS, 1.0).astype(np.float32)
        stored[name] = np.rint(change / scale).astype(np.int8)
        stored[name + _SCALE] = scale
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(stored, str(path))


def apply_tuning(path: Path, published: Mapping[str, NDArray[Any]], base_sha256: str) -> Weights:
    """Return the published weights with the stored differences added.

    Args:
        path: What `store_tuning` wrote.
        published: The published weights, by name.
        base_sha256: Digest of their file.

    Raises:
        EncoderTuningError: The file is missing or damaged, or belongs to other weights.
    """
    from safetensors import SafetensorError  # type: ignore[attr-defined]
    from safetensors.numpy import load_file

    try:
        stored = load_file(str(path))
    except (OSError, SafetensorError) as error:
        raise EncoderTuningError(f"{path.name} cannot be read: {error}") from error
    base = stored.pop(_BASE, None)
    if base is None or base.tobytes().hex() != base_sha256:
        raise EncoderTuningError(f"{path.name} was made for other weights than these.")
    weights: Weights = dict(published)
    for name, steps in stored.items():
        if name.endswith(_SCALE):
            continue
        scale = stored.get(name + _SCALE)
        if scale is None or name not in weights or steps.shape != weights[name].shape:
            raise EncoderTuningError(f"{path.name}: {name} is no weight of this encoder.")
        weights[name] = weights[name].astype(np.float32) + steps * scale
    return weights
