"""The short interview: which question comes next, and what an answer to it means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.history.attributes import AttributeCatalogue
from clinic.history.findings import Assertion
from clinic.history.measures import age_band, is_said_by_others, number_at
from clinic.history.reader import Reading
from clinic.history.words import NO_BREAK, SENTENCE_END, Word, split_words, word_set
from clinic.triage.conditions import Condition, ConditionError, History, compile_condition

_PLAIN_NOES = word_set("no nope nah")
_NOES = word_set("no nope nah none nothing neither negative never not")
# Alone they deny nothing, but as an answer to a list of signs they say "none that I know of".
_REASSURING = _NOES | word_set("fine normal normally ok okay alright healthy only just")
_LIMITING = word_set("only just")
# What was always so is no new sign.
_UNCHANGED = word_set(
    "same always ever usual usually unchanged works working strong well good great"
)
_SOUND = word_set("fine normal normally good clear perfect unchanged healthy great grand")
_WELL = _SOUND | word_set("well ok okay alright strong steady sound")
# How well something works: "walking beautifully", "eyesight is perfect".
_WORKS_WELL = word_set(
    "perfect perfectly grand great clear healthy beautifully brilliant brilliantly excellent "
    "excellently superb superbly flawless flawlessly champion splendid splendidly"
)
_ABOUT_SOUND = word_set(
    "all both everything its they theyre thats it is are works work working feels feel im as ever "
    "always usual same quite totally completely perfectly absolutely thanks the just still down "
    "there and now mine mines my very pretty here i we so far thank you honestly thankfully"
)
# Neither a yes nor a no to the question about a sign, nor to a list of them.
_OPEN = word_set("ok okay okey okie kk alright right all")
_BESIDE_OPEN = word_set("then so thanks thank you well um er doctor doc sir please now")
# After a yes these say that it is one: "yes, fine, I did", but not "yes, I am fine".
_CONFIRMING = frozenset(
    {("i", word) for word in ("did", "do", "have", "had", "am", "was", "can", "cant")}
    | {(word, verb) for word in ("it", "that") for verb in ("is", "does", "did", "has", "was")}
    | {(word, verb) for word in ("they", "we") for verb in ("are", "do", "did", "have", "were")}
)
_HOW_WELL = word_set("so very too really that feeling all at doing quite")
_MINE = word_set("i im its they theyre mine mines my all both everything feel feeling thats")
_AS_EVER = word_set("same always ever usual usually unchanged")
# Denials of so many different signs of a list deny the list.
_DENIED_SIGNS = 3
_FEW = 3  # words; "all fine" may be too quick an answer to a whole checklist
_YES = word_set(
    "yes yeah yep yup aye y ya yea yess true correct exactly indeed definitely absolutely sure "
    "right"
)
_SHORT_YES = 4  # words; "I think it is", "afraid so"
_TURNS = word_set("but except though although however until apart besides")
_AFTER_A_TURN = 2  # words: the turn, and more than one after it
_LONGEST_REASSURANCE = 20
# "Nothing now", "no sir"; but never "no feeling".
_AFTER_NO = word_set("sir madam mate love dear pal bro man now really thanks either here doctor")
# "Fine" agrees to an offer; as an answer to a list of signs it is no "yes".
_AGREEING = word_set("fine ok okay alright good well sure")
_GOING_ON = word_set("please do go ahead forget begin start restart again anew")
# "9 days" and "5 am" are no answers to "how bad is it, from 0 to 10?".
# "The second one" of the buttons of a question.
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")
_SHORT_PLACES = ("1st", "2nd", "3rd", "4th", "5th", "6th")
_NUMBERS = ("one", "two", "three", "four", "five", "six")
_ORDINAL = re.compile(
    rf"(?:(?:the )?(?P<place>{'|'.join((*_PLACES, *_SHORT_PLACES))}|last)"
    rf"(?: (?:one|option|choice|answer))?"
    rf"|(?:number|option|choice|answer) (?P<number>{'|'.join(_NUMBERS)}|[1-6]))(?: please)?$"
)
_BEFORE_ONE = word_set("about around maybe like a its is probably just only say roughly or")
_UNITS = word_set(
    "day days week weeks month months year years yr yrs hour hours hr hrs minute minutes min mins "
    "second seconds am pm oclock times"
)
_COUNTED = word_set(
    "miles mile k km laps reps sets lengths holes rounds pages patients customers kids orders"
)
_LONGEST_NUMBER = 6
_STRONG = 7
# What tells when, how long or how much, and of no sign.
_HOW_AND_WHEN = frozenset(
    {"duration_days", "injury_days_ago", "timing", "course", "side", "tried", "previous_episodes"}
    | {"severity", "severity_words"}
)
_WORDS = "severity_words"
_OLDEST = 120


class SpeechAct(StrEnum):
    """What a short answer does, as far as the intent tells."""

    AFFIRM = "affirm"
    DENY = "deny"
    UNSURE = "unsure"
    CORRECT = "correct_answer"
    REQUEST = "request"
    OTHER = "other"


class Wording(StrEnum):
    """How a question is put once more."""

    AGAIN = "again"
    WHICH = "which"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the interview.

    Attributes:
        id: The attribute that stays unknown until the question is answered.
        importance: What is left out first when there would be too many questions.
        fills: Attributes that an answer may be about.
        positive: Value of `id` after an answer that names one of a checklist's items.
        options: What each button means, by its title in lower case.
        no: What a plain "no" means.
        unsure: What "not sure" means.
        yes: What a "yes" means that names nothing, also when asked which.
        urgent: Whether an unclear answer is asked about once more in other words.
        takes_any: Whether words that tell nothing of the level ("the beanbag") answer it, too.
        settled_by_denials: How many denied values of one of `fills` in one message settle the
            question before it is asked; 0 for never.
        of_a_child: Whether it is asked for a child, too, whom a person has to look at.
        part_of: A question that asks for it, too: where that was asked, this one is not.
        only_if: What has to be known for it to be asked.
        on_doubt: Whether it is only about what clinic/triage/second_look.py doubts.
    """

    id: str
    importance: int
    fills: tuple[str, ...]
    positive: str | None
    options: Mapping[str, Mapping[str, Any]]
    no: Mapping[str, Any]
    unsure: Mapping[str, Any]
    yes: Mapping[str, Any]
    urgent: bool
    takes_any: bool
    settled_by_denials: int
    of_a_child: bool
    part_of: str | None
    only_if: Condition | None
    on_doubt: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer means.

    Attributes:
        changes: New values of attributes.
        answered: Whether the question is settled.
        unsure: Whether the patient does not know.
        wording: How the question has to be put once more, if it has to.
        impossible: Whether it names a number that cannot be.
        meant: The button that it may mean by its place ("the second one"), where a slip would
            make an emergency or hide one: it is said back before it counts.
    """

    changes: Mapping[str, Any]
    answered: bool
    unsure: bool = False
    wording: Wording | None = None
    impossible: bool = False
    meant: str | None = None


class Interview:
    """The questions in the order of asking.

    Args:
        questions: The questions.
        most_questions: How many may be asked at most.
        needs_a_person: Whom a person has to look at, whatever else they answer.
        elsewhere: Whose pain is not in the neck or upper back.
    """

    def __init__(
        self,
        questions: tuple[Question, ...],
        most_questions: int,
        needs_a_person: Condition,
        elsewhere: Condition,
    ) -> None:
        self.questions = questions
        self.most_questions = most_questions
        self.needs_a_person = needs_a_person
        self.elsewhere = elsewhere
        self._by_id = {question.id: question for question in questions}

    @classmethod
    def load(cls, path: Path, attributes: AttributeCatalogue) -> Interview:
        """Load and check `interview.yml`.

        Raises:
            DataFileError: A question names an unknown attribute or value.
        """
        data = load_yaml(path)
        questions = tuple(
            _read_question(entry, path, attributes) for entry in data.get("questions", ())
        )
        if not questions:
            raise DataFileError(path, "questions", "is empty")
        conditions = []
        for name in ("needs_a_person", "elsewhere"):
            try:
                conditions.append(compile_condition(data.get(name), attributes))
            except ConditionError as error:
                raise DataFileError(path, name, str(error)) from error
        return cls(questions, int(data.get("most_questions", 8)), *conditions)

    def __contains__(self, question_id: object) -> bool:
        return question_id in self._by_id

    def __getitem__(self, question_id: str) -> Question:
        return self._by_id[question_id]

    def remaining(self, history: History, asked: int, skipped: Collection[str]) -> list[Question]:
        """Return the questions still to be asked, in order.

        Args:
            history: What is known.
            asked: How many questions were asked already.
            skipped: Questions that the patient passed over or could not answer.
        """
        still = [
            question
            for question in self.questions
            if history.get(question.id) is None
            and question.id not in skipped
            and not question.on_doubt
            and (question.only_if is None or question.only_if(history))
        ]
        if self.needs_a_person(history) or self.elsewhere(history):
            is_child = history.get("who_for") == "child"
            return [item for item in still if item.urgent or (is_child and item.of_a_child)]
        budget = max(self.most_questions - asked, 0)
        if len(still) > budget:
            kept = sorted(still, key=lambda question: -question.importance)[:budget]
            still = [question for question in still if question in kept]
        return still

    def covered_by(self, asked: Collection[str]) -> list[str]:
        """Return the questions that are not asked, since those asked ask for it, too."""
        return [question.id for question in self.questions if question.part_of in asked]

    def is_option(self, question_id: str, text: str) -> bool:
        """Tell whether a message is made of the question's own button titles."""
        return bool(_chosen_options(self._by_id[question_id], text))

    def option(self, question_id: str, title: str, history: History) -> dict[str, Any]:
        """Return what a button of a question changes.

        Args:
            question_id: The question.
            title: The button's title in lower case.
            history: What is known.
        """
        question = self._by_id[question_id]
        return _joined(question, [question.options[title]], history)

    def earlier_option(
        self, text: str, asked: Collection[str], current: str
    ) -> tuple[str, Mapping[str, Any]] | None:
        """Return the question asked before whose button a message is, and what it means.

        Args:
            text: The message.
            asked: The questions asked so far.
            current: The question that is open now.
        """
        for question_id in reversed([name for name in asked if name in self._by_id]):
            question = self._by_id[question_id]
            option = question.options.get(text.strip().lower().rstrip("."))
            if question_id != current and option is not None:
                return question_id, option
        return None

    def settled_by(self, reading: Reading, history: History) -> dict[str, Any]:
        """Return the checklists that a message answers before they are asked.

        Args:
            reading: What the message says.
            history: The history after its findings.
        """
        settled: dict[str, Any] = {}
        for question in self.questions:
            if not question.settled_by_denials or history.get(question.id) is not None:
                continue
            name = question.fills[0]
            if history.get(name):
                settled[question.id] = question.positive
            elif len(_denied_values(reading, name)) >= question.settled_by_denials:
                settled.update(_unknown_only(question.no, history, keep=question.id))
        return settled

    def number_of_a_thought(self, question_id: str, text: str, history: History) -> dict[str, Any]:
        """Read "really bad", "like 8" as how bad it is, whatever question is open.

        Args:
            question_id: The open question.
            text: The second of such messages.
            history: What is known with the first.
        """
        told = history.get("severity_words") and history.get("severity") is None
        if not told or question_id in ("age_band", "duration_days"):
            return {}
        number = _number("severity", text)
        value = None if number is None else _value_of("severity", number)
        return {} if value is None else {"severity": value}

    def read_answer(
        self,
        question_id: str,
        text: str,
        reading: Reading,
        act: SpeechAct,
        history: History,
        wording: Wording | None = None,
        *,
        sounds_harmless: bool = False,
    ) -> Answer:
        """Read a message against the question that was asked.

        Args:
            question_id: The question.
            text: The message.
            reading: The findings in it, already merged into `history`.
            act: What the intent classifier says that it does.
            history: The history after those findings.
            wording: How the question was put, when not for the first time.
            sounds_harmless: Whether the second safety net hears no sign in any part of it.
        """
        question = self._by_id[question_id]
        place = _place(text)
        if question.urgent and place is not None:
            titles = list(question.options)
            meant = titles[place] if place < len(titles) else None
            return Answer({}, answered=False, meant=meant)
        chosen = _chosen_options(question, text)
        if chosen:
            return Answer(_joined(question, chosen, history), answered=True)
        if (value := history.get(question.id)) is not None:
            told = value in reading.present(question.id)
            return Answer(
                _in_words(question.id, value, reading, history) if told else {}, answered=True
            )
        number = _number(question.id, text)
        if number is not None:
            value = _value_of(question.id, number)
            changes = (
                {}
                if value is None
                else {question.id: value, **_in_words(question.id, value, reading, history)}
            )
            return Answer(changes, answered=value is not None, impossible=value is None)
        if any(reading.present(name) for name in question.fills):
            return Answer({question.id: question.positive} if question.positive else {}, True)
        words = split_words(text)
        # "No wait, the left side" corrects an earlier answer and denies nothing.
        correcting = act is SpeechAct.CORRECT
        denied = act is SpeechAct.DENY and not _is_unwell(words)
        denies = denied or _denies(words, only_alone=correcting)
        if act is SpeechAct.UNSURE and not denies:
            return _unsure(question, wording)
        if denies:
            return _denied(question, history)
        if question.no and _denies_most(question, reading):
            return _denied(question, history)
        agrees = {word.norm for word in words} <= _AGREEING
        calmly = _reassures(question, words, reading) and not {word.norm for word in words} & _YES
        if act is SpeechAct.AFFIRM and question.positive and not (agrees or calmly):
            return _affirmed(question, wording)
        answers = act not in (SpeechAct.CORRECT, SpeechAct.REQUEST)
        may_be_calm = question.no and not question.takes_any and answers and sounds_harmless
        if may_be_calm and says_all_is_well(text, reading, question.fills):
            return _denied(question, history)
        # "I only shiver in the freezer": the causes of all that it tells are known.
        calms = _reassures(question, words, reading) or explains_away(reading, question.fills)
        if question.no and answers and calms:
            if question.urgent and wording is None:
                return Answer({}, answered=False, wording=Wording.AGAIN)
            return _denied(question, history)
        tells = any(
            item.assertion is Assertion.PRESENT and item.attribute not in _HOW_AND_WHEN
            for item in reading.findings
        )
        # What sounds like no sign answers a list of signs, too: "hot flushes, for years".
        lists = bool(question.positive and reading.findings) and sounds_harmless
        lists = lists and not question.urgent
        worded = any(not word.norm.isdigit() for word in words)  # "5" answers another question
        said = (question.takes_any or lists) and act is SpeechAct.OTHER and worded
        said = said and not (tells and question.positive)  # "tingling" is of another question
        return Answer({}, answered=False, unsure=said)


