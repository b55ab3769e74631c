"""Understand what a question wants, in the light of what was explained before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.words import words_of

_MOST_TOPICS = 2
# At this evidence a question without a name is no follow-up but about a topic of its own.
_SURE = 1.12
_FAIRLY_SURE = 0.95

_MORE = re.compile(
    r"\b(?:tell me more|more (?:about|details?|info\w*)|go on|explain more|say more|carry on)\b"
    r"|^(?:and )?more\b|^and$|^what else$|^continue$"
)
_SOURCE = re.compile(
    r"\b(?:where (?:is|does|did|do) (?:this|that|it|you|the info\w*)"
    r" (?:(?:information |info )?(?:come |comes )?from|get (?:this|that|it)|know)"
    r"|sources?|says who|who (?:says|said|wrote)|how do you know|according to (?:who|whom|what)"
    r"|references?|citations?|where did you (?:get|read|find)"
    r"|can i (?:trust|believe) (?:this|that))\b"
)
_OTHER = re.compile(
    r"\b(?:the|that) (?:other|first|second|former|latter) (?:one|test|scan|option)?"
)
_COMPARES = re.compile(
    r"\b(?:differences?|differ|differs|different|vs|versus|better|best|compared?|comparison|safer"
    r"|worse|prefer|instead of|rather than|which (?:one|of)|or|not|same as|than)\b"
)
_PREFERS = re.compile(
    r"\b(?:which|what|whats) (?:one )?(?:is |s |are )?(?:the )?"
    r"(?:better|best|safer|quicker|faster|right"
    r"|differences?)(?: (?:one|choice|option|for me|between (?:them|the two|these|those)"
    r"|of (?:the two|them|these|those)))?$"
    r"|\b(?:which|what) (?:one )?of (?:them|these|those|the two)\b"
    r"|\bcompare (?:them|those|these|both|the two)|\bhow do they (?:differ|compare)\b"
)
_LISTS = re.compile(
    r"\b(?:which|what|list|kinds?|types?|all|every|available|options|overview|any)\b"
)
_OTHERS = re.compile(
    r"\b(?:what|any|which|are there) (?:other|others|else|more)\b(?: (?:tests?|scans?|treatments?"
    r"|options?|conditions?|causes?|symptoms?|ones))?"
)
_GOES_ON = re.compile(
    r"^(?:and|what about|how about|but|also|so|or)\b|\b(?:it|its|that|this|they|them|one|those"
    r"|these|there)\b"
)
_AND_WHAT_OF = re.compile(r"^(?:and|what about|how about|or|same for)\b")


class Manner(StrEnum):
    """How a question is to be answered."""

    EXPLAIN = "explain"
    COMPARE = "compare"
    LIST = "list"
    MORE = "more"
    SOURCE = "source"
    MENU = "menu"
    NONE = "none"


@dataclass(frozen=True)
class Asked:
    """A message as the topic linker read it.

    Attributes:
        text: What the visitor wrote.
        topics: The topics it is about.
        close: Topics that may have been meant as well.
        named: Whether a topic is named outright.
        score: The evidence for the first topic.
        aspects: The sides that it asks for.
        fact: The side that answers best where the words do not tell.
    """

    text: str
    topics: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    named: bool = False
    score: float = 0.0
    aspects: tuple[str, ...] = ()
    fact: str | None = None

    @property
    def is_sure(self) -> bool:
        """Tell whether the message clearly is about its topic."""
        return self.named or self.score >= _FAIRLY_SURE


@dataclass(frozen=True)
class Memory:
    """What was explained before.

    Attributes:
        last: The topic explained last.
        before: The one before it, or the other of two that were compared.
        aspects: The sides of it that were asked for.
    """

    last: str | None = None
    before: str | None = None
    aspects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """What to answer, and how."""

    manner: Manner
    topics: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    fact: str | None = None


def understand(asked: Asked, memory: Memory, base: KnowledgeBase) -> Request:
    """Decide what a message wants explained.

    Args:
        asked: The message.
        memory: What was explained before.
        base: The knowledge base.

    Returns:
        The request; its manner is NONE where nothing fits.
    """
    text = " ".join(word for word, _, _ in words_of(asked.text))
    aspects = tuple(name for name in asked.aspects if not base.aspects[name].is_weak)
    about_last = _about_last(text, asked, memory, aspects)
    if memory.last and not asked.named:
        follow_up = _follow_up(text, memory, aspects, asked)
        if follow_up:
            return follow_up
    if about_last and memory.last:
        return Request(Manner.EXPLAIN, (memory.last,), aspects)
    if not asked.topics:
        return Request(Manner.MENU, asked.close) if asked.close else Request(Manner.NONE)
    if len(asked.topics) > 1:
        if _COMPARES.search(text):
            return Request(Manner.COMPARE, asked.topics[:_MOST_TOPICS])
        return Request(Manner.EXPLAIN, asked.topics[:_MOST_TOPICS], aspects)
    topic = asked.topics[0]
    if asked.named and memory.last not in (None, topic) and _sets_beside(text, memory):
        return Request(Manner.COMPARE, (str(memory.last), topic))
    if base.topic(topic).is_overview and _LISTS.search(text):
        return Request(Manner.LIST, (topic,))
    if not aspects and asked.named and memory.last and _AND_WHAT_OF.search(text):
        return Request(Manner.EXPLAIN, (topic,), memory.aspects)
    # The overview of treatments is the answer to "what helps", not a topic with that side.
    aspects = tuple(name for name in aspects if base.rules.overviews.get(name) != topic)
    return Request(Manner.EXPLAIN, (topic,), aspects, asked.fact)


def follows_up(text: str, last: str | None, aspects: tuple[str, ...]) -> bool:
    """Tell whether a message asks on about what was explained last.

    Args:
        text: What the visitor wrote.
        last: The topic explained last, if any.
        aspects: The sides that the message asks for.
    """
    return bool(last) and (any(name != "what" for name in aspects) or asks_on(text, last))


def asks_on(text: str, last: str | None) -> bool:
    """Tell whether a message can only be about what was explained: "where is this from?".

    Args:
        text: What the visitor wrote.
        last: The topic explained last, if any.
    """
    plain = " ".join(word for word, _, _ in words_of(text))
    return bool(last) and any(kind.search(plain) for kind in (_MORE, _SOURCE, _OTHER, _PREFERS))


def _follow_up(text: str, memory: Memory, aspects: tuple[str, ...], asked: Asked) -> Request | None:
    last = str(memory.last)
    if asked.score < _SURE and _SOURCE.search(text):
        return Request(Manner.SOURCE, (last,))
    if memory.before and _OTHER.search(text):
        return Request(Manner.EXPLAIN, (memory.before,), aspects or memory.aspects)
    if memory.before and asked.score < _SURE and _PREFERS.search(text):
        return Request(Manner.COMPARE, (last, memory.before))
    if asked.score < _SURE and _OTHERS.search(text) and not aspects:
        return Request(Manner.LIST, (last,))
    if not aspects and asked.score < _SURE and _MORE.search(text):
        return Request(Manner.MORE, (last,))
    return None


def _about_last(text: str, asked: Asked, memory: Memory, aspects: tuple[str, ...]) -> bool:
    """Tell whether a message without a name asks for a side of what was explained last."""
    if not memory.last or asked.named or not aspects:
        return False
    return asked.score < _SURE or bool(_GOES_ON.search(text) and len(text.split()) <= 6)


def _sets_beside(text: str, memory: Memory) -> bool:
    return bool(
        re.search(r"\b(?:vs|versus|better|compared?|differ\w*|than|same as|instead of|or)\b", text)
    ) and bool(_GOES_ON.search(text) or memory.last)
