"""Read what the bot said: the parts that a person sees, and the choices that it offered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from rasa.shared.core.constants import IS_EXTERNAL
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered

from bot.stores.tracker_store import EncryptedTrackerStore

# The turn that the messages before the visitor's first one belong to. A message of the bot is
# called after the visitor's message that it answers and its place in the answer, so that it has
# the same id in the answer, in the push and in the history.
WELCOME = "welcome"

# Custom objects that ask for an answer, and mean nothing once it is given.
CONTROLS = frozenset({"checklist", "scale", "body", "slots", "form"})


def visible_message(message: dict[str, Any]) -> dict[str, Any]:
    """Reduce a bot message to what the page shows.

    Args:
        message: A message with any of Rasa's keys.

    Returns:
        Its text, buttons (title and payload) and custom object, as far as it has them.
    """
    buttons = [
        {"title": str(button.get("title", "")), "payload": str(button.get("payload", ""))}
        for button in message.get("buttons") or message.get("quick_replies") or []
    ]
    visible = {
        "text": (message.get("text") or "").strip(),
        "buttons": buttons,
        "custom": message.get("custom"),
    }
    return {key: value for key, value in visible.items() if value}


def transcript(events: Iterable[Any]) -> list[dict[str, Any]]:
    """Render a tracker's events as the visitor saw them.

    Args:
        events: Rasa events, oldest first.

    Returns:
        The messages since the last session start, each with "id", "at" (ISO 8601) and "from"
        (user or bot). A tapped payload reads as its title; choices that were passed are left out.
    """
    shown: list[dict[str, Any]] = []
    titles: dict[str, str] = {}
    turn, count, latest = WELCOME, 0, 0
    for event in events:
        if isinstance(event, SessionStarted):
            shown, titles, turn, count, latest = [], {}, WELCOME, 0, 0
        elif isinstance(event, BotUttered):
            visible = visible_message(event.message())
            if visible:
                titles.update(choices(visible) | _regions(visible))
                head = {"id": f"{turn}:{count}", "from": "bot", "at": said_at(event.timestamp)}
                shown.append({**head, **visible})
                count += 1
        elif isinstance(event, UserUttered) and event.text and not event.metadata.get(IS_EXTERNAL):
            # What came before the latest message has lost its choices already.
            shown[latest:] = [_without_choices(message) for message in shown[latest:]]
            latest = len(shown)
            turn, count = str(event.message_id), 0
            head = {"id": turn, "from": "user", "at": said_at(event.timestamp)}
            shown.append({**head, "text": _as_titles(event.text, titles)})
    return [message for message in shown if message.keys() & {"text", "buttons", "custom"}]


def said_at(timestamp: float) -> str:
    """Write the moment of a message as ISO 8601 in UTC."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")


def choices(message: dict[str, Any]) -> dict[str, str]:
    """Return the payloads that a message offers, with their titles.

    Args:
        message: What `visible_message` returned.
    """
    offered = list(message.get("buttons", ()))
    custom = message.get("custom")
    if isinstance(custom, dict):
        offered += [*(custom.get("options") or ()), custom.get("none")]
    return {
        str(choice["payload"]): str(choice.get("title", ""))
        for choice in offered
        if isinstance(choice, dict) and choice.get("payload")
    }


def _regions(message: dict[str, Any]) -> dict[str, str]:
    """Return the choices of a body picture: only the page has them, beside the buttons."""
    custom = message.get("custom")
    regions = custom.get("regions") if isinstance(custom, dict) else None
    return {str(one["payload"]): str(one["title"]) for one in regions or ()}


def _without_choices(message: dict[str, Any]) -> dict[str, Any]:
    custom = message.get("custom")
    passed = {"buttons"}
    if isinstance(custom, dict) and custom.get("kind") in CONTROLS:
        passed.add("custom")
    return {key: value for key, value in message.items() if key not in passed}


def _as_titles(text: str, titles: dict[str, str]) -> str:
    if text in titles:
        return titles[text] or text
    # A checklist sends the chosen payloads joined, see widget/src/controls/checklist.ts.
    parts = text.split(". ")
    return ", ".join(titles[part] for part in parts) if titles.keys() >= set(parts) else text


def without_commands(events: Iterable[Any], text: str) -> str:
    """Read "/intent{...}" as a command only when a button of this conversation offers it.

    Rasa obeys such text on every channel with full confidence; typed by hand it could set any
    intent and entity.

    Args:
        events: What was said in the conversation.
        text: What was sent.
    """
    offered: set[str] = set()
    for event in events:
        if isinstance(event, BotUttered):
            offered.update(choices(visible_message(event.message())))
    return text if text in offered else text.lstrip("/ ") or "?"


def answer_to(events: Iterable[Any], message_id: str) -> list[dict[str, Any]] | None:
    """Return what the bot answered to a message.

    Whether a message was answered stands in the conversation itself, written with the answer in
    one transaction: so every process knows, and a restart forgets nothing.

    Args:
        events: What was said in the conversation.
        message_id: The message's id, as its sender gave it.

    Returns:
        Rasa's messages; None: it was not answered yet.
    """
    said: list[dict[str, Any]] | None = None
    for event in events:
        if isinstance(event, UserUttered):
            if said is not None and event.message_id != message_id:
                break
            if event.message_id == message_id:
                said = []
        elif isinstance(event, BotUttered) and said is not None:
            said.append(event.message())
    return said


async def answered_before(agent: Any, conversation_id: str, message_id: str) -> list[Any] | None:
    """Return what the bot answered to a message, if it came before; see `answer_to`.

    Looks at the last turns only, which are in memory: whoever sends a message again does so soon.
    The caller holds the conversation's lock.
    """
    store = agent.tracker_store
    if isinstance(store, EncryptedTrackerStore):
        return answer_to(await store.recent_events(conversation_id), message_id)
    return answer_to(await events_of(agent, conversation_id), message_id)


async def as_text(agent: Any, conversation_id: str, text: str) -> str:
    """Return what was sent, as text unless a button offers it as a command."""
    if not text.startswith("/"):
        return text
    return without_commands(await events_of(agent, conversation_id), text)


async def events_of(agent: Any, conversation_id: str) -> list[Any]:
    """Return the events of a conversation, oldest first; none when it is unknown."""
    store = agent.tracker_store
    if isinstance(store, EncryptedTrackerStore):
        return await store.session_events(conversation_id)
    tracker = await store.retrieve(conversation_id)
    return [] if tracker is None else list(tracker.events)
