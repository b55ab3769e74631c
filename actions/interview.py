"""The interview form: acknowledge, choose the next question, and the steps around it."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_state import give_up_booking
from actions.conversation import (
    asks_again,
    doubted_of,
    history_of,
    latest_intent,
    latest_text,
    offer_resume,
    replied_besides,
)
from actions.language import is_limited
from actions.safe_action import Events, SafeAction, clinic_facts, leave_form
from clinic import clock
from clinic.clinical import get_clinical_data
from clinic.dialogue.agenda import INTERVIEW
from clinic.dialogue.booking_wish import add_wish, says_something
from clinic.settings import get_settings
from clinic.triage.interview import Wording
from clinic.triage.second_look import (
    SECOND_LOOK,
    as_history,
    in_question,
    questions_left,
)

# The first description is said back whole; later only what was read from free words.
_ECHOED = ("duration_days", "severity", "site", "side", "injury_mechanism")
# A question is left when its answers cannot be read: such an answer weighs two, a description
# that goes on beside it one, a question of the visitor's that is replied to nothing.
_UNREAD, _BESIDE, _ENOUGH = 2, 1, 3
# Misunderstandings in a row, over all questions: other words, then what else one can say, then
# how to reach a person.
_MENU_AT, _PERSON_AT = 2, 3
_URGENT = "emergency_screen"
_OTHERS = ("child", "other_adult")
ALREADY_NOTED, CONTRADICTION = "already_noted", "contradiction"
SIGN_SETTLED = "sign_settled"  # a yes or no to a question about a warning sign
_IMPOSSIBLE = {
    "severity": "utter_impossible_severity",
    "duration_days": "utter_impossible_duration_days",
    "age_band": "utter_impossible_age_band",
}


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
        wording = tracker.get_slot("question_wording")
        problem = tracker.get_slot("turn_problem")
        misunderstood = int(tracker.get_slot("misunderstandings") or 0)
        unknown = current in interview and history.get(str(current)) is None
        if unknown and current not in skipped:
            if tracker.get_slot("turn_answered"):
                skipped.append(current)  # answered as far as the patient can
            elif tracker.get_slot("turn_wording") and retries + _BESIDE < _ENOUGH:
                retries += _BESIDE
                wording = tracker.get_slot("turn_wording")
            elif problem == SIGN_SETTLED:
                pass  # the form's own question is still open
            elif problem in _IMPOSSIBLE and retries + _UNREAD < _ENOUGH:
                retries += _UNREAD
                dispatcher.utter_message(response=_IMPOSSIBLE[problem])
            elif tracker.get_slot("turn_changed"):
                pass  # the question comes again after a correction
            else:
                if problem == ALREADY_NOTED:
                    dispatcher.utter_message(response="utter_already_noted")
                beside = problem == ALREADY_NOTED or is_beside(tracker)
                if not is_replied_to(tracker):
                    retries += _BESIDE if beside else _UNREAD
                misunderstood += not beside
                unread_again = not beside and current == _URGENT and bool(wording)
                if retries >= _ENOUGH or unread_again:
                    skipped.append(current)
                    menu = not beside and misunderstood == _MENU_AT
                    settled += leave_question(dispatcher, str(current), menu=menu)
                elif beside:
                    pass
                elif misunderstood == _PERSON_AT:
                    dispatcher.utter_message(response="utter_interview_person", **clinic_facts())
                elif current == _URGENT:
                    wording = Wording.AGAIN.value
                else:
                    dispatcher.utter_message(response="utter_not_understood_answer")
        first = not asked and tracker.get_slot("interview_progress") is None
        self._acknowledge(dispatcher, tracker, first=first)
        remaining = questions_left(
            interview,
            get_clinical_data().rules,
            history,
            asked,
            skipped,
            doubted_of(tracker),
            current,
        )
        if tracker.get_slot("booking_wanted") or is_limited(tracker):
            remaining = [item for item in remaining if item.id in (_URGENT, SECOND_LOOK)]
        upcoming = remaining[0].id if remaining else None
        if upcoming != current:
            retries, wording = 0, None
        elif wording == Wording.WHICH.value and current != _URGENT:
            dispatcher.utter_message(response="utter_ask_which")
        if upcoming and upcoming not in asked:
            asked.append(upcoming)
        left = len([question for question in remaining if question.id not in asked])
        number = asked.index(upcoming) + 1 if upcoming else len(asked)
        return [
            *settled,
            SlotSet("questions_asked", asked),
            SlotSet("questions_skipped", skipped),
            SlotSet("question_retries", retries),
            SlotSet("question_wording", wording),
            SlotSet("misunderstandings", misunderstood or None),
            SlotSet("interview_progress", f"Question {number} of about {len(asked) + left}"),
            SlotSet("requested_slot", upcoming),
        ]

    def after_failure(self) -> Events:
        """Close the form; the patient was told to call."""
        return leave_form()

    def _acknowledge(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, *, first: bool
    ) -> None:
        if is_limited(tracker):
            return  # the words for findings are English
        changed = set(tracker.get_slot("turn_changed") or [])
        phrasebook = get_clinical_data().phrasebook
        history = history_of(tracker)
        if first:
            said = phrasebook.describe(history)
            if said:
                dispatcher.utter_message(response="utter_noted_first", noted="; ".join(said))
            if history.get("who_for") in _OTHERS:
                dispatcher.utter_message(response="utter_answer_for_them")
            if get_clinical_data().interview.elsewhere(history):
                dispatcher.utter_message(response="utter_outside_neck_and_back")
            return
        intent = latest_intent(tracker)
        beside = intent == "correct_answer" or not tracker.get_slot("turn_answered")
        only = changed if beside else changed & set(_ECHOED)
        said = phrasebook.describe(history, only)
        if said and tracker.get_slot("turn_problem") == CONTRADICTION:
            dispatcher.utter_message(response="utter_contradiction", noted="; ".join(said))
            return
        current = tracker.get_slot("requested_slot")
        interview = get_clinical_data().interview
        was_button = current in interview and interview.is_option(
            str(current), latest_text(tracker)
        )
        if said and not was_button:
            dispatcher.utter_message(response="utter_noted", noted="; ".join(said))


def is_replied_to(tracker: Tracker) -> bool:
    """Tell whether the visitor's own question or remark was replied to, which costs no try.

    The planner sees to it that this does not go on for ever.
    """
    stepped = "action_go_back" in (tracker.get_slot("agenda") or [])
    return (replied_besides(tracker, INTERVIEW) or asks_again(tracker)) and not stepped


def is_beside(tracker: Tracker) -> bool:
    """Tell whether a message that answers nothing is no misunderstanding either.

    It was replied to, asks to hear the question again, or is a piece of a description that
    comes in several short messages.
    """
    describes = bool(tracker.get_slot("turn_describes"))
    return describes or replied_besides(tracker, INTERVIEW) or asks_again(tracker)


def leave_question(
    dispatcher: CollectingDispatcher, question: str, *, menu: bool = False
) -> Events:
    """Pass over a question; the emergency checklist then counts as "not sure".

    Args:
        dispatcher: Says that the question is left.
        question: The question's id.
        menu: Whether to say what else one can do.
    """
    if menu:
        dispatcher.utter_message(response="utter_interview_menu")
    if question != _URGENT:
        if not menu:
            dispatcher.utter_message(response="utter_leave_question")
        return []
    dispatcher.utter_message(response="utter_skip_emergency_screen", **clinic_facts())
    return [SlotSet("emergency_unsure", True), SlotSet("emergency_screen", "unsure")]


class ActionAskInterviewFormEmergencyScreen(SafeAction):
    """Ask the emergency checklist: first as a list, then in other words, then which sign."""

    def name(self) -> str:
        """Return the name under which the form asks for the checklist."""
        return "action_ask_interview_form_emergency_screen"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the question in the wording that the answers so far call for."""
        wording = tracker.get_slot("question_wording")
        progress = tracker.get_slot("interview_progress")
        if wording == Wording.AGAIN.value:
            dispatcher.utter_message(
                response="utter_ask_again_emergency_screen", interview_progress=progress
            )
            return []
        if wording == Wording.WHICH.value:
            dispatcher.utter_message(response="utter_ask_which")
        dispatcher.utter_message(
            response="utter_ask_interview_form_emergency_screen", interview_progress=progress
        )
        return []


