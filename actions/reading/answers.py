"""What a message changes of the history: findings, answers, buttons, signs that are settled."""

from __future__ import annotations

from typing import Any

from actions.conversation import doubted_of
from actions.interview import ALREADY_NOTED, CONTRADICTION, SIGN_SETTLED
from actions.reading.message import Message
from actions.reading.relevance import Relevance
from clinic import clock
from clinic.dialogue.agenda import BOOKING, MANAGING
from clinic.dialogue.booking_answers import answers_booking
from clinic.dialogue.request_words import Wish, get_request_words
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge
from clinic.history.reader import Reading
from clinic.history.words import word_set
from clinic.settings import get_settings
from clinic.triage.answer_sense import EVER
from clinic.triage.interview import (
    SpeechAct,
    Wording,
    confirming_act,
    denies,
    explains_away,
    goes_on_after_a_no,
    is_calm_after_yes,
    is_calming,
    is_unchanged,
    leaves_open,
    leaves_unsaid,
    opens_calmly,
    opens_with_no,
    reassures,
    says_all_is_well,
    says_yes_and_fine,
)
from clinic.triage.second_look import SECOND_LOOK, Noted, held, in_question, taken_back

_YES_OR_NO = frozenset({"affirm", "deny", "start_over"})
_WONDERING = word_set(
    "idea clue sure certain know tell say maybe perhaps possibly think unsure dunno hard depends"
)
_POLITE = frozenset({"greet", "goodbye", "thank"})
# Neither a yes nor a no by itself: "fine, I just meant bored".
_LEFT_OPEN = frozenset({SpeechAct.OTHER, SpeechAct.CORRECT})
# What every pain has; of these only the very value that was asked about tells of a sign.
_ANY_PAIN = frozenset({"character", "onset_how", "timing", "radiation", "severity_words"})
# What the net hears so clearly beside a "no" to a question about the like is believed.
_SURELY_HEARD = 0.6
_TAKES_BACK = frozenset(
    {Assertion.ABSENT, Assertion.PAST, Assertion.EXPLAINED, Assertion.OTHER_PERSON}
)


