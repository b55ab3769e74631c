"""The interview form: acknowledge, choose the next question, and the steps around it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import give_up_booking
from actions.conversation import latest_intent, latest_text, replied_besides
from actions.safe_action import Events, SafeAction, clinic_facts, leave_form
from clinic.clinical import get_clinical_data
from clinic.dialogue.agenda import INTERVIEW

# The first description is said back whole; later only what was read from free words.
_ECHOED = ("duration_days", "severity", "site", "side", "injury_mechanism")
_MOST_RETRIES = 2


class ValidateInterviewForm(SafeAction):
    """Say back what was understood and ask for what matters most of what is unknown."""

    def name(self) -> str:
        """Return the name under which the form calls it."""
        return "validate_interview_form"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Choose the next question."""
        interview = get_clinical_data().interview
        history = history_of(tracker)
        asked = list(tracker.get_slot("questions_asked") or [])
        skipped = list(tracker.get_slot("questions_skipped") or [])
        current = tracker.get_slot("requested_slot") if is_open(tracker) else None
        settled: Events = []
        retries = int(tracker.get_slot("question_retries") or 0)
        unknown = current in interview and history.get(str(current)) is None
        if unknown and current not in skipped:
            if tracker.get_slot("turn_answered"):
                skipped.append(current)  # answered as far as the patient can
            elif (
                replied_besides(tracker, INTERVIEW)
                or tracker.get_slot("turn_changed")
                or asks_again(tracker)
            ):
                pass  # the question comes again after a reply or a correction
            elif retries >= _MOST_RETRIES - 1:
                skipped.append(current)
                settled += leave_question(dispatcher, str(current))
            else:
                retries += 1
                dispatcher.utter_message(response="utter_not_understood_answer")
        self._acknowledge(dispatcher, tracker, first=not asked)
        if tracker.get_slot("booking_wanted"):
            remaining = [
                question
                for question in interview.remaining(history, len(asked), skipped)
                if question.id == "emergency_screen"
            ]
        else:
            remaining = interview.remaining(history, len(asked), skipped)
        upcoming = remaining[0].id if remaining else None
        if upcoming != current:
            retries = 0
        if upcoming and upcoming not in asked:
            asked.append(upcoming)
        left = len([question for question in remaining if question.id not in asked])
        return [
            *settled,
            SlotSet("questions_asked", asked),
            SlotSet("questions_skipped", skipped),
            SlotSet("question_retries", retries),
            SlotSet("interview_progress", f"Question {len(asked)} of about {len(asked) + left}"),
            SlotSet("requested_slot", upcoming),
        ]

    def after_failure(self) -> Events:
        """Close the form; the patient was told to call."""
        return leave_form()

    def _acknowledge(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, *, first: bool
    ) -> None:
        changed = set(tracker.get_slot("turn_changed") or [])
        phrasebook = get_clinical_data().phrasebook
        history = history_of(tracker)
        if first:
            said = phrasebook.describe(history)
            if said:
                dispatcher.utter_message(response="utter_noted_first", noted="; ".join(said))
            return
        intent = latest_intent(tracker)
        beside = intent == "correct_answer" or not tracker.get_slot("turn_answered")
        only = changed if beside else changed & set(_ECHOED)
        said = phrasebook.describe(history, only)
        current = tracker.get_slot("requested_slot")
        interview = get_clinical_data().interview
        was_button = current in interview and interview.is_option(
            str(current), latest_text(tracker)
        )
        if said and not was_button:
            dispatcher.utter_message(response="utter_noted", noted="; ".join(said))


def leave_question(dispatcher: CollectingDispatcher, question: str) -> Events:
    """Pass over a question; the emergency checklist then counts as "not sure".

    Args:
        dispatcher: Says that the question is left.
        question: The question's id.
    """
    if question != "emergency_screen":
        dispatcher.utter_message(response="utter_leave_question")
        return []
    dispatcher.utter_message(response="utter_skip_emergency_screen", **clinic_facts())
    return [SlotSet("emergency_unsure", True), SlotSet("emergency_screen", "unsure")]


class ActionExplainQuestion(SafeAction):
    """Say why the open question is asked."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_explain_question"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the reason for the question, or what Atlas does in general."""
        question = tracker.get_slot("requested_slot")
        if is_open(tracker) and question in get_clinical_data().interview:
            dispatcher.utter_message(response=f"utter_explain_{question}")
        else:
            dispatcher.utter_message(response="utter_explain_questions")
        return []


