"""The project as the tests use it: its folder, its trained model, and copies of it to break."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("bot", "clinic", "actions", "data", "widget")
_FILES = (
    "clinic.yml",
    "config.yml",
    "domain.yml",
    "credentials.yml",
    "endpoints.yml",
    "uv.lock",
)
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules")
_TRAINING_SECONDS = 280


def trained_model() -> Path:
    """Return the model that fits the present data and code; train it when there is none."""
    from bot.model import model_path

    if not model_path(ROOT).is_file():
        subprocess.run(
            [sys.executable, "-m", "bot.cli", "train"],
            cwd=ROOT,
            check=True,
            timeout=_TRAINING_SECONDS,
        )
    return model_path(ROOT)


def copy_project(target: Path) -> Path:
    """Copy what a running Atlas needs, model included, so that a test may break it."""
    for name in _COPIED:
        shutil.copytree(ROOT / name, target / name, ignore=_LEFT_OUT)
    for name in _FILES:
        shutil.copy(ROOT / name, target / name)
    model = trained_model()
    (target / "models").mkdir()
    shutil.copy(model, target / "models" / model.name)
    return target


def clean_environment(**values: str) -> dict[str, str]:
    """Return the environment without settings of Atlas from outside, plus `values`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("ATLAS_") and name not in ("PORT", "LOG_LEVEL")
    }
    return {**kept, "PYTHONUNBUFFERED": "1", **values}
