"""What actions ask of a conversation: the latest message, and what the turn does."""

from __future__ import annotations

from rasa_sdk import Tracker


def latest_intent(tracker: Tracker) -> str | None:
    """Return the intent of the latest message, or None before any was classified."""
    intent: str | None = (tracker.latest_message.get("intent") or {}).get("name")
    return intent


def latest_text(tracker: Tracker) -> str:
    """Return the latest message, cleaned as the NLU pipeline leaves it."""
    return tracker.latest_message.get("text") or ""


def replied_besides(tracker: Tracker, form: str) -> bool:
    """Tell whether this turn replied to something else before it called a form.

    Args:
        tracker: The conversation.
        form: The open form.
    """
    return any(name != form for name in tracker.get_slot("agenda") or [])
