"""The report: what was measured, on what, as a page for people and JSON for programs."""

import os
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.dialogue import CHAT, DIALOGUE
from bench.goals import (
    EARLY,
    LATE,
    Measurement,
    a_second,
    capacity,
    goals,
    memory,
    users_named,
)
from bench.measure import STORED, TURNS, USERS, Amount, Run, window
from bench.processes import ROOT
from bench.stored import SYNTHETIC_TURNS

_WINDOWS = ((1, 10), EARLY, (41, 50), (91, 100), (141, 150), LATE)
_SHARES = (50, 95, 99)


@dataclass(frozen=True)
class About:
    """When and on what was measured, and how much."""

    date: str
    machine: dict[str, str]
    amount: Amount


@dataclass(frozen=True)
class _Figure:
    label: str
    digits: int
    of_run: Callable[[Run], float | None]


def _figures() -> list[_Figure]:
    figures = [
        _Figure("start until the first answer, s", 1, lambda run: run.start_seconds),
        _Figure("memory after start, MB", 0, lambda run: sum(run.memory_after_start.values())),
        _Figure("memory after load, MB", 0, memory),
    ]
    for index, users in enumerate(USERS):
        who = users_named(users)
        figures += [
            _Figure(f"{who}: messages/s", 1, lambda run, i=index: a_second(run, i)),
            _Figure(f"{who}: p50, ms", 1, lambda run, i=index: run.loads[i].result.p50_ms),
            _Figure(f"{who}: p95, ms", 1, lambda run, i=index: run.loads[i].result.p95_ms),
            _Figure(f"{who}: p99, ms", 1, lambda run, i=index: run.loads[i].result.p99_ms),
            _Figure(
                f"{who}: processor time a message, ms",
                1,
                lambda run, i=index: run.loads[i].processor_ms,
            ),
        ]
    figures.append(
        _Figure("bytes kept of a conversation", 0, lambda run: run.bytes_per_conversation)
    )
    return figures


def machine() -> dict[str, str]:
    """Describe the machine and the state of the project."""
    cpu = _field(Path("/proc/cpuinfo"), "model name")
    memory_ = int(_field(Path("/proc/meminfo"), "MemTotal").split()[0]) / 1e6
    revision = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    return {
        "processor": f"{cpu or platform.machine()}, {os.cpu_count()} cores",
        "memory": f"{memory_:.1f} GB",
        "system": platform.platform(),
        "revision": revision or "not committed",
    }


def as_json(measurements: Sequence[Measurement], about: About) -> dict[str, Any]:
    """Give the report as plain data.

    Args:
        measurements: What was measured.
        about: When, on what, how much.

    Returns:
        Dictionaries, lists, strings and numbers only.
    """
    measured = {one.name: one for one in measurements}
    return {
        **asdict(about),
        "dialogue": list(DIALOGUE),
        "chat": list(CHAT),
        "goals": [{**asdict(goal), "met": goal.met} for goal in goals(measured)],
        "capacity": capacity(measured["atlas"]) if "atlas" in measured else {},
        "assistants": [asdict(one) for one in measurements],
    }


def as_markdown(measurements: Sequence[Measurement], about: About, plots: Mapping[str, str]) -> str:
    """Give the report as a page.

    Args:
        measurements: What was measured.
        about: When, on what, how much.
        plots: Pictures by title, as the page links to them.
    """
    measured = {one.name: one for one in measurements}
    facts = {"date": about.date, **about.machine}
    parts = [
        "# Benchmark",
        "Written by `make bench` (`python -m bench.run`); do not edit. What was done about it, "
        "and what is left: [docs/performance.md](../docs/performance.md).",
        "\n".join(f"- {key}: {value}" for key, value in facts.items()),
    ]
    if len(measurements) > 1:
        parts += ["## Goals", _goals(measured)]
    parts += ["## Figures", _summary(measurements), _explanation(about.amount)]
    parts += [f"### {title}\n\n![{title}]({file})" for title, file in plots.items()]
    parts += ["## By turn of a long chat", _by_turn(measurements)]
    parts += ["## By conversations in the database", _by_stored(measurements)]
    if "atlas" in measured:
        parts += ["## What a conversation costs", _capacity(measured["atlas"])]
    parts += [_details(one) for one in measurements]
    parts += [_said("Dialogue", DIALOGUE), _said("Long chat, again and again", CHAT)]
    return "\n\n".join(parts) + "\n"


def _goals(measured: Mapping[str, Measurement]) -> str:
    rows = [
        [
            goal.text,
            f"{'at least' if goal.at_least else 'at most'} {goal.limit:.2f}",
            f"{goal.measured:.2f}",
            "met" if goal.met else "**missed**",
        ]
        for goal in goals(measured)
    ]
    return _table(["", "goal", "measured", ""], rows)


