"""Find the side of a topic that a question asks for without naming it."""

from __future__ import annotations

from collections.abc import Mapping

from clinic.knowledge.base import KnowledgeBase, get_knowledge
from clinic.knowledge.linking import vocabulary
from clinic.knowledge.passages import SHORT

# How much likeness to the side's text, words shared with it, and the classifier of sides count
# beside likeness to the questions that ask for the side. Chosen on the topics' own `asks`, each
# fifth of them left out in turn: the side asked for is told for 85 in 100, with 59 words.
_TEXT = 0.3
_WORDS = 0.5
_LEARNED = 0.5
# So much nearer than the sides told must a sentence of the short text be for that to be told too.
# With these two, 8 facts of the questions in tests/nlu/questions are missing instead of 16, for
# 8 words more.
_SHORT_NEARER = 0.1
# How far a side may stand behind "what is it", which is told anyway, and behind a side that is
# asked for by name.
_BEHIND = 0.3
_BEHIND_NAMED = 0.3
_FIRST = "what"


def find_fact(
    text: str,
    topic_id: str,
    asks: Mapping[str, float],
    texts: Mapping[str, float],
    learned: Mapping[str, float],
    asked: tuple[str, ...],
    base: KnowledgeBase | None = None,
) -> str | None:
    """Return the aspect of a topic that says most about a question.

    "Is the tube tight?" names no aspect, and is answered by the one that speaks of the tunnel.

    Args:
        text: What the visitor wrote.
        topic_id: What the question is about.
        asks: For each aspect of the topic, how like the question is to those that ask for it, 0-1.
        texts: For each aspect, how like the question is to its text, 0-1.
        learned: For each aspect, how sure the classifier of sides is that it is asked for, 0-1.
        asked: The aspects that the question names.
        base: The knowledge base; by default the project's own.

    Returns:
        An aspect that is not among those asked for, or None where none stands out.
    """
    base = base or get_knowledge()
    topic = base.topic(topic_id)
    names = (topic.title, *topic.names, *topic.weak_names)
    weighed = {
        name: asks.get(name, 0.0)
        + _TEXT * texts.get(name, 0.0)
        + _LEARNED * learned.get(name, 0.0)
        + _WORDS * vocabulary(base).overlap(text, statement, beside=names)
        for name, statement in topic.aspects.items()
    }
    named = [
        side
        for name in asked
        if not base.aspects[name].is_weak
        for side in (name, *base.aspects[name].near)
        if side in weighed
    ]
    left = [name for name in weighed if name != _FIRST and name not in named]
    if not left:
        return None
    best = max(left, key=lambda name: weighed[name])
    against = max(weighed[name] for name in named or [_FIRST])
    behind = _BEHIND_NAMED if named else _BEHIND
    return best if weighed[best] > against - behind else None


def is_in_short(
    topic_id: str,
    texts: Mapping[str, float],
    asked: tuple[str, ...],
    fact: str | None,
    base: KnowledgeBase | None = None,
) -> bool:
    """Tell whether the short text of a topic answers a question better than the sides to be told.

    Args:
        topic_id: What the question is about.
        texts: For each aspect, and for the short text, how like the question is to it, 0-1.
        asked: The aspects that the question names.
        fact: The aspect that is told beside them, if any.
        base: The knowledge base; by default the project's own.
    """
    base = base or get_knowledge()
    topic = base.topic(topic_id)
    told = {base.side_of(topic, name) for name in asked} | {fact}
    nearest = max(texts.get(name, 0.0) for name in told if name) if any(told) else 1.0
    return texts.get(SHORT, 0.0) > nearest + _SHORT_NEARER
