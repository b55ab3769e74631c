"""Tell which side of a topic a question asks about."""

from __future__ import annotations

import re
from functools import lru_cache

from clinic.knowledge.base import KnowledgeBase, get_knowledge
from clinic.knowledge.words import words_of

_GAP = "..."
_GAP_PATTERN = r"(?:\w+ ){0,6}?"


def find_aspect(text: str, base: KnowledgeBase | None = None) -> str | None:
    """Return the aspect a question asks about, such as `risks` for "is it dangerous?".

    The cue with the most words wins; among equals, the aspect that aspects.yml lists first. A weak
    aspect ("what is") gives way to any other.

    Args:
        text: What the visitor wrote.
        base: The knowledge base; by default the project's own.

    Returns:
        The id of an aspect, or None when no cue is in the text.
    """
    plain = "".join(f"{word} " for word, _, _ in words_of(text))
    for aspect_id, pattern in _cues(base or get_knowledge()):
        if pattern.search(plain):
            return aspect_id
    return None


@lru_cache(maxsize=4)
def _cues(base: KnowledgeBase) -> list[tuple[str, re.Pattern[str]]]:
    """Return every cue as a pattern over space-ended words, the first to try first."""
    weighed = [
        (aspect.is_weak, -len(cue.replace(_GAP, " ").split()), aspect.id, _pattern(cue))
        for aspect in base.aspects.values()
        for cue in aspect.cues
    ]
    weighed.sort(key=lambda cue: cue[:2])
    return [(aspect_id, pattern) for _, _, aspect_id, pattern in weighed]


def _pattern(cue: str) -> re.Pattern[str]:
    parts = ["".join(rf"{word} " for word, _, _ in words_of(part)) for part in cue.split(_GAP)]
    return re.compile(r"\b" + _GAP_PATTERN.join(parts))