def _unsure(question: Question, wording: Wording | None) -> Answer:
    if question.urgent and wording is None:
        return Answer({}, answered=False, wording=Wording.AGAIN)
    if question.yes and wording is Wording.WHICH:
        return Answer(dict(question.yes), answered=True)
    return Answer(dict(question.unsure), answered=bool(question.unsure), unsure=True)


def _denied(question: Question, history: History) -> Answer:
    """A "no" to a question that no cannot answer means "I'd rather not say"."""
    if not question.no:
        return Answer({}, answered=False, unsure=True)
    return Answer(_unknown_only(question.no, history, keep=question.id), answered=True)


def _affirmed(question: Question, wording: Wording | None) -> Answer:
    if wording is not Wording.WHICH:
        return Answer({}, answered=False, wording=Wording.WHICH)
    return Answer(dict(question.yes), answered=bool(question.yes), unsure=not question.yes)


def _read_question(entry: Any, path: Path, attributes: AttributeCatalogue) -> Question:
    name = str(entry.get("id", "")) if isinstance(entry, dict) else ""
    if name not in attributes:
        raise DataFileError(path, name or str(entry)[:40], "the id must be an attribute")
    only_if = entry.get("only_if")
    try:
        condition = None if only_if is None else compile_condition(only_if, attributes)
    except ConditionError as error:
        raise DataFileError(path, f"{name}.only_if", str(error)) from error
    question = Question(
        id=name,
        importance=int(entry.get("importance", 1)),
        fills=tuple(entry.get("fills", (name,))),
        positive=entry.get("positive"),
        options={str(title).lower(): sets for title, sets in entry.get("options", {}).items()},
        no=entry.get("no", {}),
        unsure=entry.get("unsure", {}),
        yes=entry.get("yes", {}),
        urgent=bool(entry.get("urgent", False)),
        takes_any=bool(entry.get("takes_any", False)),
        settled_by_denials=int(entry.get("settled_by_denials", 0)),
        of_a_child=bool(entry.get("of_a_child", False)),
        part_of=entry.get("part_of"),
        only_if=condition,
        on_doubt=bool(entry.get("on_doubt", False)),
    )
    for sets in (*question.options.values(), question.no, question.unsure, question.yes):
        for attribute, value in sets.items():
            for item in value if isinstance(value, list) else [value]:
                try:
                    attributes.check(attribute, item)
                except ValueError as error:
                    raise DataFileError(path, name, str(error)) from error
    return question


