"""Play a dialogue of tests/dialogues inside the process: real model, real actions."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from ruamel.yaml import YAML

from clinic.scheduling.provider import get_scheduler
from clinic.settings import Settings, load_settings
from support.project import ROOT
from support.quick_agent import LiveTrackerStore, QuickAgent

# A Wednesday, ten in the morning in New York.
NOW = "2027-03-03T15:00:00+00:00"
_STEP_KEYS = {
    "user",
    "press",
    "press_number",
    "as",
    "at",
    "replies",
    "ran",
    "never",
    "slots",
    "no_slot",
    "text_contains",
    "text_lacks",
    "buttons",
    "no_button",
    "form",
    "question",
    "appointments",
}
_FILE_KEYS = {"about", "clinic", "at", "steps"}


def load_dialogue(path: Path) -> dict[str, Any]:
    """Read a dialogue and refuse keys that the player would silently ignore."""
    dialogue: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    unknown = set(dialogue) - _FILE_KEYS
    for step in dialogue["steps"]:
        unknown |= set(step) - _STEP_KEYS
        assert {"user", "press", "press_number"} & set(step), f"{path.name}: a step says nothing"
    assert not unknown, f"{path.name}: unknown keys {sorted(unknown)}"
    return dialogue


class Stage:
    """Where one dialogue is played: a clinic, a clock, an empty calendar.

    Args:
        agent: The trained model with the actions.
        folder: For the database, and for clinic.yml where the dialogue changes it.
        monkeypatch: Puts everything back afterwards.
        changes: What the dialogue changes in clinic.yml.
        at: The moment at which it begins, ISO 8601.
        name: Begins the ids of its conversations; the folder's name when None.
    """

    def __init__(
        self,
        agent: Agent | QuickAgent,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        changes: Mapping[str, Any] | None = None,
        at: str = NOW,
        name: str | None = None,
    ) -> None:
        self._agent = agent
        self._monkeypatch = monkeypatch
        self._name = name or folder.name
        self.database = folder / "atlas.db"
        self._channels: dict[str, CollectingOutputChannel] = {}
        monkeypatch.setenv("ATLAS_NOW", at)
        monkeypatch.setenv("ATLAS_DATABASE_URL", f"sqlite:///{self.database}")
        monkeypatch.setattr("clinic.settings.environment._cached", _settings(folder, changes or {}))
        get_scheduler.cache_clear()

    async def play(self, dialogue: Mapping[str, Any]) -> None:
        """Play all steps; the first surprise fails with everything said so far."""
        said: list[str] = []
        for number, step in enumerate(dialogue["steps"], start=1):
            visitor = str(step.get("as", "visitor"))
            if "at" in step:
                self._monkeypatch.setenv("ATLAS_NOW", str(step["at"]))
            text = await self._text_of(step, visitor)
            trace = await self.say(text, visitor)
            tracker = await self.tracker(visitor)
            said.append(f"{number}. {text}\n     -> {trace}")
            problems = self._problems(step, trace, tracker, visitor)
            if problems:
                told = "\n".join([*said, "     " + self.text(visitor).replace("\n", "\n     ")])
                pytest.fail(f"{told}\n\nstep {number}: " + "\n".join(problems), pytrace=False)

    async def say(self, text: str, visitor: str = "visitor") -> list[str]:
        """Let a visitor say something; return the names of what the bot said.

        A text that no response of domain.yml gives is named "action:" and the action.
        """
        channel = self._channels[visitor] = CollectingOutputChannel()
        await self._agent.handle_message(UserMessage(text, channel, self._id(visitor)))
        return _utterances(await self.tracker(visitor))

    async def copy(self, visitor: str, other: str, **slots: Any) -> None:
        """Let another visitor stand where a visitor stands, with some slots changed."""
        store = self._agent.tracker_store
        if isinstance(store, LiveTrackerStore):
            await store.fork(self._id(visitor), self._id(other), **slots)
            return
        tracker = await self.tracker(visitor)
        changed = [SlotSet(name, value) for name, value in slots.items()]
        await self.place(other, [*tracker.events, *changed])

    async def place(self, visitor: str, events: Sequence[Event]) -> None:
        """Give a visitor a conversation that went as the events say."""
        domain = self._agent.domain
        tracker = DialogueStateTracker.from_events(
            self._id(visitor), events, domain.slots, domain=domain
        )
        await self._agent.tracker_store.save(tracker)

    async def tracker(self, visitor: str = "visitor") -> DialogueStateTracker:
        """Return a visitor's conversation."""
        store = self._agent.tracker_store
        return await store.get_or_create_tracker(self._id(visitor))

    def text(self, visitor: str = "visitor") -> str:
        """Return the text of the last turn's messages."""
        return "\n".join(item.get("text", "") for item in self._channels[visitor].messages)

    def buttons(self, visitor: str = "visitor") -> list[dict[str, str]]:
        """Return the buttons of the last turn's messages."""
        return [
            button
            for message in self._channels[visitor].messages
            for button in message.get("buttons", [])
        ]

    def appointments(self) -> list[str]:
        """Return the status of every appointment in the database."""
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(self.database)) as connection:
            rows = connection.execute("SELECT status FROM appointments ORDER BY id")
            return [row[0] for row in rows]

    async def _text_of(self, step: Mapping[str, Any], visitor: str) -> str:
        if "press" in step:
            titles = [button["title"] for button in self.buttons(visitor)]
            fitting = [
                button for button in self.buttons(visitor) if button["title"] == step["press"]
            ]
            assert fitting, f"there is no button {step['press']!r} among {titles}"
            return fitting[0]["payload"]
        if "press_number" in step:
            return self.buttons(visitor)[int(step["press_number"]) - 1]["payload"]
        text = str(step["user"])
        slots = (await self.tracker()).current_slot_values()
        for name in ("appointment_reference",):
            text = text.replace(f"{{{name}}}", str(slots[name]))
        return text

    def _problems(
        self,
        step: Mapping[str, Any],
        trace: list[str],
        tracker: DialogueStateTracker,
        visitor: str,
    ) -> list[str]:
        problems = []
        slots = tracker.current_slot_values()
        titles = [button["title"] for button in self.buttons(visitor)]
        text = self.text(visitor)
        if "replies" in step and trace != step["replies"]:
            problems.append(f"replies are {trace}, not {step['replies']}")
        ran = _actions(tracker)
        problems += [
            f"{name} did not run: {ran}" for name in step.get("ran", ()) if name not in ran
        ]
        problems += [f"{name} was said" for name in step.get("never", ()) if name in [*trace, *ran]]
        for name, wanted in step.get("slots", {}).items():
            if slots.get(name) != wanted or isinstance(slots.get(name), bool) != isinstance(
                wanted, bool
            ):
                problems.append(f"slot {name} is {slots.get(name)!r}, not {wanted!r}")
        for name in _listed(step.get("no_slot")):
            if slots.get(name) is not None:
                problems.append(f"slot {name} is {slots[name]!r}, not empty")
        for part in _listed(step.get("text_contains")):
            if str(part).lower() not in text.lower():
                problems.append(f"the text lacks {part!r}")
        for part in _listed(step.get("text_lacks")):
            if str(part).lower() in text.lower():
                problems.append(f"the text has {part!r}")
        for title in _listed(step.get("buttons")):
            if not any(offered.startswith(title) for offered in titles):
                problems.append(f"no button {title!r} among {titles}")
        for title in _listed(step.get("no_button")):
            if any(offered.startswith(title) for offered in titles):
                problems.append(f"there is a button {title!r} among {titles}")
        if "form" in step and tracker.active_loop_name != step["form"]:
            problems.append(f"the open form is {tracker.active_loop_name}, not {step['form']}")
        if "question" in step and slots.get("requested_slot") != step["question"]:
            problems.append(f"asked is {slots.get('requested_slot')}, not {step['question']}")
        if "appointments" in step and self.appointments() != step["appointments"]:
            problems.append(f"appointments are {self.appointments()}, not {step['appointments']}")
        return problems

    def _id(self, visitor: str) -> str:
        return f"{self._name}-{visitor}"


def _settings(folder: Path, changes: Mapping[str, Any]) -> Settings:
    """Return settings whose clinic.yml is the project's with a few values changed."""
    yaml = YAML(typ="safe")
    clinic = yaml.load((ROOT / "clinic.yml").read_text(encoding="utf-8"))
    for name, value in changes.items():
        clinic[name] = {**clinic[name], **value} if isinstance(value, dict) else value
    with (folder / "clinic.yml").open("w", encoding="utf-8") as file:
        yaml.dump(clinic, file)
    return load_settings(folder)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _turn(tracker: DialogueStateTracker) -> list[Any]:
    events = list(tracker.events)
    starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    return events[starts[-1] :] if starts else events


def _actions(tracker: DialogueStateTracker) -> list[str]:
    return [
        event.action_name
        for event in _turn(tracker)
        if isinstance(event, ActionExecuted) and event.action_name
    ]


def _utterances(tracker: DialogueStateTracker) -> list[str]:
    names = []
    action = "action_validate_slot_mappings"
    for event in _turn(tracker):
        if isinstance(event, ActionExecuted) and event.action_name:
            action = event.action_name
        elif isinstance(event, BotUttered):
            names.append(event.metadata.get("utter_action") or f"action:{action}")
    return names
