"""Copy trackers without running through their events, and share slots until one is set."""

from __future__ import annotations

import copy
import dataclasses
from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rasa.shared.constants import ASSISTANT_ID_KEY
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, Restarted
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import AnySlotDict, DialogueStateTracker
from rasa.shared.nlu.constants import METADATA_MODEL_ID

_init_tracker = DialogueStateTracker.__init__
_reset_slots = DialogueStateTracker._reset_slots
_set_slot = DialogueStateTracker._set_slot
_update_tracker = DialogueStateTracker.update


def init_tracker(
    tracker: DialogueStateTracker,
    sender_id: str,
    slots: Iterable[Slot] | None,
    *args: Any,
    **kwargs: Any,
) -> None:
    """Make a tracker that shares its slots with others until one of them is set.

    There are over a hundred, of which a turn sets a few.

    Args:
        tracker: The new tracker.
        sender_id: The conversation.
        slots: The domain's, or another tracker's.
        *args: See DialogueStateTracker.
        **kwargs: See args.
    """
    shared = None if slots is None else {slot.name: slot for slot in slots}
    _init_tracker(tracker, sender_id, None if shared is None else (), *args, **kwargs)
    if shared is not None:
        tracker.slots = shared
        reset_slots(tracker)


def reset_slots(tracker: DialogueStateTracker) -> None:
    """Set all slots to their initial values, without changing those that others share.

    Args:
        tracker: The tracker.
    """
    if isinstance(tracker.slots, AnySlotDict):
        _reset_slots(tracker)
        return
    for name, slot in tracker.slots.items():
        if slot.has_been_set:
            tracker.slots[name] = copy_slot(slot)
            tracker.slots[name].reset()


def set_slot(tracker: DialogueStateTracker, key: str, value: Any) -> None:
    """Set a slot of this tracker alone.

    Args:
        tracker: The tracker.
        key: The slot's name.
        value: Its value from now on.
    """
    if isinstance(tracker.slots, AnySlotDict) or key not in tracker.slots:
        _set_slot(tracker, key, value)
        return
    tracker.slots[key] = copy_slot(tracker.slots[key])
    tracker.slots[key].value = value


def current_slot_values(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Return all slots' values, past the property that would tell each.

    Args:
        tracker: The tracker.
    """
    return {name: slot._value for name, slot in tracker.slots.items()}


def idx_after_latest_restart(tracker: DialogueStateTracker) -> int:
    """Return where the events after the latest restart begin.

    Args:
        tracker: The tracker.
    """
    last = 0
    for index, event in enumerate(tracker.events, start=1):
        # An abstract class takes its time to tell what is an instance of it.
        if type(event) is Restarted:
            last = index
    return last


def copy_slot(slot: Slot) -> Slot:
    """Copy a slot as copy.copy does, which looks for ways to pickle it first.

    Args:
        slot: The slot.
    """
    made: Slot = object.__new__(type(slot))
    made.__dict__.update(slot.__dict__)
    return made


def copy_tracker(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """Copy the state of a tracker, which Rasa finds by running through all its events again.

    Args:
        tracker: Rasa copies it for each action that it runs.
    """
    made: DialogueStateTracker = DialogueStateTracker.__new__(DialogueStateTracker)
    made.__dict__.update(tracker.__dict__)
    made.events = deque(tracker.events, tracker._max_event_history)
    if DialogueStateTracker._set_slot is set_slot:
        made.slots = copy.copy(tracker.slots)
    else:
        made.slots = {name: copy_slot(slot) for name, slot in tracker.slots.items()}
    if tracker.active_loop is not None:
        made.active_loop = dataclasses.replace(tracker.active_loop)
    # As Rasa leaves them in a copy
    made.sender_source = made.model_id = made.assistant_id = None
    return made


def update_tracker(
    tracker: DialogueStateTracker, event: Event, domain: Domain | None = None
) -> None:
    """Add an event; those of one model share what tells of it, which none of them changes.

    Args:
        tracker: The tracker.
        event: What happened.
        domain: See DialogueStateTracker.
    """
    if not event.metadata and tracker.model_id and tracker.assistant_id:
        event.metadata = _origin(tracker.model_id, tracker.assistant_id)
    _update_tracker(tracker, event, domain)


@lru_cache(maxsize=8)
def _origin(model_id: str, assistant_id: str) -> dict[str, str]:
    return {METADATA_MODEL_ID: model_id, ASSISTANT_ID_KEY: assistant_id}
