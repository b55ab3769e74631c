"""Every state of the chat that a scripted bot can bring about, in the words of domain.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

Reply = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
_FACTS = {
    "interview_progress": "Question 2 of about 6",
    "clinic_phone": "(555) 010-0199",
    "emergency_number": "911",
    "reviewed": "2026-11-22",
    "retention_days": "30",
}
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
WHEN = "Tuesday, November 24 at 1:50 PM with Dr. Demo Rivers"
TIMES = (
    "Tue Nov 24, 9:00 AM with Dr. Demo Rivers",
    "Tue Nov 24, 1:50 PM with Dr. Sample Stone",
    "Wed Nov 25, 10:20 AM with Fictional Meadows, DPT",
)


def responses() -> dict[str, list[Reply]]:
    """Return the responses of domain.yml."""
    found: dict[str, list[Reply]] = YAML(typ="safe").load(ROOT / "domain.yml")["responses"]
    return found


_RESPONSES = responses()


def utter(name: str, custom: dict[str, Any] | None = None, **facts: str) -> Reply:
    """Return a response as the web channel would get it, with its places filled."""
    variants = _RESPONSES[name]
    chosen = next((one for one in variants if one.get("channel") == "web"), variants[0])
    reply = {key: value for key, value in chosen.items() if key != "channel"}
    for place, value in {**_FACTS, **facts}.items():
        reply["text"] = reply["text"].replace("{" + place + "}", value)
    return {**reply, "custom": custom} if custom else reply


def level(name: str, custom: str = "", **facts: str) -> Reply:
    """Return the message that gives a level."""
    return utter(f"utter_level_{name}", {"kind": "level", "level": custom or name}, **facts)


def _time(payload: str) -> dict[str, str]:
    when, _, who = payload.partition(" with ")
    return {"time": when.split(", ")[1], "who": who, "payload": payload}


PICKER = {
    "kind": "slots",
    "first": "2026-11-22",
    "last": "2027-01-21",
    "days": [
        {"day": "Tuesday, November 24", "times": [_time(TIMES[0]), _time(TIMES[1])]},
        {"day": "Wednesday, November 25", "times": [_time(TIMES[2])]},
    ],
}
REASONS = "pain, tingling, numbness or weakness in the arm or hand; it lasted two weeks or more"
SCRIPT: dict[str, list[Reply]] = {
    "": [utter("utter_greet")],
    "checklist": [utter("utter_ask_interview_form_emergency_screen")],
    "scale": [utter("utter_ask_interview_form_severity")],
    "body": [utter("utter_ask_interview_form_site")],
    "times": [utter("utter_ask_booking_form_appointment_slot", PICKER)],
    "name": [utter("utter_ask_booking_form_patient_name")],
    "contact": [utter("utter_ask_booking_form_patient_contact")],
    "note": [utter("utter_ask_booking_form_appointment_note")],
    "routine": [
        level("consultation_days", "consultation", reasons=REASONS),
        utter("utter_offer_booking"),
    ],
    "today": [level("consultation_24", reasons="new weakness")],
    "at home": [level("self_care")],
    "emergency": [
        level("emergency_ambulance", reasons="you can't feel your legs; a fall"),
        utter("utter_emergency_limits"),
    ],
    "check": [
        utter(
            "utter_ask_confirm_booking",
            when=TIMES[1],
            visit="First visit (40 minutes)",
            patient="Jane Doe",
            contact="(212) 555-0123",
            reminders="welcome",
            note="none",
        )
    ],
    "booked": [
        utter(
            "utter_booked",
            {
                "kind": "appointment",
                "reference": "ATL-KDQWM7",
                "summary": WHEN,
                "ics": CALENDAR,
            },
            when=WHEN,
            reference="ATL-KDQWM7",
            extras="\n\nPlease bring a list of your medicines.",
        )
    ],
    "explain": [
        {
            "custom": {
                "kind": "picture",
                "file": "disc.svg",
                "title": "A disc that bulges",
                "alt": "Two vertebrae; the disc between them presses on a nerve.",
            }
        },
        {
            "text": "An MRI uses a strong magnet.\n\n"
            "Sources: MedlinePlus: MRI Scans; NHS: Neck pain; reviewed 2026-11-22.",
            "buttons": [{"title": "CT scan", "payload": "x"}],
        },
    ],
    "summary": [
        {
            "text": "What you told me\n\n- Place: neck\n- Since: 3 weeks",
            "custom": {
                "kind": "summary",
                "title": "Summary of your chat",
                "file": "summary.html",
                "page": "<!doctype html><title>Summary</title><p>neck</p>",
            },
        },
        utter("utter_offer_booking_again"),
    ],
    "long": [{"text": "\n\n".join(f"paragraph {number}" for number in range(1, 31))}],
}
