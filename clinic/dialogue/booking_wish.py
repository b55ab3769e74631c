"""What a visitor would like of an appointment, gathered over several messages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from clinic.dialogue.booking_visit import said_visit_types
from clinic.scheduling.contact import ContactProblem, find_name, parse_contact
from clinic.scheduling.port import Slot, SlotQuery
from clinic.scheduling.when import When, understand_when
from clinic.settings import ClinicSettings

WITHIN_A_DAY = timedelta(hours=24)
_MOST_CHARACTERS = 1000
# Messages about the time are kept one a line, so that a later one can refine an earlier one.
_LINE = "\n"
# A line that the clinic cannot fulfil: it counts only until something else is said.
_REFUSED = "~"

_WOMAN = re.compile(
    r"\b(?:wom[ae]n|female|lady)\b(?! (?:problem|issue|trouble))|\bshe[- ]doctor\b", re.IGNORECASE
)
_MAN = re.compile(r"\b(?:male|a man|man doctor|gentleman)\b", re.IGNORECASE)
_ANYBODY = re.compile(
    r"\b(?:any (?:doctor|clinician|of them)|anyone|anybody|whoever|either of them"
    r"|(?:don'?t|do not) (?:mind|care) who|no preference who)\b",
    re.IGNORECASE,
)
_TITLED = re.compile(r"\b(?:dr|doctor)\.? ([a-z][\w'-]+)", re.IGNORECASE)
_NO_SURNAME = frozenset(
    """
    a about and any appointment as asap asked at available before but by can could for free from i
    if in is it me my next now of on or please said says soon that the then there this to told visit
    when who with would you today tomorrow monday tuesday wednesday thursday friday saturday sunday
    morning afternoon evening
    """.split()  # noqa: SIM905 - a word list reads better as text
)


@dataclass(frozen=True)
class Preferences:
    """With whom, and what kind of visit; None is open.

    Args:
        visit_type: Id of a visit type.
        practitioner_id: Id of a practitioner.
        gender: As clinic.yml writes it.
    """

    visit_type: str | None = None
    practitioner_id: str | None = None
    gender: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """Return the preferences as JSON data."""
        return asdict(self)


def understand_preferences(
    text: str, clinic: ClinicSettings, earlier: Preferences | None = None
) -> Preferences:
    """Read with whom and for what kind of visit someone would like to come.

    Args:
        text: What was said.
        clinic: Who and what there is.
        earlier: What was known before; what the text says wins.
    """
    wanted = earlier or Preferences()
    kinds = said_visit_types(text, clinic)
    if kinds and wanted.visit_type not in [kind.id for kind in kinds]:
        wanted = replace(wanted, visit_type=kinds[0].id)
    person = _practitioner(text, clinic)
    if person:
        return replace(wanted, practitioner_id=person, gender=None)
    if _WOMAN.search(text):
        return replace(wanted, practitioner_id=None, gender="female")
    if _MAN.search(text):
        return replace(wanted, practitioner_id=None, gender="male")
    if _ANYBODY.search(text):
        return replace(wanted, practitioner_id=None, gender=None)
    return wanted


def accepts_anybody(text: str) -> bool:
    """Tell whether somebody does not mind who sees them: "anyone", "whoever is free"."""
    return bool(_ANYBODY.search(text))


def unknown_practitioner(text: str, clinic: ClinicSettings) -> str:
    """Return the doctor's name in a text that nobody here has, such as "Dr Smith"; else ""."""
    if _practitioner(text, clinic):
        return ""
    names = [name for name in _TITLED.findall(text) if name.lower() not in _NO_SURNAME]
    return f"Dr. {names[0].capitalize()}" if names else ""


def _practitioner(text: str, clinic: ClinicSettings) -> str | None:
    said = set(re.findall(r"[\w'-]+", text.lower()))
    for person in clinic.practitioners:
        surname = re.sub(r",.*", "", person.name).split()[-1].lower()
        if surname in said:
            return person.id
    roles = {
        role: person.id for person in clinic.practitioners for role in person.role.lower().split()
    }
    for role in ("surgeon", "therapist", "physician", "chiropractor", "nurse"):
        if role in said and role in roles:
            return roles[role]
    return None


def add_wish(earlier: str | None, text: str) -> str:
    """Return the wishes so far with one more message.

    Args:
        earlier: What this function returned before.
        text: The new message.
    """
    lines = [line for line in (earlier or "").split(_LINE) if line.strip()]
    lines.append(" ".join(text.split())[:_MOST_CHARACTERS])
    return _LINE.join(lines)[-_MOST_CHARACTERS:]


def says_something(text: str, clinic: ClinicSettings, now: datetime) -> bool:
    """Tell whether a message says when, with whom, for what or who; "just book" does not.

    Args:
        text: The message.
        clinic: Who and what there is.
        now: The present moment.
    """
    try:
        contact = parse_contact(text, clinic.region)
    except ContactProblem:
        contact = None
    return (
        understand_when(text, now, clinic.zone, day_first=clinic.region != "US") is not None
        or understand_preferences(text, clinic) != Preferences()
        or unknown_practitioner(text, clinic) != ""
        or find_name(text) is not None
        or contact is not None
    )


