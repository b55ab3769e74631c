"""Hold what Atlas understood against what the data sets say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clinic.history.findings import Assertion
from evaluation.pipeline import FALLBACK, Understood
from evaluation.sets import (
    SLOTS,
    AssertionMessage,
    BenignMessage,
    DataSet,
    FlagMessage,
    IntentMessage,
    Sample,
    SlotMessage,
)
from evaluation.statistics import Match

# "A couple of months" may be 60 or 61 days, "6-8 weeks" 42 to 56.
_DAYS_APART, _SHARE_APART = 1.0, 0.15
_DENIED = "nothing"
Read = Callable[[str], Understood]


@dataclass(frozen=True, slots=True)
class IntentResult:
    """One message with an intent, and what was understood."""

    sample: IntentMessage
    found: Understood

    @property
    def is_right(self) -> bool:
        """Tell whether the dialogue acts on an intent of the message; a fallback is wrong."""
        return self.found.intent in self.sample.intents

    @property
    def is_fallback(self) -> bool:
        """Tell whether Atlas asked instead of guessing."""
        return self.found.intent == FALLBACK

    @property
    def top_is_right(self) -> bool:
        """Tell whether the best intent is right, whatever its confidence."""
        return self.found.top_intent in self.sample.intents

    @property
    def both_named(self) -> bool:
        """Tell whether all intents of the message lead the ranking."""
        wanted = self.sample.intents
        return set(wanted) == set(self.found.ranking[: len(wanted)])


@dataclass(frozen=True, slots=True)
class SlotResult:
    """One message with slots, and how well each slot was filled."""

    sample: SlotMessage
    found: Understood
    matches: Mapping[str, Match]

    @property
    def total(self) -> Match:
        """Return all slots together."""
        return sum(self.matches.values(), Match())


@dataclass(frozen=True, slots=True)
class AssertionResult:
    """One finding, and whether it is read as it is said.

    Attributes:
        sample: The message.
        wanted: How it is said.
        read_as: How it is read; None where it was not found.
    """

    sample: Sample
    wanted: Assertion
    read_as: Assertion | None

    @property
    def is_found(self) -> bool:
        """Tell whether the finding was found at all."""
        return self.read_as is not None

    @property
    def is_right(self) -> bool:
        """Tell whether it was found and read as it is said."""
        return self.read_as is self.wanted


@dataclass(frozen=True, slots=True)
class FlagResult:
    """One message with a warning sign, and what the turn does."""

    sample: FlagMessage
    found: Understood

    @property
    def is_heard(self) -> bool:
        """Tell whether the level is reached; an emergency must be announced in the turn."""
        level = self.sample.level
        if level.is_emergency:
            announced = self.found.disposition
            return announced is not None and announced.urgency >= level.urgency
        return self.found.level.urgency >= level.urgency

    @property
    def is_announced(self) -> bool:
        """Tell whether an emergency of either level is announced in the turn."""
        return self.found.disposition is not None

    @property
    def is_named(self) -> bool:
        """Tell whether this very sign is named."""
        return self.sample.flag in self.found.red_flags

    @property
    def is_asked(self) -> bool:
        """Tell whether a sign that was not heard is asked about in the turn."""
        return not self.is_heard and self.found.asks


@dataclass(frozen=True, slots=True)
class BenignResult:
    """One message that is no emergency, and what the turn does."""

    sample: BenignMessage
    found: Understood

    @property
    def is_raised(self) -> bool:
        """Tell whether an emergency was announced."""
        return self.found.disposition is not None

    @property
    def is_asked(self) -> bool:
        """Tell whether a needless question is asked."""
        return not self.is_raised and self.found.asks


@dataclass(frozen=True, slots=True)
class Results:
    """Everything measured on one data set."""

    about: DataSet
    intents: tuple[IntentResult, ...]
    slots: tuple[SlotResult, ...]
    flags: tuple[FlagResult, ...]
    benign: tuple[BenignResult, ...]
    assertions: tuple[AssertionResult, ...]


def score(data: DataSet, read: Read) -> Results:
    """Read all messages of a set and score them.

    Args:
        data: The set.
        read: Reads a message.
    """
    slots = tuple(score_slots(sample, read(sample.text)) for sample in data.slots)
    return Results(
        about=data,
        intents=tuple(IntentResult(sample, read(sample.text)) for sample in data.intents),
        slots=slots,
        flags=tuple(FlagResult(sample, read(sample.text)) for sample in data.flags),
        benign=tuple(BenignResult(sample, read(sample.text)) for sample in data.benign),
        assertions=(
            *(_assertion(sample, read(sample.text)) for sample in data.assertions),
            *(item for result in slots for item in _assertions_of(result)),
        ),
    )


def score_slots(sample: SlotMessage, found: Understood) -> SlotResult:
    """Compare the slots that a message fills with those it should.

    Args:
        sample: The message.
        found: What was understood.
    """
    matches = {
        name: _match(name, sample.slots.get(name), found.slots.get(name))
        for name in SLOTS
        if name not in sample.unscored
    }
    return SlotResult(sample, found, matches)


def _match(name: str, wanted: Any, found: Any) -> Match:
    if isinstance(wanted, list) or isinstance(found, list):
        expected, got = _values(wanted), _values(found)
        return Match(len(expected & got), len(got - expected), len(expected - got))
    if wanted is None:
        return Match(extra=int(found is not None))
    if found is None:
        return Match(missing=1)
    if _is_same(name, wanted, found):
        return Match(right=1)
    return Match(extra=1, missing=1)


def _values(value: Any) -> set[Any]:
    """Return the values of a list slot; that everything was denied counts as a value."""
    if value is None:
        return set()
    return set(value) or {_DENIED}


def _is_same(name: str, wanted: Any, found: Any) -> bool:
    if name == "duration_days":
        return abs(wanted - found) <= max(_DAYS_APART, _SHARE_APART * wanted)
    return bool(wanted == found)


def _assertion(sample: AssertionMessage, found: Understood) -> AssertionResult:
    read_as = _read_as(found, sample.attribute, sample.value, sample.assertion)
    return AssertionResult(sample, sample.assertion, read_as)


def _assertions_of(result: SlotResult) -> list[AssertionResult]:
    """Return how each labelled value of a list slot is read; other kinds have no value denied."""
    listed = {name: value for name, value in result.sample.slots.items() if isinstance(value, list)}
    return [
        AssertionResult(
            result.sample,
            Assertion.PRESENT if values else Assertion.ABSENT,
            _read_as(result.found, name, value, Assertion.PRESENT if values else Assertion.ABSENT),
        )
        for name, values in listed.items()
        for value in (values or [None])
    ]


def _read_as(found: Understood, attribute: str, value: Any, wanted: Assertion) -> Assertion | None:
    """Return how a finding is read; of several readings the one wanted, if it is there."""
    readings = [
        finding.assertion
        for finding in found.findings
        if finding.attribute == attribute and (value is None or finding.value == value)
    ]
    if wanted in readings:
        return wanted
    return readings[0] if readings else None
