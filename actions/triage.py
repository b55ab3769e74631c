"""Say how urgent it is: emergencies at once, the level after the interview."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.booking_state import give_up_booking
from actions.conversation import history_of, latest_intent
from actions.language import is_limited
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic.clinical import get_clinical_data
from clinic.triage.engine import Assessment, assess
from clinic.triage.rules import Level


class ActionGiveEmergencyAdvice(SafeAction):
    """Say what to do now, number first, and stop everything else."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_give_emergency_advice"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the emergency text with the special words that the signs ask for."""
        assessment = weigh(tracker)
        utter_level(dispatcher, assessment)
        if assessment.guidance:
            dispatcher.utter_message(
                response=f"utter_guidance_{assessment.guidance}", **clinic_facts()
            )
        dispatcher.utter_message(response="utter_emergency_limits", **clinic_facts())
        if not tracker.get_slot("notice_given"):
            dispatcher.utter_message(response="utter_notice", **clinic_facts())
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("booking_wanted", None),
            SlotSet("rule_version", assessment.version),
            SlotSet("notice_given", True),
            *await give_up_booking(tracker),
        ]


class ActionRepeatEmergencyAdvice(SafeAction):
    """Answer "I'm OK now" and "just book me" during an emergency: kindly and firmly no."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_repeat_emergency_advice"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Utter the fitting refusal."""
        intent = latest_intent(tracker)
        response = (
            "utter_emergency_no_booking"
            if intent in ("book_appointment", "reschedule_appointment")
            else "utter_emergency_repeat"
        )
        dispatcher.utter_message(response=response, **clinic_facts())
        return []


class ActionQuestionTakenBack(SafeAction):
    """Ask about a sign that made the emergency and is now denied; it lowers nothing."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_question_taken_back"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Ask whether it was true at any time."""
        reasons = "; ".join(weigh(tracker).reasons)
        dispatcher.utter_message(
            response="utter_emergency_taken_back", reasons=reasons, **clinic_facts()
        )
        return [SlotSet("asked_back", True)]


class ActionRaiseLevel(SafeAction):
    """Say while booking that a visit is needed today, and give up a time that is too late."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_raise_level"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Give the level; the form then offers times within a day."""
        given = give_level(dispatcher, weigh(tracker), offer=False)
        return [*given, *await give_up_booking(tracker)]


class ActionGiveCrisisSupport(SafeAction):
    """Answer words of despair before anything else goes on."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_give_crisis_support"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Name the crisis line."""
        dispatcher.utter_message(response="utter_crisis_support", **clinic_facts())
        return []


class ActionGiveOutcome(SafeAction):
    """Give the level after the interview, with its reasons and what happens next."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_give_outcome"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Weigh the history, or go on to booking where only the safety check was wanted."""
        assessment = weigh(tracker)
        if assessment.level.is_emergency:
            return give_level(dispatcher, assessment)
        if tracker.get_slot("booking_closed"):
            return give_level(dispatcher, assessment, offer=False)
        elsewhere = get_clinical_data().interview.elsewhere(history_of(tracker))
        if elsewhere and assessment.level is not Level.CONSULTATION_24:
            return leave_unjudged(dispatcher, wants_visit=bool(tracker.get_slot("booking_wish")))
        if tracker.get_slot("booking_wanted"):
            # A checklist alone cannot say that none is needed; what was told may say that one is.
            given = []
            if assessment.level.urgency > Level.SELF_CARE.urgency:
                given = give_level(dispatcher, assessment, offer=False)
            dispatcher.utter_message(response="utter_screen_clear")
            return [*given, SlotSet("booking_wanted", None), FollowupAction("booking_form")]
        if is_limited(tracker) and assessment.level is not Level.CONSULTATION_24:
            # Only the checklist was asked: no level can come of that.
            dispatcher.utter_message(response="utter_language_checked", **clinic_facts())
            return [SlotSet("offered_booking", True)]
        if tracker.get_slot("booking_wish"):
            given = give_level(dispatcher, assessment, offer=False)
            return [*given, FollowupAction("booking_form")]
        return give_level(dispatcher, assessment)


class ActionUpdateOutcome(SafeAction):
    """Weigh again after a correction or a new symptom, and say whether the level changed."""

    def name(self) -> str:
        """Return the action's name."""
        return "action_update_outcome"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Echo what changed and give the level, which a new message never lowers by itself."""
        data = get_clinical_data()
        changed = tracker.get_slot("turn_changed") or []
        said = data.phrasebook.describe(history_of(tracker), changed)
        if said:
            dispatcher.utter_message(response="utter_noted", noted="; ".join(said))
        assessment = weigh(tracker)
        before = tracker.get_slot("disposition")
        if before and assessment.level.urgency < Level(before).urgency:
            dispatcher.utter_message(response="utter_level_kept")
            return [SlotSet("offered_booking", True)]
        if before == assessment.level.value:
            dispatcher.utter_message(response="utter_level_unchanged")
            return [SlotSet("offered_booking", not assessment.level.is_emergency)]
        dispatcher.utter_message(response="utter_level_changed")
        return give_level(dispatcher, assessment)


def weigh(tracker: Tracker) -> Assessment:
    """Weigh the history that the conversation holds."""
    return assess(history_of(tracker), get_clinical_data().rules)


def give_level(
    dispatcher: CollectingDispatcher, assessment: Assessment, *, offer: bool = True
) -> Events:
    """Utter a level and return the events that record it.

    Args:
        dispatcher: Says it.
        assessment: The level with its reasons.
        offer: Whether to ask if a visit is wanted; an emergency never does.
    """
    utter_level(dispatcher, assessment)
    if assessment.guidance:
        dispatcher.utter_message(response=f"utter_guidance_{assessment.guidance}", **clinic_facts())
    offer = offer and not assessment.level.is_emergency
    if offer:
        dispatcher.utter_message(response="utter_offer_booking")
    return [
        SlotSet("disposition", assessment.level.value),
        SlotSet("red_flags", list(assessment.red_flags)),
        SlotSet("rule_version", assessment.version),
        SlotSet("offered_booking", offer),
    ]


def leave_unjudged(dispatcher: CollectingDispatcher, *, wants_visit: bool) -> Events:
    """Say that a place outside neck and upper back is not judged; go on to a wanted visit.

    Args:
        dispatcher: Says it.
        wants_visit: Whether the visitor came to book.
    """
    if wants_visit:
        dispatcher.utter_message(response="utter_screen_clear")
        return [SlotSet("booking_wanted", None), FollowupAction("booking_form")]
    dispatcher.utter_message(response="utter_place_not_judged", **clinic_facts())
    return []


def utter_level(dispatcher: CollectingDispatcher, assessment: Assessment) -> None:
    """Utter the text of a level with its reasons in plain words."""
    reviewed = min((rule.reviewed for rule in assessment.decisive), default=None)
    level = assessment.level
    response = f"utter_level_{level.value}"
    if level is Level.CONSULTATION:
        response += f"_{assessment.within}"
    dispatcher.utter_message(
        response=response,
        reasons="; ".join(assessment.reasons),
        reviewed=f"{reviewed:%Y-%m-%d}" if reviewed else assessment.version,
        json_message={"kind": "level", "level": level.value},
        **clinic_facts(),
    )