def _chosen_options(question: Question, text: str) -> list[Mapping[str, Any]]:
    """Find the buttons whose titles the message is made of (a checklist sends several)."""
    whole = text.strip().lower().rstrip(".")
    if whole in question.options:
        return [question.options[whole]]
    if (place := _place(whole)) is not None:
        options = list(question.options.values())
        return [options[place]] if place < len(options) else []
    parts = [part.strip().rstrip(".") for part in whole.split(". ")]
    if len(parts) > 1 and all(part in question.options for part in parts):
        return [question.options[part] for part in parts]
    return []


def _place(text: str) -> int | None:
    """Return which of the buttons "the second one" or "number 2" means, or None; -1 is the last."""
    match = _ORDINAL.match(text.strip().lower().rstrip("."))
    if match is None:
        return None
    if match["number"]:
        number = match["number"]
        return int(number) - 1 if number.isdigit() else _NUMBERS.index(number)
    if match["place"] == "last":
        return -1
    places = _PLACES if match["place"] in _PLACES else _SHORT_PLACES
    return places.index(match["place"])


def _joined(
    question: Question, chosen: list[Mapping[str, Any]], history: History
) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for sets in chosen:
        for name, value in sets.items():
            if isinstance(value, list):
                said = changes.get(name, history.get(name)) or []
                changes[name] = [*said, *(item for item in value if item not in said)]
            else:
                changes[name] = value
    if question.positive and question.id not in changes:
        changes[question.id] = question.positive
    if changes.get(question.id) == "clear":
        changes = {**_unknown_only(question.no, history, keep=question.id), **changes}
    return changes


