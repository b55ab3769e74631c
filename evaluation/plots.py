"""Draw the report's pictures: small SVG files that stay the same for the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation.groups import Tally, all_results
from evaluation.report import Evaluation, slots_by_name
from evaluation.scoring import FlagResult, SlotResult
from evaluation.speed import BY_THE_CLOCK, READING, WHOLE
from evaluation.statistics import Share

_FRESH, _TUNED, _GOAL = "#1b6ca8", "#a9c3d6", "#b03a2e"
_ROW = 0.24  # inches a bar takes
_SLOW = 0.05  # milliseconds below which a component is not drawn


def draw(evaluation: Evaluation, folder: Path) -> dict[str, Path]:
    """Draw what there are figures for.

    Args:
        evaluation: What was measured.
        folder: Where the pictures go, as evaluation_….svg.

    Returns:
        The files by title.
    """
    pyplot.rcParams.update({"svg.hashsalt": "atlas", "font.size": 8, "svg.fonttype": "none"})
    folder.mkdir(parents=True, exist_ok=True)
    figures = {
        "Intents right, by set": ("intents", _intents(evaluation)),
        "F1 of each slot": ("slots", _slots(evaluation)),
        "Emergencies heard, by warning sign": ("signs", _signs(evaluation)),
        "Perturbations": ("perturbations", _perturbations(evaluation)),
        "Milliseconds by length of the message": ("speed", _speed(evaluation)),
    }
    drawn = {}
    for title, (name, figure) in figures.items():
        if figure is not None:
            drawn[title] = folder / f"evaluation_{name}.svg"
            figure.savefig(drawn[title], metadata={"Date": None}, bbox_inches="tight")
            pyplot.close(figure)
    return drawn


def _intents(evaluation: Evaluation) -> Figure | None:
    rows = [
        (entry.about.id, tally.intents, entry.about.tuned_on)
        for entry in evaluation.results
        if (tally := Tally.of(all_results([entry]))).intents.total
    ]
    return _shares(rows, "intents right", goal=0.9)


def _signs(evaluation: Evaluation) -> Figure | None:
    # New wordings where there are any: the others only say what was reached.
    results = evaluation.fresh
    tuned = not any(isinstance(item, FlagResult) for item in results)
    found = [
        item
        for item in (evaluation.tuned if tuned else results)
        if isinstance(item, FlagResult) and item.sample.level.is_emergency
    ]
    rows = [
        (flag, Share.of(item.is_heard for item in found if item.sample.flag == flag), tuned)
        for flag in sorted({item.sample.flag for item in found})
    ]
    return _shares(rows, "emergencies heard", goal=0.98)


def _slots(evaluation: Evaluation) -> Figure | None:
    found = [item for item in evaluation.fresh if isinstance(item, SlotResult)]
    tuned = not found
    found = found or [item for item in evaluation.tuned if isinstance(item, SlotResult)]
    if not found:
        return None
    matches = slots_by_name(found)
    figure, axes = _bars(len(matches), "F1", goal=0.85)
    axes.barh(list(matches), [match.f1 for match in matches.values()], color=_colour(tuned))
    return figure


def _perturbations(evaluation: Evaluation) -> Figure | None:
    if not evaluation.perturbed:
        return None
    names = list(evaluation.perturbed)
    figure, axes = pyplot.subplots(figsize=(6, 0.6 + 2.2 * _ROW * len(names)))
    for offset, (title, colour) in enumerate(
        (("intents right", _FRESH), ("emergencies heard", _GOAL))
    ):
        changes = []
        for item in evaluation.perturbed.values():
            before, after = (
                (item.before.intents, item.after.intents)
                if offset == 0
                else (item.before.emergencies, item.after.emergencies)
            )
            changes.append(100 * (after.value - before.value))
        places = [number + 0.36 * offset for number in range(len(names))]
        axes.barh(places, changes, height=0.34, color=colour, label=title)
    axes.set_yticks([number + 0.18 for number in range(len(names))], names)
    axes.invert_yaxis()
    axes.axvline(0, color="black", linewidth=0.6)
    axes.set_xlabel("change, percentage points")
    axes.legend(frameon=False)
    return figure


def _speed(evaluation: Evaluation) -> Figure | None:
    if evaluation.speed is None:
        return None
    growth = evaluation.speed.growth
    longest = growth[max(growth)]
    figure, axes = pyplot.subplots(figsize=(6, 2.6))
    for name in longest:
        if longest[name] >= _SLOW and name != BY_THE_CLOCK:
            style = "--" if name in (WHOLE, READING) else "-"
            axes.plot(
                list(growth),
                [times[name] for times in growth.values()],
                style,
                marker="o",
                markersize=3,
                label=name,
            )
    axes.set_xlabel("characters")
    axes.set_ylabel("ms of processor time")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=6)
    return figure


def _shares(rows: Sequence[tuple[str, Share, bool]], label: str, goal: float) -> Figure | None:
    if not rows:
        return None
    figure, axes = _bars(len(rows), f"{label} (95 % interval)", goal)
    for name, share, tuned in rows:
        low, high = share.interval
        spread = [[max(0.0, share.value - low)], [max(0.0, high - share.value)]]
        axes.barh([name], [share.value], xerr=spread, color=_colour(tuned), ecolor="#555555")
    return figure


def _bars(count: int, label: str, goal: float) -> tuple[Figure, Axes]:
    figure, axes = pyplot.subplots(figsize=(6, 0.6 + _ROW * count))
    axes.set_xlim(0, 1.02)
    axes.set_xlabel(f"{label}; line: goal; pale: sets that Atlas was tuned on")
    axes.axvline(goal, color=_GOAL, linewidth=0.8)
    axes.invert_yaxis()
    return figure, axes


def _colour(tuned: bool) -> str:
    return _TUNED if tuned else _FRESH
