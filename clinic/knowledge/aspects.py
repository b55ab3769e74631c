"""Tell which sides of a topic a question asks about."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from clinic.knowledge.base import KnowledgeBase, get_knowledge
from clinic.knowledge.words import fold_word, words_of

_GAP = "..."
_GAP_PATTERN = r"(?:\w+ ){0,6}?"
_MOST = 3
_CLAUSES = re.compile(r"[,;?!&]+|\.\s|\b(?:and|also|plus)\b")


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
    base = base or get_knowledge()
    plain = _plain(text, base)
    cues, places = _cues(base)
    # Few of the cues begin with a word of the text, and fewer still have their first words there.
    near = [place for word in {"", *plain.split()} for place in places.get(word, ())]
    for place in sorted(near):
        aspect_id, opening, pattern = cues[place]
        if opening in plain and pattern.search(plain):
            return aspect_id
    return None


def find_aspects(text: str, base: KnowledgeBase | None = None) -> tuple[str, ...]:
    """Return every aspect that a question asks about: "how long is it, and is it loud?" asks two.

    Only parts of the message that "and", a comma or a question mark set beside each other are
    read on their own.

    Args:
        text: What the visitor wrote.
        base: The knowledge base; by default the project's own.

    Returns:
        At most three ids, in the order of the text; the whole message's aspect where no two parts
        ask for different ones.
    """
    base = base or get_knowledge()
    whole = find_aspect(text, base)
    clauses = _CLAUSES.split(text.lower())
    if len(clauses) == 1:
        return (whole,) if whole else ()
    parts = [find_aspect(part, base) for part in clauses]
    asked = tuple(dict.fromkeys(part for part in parts if part and not base.aspects[part].is_weak))
    if len(asked) > 1:
        return asked[:_MOST]
    return (whole,) if whole else ()


@lru_cache(maxsize=4)
def _cues(
    base: KnowledgeBase,
) -> tuple[list[tuple[str, str, re.Pattern[str]]], dict[str, list[int]]]:
    """Return every cue as its first words and a pattern over space-ended words, best first.

    And which of them begin with a word; those that begin with a gap stand under "".
    """
    weighed = [
        (
            (aspect.is_weak, -len(cue.replace(_GAP, " ").split())),
            aspect.id,
            _plain(cue.split(_GAP)[0], base),
            re.compile(r"\b" + _GAP_PATTERN.join(_plain(part, base) for part in cue.split(_GAP))),
        )
        for aspect in base.aspects.values()
        for cue in aspect.cues
    ]
    weighed.sort(key=lambda cue: cue[0])
    cues = [(aspect_id, opening, pattern) for _, aspect_id, opening, pattern in weighed]
    places: dict[str, list[int]] = defaultdict(list)
    for place, (_, opening, _) in enumerate(cues):
        places[opening.partition(" ")[0]].append(place)
    return cues, dict(places)


def _plain(text: str, base: KnowledgeBase) -> str:
    """Write a text as folded words, each with a space after it."""
    return "".join(f"{fold_word(word, base.spellings)} " for word, _, _ in words_of(text))
