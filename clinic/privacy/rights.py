"""What a patient may ask for: what is known, a copy of it, and having it deleted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from clinic import clock
from clinic.clinical import get_clinical_data
from clinic.privacy import audit
from clinic.privacy.keys import Stores
from clinic.scheduling import erasure
from clinic.settings import ClinicSettings

# The kind of a bot message that is itself a copy; a later copy leaves it out.
EXPORT_KIND = "export"

_PERSONAL = {
    "patient_name": "name",
    "patient_contact": "contact",
    "appointment_contact": "contact of the appointment",
    "appointment_reference": "appointment",
    "appointment_note": "note for the visit",
    "disposition": "how soon to be seen",
    "red_flags": "warning signs",
    "topic": "last topic",
}


@dataclass(frozen=True)
class Copy:
    """Everything that is kept of a conversation.

    Args:
        content: For a program, as JSON has it.
        text: For a person.
    """

    content: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Known:
    """What is kept of a conversation, in a nutshell.

    Args:
        messages: How many messages of the visitor.
        noted: What was noted about their health, in words.
        personal: Who they are and how to reach them, as far as it was said.
        until: When it is deleted if nothing more is said.
    """

    messages: int
    noted: list[str]
    personal: dict[str, str]
    until: datetime


def known_of(stores: Stores, conversation_id: str, clinic: ClinicSettings) -> Known:
    """Return what is kept of a conversation, in a nutshell.

    Args:
        stores: Both stores.
        conversation_id: Whose.
        clinic: Says how long it is kept.
    """
    kept = stores.conversations.read(conversation_id, all_sessions=True)
    events = kept.events if kept else []
    slots = _slots(events)
    keep = timedelta(days=clinic.privacy.retention_days)
    return Known(
        messages=sum(event.get("event") == "user" for event in events),
        noted=get_clinical_data().phrasebook.describe(_history(slots)),
        personal=_personal(slots),
        until=(kept.active_at if kept else clock.now()) + keep,
    )


def copy_of(
    stores: Stores, conversation_id: str, clinic: ClinicSettings, *, actor: str = "patient"
) -> Copy:
    """Return everything that is kept of a conversation, and note in the audit log that it was.

    Args:
        stores: Both stores.
        conversation_id: Whose.
        clinic: Says how long it is kept.
        actor: Who asked for it.
    """
    kept = stores.conversations.read(conversation_id, all_sessions=True)
    events = kept.events if kept else []
    slots = _slots(events)
    keep = timedelta(days=clinic.privacy.retention_days)
    messages = [message for event in events if (message := _message(event))]
    calls = erasure.calls_of(stores.calendar, conversation_id)
    content = {
        "made_at": clock.now().isoformat(),
        "clinic": clinic.name,
        "conversation": None
        if kept is None
        else {
            "began_at": kept.began_at.isoformat(),
            "last_message_at": kept.active_at.isoformat(),
            "deleted_after": (kept.active_at + keep).isoformat(),
        },
        "messages": messages,
        "noted": {name: value for name, value in _history(slots).items() if value is not None},
        "personal": _personal(slots),
        "call_backs": [
            {
                "asked_at": call.asked_at.isoformat(),
                "name": call.name,
                "phone": call.phone,
                "email": call.email,
                "wish": call.wish,
            }
            for call in calls
        ],
    }
    entry = audit.Entry("export", actor, {"messages": len(messages), "call_backs": len(calls)})
    with stores.conversations.writing() as (connection, vault):
        subject = stores.conversations.hashed(conversation_id)
        audit.append(connection, vault, entry, subject=subject)
    return Copy(content, _readable(content, clinic))


def forget_in_calendar(stores: Stores, conversation_id: str) -> dict[str, int]:
    """Erase what a conversation left in the calendar besides appointments; see `erasure.forget`."""
    return erasure.forget(stores.calendar, conversation_id, clock.now())


def new_receipt() -> str:
    """Return the number under which the audit log tells of a deletion."""
    return f"DEL-{secrets.token_hex(4).upper()}"


def _readable(content: Mapping[str, Any], clinic: ClinicSettings) -> str:
    lines = [f"A copy of your data at {clinic.name}, made {_at(content['made_at'], clinic)}", ""]
    if content["personal"]:
        lines += ["About you:", *(f"- {k}: {v}" for k, v in content["personal"].items()), ""]
    noted = get_clinical_data().phrasebook.describe(content["noted"])
    if noted:
        lines += ["What I noted:", *(f"- {words}" for words in noted), ""]
    for call in content["call_backs"]:
        lines += [f"You asked to be called: {call['wish']} ({call['phone'] or call['email']})", ""]
    lines.append("What we wrote:" if content["messages"] else "No messages are kept.")
    for message in content["messages"]:
        who = "You" if message["from"] == "you" else "Atlas"
        lines.append(f"[{_at(message['at'], clinic)}] {who}: {message['text']}")
    if content["conversation"]:
        until = _at(content["conversation"]["deleted_after"], clinic)
        lines += ["", f'It is deleted after {until}, or when you say "delete my data".']
    return "\n".join(lines)


def _at(moment: str, clinic: ClinicSettings) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(clinic.zone):%Y-%m-%d %H:%M}"


def _message(event: Mapping[str, Any]) -> dict[str, str] | None:
    kind, text = event.get("event"), event.get("text")
    data = event.get("data") or {}
    custom = data.get("custom") if isinstance(data, dict) else None
    if isinstance(custom, dict) and custom.get("kind") == EXPORT_KIND:
        return None
    if kind not in ("user", "bot") or not text or text.startswith("/"):
        return None
    at = datetime.fromtimestamp(event.get("timestamp") or 0, UTC).isoformat()
    return {"at": at, "from": "you" if kind == "user" else "atlas", "text": text}


def _slots(events: list[dict[str, Any]]) -> dict[str, Any]:
    slots: dict[str, Any] = {}
    for event in events:
        if event.get("event") == "session_started":
            slots = {}
        elif event.get("event") == "slot":
            slots[str(event.get("name"))] = event.get("value")
    return slots


def _history(slots: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: slots.get(one.name) for one in get_clinical_data().attributes}


def _personal(slots: Mapping[str, Any]) -> dict[str, str]:
    told = {}
    for name, words in _PERSONAL.items():
        value = slots.get(name)
        if isinstance(value, Mapping):
            value = ", ".join(str(part) for part in value.values() if part)
        elif isinstance(value, list):
            value = ", ".join(str(part) for part in value)
        if value:
            told[words] = str(value)
    return told