def _unknown_only(sets: Mapping[str, Any], history: History, keep: str) -> dict[str, Any]:
    """A "no" to a checklist never takes back what was said before."""
    return {
        name: value for name, value in sets.items() if name == keep or history.get(name) is None
    }


def _number(question_id: str, text: str) -> float | None:
    """Read "6", "about 50", "9, I can't sleep" as the answer to a question for a number."""
    if question_id not in ("severity", "age_band"):
        return None
    words = split_words(text)
    numbers: list[float] = []
    for index, word in enumerate(words):
        read = None if word.norm in ("a", "an", "half") else number_at(words, index)
        if read is None:
            continue
        value, after = read
        unit = words[after].norm if after < len(words) else ""
        if word.norm == "one" and index and words[index - 1].norm not in _BEFORE_ONE:
            continue  # "my right one"
        if numbers and (words[index - 1].norm == "of" or text[word.start - 1] == "/"):
            continue  # the ten of "47 out of 10"
        if question_id == "severity" and unit in _UNITS:
            continue
        if numbers and unit in _COUNTED:
            continue  # "2, ran 8 miles today"
        if numbers and is_said_by_others(words, index):
            continue  # "a 3, though my wife says I moan like it's a 10"
        if len(words) <= _LONGEST_NUMBER or index <= 1:
            numbers.append(float(value))
    if not numbers:
        return None
    if question_id == "age_band":
        return numbers[0]
    return max((number for number in numbers if number <= 10), default=numbers[0])


