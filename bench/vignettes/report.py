"""Write what was measured as a short page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.vignettes.figures import Figures, confusion
from bench.vignettes.play import Outcome
from clinic.triage.rules import Level

_SHORT = {
    Level.EMERGENCY_AMBULANCE: "ambulance",
    Level.EMERGENCY: "emergency",
    Level.CONSULTATION_24: "today",
    Level.CONSULTATION: "visit",
    Level.SELF_CARE: "self-care",
}


def as_markdown(played: Mapping[str, Sequence[Outcome]], source: str, revision: str) -> str:
    """Return the report.

    Args:
        played: Outcomes by variant; the first variant is the cases as they are written.
        source: Where the cases come from.
        revision: The revision of the project.
    """
    first = next(iter(played.values()))
    lines = [
        "# Sample patients",
        "",
        "Written by `make vignettes`; do not edit. A simulated patient tells the opening and then",
        "only what is asked, and plays every case over the REST channel of a real server. The",
        "developers wrote the cases beside the rules that they test: these figures say that the",
        "parts work together, not how well Atlas does with people it has never met. No clinician",
        "has reviewed cases or levels.",
        "",
        f"- cases: {len(first)} ({source})",
        f"- revision: {revision}",
        "- in brackets: Wilson's 95 % interval",
        "",
    ]
    lines += _summary(played)
    lines += ["", "## Levels, cases as written", "", *_confusion(first)]
    lines += ["", "## Wrongly judged, cases as written", "", *_wrong(first)]
    for name, outcomes in list(played.items())[1:]:
        wrong = [item for item in outcomes if not item.acceptable]
        listed = ", ".join(f"{item.case.id} ({_name(item.level)})" for item in wrong) or "none"
        lines += ["", f"Only {name}: {listed}"]
    return "\n".join(lines) + "\n"


def transcripts(outcomes: Sequence[Outcome]) -> str:
    """Return what was said in the cases that were judged wrongly."""
    parts = []
    for item in outcomes:
        if item.acceptable and not item.raised:
            continue
        head = f"--- {item.case.id}: {_name(item.level)} instead of {_name(item.case.expected)}"
        parts.append("\n".join([head, *item.transcript]))
    return "\n\n".join(parts)


def _summary(played: Mapping[str, Sequence[Outcome]]) -> list[str]:
    rows = [
        "| cases | acceptable level | emergencies missed | look-alikes raised "
        "| warning signs heard | questions: median, most |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, outcomes in played.items():
        figures = Figures.of(outcomes)
        rows.append(
            f"| {name} | {figures.acceptable} | {figures.emergencies_missed} "
            f"| {figures.benign_raised} | {figures.flags_heard} "
            f"| {figures.median_questions:g}, {figures.most_questions} |"
        )
    return rows


def _confusion(outcomes: Sequence[Outcome]) -> list[str]:
    heads = [_SHORT[level] for level in Level]
    rows = [
        f"| expected | {' | '.join(heads)} | none |",
        f"| --- | {' | '.join('---:' for _ in heads)} | ---: |",
    ]
    rows += [
        f"| {_SHORT[expected]} | {' | '.join(map(str, counts))} |"
        for expected, counts in confusion(outcomes)
    ]
    return rows


def _wrong(outcomes: Sequence[Outcome]) -> list[str]:
    wrong = [item for item in outcomes if not item.acceptable or item.raised]
    if not wrong:
        return ["None."]
    rows = [
        "| case | expected | given | what the patient said first |",
        "| --- | --- | --- | --- |",
    ]
    rows += [
        f"| {item.case.id} | {_name(item.case.expected)} | {_name(item.level)} "
        f"| {' / '.join(item.case.opening)} |"
        for item in wrong
    ]
    return rows


def _name(level: Level | None) -> str:
    return _SHORT[level] if level else "none"
