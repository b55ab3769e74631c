"""Measure what understanding a message costs, by component, and write bench/components.md.

Run with `python -m bench.components`; it needs the trained model and no server.
"""

from __future__ import annotations

import sys
import warnings
from datetime import UTC, datetime

from bench.report import machine
from clinic.datafiles import DataFileError
from evaluation.pipeline import ROOT, ServedPipeline
from evaluation.report import speed_section
from evaluation.sets import load_sets
from evaluation.speed import measure

REPORT = ROOT / "bench" / "components.md"


def main() -> int:
    """Time messages of the data sets on one core.

    Returns:
        The exit code: 0, or 1 after one sentence on what is wrong.
    """
    # Libraries set the warning filters anew while they load; what they warn of is no result.
    warnings.showwarning = lambda *args, **kwargs: None
    try:
        texts = [sample.text for entry in load_sets() for sample in entry.samples]
        speed = measure(ServedPipeline.load(), texts)
    except DataFileError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    about = {"date": datetime.now(UTC).isoformat(timespec="seconds"), **machine()}
    page = "\n\n".join(
        [
            "# What understanding a message costs",
            "Written by `python -m bench.components`; do not edit.",
            "\n".join(f"- {name}: {value}" for name, value in about.items()),
            speed_section(speed),
        ]
    )
    REPORT.write_text(page + "\n", encoding="utf-8")
    print(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
