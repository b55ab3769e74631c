"""Answer questions about the clinic from clinic.yml, and invent nothing."""

from __future__ import annotations

import datetime
import re

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import latest_text
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic.settings import get_settings
from clinic.settings.clinic_file import WEEKDAYS

_SUBJECTS = {
    "hours": r"hour|open|clos|saturday|sunday|weekend|today|holiday",
    "prices": r"cost|price|much|fee|charge|pay|expens|cheap",
    "insurance": r"insur|medicare|medicaid|cover|blue cross|aetna|network",
    "parking": r"park|disabled bay|garage",
    "access": r"accessib|wheelchair|step[- ]?free|ramp|\blift\b|elevator|disabled|hearing loop",
    "address": r"where|address|direction|locat|find you|get there",
    "phone": r"phone|call|number|\bring\b|contact|email|e-mail",
    "preparation": r"\bbring\b|prepare|get ready|\bwear\b",
    "practitioners": r"doctor|who works|surgeon|therapist|staff|specialist|clinician|team",
}
# How good somebody's work is stands in no clinic.yml; a list of names would be no answer.
_RESULTS = re.compile(
    r"success|complication|how many (operation|surger)|rating|review|outcome|best"
)
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ActionGiveClinicInfo(SafeAction):
    """Say what clinic.yml holds about the question, or that it is not known."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_give_clinic_info"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Answer each subject that the question names."""
        text = latest_text(tracker).lower()
        subjects = [name for name, pattern in _SUBJECTS.items() if re.search(pattern, text)]
        if _RESULTS.search(text):
            subjects = [name for name in subjects if name != "practitioners"]
        said = [fact for name in subjects if (fact := clinic_fact(name))]
        if said:
            dispatcher.utter_message(text="\n\n".join(said))
        elif not tracker.get_slot("turn_answered"):
            dispatcher.utter_message(response="utter_clinic_info_unknown", **clinic_facts())
        return []


# Where people write 9:00 AM; elsewhere they write 09:00.
_TWELVE_HOUR_REGIONS = frozenset({"US", "CA", "AU", "NZ", "PH", "IN"})


def _clock_time(time: datetime.time, region: str) -> str:
    """Write a time as people of the clinic's region write it."""
    return f"{time:%-I:%M %p}" if region in _TWELVE_HOUR_REGIONS else f"{time:%H:%M}"


def clinic_fact(subject: str) -> str:
    """Say what is known about one subject; empty when clinic.yml does not tell.

    Args:
        subject: One of hours, prices, insurance, parking, access, address, phone,
            practitioners, preparation.
    """
    clinic = get_settings().clinic
    if subject == "hours":
        lines = []
        for index, day in enumerate(_DAY_NAMES):
            pairs = getattr(clinic.hours, WEEKDAYS[index])
            spans = ", ".join(
                f"{_clock_time(start, clinic.region)} to {_clock_time(end, clinic.region)}"
                for start, end in pairs
            )
            lines.append(f"- {day}: {spans or 'closed'}")
        return "Our opening hours:\n" + "\n".join(lines) + "\nWe are closed on public holidays."
    if subject == "practitioners":
        people = [f"- {person.name}, {person.role}" for person in clinic.practitioners]
        return "You can see:\n" + "\n".join(people) if people else ""
    if subject == "preparation":
        kinds = [f"- {kind.name}: {kind.prepare}" for kind in clinic.visit_types if kind.prepare]
        return "Before the visit:\n" + "\n".join(kinds) if kinds else ""
    if subject == "phone":
        return f"Our phone number is {clinic.phone}." if clinic.phone else ""
    if subject == "address":
        return f"You find us at {clinic.address}." if clinic.address else ""
    fact: str = getattr(clinic, subject, "")
    return fact