def _summary(measurements: Sequence[Measurement]) -> str:
    rows = [["training, s", *(f"{one.training.seconds:.0f}" for one in measurements)]]
    for figure in _figures():
        rows.append([figure.label, *(_median(one, figure) for one in measurements)])
    for kind in ("reads", "writes", "transactions"):
        cells = [
            "-" if one.database_calls is None else f"{getattr(one.database_calls, kind):.1f}"
            for one in measurements
        ]
        rows.append([f"database {kind} a message", *cells])
    return _table(["", *(one.title for one in measurements)], rows)


def _median(measured: Measurement, figure: _Figure) -> str:
    if figure.of_run(measured.runs[0]) is None:
        return "-"
    return f"{measured.median(lambda run: figure.of_run(run) or 0):,.{figure.digits}f}"


def _explanation(amount: Amount) -> str:
    return (
        f"Medians over the runs below; each run starts the assistant anew with an empty database, "
        f"and the assistants take turns. Stock Rasa's action server is up before its start is "
        f"timed. One warm-up conversation, then at least {amount.conversations} conversations of "
        f"{len(DIALOGUE)} messages for each number of users, the next message when the reply is "
        f"there; then {amount.long_chats} chats of {TURNS} turns. Memory is resident memory, "
        f"processor time user and system time, both summed over all processes of the assistant. "
        f"Bytes are what the databases grew by, appointments included. Database statements are "
        f"counted in a run of their own. The client runs on the same machine. Stock Rasa is what "
        f"`rasa init` makes: it knows a toy dialogue of seven intents and never calls its action "
        f"server; Atlas does its whole work on the same messages, bookings included. The floor is "
        f"Rasa with an empty pipeline, one rule, no slot, no action, and conversations in memory, "
        f"without Atlas's shortcuts."
    )


def _by_turn(measurements: Sequence[Measurement]) -> str:
    rows = []
    for first, last in _WINDOWS:
        cells = [f"{first}-{last}"]
        for one in measurements:
            values = [window(one.turns(), first, last, share) for share in _SHARES]
            cells.append(" / ".join(f"{value:.1f}" for value in values))
        rows.append(cells)
    header = [f"{one.title}: p50 / p95 / p99, ms" for one in measurements]
    return _table(["turns", *header], rows)


def _by_stored(measurements: Sequence[Measurement]) -> str:
    keeping = [one for one in measurements if one.runs[0].growth]
    rows = []
    for place, count in enumerate(STORED):
        cells = [f"{count:,}"]
        for one in keeping:
            p50 = one.median(lambda run, i=place: run.growth[i].p50_ms)
            p95 = one.median(lambda run, i=place: run.growth[i].p95_ms)
            cells.append(f"{p50:.1f} / {p95:.1f}")
        rows.append(cells)
    return (
        _table(
            ["synthetic conversations", *(f"{one.title}: p50 / p95, ms" for one in keeping)], rows
        )
        + f"\n\nEach synthetic conversation is a copy of {SYNTHETIC_TURNS} turns of a real one "
        "under another id, written in bulk; 1 user."
    )


def _capacity(atlas: Measurement) -> str:
    rows = [[name.replace("_", " "), f"{value:,.1f}"] for name, value in capacity(atlas).items()]
    return _table(["Atlas, one worker", ""], rows)


def _details(measured: Measurement) -> str:
    runs = measured.runs
    header = ["", *(f"run {number}" for number in range(1, len(runs) + 1))]
    table = [
        [figure.label, *(_cell(figure.of_run(run), figure.digits) for run in runs)]
        for figure in _figures()
    ]
    table.append(
        [
            "messages without a reply",
            *(
                f"{sum(load.result.unanswered for load in run.loads)} of "
                f"{sum(load.result.messages for load in run.loads)}"
                for run in runs
            ),
        ]
    )
    table.append(["conversations in the loads", *(str(run.conversations) for run in runs)])
    table.append(["appointments booked in all", *(str(run.bookings) for run in runs)])
    table.append(
        ["load average of the machine before", *(f"{run.load_average:.2f}" for run in runs)]
    )
    versions = ", ".join(f"{name} {version}" for name, version in measured.versions.items())
    training = measured.training
    commands = "\n".join(f"    {command}" for command in [training.command, *measured.commands])
    return "\n\n".join(
        [
            f"## {measured.title[0].upper()}{measured.title[1:]}",
            f"{versions}.",
            f"Trained in {training.seconds:.0f} s on {training.date}. Commands:",
            commands,
            _table(header, table),
        ]
    )


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _said(title: str, texts: Sequence[str]) -> str:
    return f"## {title}\n\n" + "\n".join(f"{i}. {text}" for i, text in enumerate(texts, 1))


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [header, rule, *rows])


def _field(path: Path, name: str) -> str:
    for line in path.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
