"""Put an answer together from the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from clinic.knowledge.base import (
    EMERGENCY_NUMBER,
    OVERVIEW,
    KnowledgeBase,
    Picture,
    Source,
    Topic,
    UnknownTopicError,
    with_safety,
)

# How many aspects a comparison sets side by side; more would not be read in a chat.
_COMPARED_ASPECTS = 3
_FURTHER_ASPECTS = 4

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Answer:
    """What to say about a topic.

    Attributes:
        topic_id: The topic explained; for a comparison, the first of the two.
        text: The words for the visitor, paragraphs parted by an empty line.
        source_line: Where it comes from and how far it has been reviewed.
        related: Topics to offer next.
        links: Title and address of each source that has an address.
        pictures: Drawings that show it.
    """

    topic_id: str
    text: str
    source_line: str
    related: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...] = field(default=())


def answer(
    base: KnowledgeBase,
    topic_id: str,
    aspects: Sequence[str] = (),
    *,
    fact: str | None = None,
    in_short: bool = False,
    titled: bool = False,
    emergency_number: str = "",
) -> Answer:
    """Explain a topic, or some sides of it.

    A side that the topic lacks is answered with one close in meaning; without such, the answer
    says plainly that there is nothing on it and gives the short text.

    Args:
        base: The knowledge base.
        topic_id: What to explain, such as `test/mri`.
        aspects: The sides asked about, as `find_aspects` returns them.
        fact: A side that nobody asked for by name but that says most about the question.
        in_short: Whether the short text is told beside the sides, as it answers better.
        titled: Whether sides that are told without the short text begin with the topic's title.
        emergency_number: The number to call; empty when the clinic has set none.

    Returns:
        The answer. Pictures come with the first text only, not with a side.

    Raises:
        UnknownTopicError: There is no such topic or aspect.
    """
    topic = base.topic(topic_id)
    text = _text(base, topic, aspects, fact, in_short=in_short, titled=titled)
    pictures = () if aspects else topic.pictures
    return _answer(base, topic.id, text, [topic], topic.related, emergency_number, pictures)


def more(
    base: KnowledgeBase, topic_id: str, said: Sequence[str] = (), *, emergency_number: str = ""
) -> Answer:
    """Tell the sides of a topic that were not told yet.

    Args:
        base: The knowledge base.
        topic_id: What to go on about.
        said: The sides that were told already.
        emergency_number: The number to call; empty when the clinic has set none.

    Raises:
        UnknownTopicError: There is no such topic.
    """
    topic = base.topic(topic_id)
    left = [name for name in base.rules.more_aspects if name in topic.aspects and name not in said]
    text = _sides(base, topic, left[:_FURTHER_ASPECTS]) if left else base.rules.answers.no_more
    return _answer(base, topic.id, text, [topic], topic.related, emergency_number)


def origin(base: KnowledgeBase, topic_id: str) -> Answer:
    """Say where the text about a topic comes from, with every address.

    Args:
        base: The knowledge base.
        topic_id: What was explained.

    Raises:
        UnknownTopicError: There is no such topic.
    """
    topic = base.topic(topic_id)
    lines = "\n".join(
        f"- {source.title}" + (f": {source.url}" if source.url else "") for source in topic.sources
    )
    text = base.rules.answers.origin.replace("{title}", topic.title).replace("{sources}", lines)
    return _answer(base, topic.id, text, [topic], topic.related, "")


def compare(base: KnowledgeBase, a: str, b: str, *, emergency_number: str = "") -> Answer:
    """Set two topics side by side.

    Args:
        base: The knowledge base.
        a: The id of the first topic.
        b: The id of the second; the same id as `a` gives the plain answer.
        emergency_number: The number to call; empty when the clinic has set none.

    Returns:
        The answer, under the id of the first topic.

    Raises:
        UnknownTopicError: There is no such topic.
    """
    if a == b:
        return answer(base, a, emergency_number=emergency_number)
    first, second = base.topic(a), base.topic(b)
    shared = [
        base.aspects[name]
        for name in base.rules.compare_aspects
        if name in first.aspects and name in second.aspects
    ][:_COMPARED_ASPECTS]
    paragraphs = [
        f"**{aspect.heading}**\n- {first.title}: {first.aspects[aspect.id]}\n"
        f"- {second.title}: {second.aspects[aspect.id]}"
        for aspect in shared
    ]
    if {first.kind, second.kind} <= {"test", "treatment"}:
        paragraphs.append(base.rules.answers.compare_end)
    paragraphs += _unique(topic.safety_line for topic in (first, second) if topic.safety_line)
    related = tuple(
        other for other in _unique((*first.related, *second.related)) if other not in (a, b)
    )
    return _answer(
        base, first.id, "\n\n".join(paragraphs), [first, second], related, emergency_number
    )


def list_kind(base: KnowledgeBase, kind: str, *, emergency_number: str = "") -> Answer:
    """Say which topics of a kind there are.

    Args:
        base: The knowledge base.
        kind: The first half of topic ids, such as `test`.
        emergency_number: The number to call; empty when the clinic has set none.

    Returns:
        The answer, under the id of the kind's overview, or of its first topic without one.

    Raises:
        UnknownTopicError: There is no such kind.
    """
    members = base.of_kind(kind)
    overview = base.topics.get(f"{kind}/{OVERVIEW}")
    head = overview or members[0]
    titles = "\n".join(f"- {topic.title}" for topic in members)
    paragraphs = [overview.short] if overview else []
    paragraphs += [titles, base.rules.answers.list_end]
    text = "\n\n".join(paragraphs)
    if overview:
        text = with_safety(text, overview)
    return _answer(
        base, head.id, text, [head], tuple(topic.id for topic in members), emergency_number
    )


def _text(
    base: KnowledgeBase,
    topic: Topic,
    aspects: Sequence[str],
    fact: str | None,
    *,
    in_short: bool,
    titled: bool,
) -> str:
    for name in aspects:
        if name not in base.aspects:
            raise UnknownTopicError(name)
    sides = _unique(side for name in aspects if (side := base.side_of(topic, name)))
    admitted = [
        base.rules.answers.missing_aspect.replace("{aspect}", base.aspects[name].label).replace(
            "{title}", topic.title
        )
        for name in aspects
        if not base.side_of(topic, name) and topic.id not in base.rules.leading_topics
    ]
    if admitted and not sides:
        admitted.append(base.rules.answers.instead)
    if fact and fact not in sides:
        sides.append(fact)
    in_full = not aspects or not sides or in_short or topic.kind in base.rules.whole_kinds
    told = [topic.short] if in_full else []
    if len(sides) == 1 and aspects:
        told.insert(0, topic.aspects[sides[0]])
    elif sides:
        told.append(_sides(base, topic, sides))
    if titled and not in_full:
        told.insert(0, base.rules.answers.about.replace("{title}", topic.title))
    return with_safety("\n\n".join([*admitted, *told]), topic)


def _sides(base: KnowledgeBase, topic: Topic, aspects: Sequence[str]) -> str:
    return "\n\n".join(
        f"**{base.aspects[name].heading}:** {topic.aspects[name]}" for name in aspects
    )


def _answer(
    base: KnowledgeBase,
    topic_id: str,
    text: str,
    topics: list[Topic],
    related: tuple[str, ...],
    emergency_number: str,
    pictures: tuple[Picture, ...] = (),
) -> Answer:
    sources = _unique(source for topic in topics for source in topic.sources)
    number = emergency_number.strip() or base.rules.answers.emergency_number_unknown
    return Answer(
        topic_id=topic_id,
        text=text.replace(EMERGENCY_NUMBER, number),
        source_line=_source_line(base, topics, sources),
        related=related,
        links=tuple((source.title, source.url) for source in sources if source.url),
        pictures=pictures,
    )


def _source_line(base: KnowledgeBase, topics: list[Topic], sources: list[Source]) -> str:
    sentences = base.rules.answers
    # Of two topics, the one reviewed least and longest ago speaks for both; the status that still
    # awaits its review sorts first.
    weakest = min(topics, key=lambda topic: (topic.status, topic.reviewed))
    line = sentences.source if len(sources) == 1 else sentences.sources
    return (
        line.replace("{sources}", "; ".join(source.title for source in sources))
        .replace("{reviewed}", weakest.reviewed.isoformat())
        .replace("{status}", weakest.status)
    )


def _unique(items: Iterable[_Item]) -> list[_Item]:
    return list(dict.fromkeys(items))
