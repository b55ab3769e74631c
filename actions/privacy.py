"""Say what is kept, give a copy of it, and delete it on request."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_state import give_up_booking, in_thread
from actions.conversation import latest_text
from actions.interview import forget_history
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic.privacy.provider import get_stores
from clinic.privacy.requests import request_in
from clinic.privacy.rights import (
    EXPORT_KIND,
    copy_of,
    forget_in_calendar,
    known_of,
    new_receipt,
)
from clinic.settings import get_settings

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
    """Say what is kept, in general or about this visitor, or give a copy of it."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_explain_privacy"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Answer what was asked for."""
        request = request_in(latest_text(tracker))
        if request == "export":
            await self._give_copy(dispatcher, tracker)
        elif request == "known":
            await self._say_known(dispatcher, tracker)
        else:
            dispatcher.utter_message(response="utter_privacy", **clinic_facts())
        return []

    async def _give_copy(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        clinic = get_settings().clinic
        copy = await in_thread(copy_of, get_stores(), tracker.sender_id, clinic)
        dispatcher.utter_message(
            text=copy.text, json_message={"kind": EXPORT_KIND, "content": copy.content}
        )

    async def _say_known(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        clinic = get_settings().clinic
        known = await in_thread(known_of, get_stores(), tracker.sender_id, clinic)
        told = [*known.noted, *(f"{name}: {value}" for name, value in known.personal.items())]
        dispatcher.utter_message(
            response="utter_data_known",
            messages=str(known.messages),
            noted="; ".join(told) or "nothing yet",
            until=f"{known.until.astimezone(clinic.zone):%B %d, %Y}",
        )


class ActionDeleteData(SafeAction):
    """Delete what is kept of this conversation, and give a receipt."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_delete_data"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Erase holds and call-backs, clear all slots, and have the messages deleted.

        The tracker store deletes the conversation when it sees `data_deletion`. A booked
        appointment stays and is said to stay.
        """
        left = await give_up_booking(tracker)
        await in_thread(forget_in_calendar, get_stores(), tracker.sender_id)
        receipt = new_receipt()
        dispatcher.utter_message(response="utter_data_forgotten", receipt=receipt, **clinic_facts())
        return [
            SlotSet("data_deletion", receipt),
            *forget_history(),
            *left,
            *(SlotSet(name, None) for name in _PERSONAL_SLOTS),
            ActiveLoop(None),
            SlotSet("requested_slot", None),
        ]
