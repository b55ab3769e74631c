"""Delete a conversation whose visitor asked for it, and keep nothing but the receipt.

The action that answers cannot delete what Rasa is about to save, and may run in another process.
It sets the slot `data_deletion`; the tracker store sees it and deletes instead of saving.
"""

from __future__ import annotations

from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
)

from clinic.privacy import audit

SLOT = "data_deletion"
_LISTEN = "action_listen"


def deletion_in(events: list[Event]) -> audit.Entry | None:
    """Return what the audit log tells of a deletion that new events ask for; None: they do not.

    Args:
        events: What a turn added.
    """
    for event in events:
        if isinstance(event, SlotSet) and event.key == SLOT and event.value:
            return audit.Entry("delete", "patient", {"receipt": str(event.value)})
    return None


def what_remains(events: list[Event]) -> list[Event]:
    """Return a conversation that holds only what the bot said about the deletion.

    Args:
        events: What the turn added that asked for it.
    """
    asked = next(
        index
        for index, event in enumerate(events)
        if isinstance(event, SlotSet) and event.key == SLOT and event.value
    )
    began = max(
        (i for i, event in enumerate(events[:asked]) if isinstance(event, ActionExecuted)),
        default=asked,
    )
    receipt = [
        event for event in events[began:asked] if isinstance(event, BotUttered | ActionExecuted)
    ]
    return [SessionStarted(), *receipt, ActionExecuted(_LISTEN)]
