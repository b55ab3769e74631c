"""Tell whether a message answers the booking question that was asked, and what it wants."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from clinic import clock
from clinic.dialogue.booking_relative import is_relative
from clinic.dialogue.booking_visit import (
    chosen_visit_type,
    said_visit_types,
    wants_other_kind,
)
from clinic.dialogue.booking_wish import (
    Preferences,
    accepts_anybody,
    asked_shift,
    understand_preferences,
    unknown_practitioner,
)
from clinic.scheduling.choice import bare_hour, two_meanings, understand_choice
from clinic.scheduling.contact import ContactProblem, find_name, parse_contact, parse_name
from clinic.scheduling.notes import get_note_rules
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

# "The Tuesday one" is one of those shown; "Tuesday" is a wish.
_THE_ONE = re.compile(r"\b(?:ones?|option|slot|choice|number)\b", re.IGNORECASE)
# "Same as last time" is not the last one of the list.
_AS_BEFORE = re.compile(
    r"\b(?:same|as|like)(?: \w+)? ?(?:as|like)? (?:the )?(?:last (?:time|visit|appointment)|before"
    r"|usual)\b|\bmy usual\b",
    re.IGNORECASE,
)
_CONFIRMS = re.compile(
    r"\W*(?:(?:ok|okay|yes|yep|yeah|yup|sure|fine|great|perfect|good|right|alright|all right|cool"
    r"|lovely|now|then|please|so|well|just|that'?s|is|it'?s|it|looks?|sounds?|seems?|all|very"
    r"|you can|let'?s|correct|book|booked|confirm|confirmed|go|ahead|do|this|that|me|in|for it"
    r"|thanks|thank you|exactly|absolutely|definitely|of course|by all means|pass|on|along|send"
    r"|i'?m happy(?: with)?|and)"
    r"(?:\W+|$))+"
)
_CONFIRMING = re.compile(
    r"\b(?:yes|yep|yeah|yup|book|confirm|go ahead|do it|do that|pass it on|send it|correct|perfect"
    r"|right|good|great"
    r"|fine|sure|exactly|absolutely|definitely|of course|by all means|happy)"
)
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
_ANOTHER = re.compile(
    r"\b(?:book|make|get|schedule|need|want|have)\b.{0,15}\b(?:another|a second|one more|a new)\b"
    rf".{{0,12}}\b{_VISIT}\b|\bbook (?:another|one more|a second)\b",
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

# "Actually Friday at 3": with these words a time is a change of the one that is held.
_INSTEAD = re.compile(
    r"\b(?:instead|actually|rather|make it|change (?:it|that)|can (?:we|i|you) do|could (?:we|i)"
    r"|on second thoughts?|sorry)\b",
    re.IGNORECASE,
)

# "I don't know the reference", "without the number": said with the wish itself, too
_LACKS_REFERENCE = re.compile(
    r"\b(?:don'?t|do not|can'?t|cannot|didn'?t|never|haven'?t|without|no|lost|forgot\w*"
    r"|misplaced|deleted)\b.{0,25}\b(?:ref|reference|number|code|confirmation)\b",
    re.IGNORECASE,
)
# "I lost it", "no idea", where it was asked for
_LACKS_IT = re.compile(
    r"\b(?:don'?t|do not|can'?t|cannot|haven'?t|never) (?:even |really )?"
    r"(?:know|have|got|remember|recall|find|get|keep)\b"
    r"|\b(?:lost|forgot|misplaced|deleted) (?:it|that|mine|them)\b|^\W*no idea\b",
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


def confirms(text: str) -> bool:
    """Tell whether a message says yes to a summary and nothing else: "ok book it", "perfect"."""
    said = text.lower().replace("\u2019", "'")
    return bool(_CONFIRMS.fullmatch(said)) and bool(_CONFIRMING.search(said))


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


def books_another(text: str) -> bool:
    """Tell whether a further visit is wanted beside one that is booked."""
    return bool(_ANOTHER.search(text))


def lacks_reference(text: str, act: str, *, asked: bool = True) -> bool:
    """Tell whether somebody cannot say by which reference or contact a visit was booked.

    Args:
        text: Such as "I don't know the reference", "I lost it".
        act: The intent.
        asked: Whether it answers the question for them.
    """
    said = text.replace("\u2019", "'")
    if find_reference(text) is not None or not re.search(r"[^\W\d_]", text):
        return False
    if _LACKS_REFERENCE.search(said):
        return True
    return asked and (act == "unsure" or bool(_LACKS_IT.search(said)))


def says_as_before(text: str) -> bool:
    """Tell whether the same as at an earlier visit is wanted: "same as last time"."""
    return bool(_AS_BEFORE.search(text))


def wanted_reminders(text: str) -> bool | None:
    """Return whether a message asks for reminders, refuses them, or says nothing of them."""
    if _NO_REMINDERS.search(text):
        return False
    return True if _REMINDERS.search(text) else None


def note_in(text: str) -> str | None:
    """Return the note in "add a note: I use a wheelchair"; "" when only a note is announced."""
    match = _NOTE.search(text)
    return None if match is None else text[match.end() :].strip()


def is_code(text: str) -> bool:
    """Tell whether a message looks like markup or a program, which answers no question."""
    return bool(_CODE.search(text))


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
    if _AS_BEFORE.search(text):
        return None
    if not _THE_ONE.search(text):
        when = understand_when(text, clock.now(), zone)
        if when is not None and (when.days_said or when.time_said) and when.at is None:
            return None  # a day or a morning has more times than the few that were shown
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
    if question in ("patient_name", "patient_contact") and (
        change not in (None, question)
        or wants_other_kind(text)
        or changes_time(text, clinic, now)
        or changes_preferences(text, clinic)
    ):
        return True
    if question == "visit_type":
        kinds = clinic.visit_types
        said = said_visit_types(text, clinic)
        chosen = chosen_visit_type(text, kinds, clinic)
        return bool(said) or chosen != "" or _wishes(text, offers, now, clinic)
    if question == "appointment_slot":
        shown = [Slot.from_dict(dict(offer)) for offer in offers]
        return (
            _wishes(text, offers, now, clinic)
            or wants_call_back(text)
            or says_as_before(text)
            or get_note_rules().names_access(text)
            or wants_other_kind(text)
            or two_meanings(text, shown, clinic.zone) is not None
            or bare_hour(text, shown, clinic.zone) != ""
            or bool(_CODE.search(text))
        )
    if question in ("patient_name", "patient_contact") and get_note_rules().names_access(text):
        return True
    if question == "patient_name":
        named = "?" not in text and parse_name(text) is not None
        return named or bool(_CODE.search(text)) or _mentions_contact(text, clinic.region)
    if question == "patient_contact":
        return _mentions_contact(text, clinic.region) or find_name(text) is not None
    if question == "appointment_note":
        return act not in _NO_NOTE_ACTS and "?" not in text
    if question in ("manage_reference", "manage_contact"):
        return (
            find_reference(text) is not None
            or _mentions_contact(text, clinic.region)
            or lacks_reference(text, act)
        )
    if question == "manage_confirmed":
        return act in ("affirm", "deny") or appointment_task(text) == "cancel"
    if question == "booking_confirmed":
        return (
            act in ("affirm", "deny")
            or confirms(text)
            or change is not None
            or note_in(text) is not None
            or get_note_rules().names_access(text)
            or wanted_reminders(text) is not None
            or find_name(text) is not None
            or _mentions_contact(text, clinic.region)
            or wants_other_kind(text)
            or asked_shift(text) is not None
            or _wishes(text, offers, now, clinic)
        )
    return False


def changes_preferences(text: str, clinic: ClinicSettings) -> bool:
    """Tell whether an answer that should be a name or contact asks for another person or kind.

    Args:
        text: Such as "can I see the lady doctor?", "it's a follow-up"; "Jane Rivers" is a name.
        clinic: Who and what there is.
    """
    if find_name(text) or _mentions_contact(text, clinic.region):
        return False
    if said_visit_types(text, clinic):
        return True
    return parse_name(text) is None and understand_preferences(text, clinic) != Preferences()


def changes_time(text: str, clinic: ClinicSettings, now: datetime) -> bool:
    """Tell whether a message asks for another time while something else was asked.

    Args:
        text: Such as "actually Friday at 3", "can we make it 4 instead?", "not in the morning".
        clinic: Its zone and region.
        now: The present moment.
    """
    if find_name(text) is not None:
        return False  # "sorry, my name is Wednesday Addams"
    if not _INSTEAD.search(text) and (parse_name(text) or _mentions_contact(text, clinic.region)):
        return False
    if is_relative(text):
        return True
    return understand_when(text, now, clinic.zone, day_first=clinic.region != "US") is not None


def _wishes(
    text: str, offers: Sequence[Mapping[str, Any]], now: datetime, clinic: ClinicSettings
) -> bool:
    """Tell whether a message chooses a time, or says something about when, with whom or what."""
    return (
        chosen_slot(text, offers, clinic.zone) is not None
        or understand_when(text, now, clinic.zone, day_first=clinic.region != "US") is not None
        or is_relative(text)
        or (bool(offers) and asked_shift(text) is not None)
        or understand_preferences(text, clinic) != Preferences()
        or accepts_anybody(text)
        or unknown_practitioner(text, clinic) != ""
    )


def _mentions_contact(text: str, region: str) -> bool:
    try:
        return parse_contact(text, region) is not None
    except ContactProblem:
        return True  # clearly meant as a contact; the form says what is wrong with it
