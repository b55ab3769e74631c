"""The report: what was measured, on what, as a table for people and JSON for programs."""

import os
import platform
import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.load import DIALOGUE, LoadResult
from bench.processes import ROOT
from bench.targets import Training

USERS = (1, 8)


@dataclass(frozen=True)
class Run:
    """One start of an assistant and the loads it took; memory in MB by process."""

    load_average: float
    start_seconds: float
    memory_after_start: dict[str, float]
    memory_after_load: dict[str, float]
    loads: list[LoadResult]


@dataclass(frozen=True)
class Measurement:
    """Everything measured about one assistant."""

    name: str
    title: str
    commands: list[str]
    versions: dict[str, str]
    training: Training
    runs: list[Run]


@dataclass(frozen=True)
class _Figure:
    label: str
    digits: int
    of_run: Callable[[Run], float]


def _figures() -> list[_Figure]:
    figures = [
        _Figure("start until the first answer, s", 1, lambda run: run.start_seconds),
        _Figure("memory after start, server, MB", 0, lambda run: run.memory_after_start["server"]),
        _Figure(
            "memory after start, all processes, MB",
            0,
            lambda run: sum(run.memory_after_start.values()),
        ),
        _Figure("memory after load, server, MB", 0, lambda run: run.memory_after_load["server"]),
        _Figure(
            "memory after load, all processes, MB",
            0,
            lambda run: sum(run.memory_after_load.values()),
        ),
    ]
    for index, users in enumerate(USERS):
        figures += _load_figures(index, "1 user" if users == 1 else f"{users} users")
    return figures


def _load_figures(index: int, who: str) -> list[_Figure]:
    return [
        _Figure(f"{who}, p50, ms", 1, lambda run: run.loads[index].p50_ms),
        _Figure(f"{who}, p95, ms", 1, lambda run: run.loads[index].p95_ms),
        _Figure(f"{who}, messages/s", 1, lambda run: run.loads[index].messages_per_second),
    ]


def machine() -> dict[str, str]:
    """Describe the machine and the state of the project."""
    cpu = _field(Path("/proc/cpuinfo"), "model name")
    memory = int(_field(Path("/proc/meminfo"), "MemTotal").split()[0]) / 1e6
    revision = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    return {
        "processor": f"{cpu or platform.machine()}, {os.cpu_count()} cores",
        "memory": f"{memory:.1f} GB",
        "system": platform.platform(),
        "revision": revision or "not committed",
    }


def as_json(
    measurements: Sequence[Measurement], about: dict[str, str], date: str, conversations: int
) -> dict[str, Any]:
    """Give the report as plain data.

    Args:
        measurements: What was measured.
        about: The machine, from `machine()`.
        date: When, ISO 8601.
        conversations: How many conversations a load had at least.

    Returns:
        Dictionaries, lists, strings and numbers only.
    """
    return {
        "date": date,
        "machine": about,
        "conversations": conversations,
        "dialogue": list(DIALOGUE),
        "assistants": [asdict(measurement) for measurement in measurements],
    }


def as_markdown(
    measurements: Sequence[Measurement], about: dict[str, str], date: str, conversations: int
) -> str:
    """Give the report as a page; arguments as for `as_json`."""
    parts = [
        "# Benchmark",
        "Written by `python -m bench.run`; do not edit.",
        "\n".join([f"- date: {date}", *(f"- {key}: {value}" for key, value in about.items())]),
        _summary(measurements),
        f"Medians over the runs below; each run starts the assistant anew with an empty database. "
        f"Stock Rasa's action server is up before its start is timed. "
        f"One warm-up conversation, then {conversations} conversations of {len(DIALOGUE)} "
        f"messages for each number of users (rounded up to equal shares), the next message when "
        f"the reply is there. Memory is resident memory, summed over the process tree; pages that "
        f"processes share count once for each. The client runs on the same machine. Stock Rasa "
        f"knows a toy dialogue of seven intents; Atlas does its whole work on the same messages.",
    ]
    parts += [_details(measurement) for measurement in measurements]
    parts.append(
        "## Dialogue\n\n" + "\n".join(f"{i}. {text}" for i, text in enumerate(DIALOGUE, 1))
    )
    return "\n\n".join(parts) + "\n"


def _summary(measurements: Sequence[Measurement]) -> str:
    rows = [("training, s", 0, [m.training.seconds for m in measurements])]
    for figure in _figures():
        medians = [statistics.median(map(figure.of_run, m.runs)) for m in measurements]
        rows.append((figure.label, figure.digits, medians))
    header = ["", *(m.title for m in measurements)]
    compare = len(measurements) == 2
    if compare:
        header.append(f"{measurements[1].title} / {measurements[0].title}")
    table = []
    for label, digits, values in rows:
        cells = [label, *(f"{value:,.{digits}f}" for value in values)]
        if compare:
            cells.append(f"{values[1] / values[0]:.2f}")
        table.append(cells)
    return _table(header, table)


def _details(measurement: Measurement) -> str:
    figures = _figures()
    runs = measurement.runs
    header = ["", *(f"run {number}" for number in range(1, len(runs) + 1))]
    table = [
        [figure.label, *(f"{figure.of_run(run):,.{figure.digits}f}" for run in runs)]
        for figure in figures
    ]
    table.append(
        [
            "messages without a reply",
            *(
                f"{sum(load.unanswered for load in run.loads)} of "
                f"{sum(load.messages for load in run.loads)}"
                for run in runs
            ),
        ]
    )
    table.append(
        ["load average of the machine before", *(f"{run.load_average:.2f}" for run in runs)]
    )
    versions = ", ".join(f"{name} {version}" for name, version in measurement.versions.items())
    training = measurement.training
    commands = "\n".join(f"    {command}" for command in [training.command, *measurement.commands])
    return "\n\n".join(
        [
            f"## {measurement.title}",
            f"{versions}.",
            f"Trained in {training.seconds:.0f} s on {training.date}. Commands:",
            commands,
            _table(header, table),
        ]
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *rows])


def _field(path: Path, name: str) -> str:
    for line in path.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
