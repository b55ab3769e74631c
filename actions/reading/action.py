"""Read every message before any policy decides: history, warning signs, agenda."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import is_unfinished, latest_intent
from actions.language import language_slots
from actions.reading.answers import Answers
from actions.reading.message import UNREADABLE, Message
from actions.reading.uncertain import Weighing
from actions.reading.wishes import Wishes
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic import clock
from clinic.dialogue.agenda import INTERVIEW, Turn, plan_turn
from clinic.dialogue.booking_wish import add_wish
from clinic.dialogue.request_words import Wish
from clinic.scheduling.references import reference_span
from clinic.settings import get_settings
from clinic.triage.rules import Level

_PAUSE = timedelta(minutes=15)
_ASKS_SIGN = "action_confirm_warning_sign"
_ASKS_START_OVER, _WAITS = "utter_ask_start_over", "utter_question_waits"
# After these nothing is understood yet; said twice, the choices come, then a person.
_ASKS_FOR_MORE = frozenset({"utter_tell_me_more", "action_default_fallback"})


class ActionValidateSlotMappings(SafeAction):
    """Merge a message into the history, weigh it, and plan the turn.

    Rasa runs this action on every message, in every state, before policies predict. So an
    emergency is heard in the name field and after goodbye as well.
    """

    def name(self) -> str:
        """Return the name under which Rasa runs it on every message."""
        return "action_validate_slot_mappings"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Read the latest message."""
        if latest_intent(tracker) is None:
            return []
        if was_read(tracker):
            return []  # Rasa asks again when a form opens; the turn is planned once
        turn = MessageReading(tracker)
        changes = {**turn.changes, **turn.control_slots()}
        if not tracker.get_slot("notice_given"):
            facts = clinic_facts()
            changes.update({name: facts[name] for name in facts})
            if not turn.is_emergency_new:  # then it follows what to do now
                changes["notice_given"] = True
                dispatcher.utter_message(response="utter_notice", **facts)
        # The agenda also marks the turn as read; of the rest only what changed is an event.
        return [
            SlotSet(name, value)
            for name, value in changes.items()
            if name == "agenda" or value != tracker.get_slot(name)
        ]

    def after_failure(self) -> Events:
        """Leave the turn to nobody: the failure text stands, nothing else is done."""
        return [SlotSet("agenda", ["action_listen"])]