class Answers:
    """What a message changes.

    Attributes:
        changes: New values of attributes.
        answered: Whether it answers the open form's question.
        wording: How that question has to be put once more, if it has to.
        problem: What is wrong with it: a name that the interview form knows, or None.
        takes_back: Whether it denies a sign that made an emergency.
        meant: A sign of the emergency checklist that it may mean, to be asked about; or None.
        denied: Attributes of the signs that it denies in answer to the question about them.
        asked_again: Uncertain signs whose question has to be put once more.
        doubted: What was said in passing at any time, and in which words
            (clinic/triage/second_look.py).
    """

    def __init__(self, message: Message) -> None:
        self._message = message
        self._data = message.data
        self.answered = False
        self.wording: Wording | None = None
        self.problem: str | None = message.impossible
        self.takes_back = False
        self.meant: str | None = None
        self.denied: frozenset[str] = frozenset()
        self.asked_again: list[dict[str, Any]] = []
        self.doubted: dict[Noted, str] = doubted_of(message.tracker)
        self.changes = self._read()

    def _read(self) -> dict[str, Any]:
        message, history = self._message, self._message.history
        earlier = self._earlier_option()
        if earlier is not None:
            return earlier
        relevance = Relevance(message)
        changes = merge(
            history,
            relevance.findings_that_count(),
            self._data.attributes,
            correcting=message.corrects,
        )
        self.takes_back = relevance.takes_back
        if history.get("injury") is False and changes.get("injury") is True:
            self.problem = CONTRADICTION
        self._note_doubts(changes)
        known = {**history, **changes}
        changes.update(taken_back(known, held(known, self._explained_since())))
        known.update(changes)
        # What may be a diet's success settles no list of signs: it is asked.
        plain = {**known, **taken_back(known, held(known, self.doubted))}
        changes.update(self._data.interview.settled_by(message.reading, plain))
        wordless = not message.reading.words and not message.is_sign
        if wordless or message.is_command:
            return changes  # neither is a yes, a no or an answer; a warning sign still counts
        if message.tracker.get_slot("offered_start_over") and message.intent in _YES_OR_NO:
            return changes  # the yes or no is about starting over
        pending = message.tracker.get_slot("unconfirmed") or []
        if pending:
            changes.update(self._confirmed(pending))
        if self.problem == SIGN_SETTLED:
            pass  # the yes or no was about the sign, not about the form's question
        elif message.asked:
            changes.update(self._answer_to(message.asked, {**history, **changes}))
        elif message.form in (BOOKING, MANAGING) and message.question:
            self.answered = answers_booking(
                message.question,
                message.text,
                act=message.intent,
                offers=message.tracker.get_slot("appointment_offers") or [],
                now=clock.now(),
                clinic=get_settings().clinic,
            )
        changes.update(_grown_up({**history, **changes}))
        return {name: value for name, value in changes.items() if value != history.get(name)}

    def doubt(self, changes: dict[str, Any], *, always: bool = True) -> None:
        """Keep what is only said in passing, or may be so, to be asked about before "today".

        Args:
            changes: What was read of it.
            always: Whether to doubt it however the message sounds.
        """
        message = self._message
        fills = self._data.interview[SECOND_LOOK].fills
        for name in changes.keys() & set(fills):
            known = _values(message.history.get(name))
            for value in _values(changes[name]):
                in_passing = always or message.says_in_passing(name, value)
                if value not in known and in_passing:
                    self.doubted.setdefault((name, value), message.words_of(name, value))

    def _note_doubts(self, changes: dict[str, Any]) -> None:
        """Keep what this message says in passing, and let go what it says on purpose."""
        message = self._message
        self.doubt(changes, always=False)
        if message.asked == SECOND_LOOK:
            return  # its answer settles it
        for name, value in list(self.doubted):
            again = value in message.reading.present(name)
            if again and not message.says_in_passing(name, value):
                del self.doubted[name, value]

    def _explained_since(self) -> list[Noted]:
        """Return what the answer to the question that asks for it takes back in so many words.

        A plain "no" to a list never does: it may mean "nothing else".
        """
        message = self._message
        if not message.asked:
            return []
        fills = self._data.interview[message.asked].fills
        told: dict[Noted, set[Assertion]] = {}
        for item in message.reading.findings:
            told.setdefault(_noted(item), set()).add(item.assertion)
        return [
            noted
            for noted in self.doubted
            if noted[0] in fills and noted in told and told[noted] <= _TAKES_BACK
        ]

    def _looked_again(self, known: dict[str, Any]) -> dict[str, Any]:
        """Read the answer to whether what was said in passing is so."""
        message = self._message
        rests_on = in_question(known, self.doubted, self._data.rules)
        about = frozenset(name for name, _ in rests_on)
        act = self._confirming_act([{"attribute": name} for name in about])
        if act is SpeechAct.REQUEST:
            return {}
        tells = any(value in message.reading.present(name) for name, value in rests_on)
        told = {item.assertion for item in message.reading.findings if _noted(item) in rests_on}
        is_no = (act is SpeechAct.DENY and not self._denies_another(about)) or self._explains(
            rests_on
        )
        is_no = is_no or (bool(told) and told <= _TAKES_BACK)
        is_no = is_no or (act in _LEFT_OPEN and is_unchanged(message.reading.words))
        if opens_with_no(message.text) or (is_no and not tells):
            self.answered = True
            return {**taken_back(known, rests_on), SECOND_LOOK: "not_so"}
        if tells or act in (SpeechAct.AFFIRM, SpeechAct.UNSURE):
            self.answered = True
            return {SECOND_LOOK: "unsure" if act is SpeechAct.UNSURE and not tells else "so"}
        return {}

    def _denies_another(self, about: frozenset[str]) -> bool:
        """Tell whether what an answer denies is something else: "no fall, only the sneeze"."""
        denied = {
            item.attribute
            for item in self._message.reading.findings
            if item.assertion is Assertion.ABSENT
        }
        return bool(denied) and denied.isdisjoint(about)

    def _explains(self, rests_on: list[Noted]) -> bool:
        """Tell whether an answer explains all that was said in passing, read together with it.

        "On purpose, Slimming World" explains "lost three stone".
        """
        for name, value in rests_on:
            joined = self._message.read_after(self.doubted[name, value])
            told = {
                item.assertion for item in joined if item.attribute == name and item.value == value
            }
            if not told or not told <= _TAKES_BACK:
                return False
        return True

    def _answer_to(self, question: str, known: dict[str, Any]) -> dict[str, Any]:
        if question == SECOND_LOOK and not self._message.is_option:
            return self._looked_again(known)
        message, interview = self._message, self._data.interview
        wording = message.tracker.get_slot("question_wording")
        act = message.speech_act()
        if act is SpeechAct.OTHER and self._wants_something():
            act = SpeechAct.REQUEST
        answer = interview.read_answer(
            question,
            message.text,
            message.reading,
            act,
            known,
            Wording(wording) if wording else None,
            sounds_harmless=message.sounds_harmless,
        )
        self.answered = answer.answered or answer.unsure
        self.wording = answer.wording
        self.meant = answer.meant
        if answer.impossible:
            self.problem = question
        changes = dict(answer.changes)
        if self.answered:
            changes.update(self._unchanged(question, known))
        if changes.get(SECOND_LOOK) == "not_so":
            rests_on = in_question(known, self.doubted, self._data.rules)
            changes.update(taken_back(known, rests_on))
        if not self.answered and message.tracker.get_slot("thought"):
            changes.update(interview.number_of_a_thought(question, message.text, known))
        return changes

    def _unchanged(self, question: str, known: dict[str, Any]) -> dict[str, Any]:
        """Let "no", or "all the same as ever", take back what an opening was read as."""
        message, asked = self._message, self._data.interview[question]
        plain = not asked.urgent and question != EVER and denies(message.text)
        tells = any(message.reading.present(name) for name in asked.fills)
        if not plain or tells:
            return {}
        denied = {name for name, value in asked.no.items() if value == []}
        # Asked for so little, a "no" means what was said in passing as well.
        doubted = [] if asked.positive else [item for item in self.doubted if item[0] in denied]
        changes = taken_back(known, held(known, doubted))
        if is_unchanged(message.reading.words):
            changes.update({name: [] for name in denied if known.get(name)})
        return changes

    def _wants_something(self) -> bool:
        """Tell whether a message without a clear answer is none at all."""
        message, words = self._message, get_request_words()
        # "A cold last month, fine now" and "eczema, nothing else" are answers, whatever the
        # classifier takes them for.
        denied = any(item.assertion is Assertion.ABSENT for item in message.reading.findings)
        denied = denied or is_calming(message.reading.words)
        other_part = message.intent == "report_other_body_part"
        elsewhere = (other_part and not denied) or message.is_unreadable
        calls = any(
            words.say(wish, message.text) for wish in (Wish.GOES_ON, Wish.HELP_NOW, Wish.FRIGHTENED)
        )
        return elsewhere or calls or message.is_question

    def _earlier_option(self) -> dict[str, Any] | None:
        """Return what a button of an earlier question changes; None if it is no such button.

        A button that says what is known, a second press, or a "none" changes nothing: it never
        takes back what was said since.
        """
        message, history = self._message, self._message.history
        if not message.asked or message.is_option:
            return None
        asked = message.tracker.get_slot("questions_asked") or []
        found = self._data.interview.earlier_option(message.text, asked, message.asked)
        if found is None:
            return None
        earlier, option = found
        if option.get(earlier) == "clear" or not any(option.values()):
            again = message.text == message.tracker.get_slot("last_button")
            if not again or message.tracker.get_slot("turn_problem") == ALREADY_NOTED:
                return None  # the same words may answer this question, too
            self.problem = ALREADY_NOTED
            return {}
        joined = {
            name: sorted({*(history.get(name) or []), *value}) if isinstance(value, list) else value
            for name, value in option.items()
        }
        changes = {name: value for name, value in joined.items() if value != history.get(name)}
        if not changes:
            self.problem = ALREADY_NOTED
        return changes

    def _confirming_act(self, pending: list[dict[str, Any]]) -> SpeechAct:
        message = self._message
        act = confirming_act(message.text, message.speech_act())
        about = _asked_in(pending)
        if leaves_unsaid(message.text):
            return act
        is_calm = explains_away(message.reading, about) or (
            message.sounds_harmless
            and (
                opens_calmly(message.text, message.reading, about)
                or says_all_is_well(message.text, message.reading, about)
                or (is_calm_after_yes(message.text) and not leaves_open(message.reading, about))
            )
        )
        if act is SpeechAct.REQUEST and message.intent in _POLITE:
            act = SpeechAct.OTHER  # "fine, sleeping in finally" is no goodbye
        if act is SpeechAct.UNSURE and denies(message.text):
            plain = _WONDERING.isdisjoint(message.reading.words)
            act = SpeechAct.OTHER if plain else act  # "no real one, it's acted"
        # "No, I mean I flopped down tired, didn't pass out" corrects what was read, and denies it.
        return SpeechAct.DENY if act in _LEFT_OPEN and is_calm else act

    def _tells_no_sign(self, pending: list[dict[str, Any]]) -> bool:
        """Read "I push beds uphill all day without a puff", asked about the breath."""
        message = self._message
        if reassures(message.text):
            return True
        tells = _tells_of(message.reading, pending)
        return message.sounds_harmless and not message.is_question and not tells

    def _confirmed(self, pending: list[dict[str, Any]]) -> dict[str, Any]:
        """Settle the uncertain warning signs with a yes, a no, or a "not sure"."""
        act = self._confirming_act(pending)
        if act is SpeechAct.DENY and goes_on_after_a_no(self._message.text):
            if heard := self._heard_of(_asked_in(pending)):
                self.problem = SIGN_SETTLED
                return merge(self._message.history, heard, self._data.attributes)
            if not self._message.sounds_harmless:
                act = SpeechAct.OTHER  # what else it says is asked about
        if act in (SpeechAct.AFFIRM, SpeechAct.DENY, SpeechAct.UNSURE):
            self.problem = SIGN_SETTLED
        if act is SpeechAct.DENY:
            self.denied = _asked_in(pending)
        option = next((item["option"] for item in pending if "option" in item), None)
        if option and act is SpeechAct.AFFIRM:
            self.answered = True
            return self._data.interview.option(
                str(self._message.asked), option, self._message.history
            )
        if option and act is not SpeechAct.UNSURE:
            return {}  # the checklist comes again
        if act is SpeechAct.OTHER and self._is_left_unsaid(pending):
            self.problem = SIGN_SETTLED  # an "ok" answers no other question either
            if any("again" in item for item in pending):
                return {"emergency_unsure": True}
            self.asked_again = [{**item, "again": True} for item in pending]
            return {}
        if act not in (SpeechAct.AFFIRM, SpeechAct.DENY):
            only_guessed = all("sign" in item for item in pending)
            if only_guessed and act is not SpeechAct.UNSURE:
                return {}  # nobody said it; the checklist asks for it too
            asked_again = self._message.history.get("emergency_screen") is None
            if asked_again and act in _LEFT_OPEN and self._tells_no_sign(pending):
                return {}  # "I walk normally": the checklist that follows asks once more
            return {"emergency_unsure": True}  # a question left open is no "no"
        assertion = Assertion.PRESENT if act is SpeechAct.AFFIRM else Assertion.ABSENT
        findings = [Finding(item["attribute"], item["value"], assertion, 0, 0) for item in pending]
        return merge(self._message.history, findings, self._data.attributes)

    def _heard_of(self, about: frozenset[str]) -> list[Finding]:
        """Return the sign, of the kind that was asked about, that the second net is sure to hear.

        Asked about chest and breath, "not pain, but I have no air and am all wet" is no "no".
        """
        message = self._message
        denied = {_noted(i) for i in message.reading.findings if i.assertion is Assertion.ABSENT}
        for heard in message.tracker.latest_message.get("warning_signs") or []:
            findings = message.data.signs[heard["sign"]].findings
            alike = not about.isdisjoint(name for name, _ in findings)
            if alike and heard["confidence"] >= _SURELY_HEARD and denied.isdisjoint(findings):
                start, end = heard["start"], heard["end"]
                return [Finding(*pair, Assertion.PRESENT, start, end) for pair in findings]
        return []

    def _is_left_unsaid(self, pending: list[dict[str, Any]]) -> bool:
        """Tell whether "ok" or "yes, fine" answers a question that the checklist does not ask.

        Nobody says it for a plan to die, and nobody may be sent home for it.
        """
        text, history = self._message.text, self._message.history
        if not (leaves_unsaid(text) or says_yes_and_fine(text)):
            return False
        listed = self._data.interview["emergency_screen"].no
        comes = history.get("emergency_screen") is None
        return not (comes and _asked_in(pending) <= listed.keys())


