"""Read every message before any policy decides: history, warning signs, agenda."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import latest_intent
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic import clock
from clinic.clinical import ClinicalData, get_clinical_data
from clinic.dialogue.agenda import BOOKING, INTERVIEW, MANAGING, Turn, plan_turn
from clinic.dialogue.booking_answers import answers_booking
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge
from clinic.history.reader import Reading
from clinic.history.words import split_words
from clinic.settings import get_settings
from clinic.triage.engine import Assessment, assess
from clinic.triage.interview import SpeechAct
from clinic.triage.rules import Level

_REPORTS = frozenset(
    {
        "site",
        "neuro_arm",
        "neuro_leg",
        "bladder_bowel_saddle",
        "systemic",
        "headache",
        "stroke_signs",
        "chest_breath",
        "meningism",
        "airway",
        "abdomen",
        "skin",
        "lump",
        "injury",
        "injury_danger",
        "hand_dexterity",
        "radiation",
    }
)
_ABOUT_BOOKINGS = frozenset(
    {
        "cancel_appointment",
        "reschedule_appointment",
        "look_up_appointment",
        "ask_clinic_info",
        "deny",
        "ask_help",
    }
)
_BOOKING_WISH = re.compile(
    r"\b(book|schedule|make|get|have|need|want|like|arrange)\b[^.?!]{0,25}"
    r"\b(appointment|appt|visit|slot)\b|\bbook me\b",
    re.IGNORECASE,
)
EXTERNAL_MESSAGE_PREFIX = "EXTERNAL: "  # how Rasa writes an event that is no message
_ABOUT_ATLAS = frozenset(
    {"ask_meaning", "ask_why", "ask_help", "ask_privacy", "ask_clinic_info", "bot_challenge"}
)
_REQUESTS = frozenset({"book_appointment", "ask_topic", "report_pain"})


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
        self._data: ClinicalData = get_clinical_data()
        self._text = message_text(tracker)
        self._intent: str = tracker.latest_message["intent"]["name"]
        self._confidence = float(tracker.latest_message["intent"].get("confidence") or 0.0)
        self._form: str | None = (tracker.active_loop or {}).get("name")
        self._question: str | None = tracker.get_slot("requested_slot") if self._form else None
        self._history = {
            attribute.name: tracker.get_slot(attribute.name) for attribute in self._data.attributes
        }
        self._answered = False
        self._reading = self._read()
        self.changes = self._changes()
        self._after = {**self._history, **self.changes}
        self._before_level = Level(tracker.get_slot("disposition") or Level.SELF_CARE)
        self._assessment = self._weigh(self._after)
        self._possible = self._possible_emergency()

    @property
    def is_emergency_new(self) -> bool:
        """Tell whether this message raised an emergency or added a sign to one."""
        if not self._assessment.level.is_emergency:
            return False
        if not self._before_level.is_emergency:
            return True
        before = set(self._tracker.get_slot("red_flags") or [])
        return bool(set(self._assessment.red_flags) - before) or (
            self._assessment.level.urgency > self._before_level.urgency
        )

    def control_slots(self) -> dict[str, Any]:
        """Return the slots that steer this turn."""
        flags = list(self._assessment.red_flags)
        control: dict[str, Any] = {
            "red_flags": flags,
            "unconfirmed": self._possible,
            "turn_answered": self._answered,
            "agenda": plan_turn(self._turn()),
            "offered_booking": False,
            "turn_changed": sorted(self.changes),
        }
        if self._intent != "nlu_fallback":
            control["misunderstandings"] = None
        if self._just_consented():
            control["consent"] = True
        if self._assessment.level.is_emergency:
            control["disposition"] = self._highest(self._assessment.level).value
        return control

    def _highest(self, level: Level) -> Level:
        return max(level, self._before_level, key=lambda item: item.urgency)

    def _read(self) -> Reading:
        findings = tuple(
            Finding.from_entity(entity)
            for entity in self._tracker.latest_message.get("entities") or []
            if "assertion" in entity and entity.get("entity") in self._data.attributes
        )
        return Reading(
            findings=findings,
            words=tuple(word.norm for word in split_words(self._text)),
        )

    def _changes(self) -> dict[str, Any]:
        findings = self._findings_that_count()
        changes = merge(
            self._history,
            findings,
            self._data.attributes,
            correcting=self._intent == "correct_answer",
        )
        if not self._reading.words or self._is_command():
            return changes  # neither is a yes, a no or an answer; a warning sign still counts
        pending = self._tracker.get_slot("unconfirmed") or []
        if pending:
            changes.update(self._confirmed(pending))
        if self._form == INTERVIEW and self._question in self._data.interview:
            answer = self._data.interview.read_answer(
                str(self._question),
                self._text,
                self._reading,
                self._speech_act(),
                {**self._history, **changes},
            )
            self._answered = answer.answered or answer.unsure
            changes.update(answer.changes)
        elif self._form in (BOOKING, MANAGING) and self._question:
            clinic = get_settings().clinic
            self._answered = answers_booking(
                self._question,
                self._text,
                act=self._intent,
                offers=self._tracker.get_slot("appointment_offers") or [],
                now=clock.now(),
                zone=ZoneInfo(clinic.time_zone),
                region=clinic.region,
            )
        return {name: value for name, value in changes.items() if value != self._history.get(name)}

    def _findings_that_count(self) -> list[Finding]:
        """Leave out what the words of this turn do not say about the pain.

        A button means what data/clinical/interview.yml says, not what its title may be read
        as; times and numbers in a booking answer the booking.
        """
        interview = self._data.interview
        question = str(self._question)
        asked = self._form == INTERVIEW and question in interview
        if asked and interview.is_option(question, self._text):
            return []
        if self._form in (BOOKING, MANAGING):
            ignored = {"duration_days", "severity", "injury_days_ago", "timing", "site", "side"}
            return [item for item in self._reading.findings if item.attribute not in ignored]
        return list(self._reading.findings)

    def _confirmed(self, pending: list[dict[str, Any]]) -> dict[str, Any]:
        """Settle the uncertain warning signs with a yes, a no, or a "not sure"."""
        act = self._speech_act()
        self._answered = act in (SpeechAct.AFFIRM, SpeechAct.DENY, SpeechAct.UNSURE)
        if act not in (SpeechAct.AFFIRM, SpeechAct.DENY):
            return {"emergency_unsure": True}  # a question left open is no "no"
        assertion = Assertion.PRESENT if act is SpeechAct.AFFIRM else Assertion.ABSENT
        findings = [Finding(item["attribute"], item["value"], assertion, 0, 0) for item in pending]
        return merge(self._history, findings, self._data.attributes)

    def _possible_emergency(self) -> list[dict[str, Any]]:
        """Return the uncertain findings that would make this an emergency if they were so."""
        possible = [item for item in self._reading.findings if item.assertion is Assertion.POSSIBLE]
        if not possible or self._assessment.level.is_emergency:
            return []
        assumed = [
            Finding(item.attribute, item.value, Assertion.PRESENT, item.start, item.end)
            for item in possible
        ]
        changes = merge(self._after, assumed, self._data.attributes)
        if self._weigh({**self._after, **changes}).level.is_emergency:
            return [{"attribute": item.attribute, "value": item.value} for item in possible]
        self.changes.update(changes)
        self._after.update(changes)
        self._assessment = self._weigh(self._after)
        return []

    def _weigh(self, history: dict[str, Any]) -> Assessment:
        return assess(history, self._data.rules)

    def _speech_act(self) -> SpeechAct:
        if (
            self._intent in ("affirm", "deny", "unsure", "correct_answer")
            and self._confidence >= 0.4
        ):
            return SpeechAct(self._intent)
        return SpeechAct.OTHER

    def _turn(self) -> Turn:
        clinic = get_settings().clinic
        ranking = self._tracker.latest_message.get("intent_ranking") or []
        second = ranking[1] if len(ranking) > 1 else {}
        is_request = second.get("name") in _REQUESTS and second.get("confidence", 0) >= 0.2
        topics = tuple(self._tracker.latest_message.get("topics") or self._topic_meant())
        reports = any(
            finding.attribute in _REPORTS
            and finding.assertion is Assertion.PRESENT
            and (finding.attribute, finding.value) != ("site", "other")
            for finding in self._reading.findings
        )
        flags_before = set(self._tracker.get_slot("red_flags") or [])
        return Turn(
            intent=self._intent,
            confidence=self._confidence,
            second_intent="book_appointment"
            if self._asks_to_book() and self._intent != "book_appointment"
            else (second.get("name") if is_request else None),
            topics=topics,
            is_question=self._is_question(),
            reports_symptoms=reports,
            emergency_is_new=self.is_emergency_new,
            emergency=self._highest(self._assessment.level).is_emergency,
            crisis_is_new="RF24" in set(self._assessment.red_flags) - flags_before,
            unconfirmed=bool(self._possible),
            form=self._form,
            answered=self._answered,
            changed=bool(self.changes),
            assessed=self._tracker.get_slot("disposition") is not None,
            screened=self._after.get("emergency_screen") is not None,
            offered_booking=bool(self._tracker.get_slot("offered_booking")),
            triage=clinic.triage,
            is_command=self._is_command(),
            empty=not self._reading.words and not self._is_external(),
            consented=not clinic.privacy.require_explicit_consent
            or bool(self._tracker.get_slot("consent"))
            or self._just_consented(),
            just_consented=self._just_consented(),
            has_history=bool(self._after.get("site")),
        )

    def _topic_meant(self) -> list[str]:
        """Return what was explained before when "does it hurt?" asks on about it."""
        last = self._tracker.get_slot("topic")
        aspect = self._tracker.latest_message.get("aspect")
        elsewhere = _ABOUT_ATLAS | _ABOUT_BOOKINGS | {"book_appointment"}
        asks_on = aspect not in (None, "what") and self._intent not in elsewhere
        return [last] if last and asks_on else []

    def _just_consented(self) -> bool:
        asked = bool(self._tracker.get_slot("consent_asked"))
        given = bool(self._tracker.get_slot("consent"))
        return asked and not given and self._intent == "affirm"

    def _is_command(self) -> bool:
        return self._text.lstrip().startswith("/")

    def _is_external(self) -> bool:
        return self._text.startswith(EXTERNAL_MESSAGE_PREFIX)

    def _asks_to_book(self) -> bool:
        """Tell whether a message about something else asks for an appointment as well."""
        return self._intent not in _ABOUT_BOOKINGS and bool(_BOOKING_WISH.search(self._text))

    def _is_question(self) -> bool:
        if "?" in self._text:
            return True
        opening = self._reading.words[:3]
        return bool(
            {
                "what",
                "whats",
                "how",
                "why",
                "explain",
                "tell",
                "does",
                "is",
                "are",
                "can",
                "which",
                "when",
                "should",
                "do",
                "difference",
            }
            & set(opening[:1])
        ) or opening[:2] in (("and", "the"), ("and", "what"), ("tell", "me"))


def was_read(tracker: Tracker) -> bool:
    """Tell whether the latest message was read and its turn planned already."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "slot" and event.get("name") == "agenda":
            return True
    return False


def message_text(tracker: Tracker) -> str:
    """Return the latest message as it arrived; the parse result holds a cleaned copy."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return str(event.get("text") or "")
    return ""
