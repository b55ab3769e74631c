"""A finding: something that a message says about the pain, and how it says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Assertion(StrEnum):
    """Whether a finding is said to be so, now, of the person with the pain.

    A possible finding may be so; an explained one is so, but has a harmless cause ("legs like jelly
    from leg day"), so that it only counts where a yes to the question about it says more.
    """

    PRESENT = "present"
    ABSENT = "absent"
    POSSIBLE = "possible"
    EXPLAINED = "explained"
    PAST = "past"
    OTHER_PERSON = "other_person"
    HYPOTHETICAL = "hypothetical"
    ASKED = "asked"

    @property
    def is_uncertain(self) -> bool:
        """Whether only the answer to a question tells if it counts for an emergency."""
        return self in (Assertion.POSSIBLE, Assertion.EXPLAINED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one message.

    Attributes:
        attribute: Attribute of the history.
        value: Its value.
        assertion: How it is said.
        start: Offset of the first character in the message.
        end: Offset after the last character.
    """

    attribute: str
    value: Any
    assertion: Assertion
    start: int
    end: int

    def as_entity(self, text: str) -> dict[str, Any]:
        """Return the finding as a Rasa entity.

        Args:
            text: The message.
        """
        return {
            "entity": self.attribute,
            "value": self.value,
            "assertion": self.assertion.value,
            "start": self.start,
            "end": self.end,
            "text": text[self.start : self.end],
            "confidence_entity": 1.0,
        }

    @classmethod
    def from_entity(cls, entity: dict[str, Any]) -> Finding:
        """Read a finding back from the entity that `as_entity` made."""
        return cls(
            attribute=entity["entity"],
            value=entity["value"],
            assertion=Assertion(entity["assertion"]),
            start=int(entity["start"]),
            end=int(entity["end"]),
        )
