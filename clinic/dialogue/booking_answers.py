"""Tell whether a message answers the booking question that was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clinic.scheduling.choice import understand_choice
from clinic.scheduling.contact import ContactProblem, parse_contact, parse_name
from clinic.scheduling.port import Slot
from clinic.scheduling.references import find_reference
from clinic.scheduling.when import understand_when

_FIELDS = {
    "appointment_slot": re.compile(r"\b(time|times|day|date|slot|appointment)\b"),
    "patient_name": re.compile(r"\bname\b"),
    "patient_contact": re.compile(r"\b(phone|number|e-?mail|mail|contact|address)\b"),
}
_CHANGE = re.compile(
    r"\b(change|different|another|other|wrong|correct|fix|edit|update|misspelled|misspelt"
    r"|earlier|later)\b"
)
_MOST_WORDS = 3
_BEFORE = {
    "patient_name": "appointment_slot",
    "patient_contact": "patient_name",
    "booking_confirmed": "patient_contact",
}


def field_to_change(text: str, act: str, question: str) -> str | None:
    """Return the slot of a booking that a message wants changed, or None.

    Args:
        text: The message, such as "change the time", "go back", or only "the name".
        act: The intent; a plain yes changes nothing, whatever it repeats.
        question: The slot that was asked for.
    """
    said = text.lower()
    if act == "go_back":
        return _BEFORE.get(question)
    named = act not in ("affirm", "ask_clinic_info") and len(said.split()) <= _MOST_WORDS
    if not named and not _CHANGE.search(said):
        return None
    return next((name for name, pattern in _FIELDS.items() if pattern.search(said)), None)


def chosen_slot(text: str, offers: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Slot | None:
    """Return the offered time that a message chooses, or None.

    Args:
        text: The message; the title of a button, or "the second one", "3:30".
        offers: What was offered: `Slot.as_dict()` with its `title`.
        zone: The clinic's time zone.
    """
    slots = [Slot.from_dict(dict(offer)) for offer in offers]
    for offer, slot in zip(offers, slots, strict=True):
        if text.strip().lower() == str(offer.get("title", "")).lower():
            return slot
    index = understand_choice(text, slots, zone) if slots else None
    return slots[index] if index is not None else None


def answers_booking(
    question: str,
    text: str,
    *,
    act: str,
    offers: Sequence[Mapping[str, Any]],
    now: datetime,
    zone: ZoneInfo,
    region: str,
) -> bool:
    """Tell whether a message answers a question of the booking or appointment form.

    Args:
        question: The slot that was asked for.
        text: The message.
        act: The intent.
        offers: The times offered last.
        now: The present moment.
        zone: The clinic's time zone.
        region: How local phone numbers are read.
    """
    change = field_to_change(text, act, question)
    if question in ("patient_name", "patient_contact") and change not in (None, question):
        return True
    if question == "appointment_slot":
        return chosen_slot(text, offers, zone) is not None or (
            understand_when(text, now, zone) is not None
        )
    if question == "patient_name":
        named = "?" not in text and parse_name(text) is not None
        return named or _mentions_contact(text, region)
    if question == "patient_contact":
        return _mentions_contact(text, region)
    if question in ("manage_reference", "manage_contact"):
        return find_reference(text) is not None or _mentions_contact(text, region)
    if question in ("booking_confirmed", "manage_confirmed"):
        return (
            act in ("affirm", "deny")
            or (question == "booking_confirmed" and change is not None)
            or _mentions_contact(text, region)
            or chosen_slot(text, offers, zone) is not None
            or understand_when(text, now, zone) is not None
        )
    return False


def _mentions_contact(text: str, region: str) -> bool:
    try:
        return parse_contact(text, region) is not None
    except ContactProblem:
        return True  # clearly meant as a contact; the form says what is wrong with it
