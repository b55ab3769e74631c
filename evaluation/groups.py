"""Sum results up: all together, by set, by file, by style, by length, by perturbation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evaluation.perturbations import Perturber
from evaluation.pipeline import Understood
from evaluation.scoring import (
    AssertionResult,
    BenignResult,
    FlagResult,
    IntentResult,
    Results,
    SlotResult,
    score_slots,
)
from evaluation.sets import Sample
from evaluation.statistics import Match, Share

Result = IntentResult | SlotResult | FlagResult | BenignResult | AssertionResult
_LENGTHS = ((5, "up to 5 words"), (15, "6 to 15 words"), (40, "16 to 40 words"))
_LONGER = "over 40 words"
# At most so many messages of a kind are perturbed by each rule, spread evenly over the sets.
_PERTURBED = 150


@dataclass(frozen=True, slots=True)
class Tally:
    """The five figures that matter, over some results.

    Attributes:
        intents: Intents right; a fallback is wrong.
        slots: Values of slots.
        assertions: Findings read as they are said, of those that were found.
        emergencies: Emergencies announced in the turn.
        asked: Emergencies not announced but asked about.
        alarms: Ordinary messages raised to an emergency.
    """

    intents: Share
    slots: Match
    assertions: Share
    emergencies: Share
    asked: Share
    alarms: Share

    @property
    def heard_or_asked(self) -> Share:
        """Return the emergencies that were announced or asked about."""
        return Share(self.emergencies.count + self.asked.count, self.emergencies.total)

    @classmethod
    def of(cls, results: Iterable[Result]) -> Tally:
        """Sum results up."""
        listed = list(results)
        emergencies = [
            item
            for item in listed
            if isinstance(item, FlagResult) and item.sample.level.is_emergency
        ]
        return cls(
            intents=Share.of(item.is_right for item in listed if isinstance(item, IntentResult)),
            slots=sum((item.total for item in listed if isinstance(item, SlotResult)), Match()),
            assertions=Share.of(
                item.is_right
                for item in listed
                if isinstance(item, AssertionResult) and item.is_found
            ),
            emergencies=Share.of(item.is_heard for item in emergencies),
            asked=Share.of(item.is_asked for item in emergencies),
            alarms=Share.of(item.is_raised for item in listed if isinstance(item, BenignResult)),
        )


@dataclass(frozen=True, slots=True)
class Perturbed:
    """What one perturbation does to messages.

    Attributes:
        messages: How many messages it changed.
        before: The figures of the same messages as they are written.
        after: The figures of the changed messages.
    """

    messages: int
    before: Tally
    after: Tally


def all_results(results: Iterable[Results]) -> list[Result]:
    """Return the single results of some sets."""
    found: list[Result] = []
    for entry in results:
        found += [*entry.intents, *entry.slots, *entry.flags, *entry.benign, *entry.assertions]
    return found


def tally_by(results: Iterable[Result], key: Callable[[Sample], str | None]) -> dict[str, Tally]:
    """Sum results up by a property of their messages; None leaves a message out."""
    groups: dict[str, list[Result]] = {}
    for item in results:
        name = key(item.sample)
        if name is not None:
            groups.setdefault(name, []).append(item)
    return {name: Tally.of(members) for name, members in groups.items()}


def length_of(sample: Sample) -> str:
    """Return the group of lengths that a message belongs to."""
    words = len(sample.text.split())
    return next((name for most, name in _LENGTHS if words <= most), _LONGER)


def perturb(
    results: Sequence[Result], perturber: Perturber, read: Callable[[str], Understood]
) -> dict[str, Perturbed]:
    """Change messages by every rule and score them again.

    Args:
        results: Results of the messages as they are written.
        perturber: The rules.
        read: Reads a message.
    """
    perturbed = {}
    for name in perturber.changes:
        before: list[Result] = []
        after: list[Result] = []
        for item in _spread(results):
            text = perturber.change(name, item.sample.text)
            if text is not None:
                before.append(item)
                after.append(_again(item, read(text)))
        perturbed[name] = Perturbed(len(after), Tally.of(before), Tally.of(after))
    return perturbed


def _spread(results: Sequence[Result]) -> list[Result]:
    """Return about as many results of each kind, evenly spread; assertions follow the slots."""
    chosen: list[Result] = []
    for kind in (IntentResult, SlotResult, FlagResult, BenignResult):
        members = [item for item in results if isinstance(item, kind)]
        step = max(1, math.ceil(len(members) / _PERTURBED))
        chosen += members[::step]
    return chosen


def _again(item: Result, found: Understood) -> Result:
    if isinstance(item, SlotResult):
        return score_slots(item.sample, found)
    if isinstance(item, IntentResult):
        return IntentResult(item.sample, found)
    if isinstance(item, FlagResult):
        return FlagResult(item.sample, found)
    if isinstance(item, BenignResult):
        return BenignResult(item.sample, found)
    raise TypeError(f"{type(item).__name__} is not perturbed")
