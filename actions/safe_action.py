"""The base of every action: whatever goes wrong inside, the patient hears something useful."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.language import speak
from clinic.failures import describe_failure, note_failure
from clinic.scheduling.port import SchedulerUnavailable
from clinic.settings import get_settings

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class SafeAction(Action, ABC):
    """Run an action and turn every failure into a kind sentence.

    A failure must not end in silence: Rasa would drop the action's events and answer
    nothing. The log gets the trace, never the message.
    """

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Run `act`, and say so when it fails."""
        try:
            events = await self.act(dispatcher, tracker)
            speak(dispatcher, tracker, events)
            return events
        except SchedulerUnavailable as error:
            note_failure("action", error)
            logger.error("%s: the appointment book cannot be reached: %s", self.name(), error)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_booking_unavailable", **clinic_facts())
            return self.after_failure()
        except Exception as error:  # noqa: BLE001 - the last line before the patient hears nothing
            log_failure(self.name(), error)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_action_failed", **clinic_facts())
            return self.after_failure()

    @abstractmethod
    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Do what the action is for.

        Args:
            dispatcher: Collects what is said.
            tracker: The conversation.

        Returns:
            Events for the conversation.
        """

    def after_failure(self) -> Events:
        """Return the events that leave the conversation in a usable state."""
        return []


def leave_form() -> Events:
    """Return events that close a form which failed, so that nothing is concluded from it.

    Without the agenda Rasa would take the closed form for a finished one and go on to what
    follows it: a level, or a booking.
    """
    return [
        SlotSet("requested_slot", None),
        ActiveLoop(None),
        SlotSet("agenda", ["action_listen"]),
    ]


def log_failure(name: str, error: BaseException) -> None:
    """Log where an action failed, without any words of the patient.

    Args:
        name: The action.
        error: What was raised.
    """
    note_failure("action", error)
    logger.error("%s failed: %s", name, describe_failure(error))


def clinic_facts() -> dict[str, str]:
    """Return what responses may name of the clinic."""
    clinic = get_settings().clinic
    return {
        "clinic_name": clinic.name or "the clinic",
        "clinic_phone": clinic.phone or "the clinic",
        "emergency_number": clinic.emergency_number,
        "urgent_line": clinic.urgent_line or clinic.phone or "an urgent care center",
        "crisis_line": clinic.crisis_line or clinic.emergency_number,
        "poison_line": clinic.poison_line or clinic.emergency_number,
        "retention_days": str(clinic.privacy.retention_days),
    }
