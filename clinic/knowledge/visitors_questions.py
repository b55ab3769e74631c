"""Read how visitors ask for a topic or a side of it: what the matching learns from.

They are kept beside the topics, in `data/knowledge/questions/`, so that a clinician reads the
texts without wading through hundreds of questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml

# The key of the questions that ask for the topic as a whole.
WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class VisitorsQuestions:
    """The questions of one topic.

    Attributes:
        whole: What asks for the topic as a whole.
        sides: What asks for one aspect of it, by its name.
    """

    whole: tuple[str, ...]
    sides: Mapping[str, tuple[str, ...]]


def load_questions(
    folder: Path, aspects: Mapping[str, Mapping[str, str]]
) -> dict[str, VisitorsQuestions]:
    """Read every file of a folder; none is needed.

    Args:
        folder: The folder `questions` of the knowledge base.
        aspects: The aspects of each topic, by topic id.

    Returns:
        The questions by topic id.

    Raises:
        DataFileError: A topic or an aspect is unknown, or a question stands under two of them.
    """
    found: dict[str, VisitorsQuestions] = {}
    places: dict[str, tuple[str, str]] = {}
    for path in sorted(folder.glob("*.yml")):
        for topic, side, question in _read(path):
            if topic not in aspects:
                raise DataFileError(path, topic, "is no topic of the knowledge base")
            if side != WHOLE and side not in aspects[topic]:
                raise DataFileError(path, f"{topic}.{side}", "is no aspect of the topic")
            place = places.setdefault(_folded(question), (topic, side))
            if place != (topic, side):
                other = ".".join(place)
                raise DataFileError(path, f"{topic}.{side}", f"{question!r} is under {other} too")
            known = found.get(topic, VisitorsQuestions((), {}))
            found[topic] = _with(known, side, question)
    return found


def _read(path: Path) -> Iterator[tuple[str, str, str]]:
    raw = load_yaml(path)
    if not isinstance(raw, dict):
        raise DataFileError(path, "", "must hold topic ids")
    for topic, sides in raw.items():
        if not isinstance(sides, dict):
            raise DataFileError(path, str(topic), f"must hold aspects, or {WHOLE}")
        for side, questions in sides.items():
            yield from ((str(topic), str(side), text) for text in _texts(questions, topic, path))


def _texts(questions: Any, topic: str, path: Path) -> list[str]:
    if not isinstance(questions, list) or not all(isinstance(text, str) for text in questions):
        raise DataFileError(path, str(topic), "must hold lists of questions")
    return questions


def _folded(question: str) -> str:
    return " ".join(question.lower().split()).strip("?.! ")


def _with(known: VisitorsQuestions, side: str, question: str) -> VisitorsQuestions:
    if side == WHOLE:
        return VisitorsQuestions((*known.whole, question), known.sides)
    sides = {**known.sides, side: (*known.sides.get(side, ()), question)}
    return VisitorsQuestions(known.whole, sides)