def _value_of(question_id: str, number: float) -> Any:
    """Return what a number means, or None where it cannot be."""
    if question_id == "severity":
        return number if 0 <= number <= 10 else None
    return age_band(number) if 0 < number <= _OLDEST else None


def _in_words(question_id: str, number: Any, reading: Reading, history: History) -> dict[str, Any]:
    """Let a number below "strong" say how bad it is where "agony" was said before.

    Words only stand in for the number. Source: clinical basis, section 2.2.
    """
    said_before = history.get(_WORDS) is not None and not any(
        item.attribute == _WORDS for item in reading.findings
    )
    replaces = question_id == "severity" and said_before and number < _STRONG
    return {_WORDS: None} if replaces else {}


def _denies(words: list[Word], *, only_alone: bool) -> bool:
    """Tell whether a message begins with a no, or a sentence of it is nothing but a no."""
    if not words or _is_unwell(words):
        return False
    starts = [0, *(i for i, word in enumerate(words) if i and word.break_before == SENTENCE_END)]
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        alone = end == start + 1 or words[start + 1].break_before != NO_BREAK
        if words[start].norm in _NOES - {"not"} and (alone or start == 0) and not only_alone:
            return True
        rest = {word.norm for word in words[start + 1 : end]}
        if words[start].norm in _NOES and len(rest) <= 1 and rest <= _AFTER_NO:
            return True
    if only_alone:
        return False
    opening = (words[0].norm, words[1].norm if len(words) > 1 else "")
    return opening in {("not", "really"), ("dont", "think"), ("not", "that")}


