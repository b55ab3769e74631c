"""Draw the report's pictures: small SVG files that stay the same for the same figures."""

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.goals import Measurement, a_second, memory, users_named
from bench.measure import USERS

_COLOURS = {"stock": "#b03a2e", "floor": "#8a8a8a", "atlas": "#1b6ca8"}
_SMOOTH = 10


def draw(measurements: Sequence[Measurement], folder: Path) -> dict[str, Path]:
    """Draw what was measured.

    Args:
        measurements: By assistant.
        folder: Where the pictures go, as bench_….svg.

    Returns:
        The files by title.
    """
    pyplot.rcParams.update({"svg.hashsalt": "atlas", "font.size": 8, "svg.fonttype": "none"})
    folder.mkdir(parents=True, exist_ok=True)
    figures: dict[str, tuple[str, Callable[[Sequence[Measurement]], Figure]]] = {
        "Messages a second": ("throughput", _throughput),
        "Milliseconds by turn of a long chat": ("turns", _turns),
        "Milliseconds by conversations in the database": ("stored", _stored),
        "Start, memory, processor time": ("cost", _cost),
    }
    drawn = {}
    for title, (name, make) in figures.items():
        figure = make(measurements)
        drawn[title] = folder / f"bench_{name}.svg"
        figure.savefig(drawn[title], metadata={"Date": None}, bbox_inches="tight")
        pyplot.close(figure)
    return drawn


def _throughput(measurements: Sequence[Measurement]) -> Figure:
    figure, axes = pyplot.subplots(figsize=(6, 2.4))
    width = 0.8 / len(measurements)
    for place, measured in enumerate(measurements):
        values = [
            measured.median(lambda run, i=index: a_second(run, i)) for index in range(len(USERS))
        ]
        places = [number + place * width for number in range(len(USERS))]
        bars = axes.bar(places, values, width, color=_COLOURS[measured.name], label=measured.title)
        axes.bar_label(bars, fmt="%.0f", fontsize=7)
    axes.set_xticks(
        [number + width * (len(measurements) - 1) / 2 for number in range(len(USERS))],
        [users_named(users) for users in USERS],
    )
    axes.set_ylabel("messages a second")
    axes.margins(y=0.1)
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    return figure


def _turns(measurements: Sequence[Measurement]) -> Figure:
    figure, axes = pyplot.subplots(figsize=(6, 2.4))
    for measured in measurements:
        medians = [statistics.median(turn) for turn in measured.turns()]
        smooth = [
            statistics.median(medians[start : start + _SMOOTH])
            for start in range(0, len(medians), _SMOOTH)
        ]
        axes.plot(
            [start * _SMOOTH + _SMOOTH / 2 for start in range(len(smooth))],
            smooth,
            color=_COLOURS[measured.name],
            marker="o",
            markersize=3,
            label=measured.title,
        )
    axes.set_xlabel("turn (medians of ten)")
    return _milliseconds(figure, axes)


def _stored(measurements: Sequence[Measurement]) -> Figure:
    figure, axes = pyplot.subplots(figsize=(6, 2.4))
    for measured in measurements:
        runs = [run.growth for run in measured.runs if run.growth]
        if runs:
            axes.plot(
                [max(step.stored, 100) for step in runs[0]],
                [
                    statistics.median(run[place].p50_ms for run in runs)
                    for place in range(len(runs[0]))
                ],
                color=_COLOURS[measured.name],
                marker="o",
                markersize=3,
                label=measured.title,
            )
    axes.set_xscale("log")
    axes.set_xlabel("conversations in the database (100: next to none)")
    return _milliseconds(figure, axes)


def _cost(measurements: Sequence[Measurement]) -> Figure:
    figure, each = pyplot.subplots(1, 3, figsize=(6, 1.8))
    parts: Sequence[tuple[str, Callable[[Measurement], float]]] = (
        ("start, s", lambda one: one.median(lambda run: run.start_seconds)),
        ("memory, MB", lambda one: one.median(memory)),
        ("processor, ms a message", lambda one: one.median(lambda run: run.loads[0].processor_ms)),
    )
    for axes, (title, value) in zip(each, parts, strict=True):
        bars = axes.bar(
            [one.title for one in measurements],
            [value(one) for one in measurements],
            color=[_COLOURS[one.name] for one in measurements],
        )
        axes.bar_label(bars, fmt="%.3g", fontsize=7)
        axes.margins(y=0.12)
        axes.set_title(title, fontsize=8)
        axes.tick_params(labelsize=6)
    figure.tight_layout()
    return figure


def _milliseconds(figure: Figure, axes: Axes) -> Figure:
    axes.set_ylabel("ms")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return figure
