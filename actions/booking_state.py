"""What the steps of a booking share: its slots, and calls of the calendar."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.safe_action import Events
from clinic import clock
from clinic.dialogue.booking_hours import settle_half
from clinic.dialogue.booking_wish import preferences_from, say_with, understand_wishes
from clinic.scheduling.port import SchedulerUnavailable
from clinic.scheduling.provider import get_scheduler
from clinic.scheduling.when import When
from clinic.settings import get_settings
from clinic.triage.rules import Level

NOTE = "appointment_note"
# A shift that offers what is nearest to a lost time, and holds nothing unasked
LOST = "lost"
_CLEARED = (
    "appointment_slot",
    "appointment_hold",
    "appointment_offers",
    "appointment_note",
    "booking_confirmed",
    "booking_preferences",
    "booking_shift",
    "booking_wish",
    "call_back_wanted",
    "contact_consent",
    "moving_from",
    "moving_reference",
    "visit_kinds",
)

_Result = TypeVar("_Result")


def understood_wish(wishes: str | None) -> When | None:
    """Return when someone would like to come, "7" read by the clinic's hours.

    It may ask the calendar for opening hours, and never for anything in the database.

    Args:
        wishes: The slot booking_wish.
    """
    clinic = get_settings().clinic
    wish = understand_wishes(wishes, clock.now(), clinic.zone, day_first=clinic.region != "US")
    if wish is None or wish.problem:
        return wish
    return settle_half(wish, get_scheduler().hours_on, clinic, clock.now())


def said_wish(tracker: Tracker) -> str:
    """Return the wished time as it was understood, never the visitor's own words."""
    wish = understood_wish(tracker.get_slot("booking_wish"))
    preferences = preferences_from(tracker.get_slot("booking_preferences"))
    said = (wish.echo if wish and not wish.problem else "") or "any time"
    return said + say_with(preferences, get_settings().clinic)


async def in_thread(call: Callable[..., _Result], *args: Any) -> _Result:
    """Run a blocking call of the calendar without stopping other conversations."""
    return await asyncio.to_thread(call, *args)


def is_urgent(tracker: Tracker) -> bool:
    """Tell whether the visitor should be seen within a day."""
    return bool(tracker.get_slot("disposition") == Level.CONSULTATION_24.value)


async def give_up_booking(tracker: Tracker) -> Events:
    """Free the time that is held for an unfinished booking.

    Args:
        tracker: The conversation.

    Returns:
        Events that forget the time; name and contact stay for another try.
    """
    hold_id = tracker.get_slot("appointment_hold")
    if hold_id:
        with suppress(SchedulerUnavailable):  # it expires by itself
            await in_thread(get_scheduler().release, hold_id)
    return clear_booking()


def clear_booking() -> Events:
    """Return events that forget an unfinished booking; name and contact stay."""
    return [SlotSet(name, None) for name in _CLEARED]
