"""What a message wants of Atlas: its intent, the topics it asks about, a visit, a summary."""

from __future__ import annotations

import re
from typing import Any

from actions.reading.message import ABOUT_ATLAS, REPORTS, Message
from clinic.dialogue.agenda import BOOKING, MANAGING, SURE
from clinic.dialogue.booking_answers import appointment_task, books_another, wants_call_back
from clinic.dialogue.request_words import Wish, get_request_words
from clinic.dialogue.told_pain import names_a_place, tells_of_a_pain
from clinic.history.findings import Assertion
from clinic.knowledge.base import get_knowledge
from clinic.knowledge.questions import (
    asks_about_the_clinic,
    asks_about_this_clinic,
    asks_for_a_dose,
    asks_how_to_come,
    asks_the_price,
    asks_what_is_normal,
    asks_what_it_is,
    is_about_another_part,
    is_about_someone,
)
from clinic.knowledge.requests import asks_on, follows_up
from clinic.privacy.requests import request_in

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
_OF_A_VISIT = frozenset({"look_up_appointment", "reschedule_appointment", "cancel_appointment"})
# What the classifier may have taken a question for that only the clinic can answer.
_MAY_BE_OF_THE_CLINIC = frozenset(
    {
        "ask_topic",
        "ask_clinic_info",
        "ask_help",
        "ask_medicine_advice",
        "ask_when_to_see_doctor",
        "nlu_fallback",
        "out_of_scope",
    }
)
_FORM = "clinic/appointment_form"
_ABOUT_OTHER_THINGS = _GIVES_WAY_TO_A_TOPIC | {
    "ask_summary",
    "bot_challenge",
    "delete_my_data",
    "greet",
    "request_human",
    "start_over",
    "stop",
}
# What tells of a pain may ask about it as well.
_TELLS = frozenset({"inform", "report_pain"})
# What asks back about a question of Atlas.
_OF_A_QUESTION = frozenset({"ask_why", "ask_meaning"})
# A message that says at least so much about the pain describes it.
_DESCRIPTION = 3
_WHERE_AND_SINCE_WHEN = frozenset({"site", "duration_days"})
# The evidence for a topic from which on a question is about it; bot/nlu/topic_linker.py.
_SURE_OF_TOPIC = 1.5
# In a question about a pain that is told: it is answered, and the pain is asked about all the same.
_FAIRLY_SURE_OF_TOPIC = 1.3
# Beside a question about Atlas or the clinic, or a pain that is told: of those, hardly one
# reaches it.
_VERY_SURE_OF_TOPIC = 1.7
# Beside another wish of which the classifier is certain: "how soon can I be seen", "new chat".
_CERTAIN_OF_TOPIC = 2.0
_CERTAIN = 0.85
_LIKELY = 0.3
_IT = re.compile(r"\b(?:it|they|them)\b", re.IGNORECASE)
# Whoever says one of these speaks of a pain that is there, even in a question.
_OF_A_PAIN = frozenset(
    {"duration_days", "severity", "severity_words", "onset_how", "injury_days_ago", "course"}
)
_DESCRIBING = _OF_A_PAIN | {"character", "timing", "aggravating", "function"}
# So much beside the place is told by no general question.
_TELLING = 2
# Findings that say where, or what was done, but no complaint.
_ONLY_WHERE = frozenset({"site", "side", "tried", "past_spine_surgery"})
_REQUESTS = frozenset({"book_appointment", "ask_topic", "report_pain"})


