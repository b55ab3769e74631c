"""Give the patient a summary of the conversation to keep."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import history_of
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic import clock
from clinic.clinical import get_clinical_data
from clinic.settings import get_settings
from clinic.triage.engine import assess
from clinic.triage.patient_summary import PatientSummary
from clinic.triage.rules import Level

# The name under which a browser saves the page; it says nothing of health.
_FILE = "summary-for-my-visit.html"


class ActionGiveSummary(SafeAction):
    """Sum up what was said, denied and advised: as text, and as a page that can be printed.

    The page travels inside the message, so it has no address that anybody could guess: whoever
    may read the conversation has it, and nobody else.
    """

    def name(self) -> str:
        """Return the action's name."""
        return "action_give_summary"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the summary, or say that there is nothing to sum up."""
        if not tracker.get_slot("disposition") and not any(history_of(tracker).values()):
            dispatcher.utter_message(response="utter_no_summary_yet")
            return []
        summary = summarise(tracker)
        dispatcher.utter_message(
            text=summary.as_text(),
            json_message={
                "kind": "summary",
                "title": summary.title,
                "file": _FILE,
                "page": summary.as_page(),
            },
        )
        level = tracker.get_slot("disposition")
        if not level or Level(level).is_emergency or tracker.get_slot("booking_closed"):
            return []
        if tracker.get_slot("appointment_reference") or tracker.active_loop.get("name"):
            return []
        dispatcher.utter_message(response="utter_offer_booking_again")
        return [SlotSet("offered_booking", True)]


def summarise(tracker: Tracker) -> PatientSummary:
    """Write the summary of a conversation.

    Args:
        tracker: The conversation.
    """
    data = get_clinical_data()
    history = history_of(tracker)
    given = tracker.get_slot("disposition")
    left_open = set(tracker.get_slot("questions_skipped") or [])
    if not given:
        left_open |= {
            question.id for question in data.interview.questions if history.get(question.id) is None
        }
    return data.summary.write(
        history,
        assess(history, data.rules),
        level=Level(given) if given else None,
        left_open=left_open,
        facts=clinic_facts(),
        today=clock.now().astimezone(get_settings().clinic.zone).date(),
    )
