"""Bring in a person when the visitor asks for one, or when Atlas does not understand."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.clinic_info import clinic_fact
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic.settings import get_settings

_MENU_AFTER, _PERSON_AFTER = 2, 3


class ActionRequestHuman(SafeAction):
    """Say how to reach a person at the clinic."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_request_human"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Give number and hours, or say that there is no number."""
        if get_settings().clinic.phone:
            dispatcher.utter_message(response="utter_human", **clinic_facts())
            dispatcher.utter_message(text=clinic_fact("hours"))
        else:
            dispatcher.utter_message(response="utter_human_unknown", **clinic_facts())
        return []


class ActionDefaultFallback(SafeAction):
    """Ask for other words first, then offer a menu, then a person."""

    def name(self) -> str:
        """Return the name of Rasa's fallback action, which this one replaces."""
        return "action_default_fallback"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Count misunderstandings in a row and answer accordingly."""
        count = int(tracker.get_slot("misunderstandings") or 0) + 1
        if count >= _PERSON_AFTER:
            dispatcher.utter_message(response="utter_fallback_person", **clinic_facts())
        elif count >= _MENU_AFTER:
            dispatcher.utter_message(response="utter_fallback_menu")
        else:
            dispatcher.utter_message(response="utter_fallback_rephrase")
        return [SlotSet("misunderstandings", count)]
