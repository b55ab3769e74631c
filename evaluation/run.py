"""Measure how well the trained model understands, and write the report.

Run with `make evaluate` or `.venv/bin/python -m evaluation.run`. Without files it measures every
set of tests/nlu and writes docs/evaluation.md with its pictures in docs/images; with files it
measures these alone and prints the report.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.report import machine
from clinic.datafiles import DataFileError
from evaluation.errors import worst
from evaluation.groups import all_results, perturb
from evaluation.perturbations import Perturber
from evaluation.pipeline import ROOT, ServedPipeline
from evaluation.plots import draw
from evaluation.report import Evaluation, as_markdown
from evaluation.scoring import score
from evaluation.sets import DataSet, load_files, load_sets
from evaluation.speed import measure
from evaluation.stock_diet import RESULT


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure as the command line says.

    Args:
        arguments: Command-line arguments; those of the process when None.

    Returns:
        The exit code: 0, or 1 after one sentence on what is wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m evaluation.run", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="data files to measure instead")
    parser.add_argument("--model", type=Path, help="model archive (the one that fits the data)")
    parser.add_argument("--out", type=Path, help="folder for the report (docs)")
    parser.add_argument("--no-speed", action="store_true", help="leave the timing out")
    chosen = parser.parse_args(arguments)
    # Libraries set the warning filters anew while they load; what they warn of is no result.
    warnings.showwarning = lambda *args, **kwargs: None
    out = chosen.out or (None if chosen.files else ROOT / "docs")
    try:
        sets = load_files(chosen.files) if chosen.files else load_sets()
        pipeline = ServedPipeline.load(chosen.model)
        evaluation = evaluate(sets, pipeline, with_speed=not chosen.no_speed)
    except DataFileError as error:
        print(f"evaluation: {error}", file=sys.stderr)
        return 1
    plots: dict[str, str] = {}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        drawn = draw(evaluation, out / "images")
        plots = {title: file.relative_to(out).as_posix() for title, file in drawn.items()}
    page = as_markdown(evaluation, plots)
    if out is not None:
        (out / "evaluation.md").write_text(page, encoding="utf-8")
    print(page)
    return 0


def evaluate(sets: Sequence[DataSet], pipeline: ServedPipeline, *, with_speed: bool) -> Evaluation:
    """Measure some sets.

    Args:
        sets: The data sets.
        pipeline: The served pipeline.
        with_speed: Whether to time messages as well, which takes half a minute.
    """
    started = time.monotonic()
    results = [score(entry, pipeline.read) for entry in sets]
    single = all_results(results)
    perturbed = perturb(single, Perturber.load(), pipeline.read)
    texts = [sample.text for entry in sets for sample in entry.samples]
    speed = measure(pipeline, texts) if with_speed else None
    return Evaluation(
        about={
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            **machine(),
            "command": "`make evaluate`",
            "took": f"{time.monotonic() - started:.0f} s",
        },
        results=results,
        perturbed=perturbed,
        mistakes=worst(single),
        speed=speed,
        stock=_stock(),
    )


def _stock() -> dict[str, Any] | None:
    if not RESULT.is_file():
        return None
    found: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    sys.exit(main())
