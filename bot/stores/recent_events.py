"""Shorten a long conversation to what Rasa needs for the next turn.

Rasa runs through all events of a tracker several times in a turn, so that a turn would cost more
the longer people talk. Its rules look two turns back and its memory of stories three; what came
before counts by the slots that it left.
"""

from __future__ import annotations

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    EntitiesAdded,
    Event,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)

# How many turns stay as they were; the same many again may gather before it is shortened anew.
_TURNS = 6
_SHORTENED = "atlas_shortened"
# With any other event in it a conversation is left whole.
_UNDERSTOOD = (
    *(UserUttered, BotUttered, ActionExecuted, SlotSet, ActiveLoop, SessionStarted),
    *(DefinePrevUserUtteredFeaturization, EntitiesAdded, LoopInterrupted),
    *(ActionExecutionRejected, AllSlotsReset, Restarted),
)


def shortened(events: list[Event]) -> list[Event]:
    """Return events that leave a tracker in the same state, with the last turns as they were.

    Args:
        events: A session, or what an earlier call made of it.
    """
    turns = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= 2 * _TURNS or not all(isinstance(event, _UNDERSTOOD) for event in events):
        return events
    cut = turns[-_TURNS]
    before = events[cut - 1]
    if not isinstance(before, ActionExecuted) or before.action_name != ACTION_LISTEN_NAME:
        return events
    slots: dict[str, SlotSet] = {}
    opening: list[Event] = []  # the turn that opened the form that is open
    form: str | None = None
    is_rejected = False
    asked = 0
    for place, event in enumerate(events[:cut]):
        if isinstance(event, UserUttered):
            asked = place
        elif isinstance(event, SlotSet):
            slots[event.key] = event
        elif isinstance(event, ActiveLoop):
            form, is_rejected = event.name, False
            opening = events[max(asked - 1, 0) : place + 1] if form else []
        elif isinstance(event, AllSlotsReset | Restarted):
            slots.clear()
            opening = [told for told in opening if not isinstance(told, SlotSet)]
            if isinstance(event, Restarted):
                opening, form = [], None
        elif isinstance(event, ActionExecutionRejected):
            is_rejected = True
        elif isinstance(event, ActionExecuted) and event.action_name == form:
            is_rejected = False
    if is_rejected:
        return events
    began = SessionStarted(events[0].timestamp, {_SHORTENED: True})
    return [began, *opening, *slots.values(), before, *events[cut:]]


def is_shortened(events: list[Event]) -> bool:
    """Tell whether events are what `shortened` left of a longer session."""
    return bool(events) and bool(events[0].metadata.get(_SHORTENED))