class Wishes:
    """What a message asks for.

    Attributes:
        topics: Topics of the knowledge base that it is about.
        intent: The intent that the turn is planned by.
        confidence: How sure that intent is, 0-1.

    Args:
        message: The message.
        answers_form: Whether it answers the open form's question.
    """

    def __init__(self, message: Message, *, answers_form: bool) -> None:
        self._message = message
        self._answers_form = answers_form
        self._text = message.text
        self._latest: dict[str, Any] = message.tracker.latest_message
        self._words = get_request_words()
        self.topics = self._topics_of_turn()
        self.intent = self._intent_of_turn()
        of_the_clinic = self.intent == "ask_clinic_info" and asks_about_the_clinic(self._text)
        of_the_summary = self.intent == "ask_summary" and self.says(Wish.WANTS_SUMMARY)
        certain = self.intent != message.intent or of_the_clinic or of_the_summary
        self.confidence = 1.0 if certain and not message.is_unreadable else message.confidence

    def says(self, wish: Wish) -> bool:
        """Tell whether the message holds words of a wish."""
        return self._words.say(wish, self._text)

    @property
    def second_intent(self) -> str | None:
        """The request that stands in the message beside its intent, if there is one."""
        if self._asks_to_book() and self.intent != "book_appointment":
            return "book_appointment"
        ranking = self._latest.get("intent_ranking") or []
        second = ranking[1] if len(ranking) > 1 else {}
        is_request = second.get("name") in _REQUESTS and second.get("confidence", 0) >= 0.2
        return str(second["name"]) if is_request else None

    @property
    def wants_visit(self) -> bool:
        """Whether it asks for a visit, perhaps beside something else."""
        books = "book_appointment" in (self.intent, self.second_intent)
        return books and self.confidence >= _LIKELY

    @property
    def is_question(self) -> bool:
        """Whether the message asks something, also without a question mark."""
        return self._message.is_question or self._asks_about() or self._asks_on()

    @property
    def asks_what_it_is(self) -> bool:
        """Whether it asks what is behind the pain, and names no condition."""
        if self._latest.get("topics_named"):
            return False
        unnamed = self._message.intent == "ask_diagnosis" and not self.topics
        return asks_what_it_is(self._text) or unnamed

    @property
    def reports(self) -> bool:
        """Whether it reports a pain or a symptom of somebody."""
        findings = self._message.reading.findings
        present = any(
            item.attribute in REPORTS
            and item.assertion is Assertion.PRESENT
            and (item.attribute, item.value) != ("site", "other")
            for item in findings
        )
        told = present or self._tells_of_a_pain() or self._states_a_pain()
        return told and not self._asks_in_general()

    def _tells_of_a_pain(self) -> bool:
        """Tell whether a pain is described whose place stands in the question beside it."""
        told = self._present() & _DESCRIBING
        places = {i.value for i in self._message.reading.findings if i.attribute == "site"}
        if places == {"other"}:
            return False
        return len(told) > 1 or bool(places and told & _OF_A_PAIN)

    def _present(self) -> set[str]:
        """Return what is said of the visitor, now."""
        return {
            item.attribute
            for item in self._message.reading.findings
            if item.assertion is Assertion.PRESENT
        }

    @property
    def describes(self) -> bool:
        """Whether it describes a pain: how long it lasts, or that it hurts.

        A pain that is only the reason for the visit, "book me in for my neck", is not described.
        """
        only_visit = self.says(Wish.ONLY_VISIT) or self._message.says_when_to_come
        told = self._present()
        describes = len(told) >= _DESCRIPTION or told >= _WHERE_AND_SINCE_WHEN
        return (describes or self._states_a_pain(only_named=True)) and not only_visit

    def _states_a_pain(self, *, only_named: bool = False) -> bool:
        """Tell whether it says that a place of ours hurts, whatever it asks besides.

        Args:
            only_named: Whether it is enough that the pain is named, without a cause or a time.
        """
        places = {i.value for i in self._message.reading.findings if i.attribute == "site"}
        named = bool(places - {"other"}) or (not places and names_a_place(self._text))
        is_ours = named and not is_about_another_part(self._text)
        return is_ours and tells_of_a_pain(self._text, only_named=only_named)

    @property
    def is_about_appointment(self) -> bool:
        """Whether the visit that was just booked or shown should be moved or cancelled."""
        slot = self._message.tracker.get_slot
        known = slot("appointment_reference") and slot("appointment_contact")
        elsewhere = self._message.intent in ("delete_my_data", "ask_privacy", "start_over")
        reports = any(item.attribute in REPORTS for item in self._message.reading.findings)
        if not known or elsewhere or reports:
            return False
        return appointment_task(self._text) is not None

    @property
    def is_about_moved(self) -> bool:
        """Whether the visit whose new time is being chosen should be cancelled or shown."""
        moving = self._message.tracker.get_slot("moving_reference")
        return bool(moving) and appointment_task(self._text) in ("cancel", "look_up")

    def _topics_of_turn(self) -> tuple[str, ...]:
        """Return the topics that count; a faint one yields to another intent that is clear."""
        topics = tuple(self._latest.get("topics") or ())
        message = self._message
        if self._asks_about_another_part():
            return ()
        if message.intent == "ask_privacy" and request_in(self._text) in ("export", "known"):
            return ()  # "what do you know about me" asks about nobody's medical history
        books = message.form in (BOOKING, MANAGING) and self._answers_form
        if books and not self._latest.get("topics_named"):
            return ()  # "can the surgeon do Tuesday?" asks about nobody's operation
        is_clear = message.intent in _ABOUT_OTHER_THINGS and message.confidence >= SURE
        if (is_clear or message.says_part_of_a_thought()) and not self._is_sure_of_topic():
            topics = ()
        if self._is_guessed_from_a_story():
            topics = ()
        if topics and not self._points_back():
            return topics
        return tuple(self._topic_meant()) or topics

    def _is_guessed_from_a_story(self) -> bool:
        """Tell whether a topic is like what is told of a pain rather than like the question."""
        guessed = not self._latest.get("topics_named")
        faint = (self._latest.get("topic_score") or 0) < _VERY_SURE_OF_TOPIC
        return guessed and faint and self._states_a_pain()

    def _points_back(self) -> bool:
        """Tell whether "is it safe in pregnancy" asks about what "it" is, not a topic like it."""
        if self._latest.get("topics_named"):
            return False
        guessed = (self._latest.get("topic_score") or 0) < _CERTAIN_OF_TOPIC
        return guessed and bool(_IT.search(self._text))

    def _is_sure_of_topic(self) -> bool:
        if self._latest.get("topics_named"):
            return True
        message = self._message
        least = _SURE_OF_TOPIC
        if message.intent in ABOUT_ATLAS and message.confidence >= SURE:
            least = _VERY_SURE_OF_TOPIC
        if message.intent in _OF_A_QUESTION and not message.tracker.get_slot("questions_asked"):
            least = _FAIRLY_SURE_OF_TOPIC  # Atlas asked nothing yet
        if message.intent in _ABOUT_OTHER_THINGS - _TELLS and message.confidence >= _CERTAIN:
            least = _CERTAIN_OF_TOPIC
        if message.intent in _TELLS and message.is_question:
            least = _FAIRLY_SURE_OF_TOPIC
        return (self._latest.get("topic_score") or 0) >= least

    def _topic_meant(self) -> list[str]:
        """Return what was explained before when "does it hurt?" asks on about it."""
        last = self._message.tracker.get_slot("topic")
        aspects = tuple(self._latest.get("aspects") or ())
        elsewhere = ABOUT_ATLAS | _ABOUT_BOOKINGS | {"book_appointment", "ask_summary"}
        follows = follows_up(self._text, last, aspects) and self._message.intent not in elsewhere
        return [last] if last and (follows or self._asks_on()) else []

    def _asks_on(self) -> bool:
        """Tell whether the message can only be about what was explained before."""
        if self._message.form in (BOOKING, MANAGING) and self._answers_form:
            return False  # "the second one" chooses a time
        waits = (self._message.tracker.get_slot("question_asides") or {}).get("puts") == 0
        if waits and self.says(Wish.GOES_ON):
            return False  # it was told to say "go on" to see the open question again
        sure = self._latest.get("topics_named")
        return not sure and asks_on(self._text, self._message.tracker.get_slot("topic"))

    def _intent_of_turn(self) -> str:
        """Return the intent; a question that clearly is about a topic is one about that topic."""
        intent = self._message.intent
        if self.says(Wish.WANTS_SUMMARY) and intent != "correct_answer":
            return "ask_summary"
        if self._asks_on():
            return "ask_topic"
        if self._asks_about_another_part():
            return "report_other_body_part"
        books = intent in (*_MAY_BE_OF_THE_CLINIC, "book_appointment")
        if books and asks_how_to_come(self._text):
            return "book_appointment"
        if intent in _MAY_BE_OF_THE_CLINIC and self._asks_the_clinic():
            return "ask_clinic_info"
        if intent == "reschedule_appointment" and self._wants_a_first_visit():
            return "book_appointment"
        if not self.topics or not self._asks_about():
            return intent
        is_named = bool(self._latest.get("topics_named"))
        of_advice = is_named and self.topics[0].startswith("advice/")
        if intent == "ask_medicine_advice" and not self.topics[0].startswith("clinic/"):
            if asks_for_a_dose(self._text):
                return intent
            of_a_medicine = self.topics[0] in get_knowledge().rules.medicine_topics
            return "ask_about_medicine" if of_a_medicine and not of_advice else "ask_topic"
        looks_up = intent == "look_up_appointment" and self._message.confidence < _CERTAIN
        of_the_form = looks_up and self.topics[0] == _FORM
        # "Can I write down my symptoms in the form?" asks for no summary.
        of_the_page = intent == "ask_summary" and self.topics[0].startswith("clinic/")
        gives_way = of_the_form or of_the_page or intent in _GIVES_WAY_TO_A_TOPIC
        gives_way = gives_way or intent == "ask_medicine_advice"
        # "My neck is sore. Appointment tomorrow?" asks for no advice on when to be seen.
        wants_visit = intent == "book_appointment" and self._states_a_pain(only_named=True)
        overruled = gives_way and not (wants_visit or self._asks_to_book())
        if (self._is_sure_of_topic() and overruled) or (of_advice and intent == "ask_diagnosis"):
            return "ask_topic"
        if self._is_mistaken_for_a_visit():
            return "ask_topic"
        return intent

    def _is_mistaken_for_a_visit(self) -> bool:
        """Tell whether a visit seems to be meant, of which not one word speaks."""
        of_a_visit = self._message.intent in _OF_A_VISIT and appointment_task(self._text) is None
        return of_a_visit and not self.says(Wish.NAMES_VISIT)

    def _wants_a_first_visit(self) -> bool:
        """Read "need a slot on Friday, my back has gone again", which moves no visit."""
        told = any(item.attribute in REPORTS for item in self._message.reading.findings)
        return books_another(self._text) or (told and appointment_task(self._text) is None)

    def _asks_the_clinic(self) -> bool:
        """Tell whether only the clinic can answer: what an MRI costs, how long the wait is."""
        return asks_about_this_clinic(self._text) or asks_the_price(self._text)

    def _asks_about(self) -> bool:
        """Tell whether a message asks about topics; one that is nothing else does, too."""
        intent = self._message.intent
        is_named = bool(self._latest.get("topics_named"))
        if is_named and set(self.topics) & set(get_knowledge().rules.leading_topics):
            return True
        if is_named and intent in ("nlu_fallback", "out_of_scope"):
            return True
        if intent == "nlu_fallback" and self.topics and self._is_sure_of_topic():
            return True  # "scared of getting hooked on the strong tablets"
        about_the_clinic = asks_about_the_clinic(self._text)
        of_the_page = bool(self.topics) and self.topics[0].startswith("clinic/")
        asks = self._message.is_question or intent.startswith("ask_")
        return asks and (of_the_page or not about_the_clinic)

    def _asks_in_general(self) -> bool:
        """Tell whether a question names a part of the body but reports nothing of anybody."""
        message = self._message
        if self._asks_about_another_part() and not is_about_someone(self._text):
            return True
        if asks_what_is_normal(self._text) and self._tells_only_of_a_noise():
            return True
        if not self.topics or not (message.is_question or self._asks_about()):
            return False
        if self._states_a_pain():
            return False  # "My neck is sore since Sunday. Is heat good for it?"
        found = {item.attribute for item in message.reading.findings}
        if is_about_someone(self._text):
            # "Which pillow is best for my neck" only says whose neck.
            asks = message.intent not in ("report_pain", "ask_when_to_see_doctor", "ask_diagnosis")
            return asks and self._is_sure_of_topic() and found <= _ONLY_WHERE
        return not found & _OF_A_PAIN and len(self._present() - _ONLY_WHERE) < _TELLING

    def _tells_only_of_a_noise(self) -> bool:
        """Tell whether nothing is reported but that something cracks, and where."""
        return all(
            item.attribute == "site" or (item.attribute, item.value) == ("character", "other")
            for item in self._message.reading.findings
        )

    def _asks_about_another_part(self) -> bool:
        """Tell whether it is a question about a knee, or another part that is not treated here."""
        intent = self._message.intent
        asks = intent in ("ask_topic", "ask_diagnosis", "nlu_fallback", "out_of_scope")
        return asks and self._message.is_question and is_about_another_part(self._text)

    def _asks_to_book(self) -> bool:
        """Tell whether a message about something else asks for an appointment as well."""
        wants_visit = self.says(Wish.WANTS_VISIT) and not self.says(Wish.WANTS_NO_VISIT)
        wishes = wants_visit or wants_call_back(self._text)
        return self._message.intent not in _ABOUT_BOOKINGS and wishes
