"""The report: tables for people, written to docs/evaluation.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clinic.history.findings import Assertion
from evaluation.errors import Mistake
from evaluation.groups import Perturbed, Result, Tally, all_results, length_of, tally_by
from evaluation.scoring import (
    AssertionResult,
    BenignResult,
    FlagResult,
    IntentResult,
    Results,
    SlotResult,
)
from evaluation.sets import SLOTS
from evaluation.speed import BY_THE_CLOCK, READING, TYPICAL_WORDS, WHOLE, Speed
from evaluation.statistics import Match, Share

_CONFUSIONS = 20
_SLOW = 0.01  # milliseconds; what costs less is Rasa's own plumbing
_HEADERS = ["intents right", "slots F1", "emergencies heard", "ordinary raised"]


@dataclass(frozen=True)
class Evaluation:
    """Everything that was measured.

    Attributes:
        about: Date, machine, command; value by name.
        results: By data set.
        perturbed: By perturbation.
        mistakes: The worst errors, the worst first.
        speed: What messages cost; None where it was not measured.
        stock: The comparison with DIET, from evaluation/stock_diet.json; None without it.
    """

    about: Mapping[str, str]
    results: Sequence[Results]
    perturbed: Mapping[str, Perturbed]
    mistakes: Sequence[Mistake]
    speed: Speed | None
    stock: Mapping[str, Any] | None

    @property
    def fresh(self) -> list[Result]:
        """Return the results of the sets that Atlas was not tuned on."""
        return all_results(entry for entry in self.results if not entry.about.tuned_on)

    @property
    def tuned(self) -> list[Result]:
        """Return the results of the sets that Atlas was tuned on."""
        return all_results(entry for entry in self.results if entry.about.tuned_on)


def as_markdown(evaluation: Evaluation, plots: Mapping[str, str]) -> str:
    """Give the report as a page.

    Args:
        evaluation: What was measured.
        plots: Paths of pictures relative to the page, by title.
    """
    parts = [
        "# How well Atlas understands",
        "Written by `make evaluate`; do not edit.",
        "\n".join(f"- {name}: {value}" for name, value in evaluation.about.items()),
        _summary(evaluation),
        *(f"![{title}]({path})" for title, path in plots.items()),
        _sets(evaluation.results),
        *_both(evaluation, "Intents", _intents),
        *_both(evaluation, "Slots", _slots),
        *_both(evaluation, "How findings are said", _assertions),
        *_both(evaluation, "Warning signs", _flags),
        _groups(evaluation),
        _perturbations(evaluation.perturbed),
        _mistakes(evaluation.mistakes),
        speed_section(evaluation.speed) if evaluation.speed else "",
        _stock(evaluation.stock) if evaluation.stock else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _both(evaluation: Evaluation, title: str, tables: Any) -> list[str]:
    """Return a section with the sets that Atlas was not tuned on first, then the others."""
    parts = []
    for heading, results in (
        (title, evaluation.fresh),
        (f"{title}, sets that Atlas was tuned on", evaluation.tuned),
    ):
        text = tables(results)
        if text:
            parts.append(f"## {heading}\n\n{text}")
    return parts


def _summary(evaluation: Evaluation) -> str:
    new, tuned = Tally.of(evaluation.fresh), Tally.of(evaluation.tuned)
    rows: list[list[Any]] = [
        ["intents right", "at least 90 %", new.intents, tuned.intents],
        ["slots", "F1 at least 0.85", _f1(new.slots), _f1(tuned.slots)],
        ["findings read as they are said", "", new.assertions, tuned.assertions],
        ["emergencies heard", "at least 98 %", new.emergencies, tuned.emergencies],
        ["… heard or asked about", "", new.heard_or_asked, tuned.heard_or_asked],
        ["ordinary messages raised to an emergency", "under 3 %", new.alarms, tuned.alarms],
    ]
    if evaluation.speed:
        cost = evaluation.speed.typical[WHOLE]
        rows.append(
            [
                f"parsing {TYPICAL_WORDS} words, one core",
                "p50 under 15 ms",
                f"p50 {cost.p50:.1f} ms, p95 {cost.p95:.1f} ms",
                "",
            ]
        )
    return "\n\n".join(
        [
            _table(["", "goal", "sets not tuned on", "sets tuned on"], rows),
            "Each message is read as the first of a conversation, by the trained model and by the "
            "code that reads every turn; the day is Sunday 22 November 2026. Shares have Wilson "
            "95 % intervals. Where Atlas was changed in the light of a set, the figure says what "
            "was reached, not what to expect of new messages. A fallback counts as a wrong intent. "
            "An emergency is heard when its level, or a higher one, is announced in the same turn.",
            "What to expect of new messages is the first look at the latest set of each kind, "
            "before anything was changed for it:",
            _first_looks(evaluation.results),
        ]
    )


def _first_looks(results: Sequence[Results]) -> str:
    """Return the first figures of the set of each kind that stands last in sets.yml."""
    latest = {entry.about.kind: entry.about for entry in results}
    return _table(
        ["", "set", "written by", "first look"],
        [[about.kind, about.id, about.written_by, about.first_figure] for about in latest.values()],
    )


def _sets(results: Sequence[Results]) -> str:
    rows = []
    for entry in results:
        tally, about = Tally.of(all_results([entry])), entry.about
        rows.append(
            [
                about.id,
                about.kind,
                len(about.samples),
                about.written_by,
                "yes" if about.tuned_on else "no",
                f"{about.first_measured or ''} {about.first_figure}".strip(),
                "; ".join(text for text in [*_figures(tally), _said(tally)] if text),
            ]
        )
    header = ["set", "kind", "messages", "written by", "tuned on", "first figure", "now"]
    return f"## Sets\n\n{_table(header, rows)}"


def _intents(results: Sequence[Result]) -> str:
    found = [item for item in results if isinstance(item, IntentResult)]
    single = [item for item in found if len(item.sample.intents) == 1]
    several = [item for item in found if len(item.sample.intents) > 1]
    if not found:
        return ""
    rows = [
        ["right", Share.of(item.is_right for item in found)],
        ["fallback (asked instead of guessed)", Share.of(item.is_fallback for item in found)],
        [
            "wrong and not asked",
            Share.of(not (item.is_right or item.is_fallback) for item in found),
        ],
        ["best intent right, threshold left out", Share.of(item.top_is_right for item in found)],
    ]
    if several:
        rows += [
            ["two requests: one of them first", Share.of(item.is_right for item in several)],
            ["two requests: both lead the ranking", Share.of(item.both_named for item in several)],
        ]
    confusions = Counter(
        (item.sample.intents[0], item.found.intent) for item in single if not item.is_right
    )
    return "\n\n".join(
        [
            _table(["", "messages"], rows),
            "By intent:",
            _table(["intent", "messages", "precision", "recall", "F1"], _by_intent(single)),
            f"The {_CONFUSIONS} most frequent confusions:",
            _table(
                ["said", "understood", "times"],
                [[*pair, count] for pair, count in confusions.most_common(_CONFUSIONS)],
            ),
        ]
    )


def _by_intent(results: Sequence[IntentResult]) -> list[list[Any]]:
    matches: dict[str, Match] = {}
    for item in results:
        (wanted,) = item.sample.intents
        if item.is_right:
            matches[wanted] = matches.get(wanted, Match()) + Match(right=1)
        else:
            matches[wanted] = matches.get(wanted, Match()) + Match(missing=1)
            if not item.is_fallback:
                other = item.found.intent
                matches[other] = matches.get(other, Match()) + Match(extra=1)
    return [
        [name, match.right + match.missing, *_precision_recall(match)]
        for name, match in sorted(matches.items(), key=lambda pair: pair[1].f1)
        if match.right + match.missing
    ]


def _slots(results: Sequence[Result]) -> str:
    found = [item for item in results if isinstance(item, SlotResult)]
    if not found:
        return ""
    by_slot = slots_by_name(found)
    rows = [
        [name, match.right + match.missing, *_precision_recall(match)]
        for name, match in by_slot.items()
    ]
    total = sum(by_slot.values(), Match())
    macro = sum(match.f1 for match in by_slot.values()) / len(by_slot)
    rows.append(["**all values**", total.right + total.missing, *_precision_recall(total)])
    return "\n\n".join(
        [
            _table(["slot", "values", "precision", "recall", "F1"], rows),
            f"Mean F1 over the slots: {macro:.3f}. Messages with every slot right: "
            f"{Share.of(item.total.is_perfect for item in found)}. "
            "Slots that hold a list are scored value by value, and that all was denied is a value. "
            "A duration may be a day or 15 % apart. Slots on which careful readers differ are left "
            "out message by message.",
        ]
    )


def slots_by_name(results: Iterable[SlotResult]) -> dict[str, Match]:
    """Sum up the values of each slot."""
    found = list(results)
    return {
        name: sum((item.matches[name] for item in found if name in item.matches), Match())
        for name in SLOTS
    }


def _assertions(results: Sequence[Result]) -> str:
    found = [item for item in results if isinstance(item, AssertionResult)]
    if not found:
        return ""
    rows = []
    for assertion in Assertion:
        said = [item for item in found if item.wanted is assertion]
        if said:
            wrong = Counter(
                item.read_as.value for item in said if item.read_as and not item.is_right
            )
            rows.append(
                [
                    assertion.value,
                    Share.of(item.is_found for item in said),
                    Share.of(item.is_right for item in said if item.is_found),
                    ", ".join(f"{name} {count}" for name, count in wrong.most_common()),
                ]
            )
    return "\n\n".join(
        [
            _table(["said as", "found", "read so, where found", "read as"], rows),
            "From the sets of assertions, and from the values of list slots in the sets of slots.",
        ]
    )


def _flags(results: Sequence[Result]) -> str:
    found = [item for item in results if isinstance(item, FlagResult)]
    benign = [item for item in results if isinstance(item, BenignResult)]
    parts = []
    if found:
        header = ["", "heard", "any emergency", "sign named", "not heard, asked about"]
        parts += [
            "By the level that is wanted:",
            _table(header, _by(found, lambda item: item.sample.level.value)),
            "By sign:",
            _table(header, _by(found, lambda item: item.sample.flag)),
        ]
    if benign:
        kinds = sorted({item.sample.kind for item in benign})
        rows = []
        for name in ["**all**", *kinds]:
            of_kind = [item for item in benign if name in ("**all**", item.sample.kind)]
            rows.append(
                [
                    name,
                    Share.of(item.is_raised for item in of_kind),
                    Share.of(item.is_asked for item in of_kind),
                ]
            )
        parts += [
            "Ordinary messages:",
            _table(["kind", "raised to an emergency", "needlessly asked"], rows),
        ]
    return "\n\n".join(parts)


def _by(found: Sequence[FlagResult], key: Any) -> list[list[Any]]:
    rows = []
    for name in sorted({key(item) for item in found}):
        members = [item for item in found if key(item) == name]
        urgent = [item for item in members if item.sample.level.is_emergency]
        rows.append(
            [
                name,
                Share.of(item.is_heard for item in members),
                Share.of(item.is_announced for item in urgent),
                Share.of(item.is_named for item in members),
                Share.of(item.is_asked for item in members),
            ]
        )
    return rows


def _groups(evaluation: Evaluation) -> str:
    results = [*evaluation.fresh, *evaluation.tuned]
    parts = ["## Groups", "All sets together, so that the groups are large enough to compare."]
    for title, key in (
        ("file", lambda sample: sample.file),
        ("author", lambda sample: sample.author),
        ("style", lambda sample: sample.style),
        ("length", length_of),
    ):
        groups = tally_by(results, key)
        if groups:
            rows = [[name, *_figures(tally, bare=True)] for name, tally in sorted(groups.items())]
            parts.append(_table([title, *_HEADERS], rows))
    return "\n\n".join(parts)


def _perturbations(perturbed: Mapping[str, Perturbed]) -> str:
    rows = [
        [
            name,
            item.messages,
            _change(item.before.intents, item.after.intents),
            f"{item.before.slots.f1:.3f} → {item.after.slots.f1:.3f}"
            if item.before.slots != Match()
            else "",
            _change(item.before.emergencies, item.after.emergencies),
            _change(item.before.alarms, item.after.alarms),
        ]
        for name, item in perturbed.items()
    ]
    total = sum(item.messages for item in perturbed.values())
    return "\n\n".join(
        [
            "## Perturbations",
            f"{total} messages made from those of the sets by seeded rules (words in "
            "evaluation/perturbations.yml); the figures of the same messages before → after.",
            _table(["change", "messages", *_HEADERS], rows),
        ]
    )


def _change(before: Share, after: Share) -> str:
    if not before.total:
        return ""
    return f"{100 * before.value:.1f} → {100 * after.value:.1f} % of {before.total}"


def _mistakes(mistakes: Sequence[Mistake]) -> str:
    names = {
        "missed": "emergency not heard",
        "raised": "ordinary message raised",
        "intent": "wrong intent",
        "slots": "wrong slots",
    }
    listed = [
        f"{number}. **{names[item.kind]}**: “{item.text}”  \n   said: {item.wanted}; "
        f"understood: {item.found}"
        for number, item in enumerate(mistakes, 1)
    ]
    return "\n\n".join(
        [
            "## The ten worst remaining errors",
            "By harm, then by how sure Atlas was; at most four emergencies, so that other kinds "
            "are seen as well. From all sets.",
            "\n".join(listed),
        ]
    )


def speed_section(speed: Speed) -> str:
    """Return what a message costs by component, as a section of a page.

    Args:
        speed: The measured times.
    """
    whole = speed.typical[WHOLE].p50
    shown = [name for name, cost in speed.typical.items() if cost.p50 >= _SLOW]
    rows = [
        [
            name,
            f"{speed.typical[name].p50:.2f}",
            f"{speed.typical[name].p95:.2f}",
            ""
            if name in (READING, BY_THE_CLOCK)
            else f"{100 * speed.typical[name].p50 / whole:.0f} %",
            *(f"{times[name]:.2f}" for times in speed.growth.values()),
        ]
        for name in shown
    ]
    header = [
        "",
        "p50, ms",
        "p95, ms",
        "share",
        *(f"{length:,} characters" for length in speed.growth),
    ]
    return "\n\n".join(
        [
            "## Speed",
            f"Processor time on one core: {speed.messages} readings of messages of about "
            f"{TYPICAL_WORDS} words; on the right the medians for longer texts. By the clock it "
            f"takes longer where the machine does other things (load {speed.load:.1f}). Twice "
            f"the longest but one takes {speed.by_doubling:.1f} times as long.",
            _table(header, rows),
        ]
    )


def _stock(stock: Mapping[str, Any]) -> str:
    training = stock["training"]
    rows = []
    for item in stock["sets"]:
        total = item["messages"]
        rows.append(
            [item["set_id"]]
            + [
                Share(item[f"{who}_{what}"], total)
                for what in ("right", "top")
                for who in ("stock", "atlas")
            ]
        )
    header = ["set", "DIET", "Atlas", "DIET, no threshold", "Atlas, no threshold"]
    return "\n\n".join(
        [
            "## Beside stock DIET",
            f"Rasa's own classifier on the same {training['examples']:,} training examples "
            f"({training['epochs']} epochs{_fewer(training)}, {training['seconds']} s on a shared "
            "machine; stock pipeline: whitespace tokens, regular expressions, lexical features, "
            "word and character counts, DIET, fallback below 0.3), measured once on "
            f"{stock['date'][:10]} at revision {stock['machine']['revision']} with "
            f"`{stock['command']}`. Near copies of training examples, which both know, were taken "
            "out of some sets since. Intents right:",
            _table(header, rows),
        ]
    )


def _fewer(training: Mapping[str, Any]) -> str:
    return " instead of its 100, to save time" if training["epochs"] < 100 else ""


def _figures(tally: Tally, *, bare: bool = False) -> list[str]:
    """Return the four figures that groups are compared by; empty where nothing was measured."""
    named = [
        ("intents right", str(tally.intents) if tally.intents.total else ""),
        ("slots", _f1(tally.slots)),
        ("emergencies heard", str(tally.emergencies) if tally.emergencies.total else ""),
        ("ordinary raised", str(tally.alarms) if tally.alarms.total else ""),
    ]
    return [text if bare or not text else f"{name} {text}" for name, text in named]


def _said(tally: Tally) -> str:
    return f"read as said {tally.assertions}" if tally.assertions.total else ""


def _f1(match: Match) -> str:
    return f"F1 {match.f1:.3f}" if match != Match() else ""


def _precision_recall(match: Match) -> list[str]:
    return [f"{value:.3f}" for value in (match.precision, match.recall, match.f1)]


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    rule = ["---", *("---:" for _ in header[1:])]
    lines = [header, rule, *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
