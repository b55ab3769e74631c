"""What actions ask of a conversation: the latest message, and what the turn does."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.language import text_of
from actions.safe_action import Events
from clinic.clinical import get_clinical_data
from clinic.dialogue.request_words import Wish, get_request_words
from clinic.triage.second_look import Noted, questions_left


def latest_intent(tracker: Tracker) -> str | None:
    """Return the intent of the latest message, or None before any was classified."""
    intent: str | None = (tracker.latest_message.get("intent") or {}).get("name")
    return intent


def latest_text(tracker: Tracker) -> str:
    """Return the latest message, cleaned and in English as the NLU pipeline leaves it."""
    return text_of(tracker)


def replied_besides(tracker: Tracker, form: str) -> bool:
    """Tell whether this turn replied to something else before it called a form.

    Args:
        tracker: The conversation.
        form: The open form.
    """
    return any(name != form for name in tracker.get_slot("agenda") or [])


def asks_again(tracker: Tracker) -> bool:
    """Tell whether the visitor only wants to see the open question (again)."""
    goes_on = get_request_words().say(Wish.GOES_ON, latest_text(tracker))
    return latest_intent(tracker) == "repeat" or goes_on


def history_of(tracker: Tracker) -> dict[str, Any]:
    """Return the history kept in the conversation's slots."""
    return {
        attribute.name: tracker.get_slot(attribute.name)
        for attribute in get_clinical_data().attributes
    }


def offer_resume(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Offer to go on with an interview that something else interrupted, if one was.

    Args:
        dispatcher: Says the offer.
        tracker: The conversation.
    """
    if not is_unfinished(tracker):
        return []
    dispatcher.utter_message(response="utter_offer_resume")
    return [SlotSet("offered_resume", True)]


def is_unfinished(tracker: Tracker) -> bool:
    """Tell whether a pain was described and the interview about it has not reached a level."""
    if tracker.get_slot("disposition") or not tracker.get_slot("site"):
        return False
    asked = list(tracker.get_slot("questions_asked") or [])
    skipped = tracker.get_slot("questions_skipped") or []
    data = get_clinical_data()
    left = questions_left(
        data.interview, data.rules, history_of(tracker), asked, skipped, doubted_of(tracker)
    )
    return bool(asked and left)


def doubted_of(tracker: Tracker) -> dict[Noted, str]:
    """Return what was said in passing at any time, and in which words."""
    told = tracker.get_slot("doubted") or []
    return {(item["attribute"], item["value"]): item["words"] for item in told}
