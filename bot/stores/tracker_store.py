"""Keep Rasa's trackers in sealed conversations.

What differs from Rasa's SQL store: events are encrypted and the id is a keyed hash; a turn is one
row, written in one short transaction in a thread, so that no conversation waits for another's
disk; conversations of late are kept decoded, long ones shortened; and a conversation that asked
for it is deleted.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

from bot.stores.audit_entries import entries_of
from bot.stores.forgetting import deletion_in, what_remains
from bot.stores.recent_events import is_shortened, shortened
from bot.tracker_copies import copy_tracker
from clinic.privacy import audit
from clinic.privacy.conversations import Conversations, Version
from clinic.privacy.redaction import redact_logs
from clinic.settings import get_settings


def _without_fallback(store: TrackerStore | None, domain: Domain | None) -> TrackerStore:
    """Stand in for what wraps a tracker store in one that hides its failure."""
    if store is None:
        return InMemoryTrackerStore(domain)
    store.domain = domain or Domain.empty()
    return store


# Rasa walks through all event classes for each event that it reads from the database, which
# took a quarter of a turn; the classes do not change while the server runs.
Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))

# Rasa would go on in memory when a store fails: a patient's conversation would begin anew, and the
# other workers would know nothing of it. Here the failure is told to the patient.
Agent._create_tracker_store = staticmethod(_without_fallback)

# How many conversations stay decoded in memory.
_MOST_DECODED = 500
# Where a tracker remembers how many of its events, from the first on, are written already.
WRITTEN = "atlas_written_events"
# Where it remembers how far the conversation was written when it was read.
_VERSION = "atlas_version"
_DELETED_BY_PATIENT = audit.Entry("delete", "patient")


class EncryptedTrackerStore(TrackerStore):
    """Conversations at the address that ATLAS_DATABASE_URL gives, whatever endpoints.yml says.

    Args:
        domain: The assistant's domain.
        event_broker: Gets new events, where one is configured.
        **kwargs: What endpoints.yml says besides; ignored.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        settings = get_settings()
        # Here, because `rasa run` comes by as well as `atlas serve`, and before any message does.
        redact_logs(demo=settings.clinic.demo)
        self.conversations = Conversations(settings)
        self._decoded = _Decoded(_MOST_DECODED)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the present session, shortened when it is long; None: there is none."""
        version, events = await asyncio.to_thread(self._events, sender_id)
        if not events:
            return None
        known = self._decoded.tracker(sender_id, version)
        if known is None:
            known = self._tracker(sender_id, version, events)
            self._decoded.remember(known, version)
        return copy_tracker(known)

    async def session_events(self, conversation_id: str) -> list[Event]:
        """Return all events of the present session, of which `retrieve` gives the last turns."""
        _, events = await asyncio.to_thread(self._events, conversation_id, whole=True)
        return events

    async def recent_events(self, conversation_id: str) -> list[Event]:
        """Return the events that `retrieve` gives, without building a tracker."""
        _, events = await asyncio.to_thread(self._events, conversation_id)
        return events

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return all sessions of a conversation; None: there is none."""
        kept = await asyncio.to_thread(self.conversations.read, conversation_id, all_sessions=True)
        if kept is None:
            return None
        events = [_decode(event) for event in kept.events]
        return self._tracker(conversation_id, kept.version, events) if events else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new; delete the conversation instead if it asked for that.

        Raises:
            ConversationChanged: Somebody else wrote since the tracker was read.
            ConversationsUnavailable: The database cannot be used now.
        """
        # A tracker that was not read from here is written whole, as a session of its own.
        written: int = getattr(tracker, WRITTEN, 0)
        new = list(islice(tracker.events, written, None))
        if not new:
            return
        deletion = deletion_in(new)
        if deletion is not None:
            remaining = what_remains(new)
            await self.forget(tracker.sender_id, deletion)
            await asyncio.to_thread(self._write, tracker.sender_id, [remaining], (), None)
        else:
            sessions = _sessions(new, begins=written == 0)
            entries = entries_of(list(tracker.events), written, self.domain)
            before: Version | None = getattr(tracker, _VERSION, None)
            version = await asyncio.to_thread(
                self._write, tracker.sender_id, sessions, entries, before
            )
            setattr(tracker, WRITTEN, len(tracker.events))
            setattr(tracker, _VERSION, version)
            self._decoded.remember(copy_tracker(tracker), version)
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)

    async def forget(self, conversation_id: str, entry: audit.Entry = _DELETED_BY_PATIENT) -> int:
        """Delete a conversation; the caller holds its lock.

        Args:
            conversation_id: Which one.
            entry: What the audit log tells of it.

        Returns:
            How many turns were deleted.
        """
        self._decoded.drop(conversation_id)
        return await asyncio.to_thread(self.conversations.delete, conversation_id, [entry])

    async def exists(self, conversation_id: str) -> bool:
        """Tell whether there is such a conversation."""
        version = await asyncio.to_thread(self.conversations.version, conversation_id)
        return version is not None

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations."""
        return await asyncio.to_thread(self.conversations.ids)

    def _events(
        self, conversation_id: str, *, whole: bool = False
    ) -> tuple[Version | None, list[Event]]:
        # Another process may have written meanwhile: then only what it wrote is read and decoded.
        known = self._decoded.latest(conversation_id)
        if known is not None and whole and is_shortened(known.events):
            known = None
        since = self.conversations.since(conversation_id, known.version if known else None)
        if since is None:
            return None, []
        new = [_decode(event) for event in since.events]
        if known is None or not since.goes_on:
            events, tracker = new, None
        elif not new:
            return since.version, known.events
        else:
            events, tracker = [*known.events, *new], self._followed(known, new, since.version)
        short = shortened(events)
        self._decoded.put(conversation_id, since.version, short)
        if tracker is not None:
            self._decoded.remember(tracker, since.version)
        return since.version, events if whole else short

    def _followed(
        self, known: _Known, new: list[Event], version: Version
    ) -> DialogueStateTracker | None:
        """Return what the tracker of a decoded conversation becomes by more events."""
        if known.tracker is None:
            return None
        tracker = copy_tracker(known.tracker)
        for event in new:
            tracker.update(event, self.domain)
        setattr(tracker, WRITTEN, len(tracker.events))
        setattr(tracker, _VERSION, version)
        return tracker

    def _write(
        self,
        conversation_id: str,
        sessions: list[list[Event]],
        entries: Iterable[audit.Entry],
        after: Version | None,
    ) -> Version:
        content = [[event.as_dict() for event in session] for session in sessions]
        before, now = self.conversations.append(conversation_id, content, list(entries), after)
        known = self._decoded.get(conversation_id, before) if before else []
        if len(sessions) > 1:
            self._decoded.put(conversation_id, now, list(sessions[-1]))
        elif known is not None:
            self._decoded.put(conversation_id, now, shortened([*known, *sessions[0]]))
        else:
            self._decoded.drop(conversation_id)
        return now

    def _tracker(
        self, conversation_id: str, version: Version | None, events: list[Event]
    ) -> DialogueStateTracker:
        tracker = DialogueStateTracker.from_events(
            conversation_id, events, self.domain.slots, domain=self.domain
        )
        setattr(tracker, WRITTEN, len(events))
        setattr(tracker, _VERSION, version)
        return tracker


