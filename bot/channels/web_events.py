"""Push what happens in a conversation to every tab that shows it (server-sent events)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.stores.bus import Bus, News

Event = tuple[str, dict[str, Any]]

# A tab that reads this slowly is better off with a new connection and the history.
_MOST_WAITING = 200
MOST_STREAMS = 8
# Ends a stream, not the chat.
GOODBYE = "goodbye"
_TOPIC = "push"
# Seconds, one after the other.
_SAVED_WITHIN = (0.3, 1.5)


class Audience:
    """Who watches which conversation in this process, and the way to those of the others.

    Args:
        bus: Tells the other processes.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._watchers: defaultdict[str, set[asyncio.Queue[Event]]] = defaultdict(set)
        bus.subscribe(_TOPIC, self._heed, self._tell_shortly)

    def count(self, conversation_id: str) -> int:
        """Return how many streams show a conversation."""
        return len(self._watchers.get(conversation_id, ()))

    @contextlib.contextmanager
    def watch(self, conversation_id: str) -> Iterator[asyncio.Queue[Event]]:
        """Receive a conversation's events for as long as the context lasts."""
        queue: asyncio.Queue[Event] = asyncio.Queue(_MOST_WAITING)
        self._watchers[conversation_id].add(queue)
        try:
            yield queue
        finally:
            self._watchers[conversation_id].discard(queue)
            if not self._watchers[conversation_id]:
                del self._watchers[conversation_id]

    def tell(self, conversation_id: str, name: str, **data: Any) -> None:
        """Tell all who watch a conversation, in whatever process.

        Args:
            conversation_id: The conversation.
            name: The event's name.
            data: What it says.
        """
        self._tell_here(conversation_id, name, data)
        self._bus.tell(_TOPIC, id=conversation_id, name=name, data=data)

    def send_away(self) -> None:
        """End every stream of this process; the browsers come back, to another one."""
        for queues in self._watchers.values():
            for queue in queues:
                while queue.full():
                    queue.get_nowait()
                queue.put_nowait((GOODBYE, {}))

    def _tell_here(self, conversation_id: str, name: str, data: dict[str, Any]) -> None:
        for queue in self._watchers.get(conversation_id, ()):
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait((name, data))

    def _heed(self, news: News) -> None:
        self._tell_here(news["id"], news["name"], news["data"])

    def _tell_shortly(self, news: News) -> None:
        """Let the others read in the history what was too long to be told."""
        loop = asyncio.get_running_loop()
        for pause in _SAVED_WITHIN:
            loop.call_later(pause, self.tell, news["id"], "changed")


class PushOutput(OutputChannel):
    """Says something outside a turn: a reminder, or what the HTTP API triggers.

    Rasa saves the conversation after it has spoken, and only then can the tabs read the message
    in the history; so they are told a moment later, and again in case that was too soon.

    Args:
        audience: Who is told.
    """

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._telling: set[asyncio.Task[None]] = set()

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, which responses in domain.yml may refer to."""
        return "web"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Tell the tabs that there is something new."""
        task = asyncio.create_task(self._tell_later(recipient_id))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell_later(self, recipient_id: str) -> None:
        for pause in _SAVED_WITHIN:
            await asyncio.sleep(pause)
            self._audience.tell(recipient_id, "changed")


def write_event(name: str, data: dict[str, Any]) -> str:
    """Write one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def next_or_none(queue: asyncio.Queue[Event], seconds: float) -> Event | None:
    """Wait for the next event, or return None when none came in time."""
    try:
        return await asyncio.wait_for(queue.get(), seconds)
    except TimeoutError:
        return None
