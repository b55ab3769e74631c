"""Train a model, and know whether one fits the present data and code."""

from __future__ import annotations

import gzip
import hashlib
import logging
import shutil
import tempfile
from pathlib import Path

from bot.model_signature import SignatureProblem, sign, signature_path
from bot.nlu.pipeline_check import check_pipeline

logger = logging.getLogger(__name__)

# What a trained model is made of. Other clinical rules, wording and clinic.yml are read when the
# server starts, so that a change there needs no training.
_TRAINED_FROM = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/encoder",
    "data/knowledge",
    "data/clinical/warning_signs",
    "bot/nlu",
    "bot/policies",
    "clinic/knowledge",
    "uv.lock",
)
_TRAINING_DATA = ("data/nlu", "data/rules", "data/stories")
_DIGEST_LENGTH = 16
_BLOCK = 1 << 20


class TrainingError(Exception):
    """Training did not give a model; the message says why in one sentence."""


def digest(root: Path) -> str:
    """Return a digest of everything that a model is trained from.

    Args:
        root: The project's folder.
    """
    state = hashlib.sha256()
    for name in _TRAINED_FROM:
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                state.update(file.relative_to(root).as_posix().encode())
                state.update(file.read_bytes())
    return state.hexdigest()[:_DIGEST_LENGTH]


def model_path(root: Path) -> Path:
    """Return where the model that fits the present data and code is, or would be."""
    return root / "models" / f"atlas-{digest(root)}.tar.gz"


def train(root: Path) -> Path:
    """Train the model that fits the present data and code.

    The archive appears under its final name only when it is whole, so that a training that
    was broken off never leaves a model behind.

    Args:
        root: The project's folder.

    Returns:
        The model archive.

    Raises:
        TrainingError: Training failed, for example because the disk is full.
        DataFileError: config.yml names an unusable component.
    """
    check_pipeline(root / "config.yml")
    import rasa.api
    from rasa.shared.exceptions import RasaException

    target = model_path(root)
    try:
        target.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".training-") as scratch:
            result = rasa.api.train(
                domain=str(root / "domain.yml"),
                config=str(root / "config.yml"),
                training_files=[str(root / name) for name in _TRAINING_DATA],
                output=scratch,
                fixed_model_name="atlas",
                force_training=True,
            )
            if result.model is None:
                raise TrainingError("Training ended without a model; the lines above say why.")
            var = root / "var"
            var.mkdir(exist_ok=True)
            _store(Path(result.model), target)
            sign(target, var)
    except OSError as error:
        raise TrainingError(f"Training could not write its model: {error.strerror}.") from error
    except SignatureProblem as error:
        raise TrainingError(str(error)) from error
    except RasaException as error:
        raise TrainingError(" ".join(str(error).split())) from error
    for old in target.parent.glob("atlas-*.tar.gz"):
        if old != target:
            old.unlink(missing_ok=True)
            signature_path(old).unlink(missing_ok=True)
    return target


def _store(archive: Path, target: Path) -> None:
    """Put an archive into its place, uncompressed: every start of a server would wait for that."""
    draft = archive.with_suffix(".stored")
    with gzip.open(archive) as packed, gzip.open(draft, "wb", compresslevel=0) as stored:
        shutil.copyfileobj(packed, stored, _BLOCK)
    shutil.move(draft, target)
