"""Read from a turn's events what the audit log has to tell: consent, and how urgent it is."""

from __future__ import annotations

import hashlib
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet

from clinic.clinical import get_clinical_data
from clinic.privacy.audit import Entry

_OUTCOME, _SIGNS = "disposition", "red_flags"
_NOTICE, _CONSENT = "notice_given", "consent"
_NOTICE_TEXT = {_NOTICE: "utter_notice", _CONSENT: "utter_ask_consent"}


def entries_of(events: list[Event], written: int, domain: Domain) -> list[Entry]:
    """Return what the audit log tells of the events that are not written yet.

    Args:
        events: All events of the session.
        written: How many of them, from the first on, the log has seen.
        domain: Its texts of the notice are named by a digest, the version that was agreed to.
    """
    before = _slots(events[:written])
    after = _slots(events)
    entries = [
        Entry("consent", "patient", {"by": name, "text": _version(domain, _NOTICE_TEXT[name])})
        for name in (_NOTICE, _CONSENT)
        if after.get(name) and not before.get(name)
    ]
    outcome = {name: after.get(name) for name in (_OUTCOME, _SIGNS)}
    if outcome[_OUTCOME] and outcome != {name: before.get(name) for name in outcome}:
        entries.append(
            Entry(
                "outcome",
                "atlas",
                {
                    "level": outcome[_OUTCOME],
                    "red_flags": outcome[_SIGNS] or [],
                    "rules": get_clinical_data().rules.version,
                },
            )
        )
    return entries


def _slots(events: list[Event]) -> dict[str, Any]:
    names = {_OUTCOME, _SIGNS, _NOTICE, _CONSENT}
    return {
        event.key: event.value
        for event in events
        if isinstance(event, SlotSet) and event.key in names
    }


def _version(domain: Domain, response: str) -> str:
    texts = [variation.get("text", "") for variation in domain.responses.get(response, [])]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]
