"""Read every message before any policy decides: history, warning signs, agenda."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.conversation import history_of, is_unfinished, latest_intent
from actions.interview import ALREADY_NOTED, CONTRADICTION, SIGN_SETTLED
from actions.safe_action import Events, SafeAction, clinic_facts
from clinic import clock
from clinic.clinical import ClinicalData, get_clinical_data
from clinic.dialogue.agenda import BOOKING, INTERVIEW, MANAGING, SURE, Turn, plan_turn
from clinic.dialogue.booking_answers import answers_booking, appointment_task, wants_call_back
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge
from clinic.history.reader import Reading
from clinic.history.words import split_words
from clinic.knowledge.questions import (
    asks_about_the_clinic,
    asks_for_a_dose,
    asks_what_it_is,
    is_about_someone,
    is_question,
)
from clinic.knowledge.requests import asks_on, follows_up
from clinic.settings import get_settings
from clinic.triage.engine import Assessment, assess
from clinic.triage.interview import SpeechAct, Wording
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
_NAMES_BOOKING = re.compile(
    r"\b(book\w*|appointments?|appts?|visits?|schedul\w*|slots?|see (a|the|some|my)\w*|come in"
    r"|times?)\b",
    re.IGNORECASE,
)
_JUST_BOOK = re.compile(r"\b(just|only|straight|directly)\b.{0,20}\b(book|times)", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\b(go on|carry on|continue|resume|where were we|back to the questions|keep going)\b",
    re.IGNORECASE,
)
# A message that says at least so much about the pain describes it.
_DESCRIPTION = 3
# Something said beside a checklist's answer ("surgery two weeks ago") is no new start of the pain.
_NOT_BESIDE_A_CHECKLIST = frozenset({"duration_days", "severity"})
_PAUSE = timedelta(minutes=15)
EXTERNAL_MESSAGE_PREFIX = "EXTERNAL: "  # how Rasa writes an event that is no message
_ABOUT_ATLAS = frozenset(
    {"ask_meaning", "ask_why", "ask_help", "ask_privacy", "ask_clinic_info", "bot_challenge"}
)
# What a visitor wants of Atlas is no answer to a checklist, whatever words it has.
_STEERS = _ABOUT_ATLAS | frozenset(
    {
        "book_appointment",
        "cancel_appointment",
        "reschedule_appointment",
        "look_up_appointment",
        "delete_my_data",
        "request_human",
        "start_over",
        "stop",
        "skip",
        "go_back",
        "repeat",
        "abuse",
        "greet",
        "thank",
        "goodbye",
    }
)
# The second safety net does not ask about so short a message that is an answer or no report.
_SHORT = 8
# What the classifier may have taken a question about a topic for.
_GIVES_WAY_TO_A_TOPIC = frozenset(
    {
        "ask_clinic_info",
        "ask_why",
        "ask_meaning",
        "ask_help",
        "ask_privacy",
        "book_appointment",
        "inform",
        "nlu_fallback",
        "out_of_scope",
        "report_other_body_part",
        "report_pain",
    }
)
_ABOUT_OTHER_THINGS = _GIVES_WAY_TO_A_TOPIC | {
    "bot_challenge",
    "delete_my_data",
    "greet",
    "request_human",
    "start_over",
    "stop",
}
# The evidence for a topic from which on a question is about it; bot/nlu/topic_linker.py.
_SURE = 0.95
# Whoever says one of these speaks of a pain that is there, even in a question.
_OF_A_PAIN = frozenset(
    {"duration_days", "severity", "severity_words", "onset_how", "injury_days_ago", "course"}
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
        self._history = history_of(tracker)
        self._before_level = Level(tracker.get_slot("disposition") or Level.SELF_CARE)
        self._answered = False
        self._wording: Wording | None = None
        self._problem: str | None = None
        self._takes_back = False
        self._reading = self._read()
        self.changes = self._changes()
        self._after = {**self._history, **self.changes}
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
            "signs_asked": self._signs_asked(),
            "turn_answered": self._answered,
            "agenda": plan_turn(self._turn()),
            "offered_booking": False,
            "turn_changed": sorted(self.changes),
            "turn_wording": self._wording.value if self._wording else None,
            "turn_problem": self._problem,
            "last_button": self._button(),
            "described": self._describes(),
            "offered_resume": False,
            "asked_back": False,
            "last_turn_at": clock.now().isoformat(),
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
        if self._intent == "greet":  # "good morning" says nothing of when it hurts
            findings = tuple(item for item in findings if item.attribute != "timing")
        possible = tuple(item for item in findings if self._can_be(item))
        if len(possible) < len(findings):
            self._problem = next(item.attribute for item in findings if item not in possible)
        return Reading(
            findings=possible,
            words=tuple(word.norm for word in split_words(self._text)),
        )

    def _changes(self) -> dict[str, Any]:
        earlier = self._earlier_option()
        if earlier is not None:
            return earlier
        findings = self._findings_that_count()
        changes = merge(
            self._history,
            findings,
            self._data.attributes,
            correcting=self._intent == "correct_answer",
        )
        if self._history.get("injury") is False and changes.get("injury") is True:
            self._problem = CONTRADICTION
        changes.update(self._data.interview.settled_by(self._reading, {**self._history, **changes}))
        if not self._reading.words or self._is_command():
            return changes  # neither is a yes, a no or an answer; a warning sign still counts
        pending = self._tracker.get_slot("unconfirmed") or []
        if pending:
            changes.update(self._confirmed(pending))
        if self._problem == SIGN_SETTLED:
            pass  # the yes or no was about the sign, not about the form's question
        elif self._form == INTERVIEW and self._question in self._data.interview:
            wording = self._tracker.get_slot("question_wording")
            answer = self._data.interview.read_answer(
                str(self._question),
                self._text,
                self._reading,
                self._speech_act(),
                {**self._history, **changes},
                Wording(wording) if wording else None,
            )
            self._answered = answer.answered or answer.unsure
            self._wording = answer.wording
            if answer.impossible:
                self._problem = str(self._question)
            changes.update(answer.changes)
        elif self._form in (BOOKING, MANAGING) and self._question:
            clinic = get_settings().clinic
            self._answered = answers_booking(
                self._question,
                self._text,
                act=self._intent,
                offers=self._tracker.get_slot("appointment_offers") or [],
                now=clock.now(),
                clinic=clinic,
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
        if self._before_level.is_emergency:
            return self._findings_that_add()
        if asked and interview[question].positive and self._intent != "correct_answer":
            return [
                item
                for item in self._reading.findings
                if item.attribute not in _NOT_BESIDE_A_CHECKLIST
                or self._history.get(item.attribute) is None
            ]
        if self._form in (BOOKING, MANAGING):
            ignored = {"duration_days", "severity", "injury_days_ago", "timing", "side"}
            kept = [item for item in self._reading.findings if item.attribute not in ignored]
            # A place alone may be a name; beside a symptom or an illness it is where it hurts.
            return [] if all(item.attribute == "site" for item in kept) else kept
        return list(self._reading.findings)

    def _can_be(self, finding: Finding) -> bool:
        """Tell a number that can be from one that cannot, such as a pain of 300 years."""
        attribute = self._data.attributes[finding.attribute]
        return (
            attribute.kind != "number"
            or attribute.minimum <= float(finding.value) <= attribute.maximum
        )

    def _button(self) -> str | None:
        """Return the message where it is a button of the question that is open."""
        interview, question = self._data.interview, str(self._question)
        pressed = self._form == INTERVIEW and question in interview
        return self._text if pressed and interview.is_option(question, self._text) else None

    def _findings_that_add(self) -> list[Finding]:
        """In an emergency, leave out what would take a sign back: that is asked about."""
        kept = []
        for item in self._reading.findings:
            said = self._history.get(item.attribute)
            holds = item.value in said if isinstance(said, list) else bool(said)
            if item.assertion is Assertion.ABSENT and holds:
                self._takes_back = True
            else:
                kept.append(item)
        return kept

    def _earlier_option(self) -> dict[str, Any] | None:
        """Return what a button of an earlier question changes; None if it is no such button.

        A button that says what is known, a second press, or a "none" changes nothing: it never
        takes back what was said since.
        """
        if self._form != INTERVIEW or self._question not in self._data.interview:
            return None
        interview, question = self._data.interview, str(self._question)
        asked = self._tracker.get_slot("questions_asked") or []
        if interview.is_option(question, self._text):
            return None
        found = interview.earlier_option(self._text, asked, question)
        if found is None:
            return None
        earlier, option = found
        if option.get(earlier) == "clear" or not any(option.values()):
            again = self._text == self._tracker.get_slot("last_button")
            if not again or self._tracker.get_slot("turn_problem") == ALREADY_NOTED:
                return None  # the same words may answer this question, too
            self._problem = ALREADY_NOTED
            return {}
        joined = {
            name: sorted({*(self._history.get(name) or []), *value})
            if isinstance(value, list)
            else value
            for name, value in option.items()
        }
        changes = {
            name: value for name, value in joined.items() if value != self._history.get(name)
        }
        if not changes:
            self._problem = ALREADY_NOTED
        return changes

    def _confirmed(self, pending: list[dict[str, Any]]) -> dict[str, Any]:
        """Settle the uncertain warning signs with a yes, a no, or a "not sure"."""
        act = self._speech_act()
        if act in (SpeechAct.AFFIRM, SpeechAct.DENY, SpeechAct.UNSURE):
            self._problem = SIGN_SETTLED
        if act not in (SpeechAct.AFFIRM, SpeechAct.DENY):
            only_guessed = all("sign" in item for item in pending)
            if only_guessed and act is not SpeechAct.UNSURE:
                return {}  # nobody said it; the checklist asks for it too
            return {"emergency_unsure": True}  # a question left open is no "no"
        assertion = Assertion.PRESENT if act is SpeechAct.AFFIRM else Assertion.ABSENT
        findings = [Finding(item["attribute"], item["value"], assertion, 0, 0) for item in pending]
        return merge(self._history, findings, self._data.attributes)

    def _possible_emergency(self) -> list[dict[str, Any]]:
        """Return the uncertain findings that would make this an emergency if they were so."""
        if self._assessment.level.is_emergency:
            return []
        possible = [item for item in self._reading.findings if item.assertion is Assertion.POSSIBLE]
        assumed = [
            Finding(item.attribute, item.value, Assertion.PRESENT, item.start, item.end)
            for item in possible
        ]
        changes = merge(self._after, assumed, self._data.attributes)
        if self._weigh({**self._after, **changes}).level.is_emergency:
            return [{"attribute": item.attribute, "value": item.value} for item in possible]
        if changes:
            self.changes.update(changes)
            self._after.update(changes)
            self._assessment = self._weigh(self._after)
        return self._sounds_like_emergency()

    def _sounds_like_emergency(self) -> list[dict[str, Any]]:
        """Return what the second safety net heard, if it would make this an emergency."""
        says_else = self._speech_act() in (SpeechAct.REQUEST, SpeechAct.CORRECT)
        if (says_else or self._answered) and len(self._reading.words) <= _SHORT:
            return []
        asked = self._tracker.get_slot("signs_asked") or []
        for heard in self._tracker.latest_message.get("warning_signs") or []:
            sign = self._data.signs[heard["sign"]]
            assumed = [
                Finding(attribute, value, Assertion.PRESENT, heard["start"], heard["end"])
                for attribute, value in sign.findings
            ]
            changes = merge(self._after, assumed, self._data.attributes)
            if sign.id not in asked and self._weigh({**self._after, **changes}).level.is_emergency:
                return [
                    {"attribute": attribute, "value": value, "sign": sign.id}
                    for attribute, value in sign.findings
                ]
        return []

    def _signs_asked(self) -> list[str]:
        asked = self._tracker.get_slot("signs_asked") or []
        return list(
            dict.fromkeys(asked + [item["sign"] for item in self._possible if "sign" in item])
        )

    def _weigh(self, history: dict[str, Any]) -> Assessment:
        return assess(history, self._data.rules)

    def _speech_act(self) -> SpeechAct:
        if (
            self._intent in ("affirm", "deny", "unsure", "correct_answer")
            and self._confidence >= 0.4
        ):
            return SpeechAct(self._intent)
        if self._intent in _STEERS and self._confidence >= SURE:
            return SpeechAct.REQUEST
        return SpeechAct.OTHER

    def _turn(self) -> Turn:
        clinic = get_settings().clinic
        ranking = self._tracker.latest_message.get("intent_ranking") or []
        second = ranking[1] if len(ranking) > 1 else {}
        is_request = second.get("name") in _REQUESTS and second.get("confidence", 0) >= 0.2
        topics = self._topics_of_turn()
        reports = any(
            finding.attribute in _REPORTS
            and finding.assertion is Assertion.PRESENT
            and (finding.attribute, finding.value) != ("site", "other")
            for finding in self._reading.findings
        ) and not self._asks_in_general(topics)
        flags_before = set(self._tracker.get_slot("red_flags") or [])
        intent = self._intent_of_turn(topics)
        return Turn(
            intent=intent,
            confidence=self._confidence_of(intent),
            second_intent="book_appointment"
            if self._asks_to_book() and intent != "book_appointment"
            else (second.get("name") if is_request else None),
            topics=topics,
            is_question=self._is_question() or self._asks_about(topics) or self._asks_on(),
            asks_what_it_is=self._asks_what_it_is(topics),
            reports_symptoms=reports,
            emergency_is_new=self.is_emergency_new,
            emergency=self._highest(self._assessment.level).is_emergency,
            crisis_is_new="RF24" in set(self._assessment.red_flags) - flags_before,
            unconfirmed=bool(self._possible),
            form=self._form,
            answered=self._answered or self._wording is not None,
            changed=bool(self.changes),
            assessed=self._tracker.get_slot("disposition") is not None,
            screened=self._after.get("emergency_screen") is not None,
            offered_booking=bool(self._tracker.get_slot("offered_booking")),
            about_appointment=self._is_about_appointment(),
            triage=clinic.triage,
            is_command=self._is_command(),
            empty=not self._reading.words and not self._is_external(),
            consented=not clinic.privacy.require_explicit_consent
            or bool(self._tracker.get_slot("consent"))
            or self._just_consented(),
            just_consented=self._just_consented(),
            has_history=bool(self._after.get("site")),
            names_booking=bool(_NAMES_BOOKING.search(self._text)),
            described=self._describes(),
            level_rises=self._level_rises(),
            takes_back=self._takes_back,
            asked_back=bool(self._tracker.get_slot("asked_back")),
            offered_resume=bool(self._tracker.get_slot("offered_resume")),
            goes_on=bool(_GOES_ON.search(self._text)),
            unfinished=is_unfinished(self._tracker),
            paused=self._was_away(),
            was_asked_sign=bool(self._tracker.get_slot("unconfirmed")),
        )

    def _describes(self) -> bool:
        present = {
            item.attribute for item in self._reading.findings if item.assertion is Assertion.PRESENT
        }
        return len(present) >= _DESCRIPTION and not _JUST_BOOK.search(self._text)

    def _level_rises(self) -> bool:
        """Tell whether this message makes it a matter of today, short of an emergency."""
        level = self._assessment.level
        return bool(
            self.changes
            and level is Level.CONSULTATION_24
            and level.urgency > self._before_level.urgency
            and self._weigh(self._history).level is not level
        )

    def _was_away(self) -> bool:
        said = self._tracker.get_slot("last_turn_at")
        return bool(said) and clock.now() - datetime.fromisoformat(said) > _PAUSE

    def _topics_of_turn(self) -> tuple[str, ...]:
        """Return the topics that count; a faint one yields to another intent that is clear."""
        topics = tuple(self._tracker.latest_message.get("topics") or ())
        is_clear = self._intent in _ABOUT_OTHER_THINGS and self._confidence >= SURE
        if is_clear and not self._is_sure_of_topic():
            topics = ()
        return topics or tuple(self._topic_meant())

    def _is_sure_of_topic(self) -> bool:
        message = self._tracker.latest_message
        if message.get("topics_named"):
            return True
        about_atlas = self._intent in _ABOUT_ATLAS and self._confidence >= SURE
        return not about_atlas and (message.get("topic_score") or 0) >= _SURE

    def _topic_meant(self) -> list[str]:
        """Return what was explained before when "does it hurt?" asks on about it."""
        last = self._tracker.get_slot("topic")
        aspects = tuple(self._tracker.latest_message.get("aspects") or ())
        elsewhere = _ABOUT_ATLAS | _ABOUT_BOOKINGS | {"book_appointment"}
        about_last = follows_up(self._text, last, aspects) and self._intent not in elsewhere
        return [last] if last and (about_last or self._asks_on()) else []

    def _asks_on(self) -> bool:
        """Tell whether the message can only be about what was explained before."""
        sure = self._tracker.latest_message.get("topics_named")
        return not sure and asks_on(self._text, self._tracker.get_slot("topic"))

    def _intent_of_turn(self, topics: tuple[str, ...]) -> str:
        """Return the intent; a question that clearly is about a topic is one about that topic."""
        if self._asks_on():
            return "ask_topic"
        if not topics or not self._asks_about(topics):
            return self._intent
        is_named = bool(self._tracker.latest_message.get("topics_named"))
        of_advice = is_named and topics[0].startswith("advice/")
        if self._intent == "ask_medicine_advice":
            if asks_for_a_dose(self._text):
                return self._intent
            return "ask_topic" if of_advice else "ask_about_medicine"
        overruled = self._intent in _GIVES_WAY_TO_A_TOPIC and not self._asks_to_book()
        if (self._is_sure_of_topic() and overruled) or (
            of_advice and self._intent == "ask_diagnosis"
        ):
            return "ask_topic"
        return self._intent

    def _confidence_of(self, intent: str) -> float:
        """Return how sure the turn's intent is; words that name the subject make it certain."""
        of_the_clinic = intent == "ask_clinic_info" and asks_about_the_clinic(self._text)
        return 1.0 if intent != self._intent or of_the_clinic else self._confidence

    def _asks_about(self, topics: tuple[str, ...]) -> bool:
        """Tell whether a message asks about topics; one that is nothing else does, too."""
        is_unclear = self._intent in ("nlu_fallback", "out_of_scope")
        if is_unclear and self._tracker.latest_message.get("topics_named"):
            return True
        about_the_clinic = asks_about_the_clinic(self._text)
        of_the_page = topics and topics[0].startswith("clinic/")
        asks = self._is_question() or self._intent.startswith("ask_")
        return asks and (of_the_page or not about_the_clinic)

    def _asks_what_it_is(self, topics: tuple[str, ...]) -> bool:
        """Tell whether the message asks what is behind the pain, and names no condition."""
        if self._tracker.latest_message.get("topics_named"):
            return False
        return asks_what_it_is(self._text) or (self._intent == "ask_diagnosis" and not topics)

    def _asks_in_general(self, topics: tuple[str, ...]) -> bool:
        """Tell whether a question names a part of the body but reports nothing of anybody."""
        if not topics or not self._is_question() or is_about_someone(self._text):
            return False
        return not {finding.attribute for finding in self._reading.findings} & _OF_A_PAIN

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
        wishes = bool(_BOOKING_WISH.search(self._text)) or wants_call_back(self._text)
        return self._intent not in _ABOUT_BOOKINGS and wishes

    def _is_about_appointment(self) -> bool:
        """Tell whether the visit that was just booked or shown should be moved or cancelled."""
        known = self._tracker.get_slot("appointment_reference") and self._tracker.get_slot(
            "appointment_contact"
        )
        elsewhere = self._intent in ("delete_my_data", "ask_privacy", "start_over")
        reports = any(item.attribute in _REPORTS for item in self._reading.findings)
        if not known or elsewhere or reports:
            return False
        return appointment_task(self._text) is not None

    def _is_question(self) -> bool:
        return is_question(self._text)


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
