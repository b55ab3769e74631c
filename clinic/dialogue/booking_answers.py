"""Tell whether a message answers the booking question that was asked, and what it wants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from clinic.dialogue.booking_wish import (
    Preferences,
    asked_shift,
    understand_preferences,
    unknown_practitioner,
)
from clinic.scheduling.choice import understand_choice
from clinic.scheduling.contact import ContactProblem, find_name, parse_contact, parse_name
from clinic.scheduling.port import Slot
from clinic.scheduling.references import find_reference
from clinic.scheduling.when import understand_when
from clinic.settings import ClinicSettings

_FIELDS = {
    "appointment_slot": re.compile(r"\b(time|times|day|date|slot|appointment)\b"),
    "patient_name": re.compile(r"\bname\b"),
    "patient_contact": re.compile(r"\b(phone|number|e-?mail|mail|contact|address)\b"),
}
_CHANGE = re.compile(
    r"\b(change|different|another|other|wrong|correct|fix|edit|update|misspelled|misspelt"
    r"|earlier|later)\b"
)
# "The name", "my phone number", but not "Maria Phone"
_FIELD_ALONE = re.compile(
    r"\W*(?:(?:the|my|a|change|edit|fix|please|no)\W+)*"
    r"(?:time|day|date|slot|appointment|name|phone(?: number)?|number|e-?mail(?: address)?|mail"
    r"|contact|address)\W*(?:please\W*)?"
)
_BEFORE = {
    "patient_name": "appointment_slot",
    "patient_contact": "patient_name",
    "booking_confirmed": "patient_contact",
}
# What says nothing about a note, whatever its words
_NO_NOTE_ACTS = frozenset({"stop", "repeat", "go_back", "ask_help", "ask_why", "request_human"})

_CALL_BACK = re.compile(
    r"\bcall[- ]?backs?\b|\b(?:call|ring|phone|contact) me back\b"
    r"|\b(?:someone|somebody|they|the clinic|the doctor|you)(?: to| can| could| should| please"
    r"| just)? (?:call|ring|phone|contact) me\b(?! (?:at|on) \+?\d)"
    r"|\b(?:please|just|can you|could you) (?:call|ring|phone) me(?: instead| please)?\W*$",
    re.IGNORECASE,
)
_VISIT = r"(?:appointments?|appt|visits?|bookings?|slot)"
_CANCEL = re.compile(
    r"\b(?:cancel|call off|scrap|drop|delete|get rid of)\b"
    rf"(?:.{{0,20}}\b(?:it|that|{_VISIT})\b|\W*$)"
    r"|\b(?:can'?t|cannot|won'?t|not able to) (?:make|come|attend|be there)\b",
    re.IGNORECASE,
)
_MOVE = re.compile(
    rf"\b(?:move|reschedule|re-schedule|postpone|push|change|switch|shift|bring)\b.{{0,20}}"
    rf"\b(?:it|that|time|day|date|{_VISIT})\b"
    r"|\b(?:reschedule|re-schedule|postpone)\b|^\W*move\W*$"
    r"|\bmove (?:me |us |it )?(?:to|for) (?!my\b|the (?:left|right|other side)\b)"
    r"|\b(?:make|do) it (?:on |at |for )?(?!up\b).{1,30}\binstead\b",
    re.IGNORECASE,
)
_LOOK_UP = re.compile(
    rf"\b(?:when|what time|which day)\b.{{0,15}}\b(?:(?:my|the|that|this) {_VISIT}|is it)\b"
    rf"|\b(?:show|check|look up|find|remind me of)\b.{{0,15}}\b(?:my|the) {_VISIT}\b",
    re.IGNORECASE,
)
# Meant as a name by nobody, and as another request neither
_CODE = re.compile(r"[<>{}=]|;\W*\w|--")
_NO_REMINDERS = re.compile(
    r"\b(?:no|without|stop|don'?t (?:want|send|need)|do not (?:want|send|need))\b[^.]{0,20}"
    r"\b(?:reminders?|messages?|texts?|notifications?)\b|\bdon'?t (?:remind|contact|message) me\b",
    re.IGNORECASE,
)
_REMINDERS = re.compile(r"\breminders?\b|\bremind me\b", re.IGNORECASE)
_NOTE = re.compile(
    r"\b(?:(?:add|leave|make|write|put|change|edit)(?: in)? (?:a|the|my) (?:note|remark|comment)"
    r"|note(?= ?:)|(?:a|the) note\W*$)\b\W*(?:that\b)?\W*",
    re.IGNORECASE,
)

AppointmentTask = Literal["cancel", "move", "look_up"]


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
    named = act not in ("affirm", "ask_clinic_info") and _FIELD_ALONE.fullmatch(said)
    if not named and not _CHANGE.search(said):
        return None
    return next((name for name, pattern in _FIELDS.items() if pattern.search(said)), None)


def wants_call_back(text: str) -> bool:
    """Tell whether someone would rather be called than choose a time."""
    return bool(_CALL_BACK.search(text))


def appointment_task(text: str) -> AppointmentTask | None:
    """Tell what should happen to the appointment that was just booked or shown.

    Args:
        text: Such as "cancel it", "can I move it to Monday instead", "when is it again?".
    """
    said = text.replace("\u2019", "'")
    if _CANCEL.search(said):
        return "cancel"
    if _MOVE.search(said):
        return "move"
    return "look_up" if _LOOK_UP.search(said) else None


def wanted_reminders(text: str) -> bool | None:
    """Return whether a message asks for reminders, refuses them, or says nothing of them."""
    if _NO_REMINDERS.search(text):
        return False
    return True if _REMINDERS.search(text) else None


def note_in(text: str) -> str | None:
    """Return the note in "add a note: I use a wheelchair"; "" when only a note is announced."""
    match = _NOTE.search(text)
    return None if match is None else text[match.end() :].strip()


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
    if asked_shift(text) and not re.search(r"\d", text):
        return None
    index = understand_choice(text, slots, zone) if slots else None
    return slots[index] if index is not None else None


def answers_booking(
    question: str,
    text: str,
    *,
    act: str,
    offers: Sequence[Mapping[str, Any]],
    now: datetime,
    clinic: ClinicSettings,
) -> bool:
    """Tell whether a message answers a question of the booking or appointment form.

    Args:
        question: The slot that was asked for.
        text: The message.
        act: The intent.
        offers: The times offered last.
        now: The present moment.
        clinic: Its zone, region and practitioners.
    """
    change = field_to_change(text, act, question)
    if question in ("patient_name", "patient_contact") and change not in (None, question):
        return True
    if question == "appointment_slot":
        return _wishes(text, offers, now, clinic) or wants_call_back(text)
    if question == "patient_name":
        named = "?" not in text and parse_name(text) is not None
        return named or bool(_CODE.search(text)) or _mentions_contact(text, clinic.region)
    if question == "patient_contact":
        return _mentions_contact(text, clinic.region)
    if question == "appointment_note":
        return act not in _NO_NOTE_ACTS and "?" not in text
    if question in ("manage_reference", "manage_contact"):
        return find_reference(text) is not None or _mentions_contact(text, clinic.region)
    if question == "manage_confirmed":
        return act in ("affirm", "deny") or appointment_task(text) == "cancel"
    if question == "booking_confirmed":
        return (
            act in ("affirm", "deny")
            or change is not None
            or note_in(text) is not None
            or wanted_reminders(text) is not None
            or find_name(text) is not None
            or _mentions_contact(text, clinic.region)
            or _wishes(text, offers, now, clinic)
        )
    return False


def _wishes(
    text: str, offers: Sequence[Mapping[str, Any]], now: datetime, clinic: ClinicSettings
) -> bool:
    """Tell whether a message chooses a time, or says something about when, with whom or what."""
    return (
        chosen_slot(text, offers, clinic.zone) is not None
        or understand_when(text, now, clinic.zone, day_first=clinic.region != "US") is not None
        or (bool(offers) and asked_shift(text) is not None)
        or understand_preferences(text, clinic) != Preferences()
        or unknown_practitioner(text, clinic) != ""
    )


def _mentions_contact(text: str, region: str) -> bool:
    try:
        return parse_contact(text, region) is not None
    except ContactProblem:
        return True  # clearly meant as a contact; the form says what is wrong with it