@dataclass(frozen=True)
class _Known:
    """A decoded conversation.

    Args:
        version: Which state of it this is.
        events: The present session, shortened when it is long.
        tracker: What Rasa makes of the events; None: it was not made yet.
    """

    version: Version
    events: list[Event]
    tracker: DialogueStateTracker | None = None


class _Decoded:
    """Conversations of late; the oldest go. Nobody may change what it gives."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Known] = OrderedDict()

    def get(self, conversation_id: str, version: Version) -> list[Event] | None:
        """Return the events if they are of that version."""
        with self._lock:
            found = self._entries.get(conversation_id)
            if found is None or found.version != version:
                return None
            self._entries.move_to_end(conversation_id)
            return found.events

    def latest(self, conversation_id: str) -> _Known | None:
        """Return the conversation as it was decoded last, of whatever version that is."""
        with self._lock:
            found = self._entries.get(conversation_id)
            if found is not None:
                self._entries.move_to_end(conversation_id)
            return found

    def put(self, conversation_id: str, version: Version, events: list[Event]) -> None:
        """Keep events; nobody may change the list afterwards."""
        with self._lock:
            self._entries[conversation_id] = _Known(version, events)
            self._entries.move_to_end(conversation_id)
            if len(self._entries) > self._most:
                self._entries.popitem(last=False)

    def tracker(self, conversation_id: str, version: Version | None) -> DialogueStateTracker | None:
        """Return the tracker of that version if there is one."""
        with self._lock:
            found = self._entries.get(conversation_id)
            return found.tracker if found is not None and found.version == version else None

    def remember(self, tracker: DialogueStateTracker, version: Version | None) -> None:
        """Keep a tracker beside the events that it was made of; not where these were shortened."""
        with self._lock:
            found = self._entries.get(tracker.sender_id)
            if found is None or found.version != version:
                return
            if len(found.events) == len(tracker.events):
                self._entries[tracker.sender_id] = replace(found, tracker=tracker)

    def drop(self, conversation_id: str) -> None:
        """Forget a conversation."""
        with self._lock:
            self._entries.pop(conversation_id, None)


def _decode(event: dict[str, Any]) -> Event:
    decoded = Event.from_parameters(event)
    if decoded is None:
        raise ValueError("a kept event is of no known kind")
    return decoded


def _sessions(events: list[Event], *, begins: bool) -> list[list[Event]]:
    """Split events where a session starts.

    Args:
        events: New events.
        begins: Whether they begin a session by themselves.

    Returns:
        What belongs to the present session, then each new one.
    """
    sessions: list[list[Event]] = [[], []] if begins else [[]]
    for event in events:
        if isinstance(event, SessionStarted) and sessions[-1]:
            sessions.append([])
        sessions[-1].append(event)
    return sessions