def _denied_values(reading: Reading, attribute: str) -> set[Any]:
    return {
        finding.value
        for finding in reading.findings
        if finding.attribute == attribute and finding.assertion is Assertion.ABSENT
    }


def reassures(text: str) -> bool:
    """Tell whether a short answer about a warning sign says that something is all right.

    Args:
        text: The answer.
    """
    words = split_words(text)
    return _is_calm(words) and bool({word.norm for word in words} & _REASSURING)


def denies(text: str) -> bool:
    """Tell whether an answer begins with a no, or a sentence of it is nothing but a no.

    Args:
        text: The answer.
    """
    return _denies(split_words(text), only_alone=False)


def opens_with_no(text: str) -> bool:
    """Tell whether an answer's first word is a "no" with a pause after it.

    Args:
        text: The answer, as "no, never me"; "no appetite" is another matter.
    """
    words = split_words(text)
    is_no = bool(words) and words[0].norm in _PLAIN_NOES
    return is_no and (len(words) == 1 or words[1].break_before != NO_BREAK)


def is_calming(words: Iterable[str]) -> bool:
    """Tell whether one of some normalised words says that something is all right or as ever."""
    return not (_REASSURING - _LIMITING | _UNCHANGED | _WORKS_WELL).isdisjoint(words)


def is_unchanged(words: Iterable[str]) -> bool:
    """Tell whether one of some normalised words says that it was always so."""
    return not _AS_EVER.isdisjoint(words)


def explains_away(reading: Reading, asked: Collection[str]) -> bool:
    """Tell whether an answer to "is this true for you now?" leaves nothing of what was asked.

    What it tells of that is denied, over, old and unchanged, or has a harmless cause.

    Args:
        reading: What the answer says.
        asked: The attributes that the question is about.
    """
    told = {item.assertion for item in reading.findings if item.attribute in asked}
    return bool(told) and told <= {Assertion.ABSENT, Assertion.PAST, Assertion.EXPLAINED}