def without_last(wishes: str | None) -> str | None:
    """Return the wishes without the one that was said last; None when none is left."""
    lines = (wishes or "").split(_LINE)[:-1]
    return _LINE.join(lines) or None


def refused(wishes: str | None, left: str) -> str:
    """Return the wishes after the clinic had to refuse them.

    They stay what was wished, for a call-back, until another wish follows; that one is then
    joined only with what is left of them.

    Args:
        wishes: From `add_wish`.
        left: What still holds, in words; "" is nothing.
    """
    lines = [line.removeprefix(_REFUSED) for line in _that_count(wishes)]
    return _LINE.join([left, *(_REFUSED + line for line in lines)])


def _that_count(wishes: str | None) -> list[str]:
    lines = [line for line in (wishes or "").split(_LINE) if line]
    if lines and lines[-1].startswith(_REFUSED):
        return [line for line in lines if line.startswith(_REFUSED)]
    return [line for line in lines if not line.startswith(_REFUSED)]


def understand_wishes(
    wishes: str | None, now: datetime, zone: ZoneInfo, *, day_first: bool
) -> When | None:
    """Read when someone would like to come from all that they said about it.

    Args:
        wishes: From `add_wish`.
        now: The present moment.
        zone: The clinic's time zone.
        day_first: Whether 3/4 is the third of April.

    Returns:
        The latest wish, with what it left open taken from those before; None when nothing was
        said about time.
    """
    understood = _each(wishes, now, zone, day_first)
    known: When | None = None
    for when in understood:
        known = when if known is None else when.refining(known, zone)
    return known


def _each(wishes: str | None, now: datetime, zone: ZoneInfo, day_first: bool) -> Iterable[When]:
    for line in _that_count(wishes):
        when = understand_when(line.removeprefix(_REFUSED), now, zone, day_first=day_first)
        if when is not None:
            yield when


Shift = Literal["later", "earlier", "other"]

_CHOSEN = re.compile(
    r"\b(?:the|that) (?:later|latest|earlier|earliest)(?: (?:one|time|slot|of)\b|\W*$)"
)
_LATER = re.compile(r"\b(?:later|after (?:that|those|these)|further (?:out|ahead))\b")
_EARLIER = re.compile(r"\b(?:earlier|sooner|before (?:that|those|these))\b")
_OTHER = re.compile(
    r"\b(?:(?:other|more|different) (?:times?|days?|slots?|options?|ones?|dates?)"
    r"|another (?:time|day|slot|option|date)|something else|anything else|what else|else"
    r"|none of (?:these|those|them)|neither|not these|show (?:me )?more|more please"
    r"|(?:don'?t|doesn'?t|do not|won'?t|can'?t) (?:suit|work|make|do|fit)[^.]{0,25}"
    r"(?:\b(?:them|these|those|any|that)\b|$))"
)


def asked_shift(text: str) -> Shift | None:
    """Tell whether other times than those offered are asked for, and in which direction.

    Args:
        text: Such as "something later", "anything sooner?", "none of these".
    """
    said = text.lower().replace("\u2019", "'")
    if _CHOSEN.search(said):
        return None
    if _LATER.search(said):
        return "later"
    if _EARLIER.search(said):
        return "earlier"
    return "other" if _OTHER.search(said) else None


def slot_query(
    when: When | None,
    preferences: Preferences,
    clinic: ClinicSettings,
    *,
    urgent: bool,
    now: datetime,
) -> SlotQuery:
    """Return what to search for.

    Args:
        when: The understood time.
        preferences: With whom, and what kind of visit.
        clinic: The clinic; its first visit type is booked where none was named.
        urgent: Only within 24 hours, as the level demands.
        now: The present moment.
    """
    query = (when or When(echo="")).query(
        preferences.visit_type or clinic.visit_types[0].id,
        practitioner_id=preferences.practitioner_id,
        gender=preferences.gender,
    )
    if not urgent:
        return query
    latest = now + WITHIN_A_DAY
    return replace(query, latest=min(latest, query.latest or latest))


def shifted(query: SlotQuery, shift: Shift, offered: list[Slot]) -> SlotQuery:
    """Return a query for times beyond those that were offered.

    Args:
        query: What was searched for.
        shift: The direction.
        offered: What was offered last; at least one.
    """
    starts = sorted(slot.start for slot in offered)
    if shift == "earlier":
        return replace(query, latest=starts[0], earliest=None, near=starts[0])
    moment = timedelta(minutes=1)
    return replace(query, earliest=starts[-1] + moment, latest=None, near=None)


def say_with(preferences: Preferences, clinic: ClinicSettings) -> str:
    """Say with whom and for what, such as " with a woman, as a video visit"; "" when open.

    Args:
        preferences: What was said.
        clinic: For the names.
    """
    words = ""
    person = clinic.practitioner(preferences.practitioner_id or "")
    if person:
        words += f" with {person.name}"
    elif preferences.gender:
        words += {"female": " with a woman", "male": " with a man"}.get(preferences.gender, "")
    kind = clinic.visit_type(preferences.visit_type or "")
    if kind and kind.id != clinic.visit_types[0].id:
        words += f", as a {kind.name.lower()}"
    return words


def preferences_from(data: dict[str, Any] | None) -> Preferences:
    """Read what `Preferences.as_dict` wrote; nothing is no preference."""
    return Preferences(**(data or {}))
