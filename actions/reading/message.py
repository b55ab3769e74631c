"""The latest message, what the model says of it, and where the conversation stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions.conversation import history_of, latest_text
from actions.language import is_limited, language_reading
from clinic import clock
from clinic.clinical import ClinicalData, get_clinical_data
from clinic.dialogue.agenda import BOOKING, INTERVIEW, SURE, VERY_SURE
from clinic.dialogue.booking_answers import note_in
from clinic.dialogue.request_words import Wish, get_request_words
from clinic.history.findings import Assertion, Finding
from clinic.history.reader import Reading
from clinic.history.words import split_words, word_set
from clinic.knowledge.questions import is_question
from clinic.scheduling.references import reference_span
from clinic.scheduling.when import understand_when
from clinic.settings import get_settings
from clinic.triage.answer_sense import as_answered
from clinic.triage.doubt import Doubt
from clinic.triage.interview import SpeechAct, agrees, denies, is_calming
from clinic.triage.rules import Level

EXTERNAL_MESSAGE_PREFIX = "EXTERNAL: "  # how Rasa writes an event that is no message
UNREADABLE = "nlu_fallback"
ABOUT_ATLAS = frozenset(
    {"ask_meaning", "ask_why", "ask_help", "ask_privacy", "ask_clinic_info", "bot_challenge"}
)
# Whoever says one of these reports a pain or a symptom.
REPORTS = frozenset(
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
_BOOKINGS = frozenset(
    {
        "book_appointment",
        "reschedule_appointment",
        "cancel_appointment",
        "look_up_appointment",
    }
)
# What a visitor wants of Atlas is no answer to a checklist, whatever words it has.
_STEERS = ABOUT_ATLAS | frozenset(
    {
        "ask_summary",
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
# What an answer may be taken for: "comes and goes", "it never stops", "started by itself".
_MISTAKEN_FOR = frozenset({"start_over", "goodbye", "stop", "skip", "repeat", "go_back"})
_UNCLEAR = (UNREADABLE, "out_of_scope")
_FOR_YEARS = word_set("year years yrs decades birth childhood always ever lifelong")
# Keys pressed at random make so many words at most.
_MASHED = 4
# One letter again and again.
_HELD_KEY = re.compile(r"([^\W\d_])\1{2,20}")
# A finger drawn along the keys: "asdf qwer".
_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_DRAWN = 3
_CERTAIN = 1.0
_SURE_OF_ACT = 0.4
_CHECKLIST = "emergency_screen"
_RISKS = "risk_screen"
_SECOND_NET = "WarningSignNet"
_SHORT_ANSWER = 3  # words
_OF_MEDICINES = frozenset({"ask_medicine_advice", "ask_about_medicine"})
# "It's 38 degrees in there" is the room's as well.
_DECIMAL = re.compile(r"[0-9][.,][0-9]")
# "No wait, that was wrong" corrects; "No, not now. My wife says I worry" answers.
_CORRECTING = re.compile(
    r"\b(?:wait|sorry|oops|mean|meant|wrong|actually|correct\w*|mistake\w*"
    r"|(?<!no )(?<!not )change\w*|instead|rather|earlier|before|typo|undo|not that"
    r"|scratch (?:that|it|all))\b",
    re.IGNORECASE,
)
_AS_EVER = re.compile(
    r"\b(?:no different|no change|not changed|as (?:ever|always)|the same)\b", re.IGNORECASE
)
# What an ordinary pain is told with, and what makes it one of an illness.
_PLAIN = frozenset({"character", "injury", "onset_how", "severity", "site", "timing"})
_ILL = frozenset({"meningism", "site"})
_BARE_TOPIC = 3
# A message of so few words may be a part of a thought.
_FRAGMENT = 6
_LONGEST_THOUGHT = 300
# "No accident" takes nothing back when nothing was said of one; a side or a place might.
_DENIED_AS_ANSWER = frozenset(
    {
        "injury",
        "injury_danger",
        "injury_mechanism",
        "chest_breath",
        "headache",
        "systemic",
        "neuro_leg",
        "neuro_arm",
    }
)


class Message:
    """One message held against the conversation that it belongs to.

    Attributes:
        tracker: The conversation.
        data: The clinical data.
        language: What it is in its own language, where that is not English.
        text: What was written, in English as far as it was understood.
        intent: The best intent; `UNREADABLE` for a message without a single word of English.
        confidence: Its confidence, 0-1.
        form: The open form, if any.
        question: What that form asks.
        history: What was known before.
        level: The level before; self-care where none was given.
        reading: What the message says, together with the thought that it goes on with.
        impossible: An attribute for which it gives a number that cannot be.
        is_foreign: Whether it is in another language, or amid one, and was not understood.
    """

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.data: ClinicalData = get_clinical_data()
        self.language = language_reading(tracker)
        self._is_rendered = bool(self.language.get("is_rendered"))
        self.text = latest_text(tracker) if self._is_rendered else message_text(tracker)
        self.intent: str = tracker.latest_message["intent"]["name"]
        self.confidence = float(tracker.latest_message["intent"].get("confidence") or 0.0)
        self.is_foreign = self._is_not_understood()
        if self.is_foreign:  # no intent can be read from what was not understood
            self.intent, self.confidence = UNREADABLE, 0.0
        self.form: str | None = (tracker.active_loop or {}).get("name")
        self.question: str | None = tracker.get_slot("requested_slot") if self.form else None
        self.history: dict[str, Any] = history_of(tracker)
        self.level = Level(tracker.get_slot("disposition") or Level.SELF_CARE)
        self.impossible: str | None = None
        self.reading = self._read()
        if self._is_told_not_asked() or self._is_note_for_the_desk() or self._is_no_new_start():
            self.intent, self.confidence = "inform", VERY_SURE
        self.is_unreadable = self._is_gibberish()
        if self.is_unreadable:
            self.is_foreign = self.is_foreign or is_limited(tracker)
            self.intent, self.confidence = UNREADABLE, 0.0

    @property
    def asked(self) -> str | None:
        """The interview's question, where that is what the message follows."""
        interview = self.form == INTERVIEW and self.question in self.data.interview
        return str(self.question) if interview else None

    @property
    def sounds_harmless(self) -> bool:
        """Whether the second safety net hears no sign in any part of it."""
        harmless = bool(self.tracker.latest_message.get("sounds_harmless"))
        return harmless and not self._is_rendered  # it learned from English alone

    @property
    def is_question(self) -> bool:
        """Whether the message asks something."""
        return is_question(self.text)

    @property
    def is_statement(self) -> bool:
        """Whether it says several words and asks nothing; "mri" alone may ask about one."""
        return len(self.reading.words) > _BARE_TOPIC and not self.is_question

    @property
    def is_command(self) -> bool:
        """Whether it is written like a command of Rasa's."""
        return self.text.lstrip().startswith("/")

    @property
    def is_empty(self) -> bool:
        """Whether it has no words, is no sign that means one, and is no event either."""
        is_event = self.text.startswith(EXTERNAL_MESSAGE_PREFIX)
        return not (self.reading.words or self.is_sign or is_event)

    @property
    def is_sign(self) -> bool:
        """Whether it is nothing but a thumb or the like, which only its classifier is sure of."""
        wordless = bool(self.text.strip()) and not self.reading.words
        return wordless and self.confidence >= _CERTAIN

    @property
    def is_option(self) -> bool:
        """Whether it is made of the titles of the open question's buttons."""
        return bool(self.asked) and self.data.interview.is_option(str(self.asked), self.text)

    @property
    def steers(self) -> bool:
        """Whether it wants something of Atlas rather than telling about the pain."""
        return self.intent in _STEERS and self.confidence >= SURE

    @property
    def corrects(self) -> bool:
        """Whether it tells something known otherwise.

        Without a word for it neither the answer about a sign is one, nor an answer to the open
        question that begins with a "no" or says that all is as ever.
        """
        if self.intent != "correct_answer":
            return False
        as_ever = denies(self.text) or bool(_AS_EVER.search(self.text))
        answers = bool(self.tracker.get_slot("unconfirmed")) or (bool(self.asked) and as_ever)
        return not answers or bool(_CORRECTING.search(self.text))

    @property
    def is_fragment(self) -> bool:
        """Whether it is short enough to be a part of a thought that the next message goes on."""
        return (
            0 < len(self.reading.words) <= _FRAGMENT
            and self.form in (None, INTERVIEW)
            and not (self.is_question or self.is_command or self.steers or self.is_unreadable)
        )

    @property
    def says_when_to_come(self) -> bool:
        """Whether its times are a visit's, not the pain's: "book me in on Friday week at ten"."""
        wants_visit = get_request_words().say(Wish.WANTS_VISIT, self.text)
        reports = any(item.attribute in REPORTS for item in self.reading.findings)
        if self.form is not None or reports or not (wants_visit or self.intent in _BOOKINGS):
            return False
        zone = get_settings().clinic.zone
        return understand_when(self.text, clock.now(), zone) is not None

    def speech_act(self) -> SpeechAct:
        """Return what a short answer does, as far as the intent tells."""
        known = self.intent in ("affirm", "deny", "unsure", "correct_answer")
        if known and self.confidence >= _SURE_OF_ACT:
            act = SpeechAct(self.intent)
            mistaken = not self.corrects or self._only_denies() or self._corrects_nothing()
            if act is SpeechAct.CORRECT and mistaken:
                return SpeechAct.OTHER
            return act
        return SpeechAct.REQUEST if self.steers else SpeechAct.OTHER

    @property
    def reports_pain(self) -> bool:
        """Whether it surely tells of a pain."""
        return self.intent == "report_pain" and self.confidence >= SURE

    def thought(self, *, answered: bool) -> str | None:
        """Return what a next message may go on with, or None where this one is complete.

        Args:
            answered: Whether it answered the open question.
        """
        if answered or not self.is_fragment:
            return None
        said = f"{self.tracker.get_slot('thought') or ''} {self.text}".strip()
        return said[-_LONGEST_THOUGHT:]

    def says_part_of_a_thought(self) -> bool:
        """Tell whether it describes something, alone or with what was said just before."""
        about_pain = self.intent in ("report_pain", "inform") and self.confidence >= _SURE_OF_ACT
        beside_checklist = about_pain and self.asked == _CHECKLIST
        return self.is_fragment and (beside_checklist or bool(self.reading.findings))

    def _asked_of_the_patient(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Doubt whether signs are only asked about, beside one that is told.

        "Is a stiff neck normal with a fever? He was hard to wake" is about him.
        """
        signs = self.data.signs
        if not any(
            item.assertion is Assertion.PRESENT
            and item.attribute not in _PLAIN
            and signs.of_attribute(item.attribute)
            for item in findings
        ):
            return findings
        return tuple(
            replace(
                item,
                assertion=Assertion.PRESENT if item.attribute == "site" else Assertion.POSSIBLE,
            )
            if item.assertion is Assertion.ASKED
            and (item.attribute in _ILL or (item.attribute, item.value) in signs.findings)
            else item
            for item in findings
        )

    def _read(self) -> Reading:
        words = tuple(word.norm for word in split_words(self.text))
        is_short_answer = self._is_short_answer(words)
        entities = [
            entity
            for entity in self.tracker.latest_message.get("entities") or []
            if "assertion" in entity and entity.get("entity") in self.data.attributes
            if not (is_short_answer and entity.get("extractor") == _SECOND_NET)
        ]
        doubtful = [
            Finding.from_entity(entity)
            for entity in entities
            # The second net learned from English alone.
            if not self._is_rendered and self._is_doubtful(entity)
        ]
        findings = Doubt(self.data.signs, self.data.rules, self.data.attributes).weighed(
            _with_known_causes(entities), doubtful, self.history
        )
        findings = as_answered(self._asked_of_the_patient(findings), self.asked, words)
        if self.intent == "greet":  # "good morning" says nothing of when it hurts
            findings = tuple(item for item in findings if item.attribute != "timing")
        if self.steers:  # "say that again" is no pain that came again
            findings = tuple(item for item in findings if item.attribute != "previous_episodes")
        findings = self._without_fear(findings)
        if span := reference_span(self.text):  # the "T9" of "ATL-T9QKPD" is no vertebra
            findings = tuple(
                item for item in findings if item.end <= span[0] or item.start >= span[1]
            )
        findings += self._found_together(findings, words)
        possible = tuple(item for item in findings if self._can_be(item))
        if len(possible) < len(findings):
            self.impossible = next(item.attribute for item in findings if item not in possible)
        return Reading(findings=possible, words=words)

    def says_in_passing(self, name: str, value: Any) -> bool:
        """Tell whether what was read stands in a message that sounds harmless, and was not asked.

        Args:
            name: The attribute.
            value: What was read of it.
        """
        if self.is_option or self._is_asked_about(name):
            return False
        measured = value == "fever" and bool(_DECIMAL.search(self.text))
        return self.sounds_harmless and not measured

    def words_of(self, name: str, value: Any) -> str:
        """Return the words that a finding was read from."""
        return next(
            (
                self.text[item.start : item.end]
                for item in self.reading.findings
                if (item.attribute, item.value) == (name, value)
            ),
            "",
        )

    def read_after(self, words: str) -> tuple[Finding, ...]:
        """Read the message as if it went on from some earlier words."""
        return self.data.reader.read(f"{words}, {self.text}", self._today()).findings

    def _is_short_answer(self, words: tuple[str, ...]) -> bool:
        """Tell whether "38 running" answers a question, which sounds like a fever alone."""
        if self.asked is None or self.data.interview[self.asked].positive:
            return False
        return len(words) <= _SHORT_ANSWER

    def _is_doubtful(self, entity: dict[str, Any]) -> bool:
        """Tell whether words of a sign stand in what sounds harmless to the second net.

        However short, an answer that sounds so raises nothing that was denied when it was asked.
        """
        attribute = entity["entity"]
        if self._is_asked_about(attribute) or self._is_measured(entity):
            return False
        denied = self.history.get(attribute) in ([], False) and bool(
            self.data.signs.of_attribute(attribute)
        )
        return bool(entity.get("doubted") or (self.asked and denied and self.sounds_harmless))

    def _is_measured(self, entity: dict[str, Any]) -> bool:
        """Tell whether it is a temperature: "running 100.6" sounds harmless, and is a fever."""
        words = self.text[entity["start"] : entity["end"]]
        return entity["value"] == "fever" and bool(_DECIMAL.search(words))

    def _is_asked_about(self, attribute: str) -> bool:
        """Tell whether the open question asks about an attribute: its answer is no slip of ours.

        The checklist asks for so much that its answers are weighed like any message, and so is
        one that begins with a "no".
        """
        if denies(self.text):
            return False
        pending = self.tracker.get_slot("unconfirmed") or []
        if any(item["attribute"] == attribute for item in pending):
            # "I leak when I sneeze, as for fifteen years" may still be as harmless as it sounds.
            return _FOR_YEARS.isdisjoint(word.norm for word in split_words(self.text))
        if self.asked in (None, _CHECKLIST):
            return False
        return attribute in self.data.interview[str(self.asked)].fills

    def _is_told_not_asked(self) -> bool:
        """Tell whether what looks like a step ("started by itself") tells of the pain.

        An answer to the open question is one, whatever its words look like alone.
        """
        if self.intent == "thank":  # "quite well, thank you"
            return bool(self.asked) and is_calming(self.reading.words)
        if self.intent in _OF_MEDICINES:  # "a bit of gout, allopurinol"
            return self.asked == _RISKS and not self.is_question
        if self.intent not in _MISTAKEN_FOR or not self.reading.findings:
            return False
        told = {item.attribute for item in self.reading.findings}
        if self.intent == "goodbye":
            return True
        return bool(self.asked) and bool(told & set(self.data.interview[str(self.asked)].fills))

    def _is_no_new_start(self) -> bool:
        """Tell whether "new job", asked how it began, only looks like a wish to begin anew.

        Nobody's story is forgotten for a guess: it takes words that say so, or no open question and
        a sure classifier; and a yes to the offer is one in so many words.
        """
        offered = bool(self.tracker.get_slot("offered_start_over"))
        if self.intent == "affirm":
            return offered and not agrees(self.text)
        if self.intent != "start_over" or get_request_words().say(Wish.STARTS_OVER, self.text):
            return False
        told = bool(self.asked or self.reading.findings or offered)
        return told or self.confidence < VERY_SURE

    def _is_note_for_the_desk(self) -> bool:
        """Tell whether "add a note" to a booking looks like a wish for a summary of the chat."""
        is_summary = self.form == BOOKING and self.intent == "ask_summary"
        return is_summary and note_in(self.text) is not None

    def _without_fear(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """Leave out a wish to die that stands only in "am I going to die?"."""
        words = get_request_words()
        if not words.say(Wish.FRIGHTENED, self.text):
            return findings
        rest = self.data.reader.read(words.without(Wish.FRIGHTENED, self.text), self._today())
        told = {(item.attribute, item.value) for item in rest.findings}
        return tuple(
            item
            for item in findings
            if item.attribute != "crisis" or (item.attribute, item.value) in told
        )

    def _today(self) -> date:
        return clock.now().astimezone(get_settings().clinic.zone).date()

    def _found_together(
        self, alone: tuple[Finding, ...], words: tuple[str, ...]
    ) -> tuple[Finding, ...]:
        """Return what a short message says only together with the one before: "my neck", "hurts".

        It only adds what was unknown; it takes nothing back.
        """
        before = self.tracker.get_slot("thought")
        short = 0 < len(words) <= _FRAGMENT and self.form in (None, INTERVIEW)
        if not before or not short or self.is_question or self.is_command:
            return ()
        joined = self.data.reader.read(f"{before} {self.text}", self._today()).findings
        known = {item.attribute for item in alone}
        new = len(before) + 1  # what lies before was read when it came
        return tuple(
            item
            for item in joined
            if item.assertion is Assertion.PRESENT
            and item.end > new
            and item.attribute not in known
            and self.history.get(item.attribute) is None
        )

    def _can_be(self, finding: Finding) -> bool:
        """Tell a number that can be from one that cannot, such as a pain of 300 years."""
        attribute = self.data.attributes[finding.attribute]
        return (
            attribute.kind != "number"
            or attribute.minimum <= float(finding.value) <= attribute.maximum
        )

    def _is_not_understood(self) -> bool:
        """Tell whether a message in another language, or amid one, says nothing to Atlas."""
        if self.language.get("is_unread"):
            return True
        named = self.tracker.latest_message.get("topics_named")
        unclear = self.intent in _UNCLEAR and bool(split_words(self.text))
        return is_limited(self.tracker) and unclear and not named

    def _is_gibberish(self) -> bool:
        """Tell whether not one word is known, where a name or an address is not asked for."""
        if self.form not in (None, INTERVIEW) or self.reading.findings or self.is_option:
            return False
        if reference_span(self.text):
            return False
        if _HELD_KEY.fullmatch(self.text.strip()) or _is_drawn_along_keys(self.text):
            return True  # a classifier takes it for whatever short word is nearest
        is_clear = self.intent not in _UNCLEAR and self.confidence >= VERY_SURE
        if is_clear or len(self.reading.words) > _MASHED:
            return False  # "thx" is a word to the classifier; a whole sentence is a language
        return self.data.reader.knows_no_word(self.text)

    def _corrects_nothing(self) -> bool:
        """Tell whether nothing known is told otherwise, nor said to have been wrong."""
        history = self.history
        told = all(
            history.get(item.attribute) in (None, [], item.value) for item in self.reading.findings
        )
        return told and not _CORRECTING.search(self.text)

    def _only_denies(self) -> bool:
        assertions = {item.assertion for item in self.reading.findings}
        return assertions == {Assertion.ABSENT} and all(
            item.attribute in _DENIED_AS_ANSWER
            and self.history.get(item.attribute) in (None, [], False)
            for item in self.reading.findings
        )


def _is_drawn_along_keys(text: str) -> bool:
    words = text.lower().split()
    return bool(words) and all(
        len(word) >= _DRAWN and any(word in row for row in _KEY_ROWS) for word in words
    )


def message_text(tracker: Tracker) -> str:
    """Return the latest message as it arrived; the parse result holds a cleaned copy."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return str(event.get("text") or "")
    return ""


def _with_known_causes(entities: Sequence[dict[str, Any]]) -> list[Finding]:
    """Take what the second net heard for explained where the reader knows the cause of it.

    "I only shiver in the freezer at work" sounds like a fever to a net that knows no freezers. It
    is still asked about where it would make an emergency.

    Args:
        entities: What the reader and the net found in a message.
    """
    told: dict[str, set[Assertion]] = {}
    for entity in entities:
        if entity.get("extractor") != _SECOND_NET:
            told.setdefault(entity["entity"], set()).add(Assertion(entity["assertion"]))
    settled = {Assertion.EXPLAINED, Assertion.ABSENT, Assertion.PAST}
    known = {name for name, said in told.items() if Assertion.EXPLAINED in said and said <= settled}
    return [
        replace(finding, assertion=Assertion.EXPLAINED)
        if entity.get("extractor") == _SECOND_NET and entity["entity"] in known
        else finding
        for entity in entities
        for finding in (Finding.from_entity(entity),)
    ]
