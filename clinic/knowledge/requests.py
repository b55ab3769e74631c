"""Understand what a question wants, in the light of what was explained before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clinic.knowledge.aspects import find_aspects
from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.mentions import find_topics
from clinic.knowledge.words import words_of

_MOST_TOPICS = 2
# Kinds of topics that are things to be done.
_MEANS = {"test", "treatment"}
# At this evidence a question without a name is no follow-up but about a topic of its own.
_SURE = 1.5
_FAIRLY_SURE = 1.25

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
_ORDINALS = {
    "first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "latter": 1, "third": 2, "3rd": 2,
    "fourth": 3, "4th": 3, "fifth": 4, "5th": 4, "last": -1,
}  # fmt: skip
_THING = r"(?:one|test|scan|option|treatment|condition|cause|thing|choice)"
_OTHER = re.compile(rf"\b(?:the|that) other(?: {_THING}\b|$)")
_NTH = re.compile(
    rf"\b(?:the|number) ({'|'.join(_ORDINALS)})(?: {_THING}\b|(?: please)?$| on the list)"
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
    r"|\bwhich one (?:is|are|would|should|do|does|shows?|takes?|hurts?|has)\b"
)
# "Which is better for a slipped disc?" chooses among what was told; the disc only says for what.
_CHOOSES_FOR = re.compile(
    rf"\b(?:which|what|whats)(?: {_THING}| of (?:them|these|those|the two))?"
    r" (?:is |s |are |would be |works? |shows? )*(?:the )?"
    r"(?:better|best|safer|quicker|faster|right|more useful)\b.* (?:for|if|with|after|in|to)\b"
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
        in_short: Whether the short text answers better than those sides.
    """

    text: str
    topics: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
    named: bool = False
    score: float = 0.0
    aspects: tuple[str, ...] = ()
    fact: str | None = None
    in_short: bool = False

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
        shown: Topics that were told or offered together, in their order.
    """

    last: str | None = None
    before: str | None = None
    aspects: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def other(self) -> str | None:
        """Return what "the other one" is: of two that were shown, the one not told last."""
        if len(self.shown) == 2 and self.last in self.shown:
            return next(topic for topic in self.shown if topic != self.last)
        return self.before


@dataclass(frozen=True)
class Request:
    """What to answer, and how.

    Attributes:
        manner: How.
        topics: What.
        aspects: The sides asked for.
        fact: A side that answers, although no word asks for it.
        in_short: Whether the short text is to be told beside the sides.
        own: For each topic with sides of its own, those.
    """

    manner: Manner
    topics: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    fact: str | None = None
    in_short: bool = False
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    if not memory.last and not asked.named and _MORE.search(text):
        return Request(Manner.NONE)  # "tell me more" before anything was told
    if _chooses(text, asked, memory, base):
        return Request(Manner.COMPARE, (str(memory.last), str(memory.before)))
    if memory.last and not asked.named:
        follow_up = _follow_up(text, memory, aspects, asked, base)
        if follow_up:
            return follow_up
    if about_last and memory.last:
        told = base.topic(memory.last)
        overview = base.rules.overviews.get(aspects[0])
        if overview and not any(base.side_of(told, name) for name in aspects):
            return Request(Manner.EXPLAIN, (overview,))  # "which tests" of what has none
        return Request(Manner.EXPLAIN, (memory.last,), aspects)
    if not asked.topics:
        return Request(Manner.MENU, asked.close) if asked.close else Request(Manner.NONE)
    if len(asked.topics) > 1:
        if _COMPARES.search(text):
            return Request(Manner.COMPARE, asked.topics[:_MOST_TOPICS])
        own = _sides_of_each(asked.text, base)
        return Request(Manner.EXPLAIN, asked.topics[:_MOST_TOPICS], aspects, own=own)
    topic = asked.topics[0]
    last = memory.last if memory.last != topic else None
    if last and asked.named and _alike(last, topic, base) and _sets_beside(text, memory):
        return Request(Manner.COMPARE, (last, topic))
    if base.topic(topic).is_overview and _LISTS.search(text):
        return Request(Manner.LIST, (topic,))
    if not aspects and asked.named and memory.last and _AND_WHAT_OF.search(text):
        return Request(Manner.EXPLAIN, (topic,), memory.aspects)
    # The overview of treatments is the answer to "what helps", not a topic with that side.
    aspects = tuple(name for name in aspects if base.rules.overviews.get(name) != topic)
    return Request(Manner.EXPLAIN, (topic,), aspects, asked.fact, asked.in_short)


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
    return bool(last) and any(
        kind.search(plain) for kind in (_MORE, _SOURCE, _OTHER, _NTH, _PREFERS)
    )


def _sides_of_each(text: str, base: KnowledgeBase) -> Mapping[str, tuple[str, ...]]:
    """Return what "what is a bone scan, and is massage safe" asks of each topic.

    Nothing where a part of the message asks for no side: "the risks of MRI and CT".
    """
    mentions = [mention for mention in find_topics(text, base) if not mention.is_weak]
    own: dict[str, tuple[str, ...]] = {}
    start = 0
    for mention, following in zip(mentions, [*mentions[1:], None], strict=True):
        end = len(text) if following is None else _parting(text, mention.end, following.start)
        sides = find_aspects(text[start:end], base)
        if not sides:
            return {}
        own[mention.topic_id] = tuple(name for name in sides if not base.aspects[name].is_weak)
        start = end
    return own


def _parting(text: str, first: int, last: int) -> int:
    """Return where, between two names, the second part of a message begins."""
    found = re.search(r"[,;.?]|\band\b|\bor\b", text[first:last].lower())
    return first + found.start() if found else last


def _follow_up(
    text: str, memory: Memory, aspects: tuple[str, ...], asked: Asked, base: KnowledgeBase
) -> Request | None:
    last = str(memory.last)
    if asked.score < _SURE and _SOURCE.search(text):
        return Request(Manner.SOURCE, (last,))
    if nth := _NTH.search(text):
        place = _ORDINALS[nth.group(1)]
        if -1 <= place < len(memory.shown):
            return Request(Manner.EXPLAIN, (memory.shown[place],), aspects or memory.aspects)
    if _OTHER.search(text):
        if memory.other:
            return Request(Manner.EXPLAIN, (memory.other,), aspects or memory.aspects)
        return Request(Manner.MENU, base.topic(last).related)
    if memory.before and _PREFERS.search(text):
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


def _chooses(text: str, asked: Asked, memory: Memory, base: KnowledgeBase) -> bool:
    """Tell whether "which is better for a slipped disc?" asks about the two told before."""
    if not (memory.last and memory.before and _CHOOSES_FOR.search(text)):
        return False
    names_another = asked.named and _alike(memory.last, asked.topics[0], base)
    return _alike(memory.last, memory.before, base) and not names_another


def _alike(a: str, b: str, base: KnowledgeBase) -> bool:
    """Tell whether two topics can be set beside each other: two tests, or a test and a treatment.

    An MRI and a slipped disc cannot.
    """
    kinds = {base.topic(a).kind, base.topic(b).kind}
    return len(kinds) == 1 or kinds <= _MEANS or not kinds & _MEANS


def _sets_beside(text: str, memory: Memory) -> bool:
    return bool(
        re.search(r"\b(?:vs|versus|better|compared?|differ\w*|than|same as|instead of|or)\b", text)
    ) and bool(_GOES_ON.search(text) or memory.last)