class ActionSkipQuestion(SafeAction):
    """Pass over the open question."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_skip_question"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Mark the question as skipped; the emergency checklist counts as "not sure" then."""
        question = tracker.get_slot("requested_slot")
        skipped = list(tracker.get_slot("questions_skipped") or [])
        if not question:
            return []
        settled = leave_question(dispatcher, str(question))
        return [SlotSet("questions_skipped", [*skipped, question]), *settled]


class ActionGoBack(SafeAction):
    """Ask the previous question again."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_go_back"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Forget the answer to the last question asked."""
        asked = list(tracker.get_slot("questions_asked") or [])
        current = tracker.get_slot("requested_slot")
        earlier = [question for question in asked if question != current]
        if not earlier:
            dispatcher.utter_message(response="utter_nothing_before")
            return []
        previous = earlier[-1]
        skipped = [
            question
            for question in tracker.get_slot("questions_skipped") or []
            if question != previous
        ]
        kept = [question for question in asked if question not in (previous, current)]
        return [
            SlotSet(previous, None),
            SlotSet("questions_asked", kept),
            SlotSet("questions_skipped", skipped),
            SlotSet("requested_slot", previous),
        ]


class ActionNoteBookingWish(SafeAction):
    """Remember that the visitor came to book; a short safety check comes first."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_note_booking_wish"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say that a safety check comes before booking."""
        dispatcher.utter_message(response="utter_safety_check_first")
        wish = latest_text(tracker)
        return [SlotSet("booking_wanted", True), SlotSet("booking_wish", wish[:500])]


class ActionConfirmWarningSign(SafeAction):
    """Ask about a warning sign that a message may or may not have stated."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_confirm_warning_sign"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask for a yes or no."""
        attributes = get_clinical_data().attributes
        labels = [
            attributes[item["attribute"]].label for item in tracker.get_slot("unconfirmed") or []
        ]
        dispatcher.utter_message(
            response="utter_confirm_warning_sign", sign=" or ".join(dict.fromkeys(labels))
        )
        return []


class ActionStopForm(SafeAction):
    """Leave the open form when the visitor says stop."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_stop_form"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Close the form and say what is possible now."""
        dispatcher.utter_message(response="utter_stopped", **clinic_facts())
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("booking_wanted", None),
            *await give_up_booking(tracker),
        ]


class ActionAskConsent(SafeAction):
    """Ask for an explicit yes where clinic.yml demands one."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_ask_consent"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask."""
        dispatcher.utter_message(response="utter_ask_consent", **clinic_facts())
        return [SlotSet("consent_asked", True)]


class ActionStartOver(SafeAction):
    """Forget what was said about the pain and begin again."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_start_over"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Clear the history; an emergency that was heard is named once more."""
        if tracker.get_slot("disposition") in ("emergency", "emergency_ambulance"):
            dispatcher.utter_message(response="utter_emergency_reminder", **clinic_facts())
        dispatcher.utter_message(response="utter_started_over")
        return [
            *forget_history(),
            *await give_up_booking(tracker),
            ActiveLoop(None),
            SlotSet("requested_slot", None),
        ]


def forget_history() -> Events:
    """Return events that clear the history and everything that came of it."""
    names = [attribute.name for attribute in get_clinical_data().attributes]
    names += [
        "disposition",
        "red_flags",
        "unconfirmed",
        "questions_asked",
        "questions_skipped",
        "question_retries",
        "booking_wanted",
        "booking_wish",
        "interview_progress",
    ]
    return [SlotSet(name, None) for name in names]


def history_of(tracker: Tracker) -> dict[str, Any]:
    """Return the history kept in the conversation's slots."""
    return {
        attribute.name: tracker.get_slot(attribute.name)
        for attribute in get_clinical_data().attributes
    }


def is_open(tracker: Tracker) -> bool:
    """Tell whether the interview is open."""
    return (tracker.active_loop or {}).get("name") == INTERVIEW


def asks_again(tracker: Tracker) -> bool:
    """Tell whether the visitor only wants to hear the question again."""
    return latest_intent(tracker) == "repeat"
