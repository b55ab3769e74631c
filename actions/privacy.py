"""Say what is kept, and forget it on request."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_state import give_up_booking
from actions.interview import forget_history
from actions.safe_action import Events, SafeAction, clinic_facts

_PERSONAL_SLOTS = (
    "patient_name",
    "patient_contact",
    "appointment_slot",
    "appointment_offers",
    "appointment_hold",
    "appointment_contact",
    "manage_reference",
    "manage_contact",
    "topic",
)


class ActionExplainPrivacy(SafeAction):
    """Say what is kept, for how long, and what can be done about it."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_explain_privacy"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the privacy text."""
        dispatcher.utter_message(response="utter_privacy", **clinic_facts())
        return []


class ActionDeleteData(SafeAction):
    """Forget what this conversation knows of the visitor."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_delete_data"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Clear all health and contact slots; a booked appointment stays and is said to stay."""
        dispatcher.utter_message(response="utter_data_forgotten", **clinic_facts())
        cleared = [SlotSet(name, None) for name in _PERSONAL_SLOTS]
        return [
            *forget_history(),
            *await give_up_booking(tracker),
            *cleared,
            ActiveLoop(None),
            SlotSet("requested_slot", None),
        ]
