"""Name conditions that can cause symptoms like those told, as information and no diagnosis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, ValidationError

from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError, load_yaml
from clinic.history.attributes import AttributeCatalogue
from clinic.knowledge.base import KnowledgeBase, get_knowledge
from clinic.triage.conditions import Condition, ConditionError, History, compile_condition

_FILE = Path(__file__).resolve().parents[2] / "data" / "knowledge" / "possibilities.yml"
_ALWAYS = "always"


class _Group(BaseModel):
    id: str
    when: Any
    topics: list[str]
    tests: list[str]

    class Config:
        extra = Extra.forbid


class _File(BaseModel):
    intro: str
    tests: str
    end: str
    reviewed: date
    status: Literal["awaiting clinical review", "clinically reviewed"]
    groups: list[_Group]

    class Config:
        extra = Extra.forbid


@dataclass(frozen=True)
class Possibilities:
    """What can cause symptoms like these.

    Attributes:
        text: The words for the visitor.
        topics: The ids named, in the order of the text.
    """

    text: str
    topics: tuple[str, ...]


class PossibilityRules:
    """The groups of possibilities.yml.

    Args:
        content: The file, validated.
        conditions: One condition a group.
        base: Where the topics are.
    """

    def __init__(self, content: _File, conditions: list[Condition], base: KnowledgeBase) -> None:
        self._content = content
        self._conditions = conditions
        self._base = base

    @classmethod
    def load(
        cls, attributes: AttributeCatalogue, base: KnowledgeBase, path: Path = _FILE
    ) -> PossibilityRules:
        """Read and validate the file.

        Args:
            attributes: The attributes that conditions may name.
            base: The topics that groups may name.
            path: The file.

        Raises:
            DataFileError: Something in it is wrong; the message names entry and field.
        """
        try:
            content = _File.parse_obj(load_yaml(path))
        except ValidationError as error:
            first = error.errors()[0]
            raise DataFileError(path, ".".join(map(str, first["loc"])), first["msg"]) from error
        conditions: list[Condition] = []
        for group in content.groups:
            for topic in (*group.topics, *group.tests):
                if topic not in base.topics:
                    raise DataFileError(path, group.id, f"{topic} is no topic")
            try:
                conditions.append(_condition(group.when, attributes))
            except ConditionError as error:
                raise DataFileError(path, f"{group.id}.when", str(error)) from error
        return cls(content, conditions, base)

    def possible(self, history: History) -> Possibilities:
        """Return what can cause symptoms like those of a history.

        Args:
            history: Attribute values, as the slots hold them.
        """
        fitting = [
            group
            for group, holds in zip(self._content.groups, self._conditions, strict=True)
            if holds(history)
        ]
        topics = self._sorted({topic for group in fitting for topic in group.topics})
        tests = dict.fromkeys(test for group in fitting for test in group.tests)
        named = "\n".join(f"- {self._base.topic(topic).title}" for topic in topics)
        used = ", ".join(_in_a_sentence(self._base.topic(test).title) for test in tests)
        text = "\n\n".join(
            (self._content.intro, named, self._content.tests.replace("{tests}", used))
        )
        review = (
            f"Source: the topics named. Reviewed {self._content.reviewed}, {self._content.status}."
        )
        return Possibilities(f"{text}\n\n{self._content.end}\n\n{review}", tuple(topics))

    def _sorted(self, topics: set[str]) -> list[str]:
        return sorted(topics, key=lambda topic: self._base.topic(topic).title.lower())


def _condition(when: Any, attributes: AttributeCatalogue) -> Condition:
    if when == _ALWAYS:
        return lambda history: True
    return compile_condition(when, attributes)


def _in_a_sentence(title: str) -> str:
    first, _, rest = title.partition(" ")
    return title if first.isupper() or "-" in first else f"{first.lower()} {rest}".strip()


@lru_cache(maxsize=1)
def get_possibilities() -> PossibilityRules:
    """Return the project's own rules, loaded once.

    Raises:
        DataFileError: Something in a file is wrong.
    """
    return PossibilityRules.load(get_clinical_data().attributes, get_knowledge())
