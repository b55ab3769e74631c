"""Cut topics into the passages that questions are held against."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clinic.knowledge.base import KnowledgeBase

NAME = "{name}"
# The aspect of a passage of the short text.
SHORT = ""

_SENTENCE_END = re.compile(r"(?<=[.?!]) ")


@dataclass(frozen=True)
class Passage:
    """A statement of a topic, or a question about it.

    Attributes:
        topic_id: The topic.
        aspect: The side of it that the sentence is about; empty for the topic as a whole.
        text: The sentence.
    """

    topic_id: str
    aspect: str
    text: str


def side_questions(base: KnowledgeBase) -> list[Passage]:
    """Return for each side of each topic how people ask for it: "how long does an mri take"."""
    return [
        Passage(topic.id, name, ask.replace(NAME, topic.names[0] if topic.names else topic.title))
        for topic in base.topics.values()
        for name in topic.aspects
        for ask in base.aspects[name].asks
    ]


def passages(base: KnowledgeBase) -> list[Passage]:
    """Return every sentence of the short texts and of the aspects, each as one passage."""
    return [
        Passage(topic.id, name, sentence)
        for topic in base.topics.values()
        for name, text in {SHORT: topic.short, **topic.aspects}.items()
        for sentence in _SENTENCE_END.split(text)
    ]
