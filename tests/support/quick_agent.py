"""The agent of the tests, made quick for thousands of turns: nothing is written out between them.

Reading a message is remembered by its words. Conversations stay objects in memory, and their
oldest events give way to the slots that they led to: what a turn does is decided by the slots and
the newest events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from copy import copy, deepcopy
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# Some twelve turns, of which the last are kept.
_MOST_EVENTS, _KEPT_TURNS = 250, 4


class LiveTrackerStore(InMemoryTrackerStore):
    """Keeps conversations as the objects that they are."""

    def __init__(self, domain: Domain) -> None:
        super().__init__(domain)
        self._live: dict[str, DialogueStateTracker] = {}

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a conversation."""
        if len(tracker.events) > _MOST_EVENTS:
            tracker.events = deque(_shortened(tracker))
        self._live[tracker.sender_id] = tracker

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a conversation."""
        return self._live.get(sender_id)

    async def retrieve_full_tracker(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a conversation, as far as it is kept."""
        return self._live.get(sender_id)

    async def keys(self) -> Iterable[str]:
        """Return the ids of the conversations."""
        return self._live.keys()

    async def fork(self, sender_id: str, other: str, **slots: Any) -> None:
        """Let another sender stand where a sender stands, with some slots changed."""
        tracker = self._live[sender_id]
        twin = copy(tracker)
        twin.sender_id = other
        twin.events = deque(tracker.events)
        twin.slots = {name: copy(slot) for name, slot in tracker.slots.items()}
        twin.active_loop = copy(tracker.active_loop)
        for name, value in slots.items():
            twin.update(SlotSet(name, value))
        self._live[other] = twin


def _shortened(tracker: DialogueStateTracker) -> list[Event]:
    events = list(tracker.events)
    turns = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    start = turns[-_KEPT_TURNS] if len(turns) > _KEPT_TURNS else 0
    before, kept = events[:start], events[start:]
    loops = [event for event in before if isinstance(event, ActiveLoop)]
    known = [
        SlotSet(slot.name, slot.value)
        for slot in tracker.slots.values()
        if slot.value != slot.initial_value
    ]
    return [*known, *loops[-1:], *kept]


class QuickAgent:
    """An agent that shares the model of another one.

    Args:
        agent: The agent with the trained model.
    """

    def __init__(self, agent: Agent) -> None:
        self.domain = agent.domain
        self.tracker_store = LiveTrackerStore(agent.domain)
        self._agent = copy(agent)
        self._agent.tracker_store = self.tracker_store
        processor = copy(agent.processor)
        processor.tracker_store = self.tracker_store
        self._read: dict[str, dict[str, Any]] = {}
        parse = processor.parse_message

        async def parse_once(message: UserMessage, *rest: Any, **options: Any) -> dict[str, Any]:
            if message.text not in self._read:
                self._read[message.text] = await parse(message, *rest, **options)
            return deepcopy(self._read[message.text])

        processor.parse_message = parse_once
        self._agent.processor = processor

    async def handle_message(self, message: UserMessage) -> Any:
        """Let the bot answer one message."""
        return await self._agent.handle_message(message)
