"""What was understood is held against what a message says."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.triage.rules import Level
from evaluation.pipeline import FALLBACK, Understood
from evaluation.scoring import BenignResult, FlagResult, IntentResult, score_slots
from evaluation.sets import BenignMessage, FlagMessage, IntentMessage, SlotMessage
from evaluation.statistics import Match

ABOUT: dict[str, Any] = {"text": "…", "file": "a", "style": None, "author": None}


def understood(**changes: Any) -> Understood:
    found: dict[str, Any] = {
        "intent": "greet",
        "top_intent": "greet",
        "confidence": 0.9,
        "ranking": ("greet", "affirm"),
        "findings": (),
        "slots": {},
        "level": Level.SELF_CARE,
        "disposition": None,
        "red_flags": (),
        "asks": False,
    }
    return Understood(**{**found, **changes})


@pytest.mark.parametrize(
    ("name", "wanted", "found", "match"),
    [
        ("site", ["neck", "shoulder"], ["neck", "other"], Match(1, 1, 1)),
        ("neuro_arm", [], [], Match(right=1)),
        ("neuro_arm", [], None, Match(missing=1)),
        ("neuro_arm", None, [], Match(extra=1)),
        ("side", "left", "right", Match(0, 1, 1)),
        ("injury", False, False, Match(right=1)),
        ("injury", False, None, Match(missing=1)),
        ("duration_days", 60, 61, Match(right=1)),
        ("duration_days", 21, 60, Match(0, 1, 1)),
        ("duration_days", 0, 1, Match(right=1)),
        ("severity", 7, 8, Match(0, 1, 1)),
    ],
)
def test_a_slot_is_scored_by_its_values(name: str, wanted: Any, found: Any, match: Match) -> None:
    slots = {} if wanted is None else {name: wanted}
    sample = SlotMessage(**ABOUT, slots=slots, unscored=frozenset())
    result = score_slots(sample, understood(slots={name: found}))
    assert result.matches[name] == match


def test_a_slot_on_which_readers_differ_is_left_out() -> None:
    sample = SlotMessage(**ABOUT, slots={}, unscored=frozenset({"side"}))
    result = score_slots(sample, understood(slots={"side": "left"}))
    assert "side" not in result.matches
    assert result.total.is_perfect


def test_a_fallback_is_a_wrong_intent_and_known_as_one() -> None:
    result = IntentResult(IntentMessage(**ABOUT, intents=("greet",)), understood(intent=FALLBACK))
    assert not result.is_right
    assert result.is_fallback
    assert result.top_is_right


@pytest.mark.parametrize(
    ("wanted", "announced", "heard"),
    [
        (Level.EMERGENCY, Level.EMERGENCY_AMBULANCE, True),
        (Level.EMERGENCY_AMBULANCE, Level.EMERGENCY, False),
        (Level.EMERGENCY, None, False),
    ],
)
def test_an_emergency_is_heard_when_its_level_is_announced(
    wanted: Level, announced: Level | None, heard: bool
) -> None:
    found = understood(level=Level.EMERGENCY_AMBULANCE, disposition=announced, asks=True)
    result = FlagResult(FlagMessage(**ABOUT, flag="RF06", level=wanted), found)
    assert result.is_heard is heard
    assert result.is_asked is not heard


def test_an_ordinary_message_is_raised_when_an_emergency_is_announced() -> None:
    sample = BenignMessage(**ABOUT, kind="idiom")
    assert BenignResult(sample, understood(disposition=Level.EMERGENCY)).is_raised
    assert BenignResult(sample, understood(asks=True)).is_asked