def leaves_open(reading: Reading, asked: Collection[str]) -> bool:
    """Tell whether an answer says that something asked about is so, or may be.

    Args:
        reading: What the answer says.
        asked: The attributes that the question is about.
    """
    return any(
        item.attribute in asked and item.assertion in (Assertion.PRESENT, Assertion.POSSIBLE)
        for item in reading.findings
    )


def says_all_is_well(text: str, reading: Reading, asked: Collection[str]) -> bool:
    """Tell whether a longer answer that sounds harmless denies what was asked.

    "Bright light's fine, arms are fine" and "the same for sixteen years" begin with no "no".

    Args:
        text: The answer.
        reading: What it says.
        asked: The attributes that the question is about.
    """
    words = split_words(text)
    if leaves_open(reading, asked) or len(words) <= _FEW or any(word.question for word in words):
        return False
    if _is_unwell(words):
        return False
    calming = is_calming(word.norm for word in words)
    return calming or any(_denied_values(reading, name) for name in asked)


def opens_calmly(text: str, reading: Reading, asked: Collection[str]) -> bool:
    """Tell whether an answer to "is this true for you now?" begins with "fine" and tells no sign.

    Args:
        text: The answer, as "fine, eating well".
        reading: What it says.
        asked: The attributes that the question is about.
    """
    tells = any(
        item.attribute in asked and item.assertion is not Assertion.ABSENT
        for item in reading.findings
    )
    words = split_words(text)
    return not tells and _is_calm(words) and _opening_is_sound(words)


def confirming_act(text: str, act: SpeechAct) -> SpeechAct:
    """Return what an answer to "is this true for you now?" does; too much hangs on a guess.

    Args:
        text: The answer.
        act: What the intent classifier says that it does.
    """
    words = split_words(text)
    norms = {word.norm for word in words}
    if leaves_unsaid(text):
        return SpeechAct.OTHER
    if _is_all_calm(words):
        return SpeechAct.DENY  # "fine", "both normal" to the question about a sign
    says_yes = bool(norms & _YES)
    if act is SpeechAct.DENY and _is_unwell(words):
        return SpeechAct.OTHER  # "not good"
    if act is SpeechAct.AFFIRM and _says_fine_after_yes(words):
        return SpeechAct.OTHER  # "aye, fine" says neither
    if act is SpeechAct.OTHER and _denies(words, only_alone=False):
        return SpeechAct.DENY
    if act is SpeechAct.AFFIRM and not says_yes:
        # "It works perfectly normally" and "fine, just frazzled" are no yes to a warning sign.
        calm = bool(norms & _SOUND) and not _confirms(words)
        return SpeechAct.OTHER if calm or len(words) > _SHORT_YES else act
    return act


def leaves_unsaid(text: str) -> bool:
    """Tell whether an answer about a sign is neither a yes nor a no: "ok", "alright then".

    Args:
        text: The answer.
    """
    norms = {word.norm for word in split_words(text)}
    return bool(norms & _OPEN - {"all", "right"} or norms == {"all", "right"}) and (
        norms <= _OPEN | _BESIDE_OPEN
    )


def _is_all_calm(words: list[Word]) -> bool:
    """Tell whether an answer says that all is well, and nothing else: "very well, thanks"."""
    norms = {word.norm for word in words}
    well = any(
        after.norm == "well" and word.norm not in ("as", "well") for word, after in pairwise(words)
    )
    return (bool(norms & _SOUND) or well) and norms <= _SOUND | _ABOUT_SOUND | {"well"}


def _says_fine_after_yes(words: list[Word]) -> bool:
    """Tell whether a "yes" only leads to "fine": "aye fine, just frazzled", no "yes, I did"."""
    norms = {word.norm for word in words}
    return bool(words) and words[0].norm in _YES and bool(norms & _SOUND) and not _confirms(words)


def agrees(text: str) -> bool:
    """Tell whether the words of an answer to an offer say yes: "yes please", "ok", "go on".

    Args:
        text: The answer.
    """
    words = split_words(text)
    return not words or any(word.norm in _YES | _AGREEING | _GOING_ON for word in words)


