"""The simulated patient: answers what is asked, from the facts of the case, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.vignettes.cases import Case
from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError, load_yaml
from clinic.triage.second_look import SECOND_LOOK, in_question

_QUESTIONS = Path(__file__).with_name("questions.yml")


@dataclass(frozen=True, slots=True)
class Questions:
    """Which topics each question of Atlas is about.

    Attributes:
        interview: Topics by the slot that a question of the interview fills.
        confirmation: Topics by the attribute of a sign that Atlas wants confirmed, or by attribute
            and value ("systemic=weight_loss").
        open: Topics by a part of what Atlas says when no form is open.
        topics: All topics.
    """

    interview: Mapping[str, tuple[str, ...]]
    confirmation: Mapping[str, tuple[str, ...]]
    open: Mapping[str, tuple[str, ...]]
    topics: frozenset[str]

    @classmethod
    def load(cls, path: Path = _QUESTIONS) -> Questions:
        """Read `questions.yml`.

        Raises:
            DataFileError: A question names an unknown topic.
        """
        data = load_yaml(path)
        topics = frozenset(data["topics"])
        parts: dict[str, dict[str, tuple[str, ...]]] = {}
        for part in ("interview", "confirmation", "open"):
            parts[part] = {name: tuple(asked) for name, asked in data[part].items()}
            for name, asked in parts[part].items():
                if unknown := set(asked) - topics:
                    raise DataFileError(path, f"{part}.{name}", f"unknown: {sorted(unknown)}")
        return cls(parts["interview"], parts["confirmation"], parts["open"], topics)


class Patient:
    """One patient in one conversation.

    Args:
        case: What the patient knows.
        questions: What the questions are about.
    """

    def __init__(self, case: Case, questions: Questions) -> None:
        self._case = case
        self._questions = questions

    def answer(self, slots: Mapping[str, Any], form: str | None, text: str) -> str | None:
        """Answer what Atlas asks.

        Args:
            slots: The conversation's slots.
            form: The open form.
            text: What Atlas said last.

        Returns:
            The answer, or None when Atlas asks nothing that a patient could answer.
        """
        if slots.get("unconfirmed"):
            names = [item["attribute"] for item in slots["unconfirmed"]]
            return self._tell(
                [
                    topic
                    for name in names
                    for topic in self._questions.confirmation.get(str(name), ())
                ]
            )
        if form == "interview_form":
            question = str(slots.get("requested_slot"))
            if question == SECOND_LOOK:
                return self._tell(self._looked_at_again(slots))
            topics = self._questions.interview.get(question, ())
            if question == "age_band" and "age" not in self._case.facts and self._case.age:
                return str(self._case.age)
            return self._tell(topics)
        for part, topics in self._questions.open.items():
            if form is None and part in text.lower():
                return self._tell(topics)
        return None

    def _looked_at_again(self, slots: Mapping[str, Any]) -> list[str]:
        """Return the topics of what was noted in passing and is asked about once more."""
        data = get_clinical_data()
        history = {item.name: slots.get(item.name) for item in data.attributes}
        doubted = [(item["attribute"], item["value"]) for item in slots.get("doubted") or []]
        return [
            topic
            for name, value in in_question(history, doubted, data.rules)
            for topic in self._questions.confirmation.get(
                f"{name}={value}", self._questions.confirmation.get(name, ())
            )
        ]

    def _tell(self, topics: tuple[str, ...] | list[str]) -> str:
        told = [
            self._case.facts[topic] for topic in dict.fromkeys(topics) if topic in self._case.facts
        ]
        # Facts are sentences; who leaves out the full stop still pauses between two of them.
        ended = [fact if fact.rstrip()[-1:] in ".!?" else f"{fact}." for fact in told[:-1]]
        return " ".join([*ended, *told[-1:]]) or self._case.default_answer