def _asked_in(pending: list[dict[str, Any]]) -> frozenset[str]:
    """Return the attributes that a question about uncertain signs is about."""
    return frozenset(str(item["attribute"]) for item in pending)


def _tells_of(reading: Reading, pending: list[dict[str, Any]]) -> bool:
    """Tell whether an answer says, or may say, that something asked about is so.

    "A dull ache between the blades" says nothing of a tearing pain there.
    """
    values = {(item["attribute"], item["value"]) for item in pending}
    signs = Reading(
        findings=tuple(
            item
            for item in reading.findings
            if item.attribute not in _ANY_PAIN or (item.attribute, item.value) in values
        ),
        words=reading.words,
    )
    return leaves_open(signs, _asked_in(pending) - {"site"})


def _grown_up(history: dict[str, Any]) -> dict[str, Any]:
    """Let an age correct what "my son" was read as: he may be twenty."""
    is_grown_up = history.get("age_band") not in (None, "<16")
    return {"who_for": "other_adult"} if is_grown_up and history.get("who_for") == "child" else {}


def _noted(finding: Finding) -> Noted:
    return finding.attribute, finding.value


def _values(said: Any) -> list[Any]:
    """Return what an attribute holds that is so."""
    values = said if isinstance(said, list) else [said]
    return [value for value in values if value not in (None, False)]
