"""The served pipeline for the tests of understanding."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.pipeline import ServedPipeline


@pytest.fixture(scope="session")
def pipeline(model: Path) -> ServedPipeline:
    return ServedPipeline.load(model)
