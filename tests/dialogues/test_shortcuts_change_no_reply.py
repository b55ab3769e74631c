"""What Rasa does for a message is shortened (bot/rasa_shortcuts.py); what comes of it stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from support.dialogue import Stage

from bot.graph_runner import StraightGraphRunner
from bot.rasa_shortcuts import RASAS_OWN

SAID = (
    "hello",
    "my neck has hurt for three weeks, 6/10, no injury, I am 44",
    "what is an MRI?",
    "none of these",
    "I had it before",
    "it built up slowly",
    "are you a bot?",
    "go back",
    "suddenly",
    "no, none",
    "none of those",
    "no to all",
    "book a visit",
    "as soon as possible",
    "the second one",
    "can I talk to a person?",
    "Jane Miller",
    "stop",
    "purple elephants dance",
    "thank you",
    "I can't feel my legs",
)


def _told(events: list[Event]) -> list[tuple[object, ...]]:
    names = ("action_name", "policy", "confidence", "key", "name")
    return [
        (type(event).__name__, *(getattr(event, name, None) for name in names)) for event in events
    ]


async def _play(agent: Agent, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    folder.mkdir()
    stage = Stage(agent, folder, monkeypatch)
    for text in SAID:
        await stage.say(text)
    return list((await stage.tracker()).events)


async def _as_the_store_reads_it(agent: Agent, stage: Stage) -> DialogueStateTracker:
    events = list((await stage.tracker()).events)
    return DialogueStateTracker.from_events("one", events, agent.domain.slots)


async def test_a_conversation_goes_as_it_goes_without_the_shortcuts(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortened = await _play(agent, tmp_path / "shortened", monkeypatch)
    for owner, name, own in RASAS_OWN:
        monkeypatch.setattr(owner, name, own)
    monkeypatch.setattr(StraightGraphRunner, "run", DaskGraphRunner.run)
    in_full = await _play(agent, tmp_path / "in_full", monkeypatch)
    assert _told(shortened) == _told(in_full)
    assert len(shortened) > 10 * len(SAID)


async def test_a_copied_tracker_is_what_its_events_make_of_it(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(agent, tmp_path, monkeypatch)
    for text in SAID[:4]:
        await stage.say(text)
    tracker = await _as_the_store_reads_it(agent, stage)
    copied, replayed = tracker.copy(), tracker.travel_back_in_time(float("inf"))
    assert copied.current_state() == replayed.current_state()
    assert list(copied.events) == list(replayed.events)
    assert {name: slot.has_been_set for name, slot in copied.slots.items()} == {
        name: slot.has_been_set for name, slot in replayed.slots.items()
    }


async def test_what_happens_to_a_copy_does_not_happen_to_the_tracker(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(agent, tmp_path, monkeypatch)
    await stage.say(SAID[1])
    tracker = await _as_the_store_reads_it(agent, stage)
    before, count = tracker.current_state(), len(tracker.events)
    copied = tracker.copy()
    for event in tracker.events:
        copied.update(event)
    copied.reject_action("interview_form")
    copied._set_slot("site", ["shoulder"])
    assert (tracker.current_state(), len(tracker.events)) == (before, count)
