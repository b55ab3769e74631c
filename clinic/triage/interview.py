"""The short interview: which question comes next, and what an answer to it means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.history.attributes import AttributeCatalogue
from clinic.history.measures import age_band, number_at
from clinic.history.reader import Reading
from clinic.history.words import split_words
from clinic.triage.conditions import History


class SpeechAct(StrEnum):
    """What a short answer does, as far as the intent tells."""

    AFFIRM = "affirm"
    DENY = "deny"
    UNSURE = "unsure"
    CORRECT = "correct_answer"
    OTHER = "other"


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
    """

    id: str
    importance: int
    fills: tuple[str, ...]
    positive: str | None
    options: Mapping[str, Mapping[str, Any]]
    no: Mapping[str, Any]
    unsure: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer means.

    Attributes:
        changes: New values of attributes.
        answered: Whether the question is settled.
        unsure: Whether the patient does not know.
    """

    changes: Mapping[str, Any]
    answered: bool
    unsure: bool = False


class Interview:
    """The questions in the order of asking.

    Args:
        questions: The questions.
        most_questions: How many may be asked at most.
    """

    def __init__(self, questions: tuple[Question, ...], most_questions: int) -> None:
        self.questions = questions
        self.most_questions = most_questions
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
        return cls(questions, int(data.get("most_questions", 8)))

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
            if history.get(question.id) is None and question.id not in skipped
        ]
        budget = max(self.most_questions - asked, 0)
        if len(still) > budget:
            kept = sorted(still, key=lambda question: -question.importance)[:budget]
            still = [question for question in still if question in kept]
        return still

    def is_option(self, question_id: str, text: str) -> bool:
        """Tell whether a message is made of the question's own button titles."""
        return bool(_chosen_options(self._by_id[question_id], text))

    def read_answer(
        self, question_id: str, text: str, reading: Reading, act: SpeechAct, history: History
    ) -> Answer:
        """Read a message against the question that was asked.

        Args:
            question_id: The question.
            text: The message.
            reading: The findings in it, already merged into `history`.
            act: What the intent classifier says that it does.
            history: The history after those findings.
        """
        question = self._by_id[question_id]
        chosen = _chosen_options(question, text)
        if chosen:
            return Answer(_joined(question, chosen, history), answered=True)
        if history.get(question.id) is not None:
            return Answer({}, answered=True)
        bare = _bare_number(question.id, text)
        if bare is not None:
            return Answer({question.id: bare}, answered=True)
        if any(reading.present(name) for name in question.fills):
            changes = {question.id: question.positive} if question.positive else {}
            return Answer(changes, answered=bool(question.positive))
        if act is SpeechAct.UNSURE:
            return Answer(dict(question.unsure), answered=bool(question.unsure), unsure=True)
        # "No wait, the left side" corrects an earlier answer and denies nothing.
        denies = act is SpeechAct.DENY or (
            act is not SpeechAct.CORRECT and _starts_with_no(reading)
        )
        if question.no and denies:
            return Answer(_unknown_only(question.no, history, keep=question.id), answered=True)
        return Answer({}, answered=False)


def _read_question(entry: Any, path: Path, attributes: AttributeCatalogue) -> Question:
    name = str(entry.get("id", "")) if isinstance(entry, dict) else ""
    if name not in attributes:
        raise DataFileError(path, name or str(entry)[:40], "the id must be an attribute")
    question = Question(
        id=name,
        importance=int(entry.get("importance", 1)),
        fills=tuple(entry.get("fills", (name,))),
        positive=entry.get("positive"),
        options={str(title).lower(): sets for title, sets in entry.get("options", {}).items()},
        no=entry.get("no", {}),
        unsure=entry.get("unsure", {}),
    )
    for sets in (*question.options.values(), question.no, question.unsure):
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
    parts = [part.strip().rstrip(".") for part in whole.split(". ")]
    if len(parts) > 1 and all(part in question.options for part in parts):
        return [question.options[part] for part in parts]
    return []


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


def _bare_number(question_id: str, text: str) -> Any:
    """Read "6", "about 50" as the answer to a question for a number."""
    words = split_words(text)
    if question_id not in ("severity", "age_band") or not 0 < len(words) <= 6:
        return None
    numbers = [
        read[0]
        for index, word in enumerate(words)
        if word.norm not in ("a", "an", "half") and (read := number_at(words, index)) is not None
    ]
    if not numbers:
        return None
    if question_id == "severity":
        fitting = [number for number in numbers if 0 <= number <= 10]
        return max(fitting) if fitting else None
    years = [number for number in numbers if 0 < number <= 120]
    return age_band(years[0]) if years else None


def _starts_with_no(reading: Reading) -> bool:
    return bool(reading.words) and (
        reading.words[0] in {"no", "nope", "nah", "none", "nothing", "neither", "negative", "never"}
        or reading.words[:2] in {("not", "really"), ("dont", "think"), ("not", "that")}
    )