class ActionAskInterviewFormSecondLook(SafeAction):
    """Ask whether what was noted in passing, and alone would mean "today", is so."""

    def name(self) -> str:
        """Return the name under which the form asks for it."""
        return "action_ask_interview_form_second_look"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Name what was noted."""
        data = get_clinical_data()
        rests_on = in_question(history_of(tracker), doubted_of(tracker), data.rules)
        dispatcher.utter_message(
            response="utter_ask_interview_form_second_look",
            interview_progress=tracker.get_slot("interview_progress"),
            noted="; ".join(data.phrasebook.present(as_history(rests_on))),
        )
        return []


class ActionExplainQuestion(SafeAction):
    """Say why the open question is asked, or what it means."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_explain_question"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the reason or the meaning, or what Atlas does in general."""
        question = tracker.get_slot("requested_slot")
        if is_open(tracker) and question in get_clinical_data().interview:
            means = latest_intent(tracker) == "ask_meaning"
            kind = "meaning" if means else "explain"
            dispatcher.utter_message(response=f"utter_{kind}_{question}")
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
            SlotSet("question_wording", None),
            SlotSet("question_retries", -_BESIDE),  # going back is a remark, and costs no try
            SlotSet("questions_asked", kept),
            SlotSet("questions_skipped", skipped),
            SlotSet("requested_slot", previous),
        ]


class ActionNoteBookingWish(SafeAction):
    """Remember that the visitor came to book; a safety check comes first.

    Somebody who describes a pain is asked the whole interview, because the level decides how
    soon the visit must be; "just book" shortens it to the emergency checklist.
    """

    def name(self) -> str:
        """Return the action's name."""
        return "action_note_booking_wish"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say what comes before booking."""
        text, kept = latest_text(tracker), tracker.get_slot("booking_wish")
        if kept is None or says_something(text, get_settings().clinic, clock.now()):
            kept = add_wish(kept, text)  # "just book" leaves what was said before
        wish = SlotSet("booking_wish", kept)
        if tracker.get_slot("described") and not is_open(tracker) and not is_limited(tracker):
            dispatcher.utter_message(response="utter_interview_before_booking")
            return [wish]
        if tracker.get_slot(_URGENT) is None:
            dispatcher.utter_message(response="utter_safety_check_first")
        return [SlotSet("booking_wanted", True), wish]


class ActionConfirmWarningSign(SafeAction):
    """Ask about a warning sign that a message may or may not have stated."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_confirm_warning_sign"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask for a yes or no."""
        data = get_clinical_data()
        uncertain = tracker.get_slot("unconfirmed") or []
        option = next((item["option"] for item in uncertain if "option" in item), None)
        if option:
            dispatcher.utter_message(response="utter_confirm_option", option=option)
            return []
        guessed = next((item["sign"] for item in uncertain if "sign" in item), None)
        if guessed:
            dispatcher.utter_message(
                response="utter_confirm_sounds_like",
                question=data.signs[guessed].question,
                **clinic_facts(),
            )
            return []
        labels = [data.attributes[item["attribute"]].label for item in uncertain]
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
        moving = bool(tracker.get_slot("moving_reference"))
        response = "utter_stopped_moving" if moving else "utter_stopped"
        dispatcher.utter_message(response=response, **clinic_facts())
        left = [] if is_open(tracker) else offer_resume(dispatcher, tracker)
        return [
            *left,
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
        """Clear the history; the planner asks for it in no emergency, which stays one."""
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
        "signs_asked",
        "doubted",
        "questions_asked",
        "questions_skipped",
        "question_asides",
        "question_retries",
        "question_wording",
        "booking_wanted",
        "booking_wish",
        "interview_progress",
        "misunderstandings",
        "thought",
    ]
    return [SlotSet(name, None) for name in names]


def is_open(tracker: Tracker) -> bool:
    """Tell whether the interview is open."""
    return (tracker.active_loop or {}).get("name") == INTERVIEW