def goes_on_after_a_no(text: str) -> bool:
    """Tell whether an answer may say something else than its "no": "not pain, but no air".

    Args:
        text: An answer that denies something.
    """
    words = split_words(text)
    turns = (i for i, word in enumerate(words) if i and word.norm in _TURNS | _LIMITING)
    return any(len(words) - index > _AFTER_A_TURN for index in turns)


def says_yes_and_fine(text: str) -> bool:
    """Tell whether a "yes" only leads to "fine", which is neither a yes nor a no.

    Args:
        text: The answer, as "aye, fine"; "yes, fine, I did" is a yes.
    """
    return _says_fine_after_yes(split_words(text))


def is_calm_after_yes(text: str) -> bool:
    """Tell whether a "yes" opens an answer that says what is fine, or what it only is.

    Args:
        text: The answer, as "yes I'm fine" or "aye fine, just frazzled"; "yes, fine" is too little.
    """
    words = split_words(text)
    if not (_is_calm(words) and _says_fine_after_yes(words)):
        return False
    calm = next(index for index, word in enumerate(words) if word.norm in _SOUND)
    names = any(word.norm in _MINE for word in words[:calm])
    return names or any(word.norm in _LIMITING for word in words[calm:])


def _confirms(words: list[Word]) -> bool:
    """Tell whether an answer says that something is so: "I did", "it is, yes"."""
    return any(
        (word.norm, after.norm) in _CONFIRMING
        and (
            index + 2 == len(words)
            or words[index + 2].break_before != NO_BREAK
            or words[index + 2].norm not in _WELL | _ABOUT_SOUND
        )
        for index, (word, after) in enumerate(pairwise(words))
    )


def _denies_most(question: Question, reading: Reading) -> bool:
    """Read "light's fine, no headache, no temperature, never fell" as a no to a whole list."""
    denied = {i.attribute for i in reading.findings if i.assertion is Assertion.ABSENT}
    # What has a harmless cause is asked about by itself; the rest of the list is answered.
    uncertain = any(
        item.assertion is Assertion.POSSIBLE
        for item in reading.findings
        if item.attribute in question.fills
    )
    about = len(denied & set(question.fills)) > 1
    return about and len(denied) >= _DENIED_SIGNS and not uncertain


def _reassures(question: Question, words: list[Word], reading: Reading) -> bool:
    """Tell whether a short answer to a checklist says that something is all right."""
    if not _is_calm(words):
        return False
    if not question.urgent and question.positive is None and _opening_is_sound(words):
        told = {item.attribute for item in reading.findings if item.assertion.is_uncertain}
        return told.isdisjoint(question.fills)
    calming = {word.norm for word in words} & (_REASSURING | _WORKS_WELL)
    tells = any(item.assertion is Assertion.PRESENT for item in reading.findings)
    if tells and calming <= _LIMITING:
        calming = set()  # "just tingling" tells of another question's sign and denies none
    return bool(calming) or any(_denied_values(reading, name) for name in question.fills)


def _opening_is_sound(words: list[Word]) -> bool:
    """Tell whether an answer says before its first pause that all is well: "steady, I paint"."""
    end = next(
        (i for i, word in enumerate(words) if i and word.break_before != NO_BREAK), len(words)
    )
    opening = {word.norm for word in words[:end]}
    return bool(opening & _WELL) and opening <= _WELL | _ABOUT_SOUND


def _is_calm(words: list[Word]) -> bool:
    asks = any(word.question for word in words)
    turns = {word.norm for word in words} & _TURNS
    long = len(words) > _LONGEST_REASSURANCE
    return not (asks or turns or long or _is_unwell(words))


def _is_unwell(words: list[Word]) -> bool:
    """Tell whether an answer begins with "not good": that denies nothing."""
    if not words or words[0].norm != "not":
        return False
    rest = takewhile(lambda word: word.break_before == NO_BREAK, words[1:])
    said = next((word.norm for word in rest if word.norm not in _HOW_WELL), "")
    return said in _WELL
