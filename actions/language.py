"""The language of a conversation: which one it is, and what actions say in it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from clinic.history.words import clean
from clinic.language.languages import ENGLISH, choose_language, get_languages

# Answers to these may be names, or are kept in the visitor's own words.
_OWN_WORDS = frozenset(
    {
        "patient_name",
        "patient_contact",
        "appointment_note",
        "manage_reference",
        "manage_contact",
    }
)


def language_reading(tracker: Tracker) -> dict[str, Any]:
    """Return what the latest message is in its own language; empty for plain English."""
    reading: dict[str, Any] = tracker.latest_message.get("language_reading") or {}
    return reading


def text_of(tracker: Tracker) -> str:
    """Return the latest message as Atlas reads it: the English of what was understood.

    A name, a contact or a note stays in the visitor's own words, unless the message says
    something else than that.
    """
    reading = language_reading(tracker)
    asked = tracker.get_slot("requested_slot")
    if reading.get("is_rendered") and asked in _OWN_WORDS and not reading["says_something"]:
        return clean(_latest_event(tracker).get("text") or "").strip().lstrip("/")
    return tracker.latest_message.get("text") or ""


def language_slots(tracker: Tracker) -> dict[str, Any]:
    """Return the slots for the language in which the conversation goes on."""
    metadata = _latest_event(tracker).get("metadata")
    preferred = metadata.get("language") if isinstance(metadata, dict) else None
    language, asked = choose_language(
        tracker.get_slot("language"),
        asked_before=bool(tracker.get_slot("language_asked")),
        reading=_said_in_own_words(tracker) or language_reading(tracker),
        preferred=preferred if isinstance(preferred, str) else None,
    )
    return {"language": language, "language_asked": asked or None}


def is_limited(tracker: Tracker) -> bool:
    """Tell whether the conversation is in a language that covers only a part of Atlas."""
    return (tracker.get_slot("language") or ENGLISH) != ENGLISH


def speak(dispatcher: CollectingDispatcher, tracker: Tracker, events: list[dict[str, Any]]) -> None:
    """Say what an action says in the conversation's language.

    Responses are translated where Rasa fills them (bot/translated_replies.py); here are the
    buttons, cards and texts that an action makes itself.

    Args:
        dispatcher: Holds what the action says.
        tracker: The conversation.
        events: What the action returned; it may have changed the language.
    """
    code = tracker.get_slot("language")
    for event in events:
        if event.get("event") == "slot" and event.get("name") == "language":
            code = event.get("value")
    language = get_languages().get(code or "")
    if language is None:
        return
    for message in dispatcher.messages:
        for button in message.get("buttons") or ():
            button["title"] = language.values.say(button["title"])
        if message.get("custom"):
            message["custom"] = language.values.say_card(message["custom"])
        if message.get("response"):
            message["language"] = language.code
        elif message.get("text"):
            text = message["text"]
            covered = language.values.covers(text)
            said = language.values.say(text) if covered else f"{language.only_in_english} {text}"
            message["text"] = said


def _said_in_own_words(tracker: Tracker) -> dict[str, Any]:
    """Return a reading without a language for what may be a name, such as "josé ángel ruiz"."""
    reading = language_reading(tracker)
    asked = tracker.get_slot("requested_slot")
    if asked not in _OWN_WORDS or reading.get("says_something") or reading.get("asks_for"):
        return {}
    return {"written_in": None}


def _latest_event(tracker: Tracker) -> dict[str, Any]:
    """Return the event of the latest message, as it arrived."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            found: dict[str, Any] = event
            return found
    return {}