class MessageReading:
    """One message held against what the conversation knows.

    Args:
        tracker: The conversation with the message.
    """

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._message = Message(tracker)
        self._answers = Answers(self._message)
        self._weighing = Weighing(self._message, self._answers)
        self._wishes = Wishes(self._message, answers_form=self._answers.answered)

    @property
    def changes(self) -> dict[str, Any]:
        """New values of attributes."""
        return self._answers.changes

    @property
    def is_emergency_new(self) -> bool:
        """Tell whether this message raised an emergency or added a sign to one."""
        assessment, before = self._weighing.assessment, self._message.level
        if not assessment.level.is_emergency:
            return False
        if not before.is_emergency:
            return True
        known = set(self._tracker.get_slot("red_flags") or [])
        told = self._weighing.weigh(self._message.history).guidance
        return (
            bool(set(assessment.red_flags) - known)
            or assessment.level.urgency > before.urgency
            or assessment.guidance not in (None, told)  # too many tablets, and now despair
        )

    def control_slots(self) -> dict[str, Any]:
        """Return the slots that steer this turn."""
        message, answers, weighing = self._message, self._answers, self._weighing
        agenda = plan_turn(self._turn())
        control: dict[str, Any] = {
            "red_flags": list(weighing.assessment.red_flags),
            "unconfirmed": weighing.pending,
            "signs_asked": weighing.signs_asked,
            "doubted": [
                {"attribute": name, "value": value, "words": words}
                for (name, value), words in answers.doubted.items()
            ],
            "turn_answered": answers.answered,
            "agenda": agenda,
            "question_asides": self._asides(agenda),
            "offered_start_over": _ASKS_START_OVER in agenda,
            "offered_booking": False,
            "turn_changed": sorted(self.changes),
            "turn_wording": answers.wording.value if answers.wording else None,
            "turn_problem": answers.problem,
            "last_button": message.text if message.is_option else None,
            "thought": message.thought(answered=answers.answered),
            "turn_describes": message.says_part_of_a_thought(),
            # A pain of whoever it is, to be gone on with after a question about a sign.
            "described": self._wishes.describes or message.reports_pain,
            "offered_resume": False,
            "asked_back": False,
            "last_turn_at": clock.now().isoformat(),
            **language_slots(self._tracker),
        }
        if self._is_understood() and not _ASKS_FOR_MORE & set(agenda):
            control["misunderstandings"] = None
        if _ASKS_SIGN in agenda and self._wishes.wants_visit:
            # The sign is asked about first; the visit is not forgotten over it.
            kept = self._tracker.get_slot("booking_wish")
            control["booking_wish"] = add_wish(kept, message.text)
        if self._just_consented():
            control["consent"] = True
        if weighing.assessment.level.is_emergency:
            control["disposition"] = self._highest(weighing.assessment.level).value
            control["booking_closed"] = True
        return control

    def _puts(self) -> int:
        """Return how often the open question was put since something was answered or told."""
        asides = self._tracker.get_slot("question_asides") or {}
        same = asides.get("question") == self._message.question
        return int(asides["puts"]) if asides and same else 1

    def _asides(self, agenda: list[str]) -> dict[str, Any] | None:
        """Return what the next turn has to know of how often the question was put."""
        message, answers = self._message, self._answers
        if not message.question or answers.answered or self.changes:
            return None
        waits = _WAITS in agenda
        puts = 0 if waits else self._puts() + (message.form in agenda)
        return {"question": message.question, "puts": puts, "waited": waits or self._has_waited()}

    def _has_waited(self) -> bool:
        """Tell whether the open question was let wait since something was answered or told."""
        asides = self._tracker.get_slot("question_asides") or {}
        same = asides.get("question") == self._message.question
        return same and bool(asides.get("waited"))

    def _is_understood(self) -> bool:
        """Tell whether the count of misunderstandings in a row ends here."""
        if self._message.form == INTERVIEW:
            return self._answers.answered or bool(self.changes)
        return self._message.intent != UNREADABLE

    def _highest(self, level: Level) -> Level:
        return max(level, self._message.level, key=lambda item: item.urgency)

    def _turn(self) -> Turn:
        message, answers, wishes = self._message, self._answers, self._wishes
        after, assessment = self._weighing.after, self._weighing.assessment
        clinic = get_settings().clinic
        slot = self._tracker.get_slot
        flags_before = set(slot("red_flags") or [])
        return Turn(
            intent=wishes.intent,
            confidence=wishes.confidence,
            second_intent=wishes.second_intent,
            topics=wishes.topics,
            is_question=wishes.is_question,
            only_tells=message.is_statement,
            asks_what_it_is=wishes.asks_what_it_is,
            reports_symptoms=wishes.reports,
            emergency_is_new=self.is_emergency_new,
            emergency=self._highest(assessment.level).is_emergency,
            crisis_is_new="RF24" in set(assessment.red_flags) - flags_before,
            unconfirmed=bool(self._weighing.pending),
            form=message.form,
            answered=answers.answered or answers.wording is not None,
            rewords=answers.wording is not None,
            puts=self._puts(),
            has_waited=self._has_waited(),
            first_question=len(slot("questions_asked") or []) <= 1,
            changed=bool(self.changes),
            assessed=slot("disposition") is not None,
            screened=after.get("emergency_screen") is not None,
            offered_booking=bool(slot("offered_booking")),
            about_appointment=wishes.is_about_appointment,
            names_reference=reference_span(message.text) is not None,
            about_moved=wishes.is_about_moved,
            triage=clinic.triage,
            is_command=message.is_command,
            empty=message.is_empty,
            unreadable=message.is_unreadable,
            calls_for_help=wishes.says(Wish.HELP_NOW),
            frightened=wishes.says(Wish.FRIGHTENED),
            today_untold=slot("disposition") is None and assessment.level is Level.CONSULTATION_24,
            booking_closed=bool(slot("booking_closed")),
            consented=not clinic.privacy.require_explicit_consent
            or bool(slot("consent"))
            or self._just_consented(),
            just_consented=self._just_consented(),
            # A pain that was described before a sign was asked about may still lack its place.
            has_history=bool(after.get("site") or (slot("unconfirmed") and slot("described"))),
            has_told=any(value is not None for value in after.values()),
            names_booking=wishes.says(Wish.NAMES_VISIT),
            described=wishes.describes,
            level_rises=self._level_rises(),
            takes_back=answers.takes_back,
            asked_back=bool(slot("asked_back")),
            offered_resume=bool(slot("offered_resume")),
            offered_start_over=bool(slot("offered_start_over")),
            goes_on=wishes.says(Wish.GOES_ON),
            unfinished=is_unfinished(self._tracker),
            paused=self._was_away(),
            was_asked_sign=bool(slot("unconfirmed")),
            wished_visit=bool(slot("booking_wish")),
            asked_for_more=bool(_ASKS_FOR_MORE & set(slot("agenda") or [])),
            asks_for_language=bool(message.language.get("asks_for")),
            is_unread=message.is_foreign,
            is_complaint=bool(message.language.get("is_complaint")),
            checks_signs=wishes.says(Wish.CHECKS_SIGNS),
        )

    def _level_rises(self) -> bool:
        """Tell whether this message makes it a matter of today, short of an emergency."""
        level = self._weighing.assessment.level
        return bool(
            self.changes
            and level is Level.CONSULTATION_24
            and level.urgency > self._message.level.urgency
            and self._weighing.weigh(self._message.history).level is not level
        )

    def _was_away(self) -> bool:
        said = self._tracker.get_slot("last_turn_at")
        return bool(said) and clock.now() - datetime.fromisoformat(said) > _PAUSE

    def _just_consented(self) -> bool:
        asked = bool(self._tracker.get_slot("consent_asked"))
        given = bool(self._tracker.get_slot("consent"))
        return asked and not given and self._message.intent == "affirm"


def was_read(tracker: Tracker) -> bool:
    """Tell whether the latest message was read and its turn planned already."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "slot" and event.get("name") == "agenda":
            return True
    return False
