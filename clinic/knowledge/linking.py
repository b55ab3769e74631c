"""Decide which topics a question is about, from everything that speaks for each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from clinic.knowledge.base import KnowledgeBase, get_knowledge
from clinic.knowledge.mentions import TopicMention, find_topics
from clinic.knowledge.vocabulary import Vocabulary
from clinic.knowledge.words import words_of

# What ties two topics of one message together: "and", a comma, "vs", "instead of".
_TIE = re.compile(
    r",|&|\+|/|\b(?:and|or|vs|versus|than|with|not|instead|rather|compared?|differences?|"
    r"between|then|also|plus)\b"
)
# "What is a root canal?" asks about a thing, which its topic must know by its words.
_DEFINES = re.compile(
    r"(?:(?:so|and|ok|okay|please|hi|hello|hey) )*(?:whats|what (?:is|are|does|do)|define"
    r"|meaning of|explain) (?:an? |the )?"
    r"(.+?)(?: do| mean| means| made| up| of| for| like| called| exactly| please| actually)*"
)
_LONGEST_TERM = 4
# "What is fibromyalgia" is about its strange word; in a story one may stand by the way.
_STORY = 9  # words


@dataclass(frozen=True)
class Weights:
    """How much each kind of evidence counts, and the limits on their sum.

    Chosen on the first seven sets of tests/nlu/questions; the best topic is the right one for 94
    in 100 of their questions.

    Attributes:
        question: Likeness of the message to the nearest question of the topic.
        passage: Likeness to the nearest statement of the topic.
        learned: How sure the classifier that learned from all questions is of the topic.
        words: Share of the message's words that are the topic's.
        name: The topic is named.
        weak_name: The topic is hinted at.
        overview: The topic gives the overview of the side that is asked for, and no other is named.
        least: Below this sum nothing is linked.
        least_asked: The same, where the message surely asks about a topic, whichever it is.
        least_beside_foreign: The same, where a word of the message is known nowhere.
        least_defined: The share of words that "what is a root canal?" needs with a topic.
        least_named: The same of "what is osteoporosis?", a single word: it must be in a name.
        close: Topics no further apart than this are hard to tell apart.
        close_side: A topic no further behind goes before one that lacks the side asked for.
        beside: The share of the best topic's sum that another named one needs to lead.
        tied: The same of one that is asked for too.
    """

    question: float = 1.75
    passage: float = 0.2
    learned: float = 0.32
    words: float = 0.54
    name: float = 0.06
    weak_name: float = 0.05
    overview: float = 0.1
    least: float = 1.15
    least_asked: float = 1.0
    least_beside_foreign: float = 1.45
    least_defined: float = 0.55
    least_named: float = 0.85
    close: float = 0.05
    close_side: float = 0.1
    beside: float = 0.65
    tied: float = 0.55


class Likeness(NamedTuple):
    """What speaks for a topic by meaning, each 0-1.

    Attributes:
        question: Likeness of the message to the nearest question of the topic.
        passage: Likeness to the nearest statement of the topic.
        learned: The confidence of the classifier that learned from all questions.
    """

    question: float = 0.0
    passage: float = 0.0
    learned: float = 0.0


_UNLIKE = Likeness()


@dataclass(frozen=True)
class Link:
    """What a message is about.

    Attributes:
        topics: Ids, the ones to explain; several only where the message ties them together.
        close: Topics that the message may as well have meant.
        named: Whether a topic is named outright.
        score: The sum of evidence for the best topic.
    """

    topics: tuple[str, ...]
    close: tuple[str, ...]
    named: bool
    score: float


def link(
    text: str,
    likeness: Mapping[str, Likeness],
    weights: Weights,
    aspects: tuple[str, ...] = (),
    base: KnowledgeBase | None = None,
    *,
    asks: bool = False,
) -> Link:
    """Weigh all evidence for each topic.

    Args:
        text: What the visitor wrote.
        likeness: For each topic id, how like its sentences the message is; empty where sentences
            cannot be compared.
        weights: How the evidence counts.
        aspects: The sides that the message asks for.
        base: The knowledge base; by default the project's own.
        asks: Whether the message surely asks about a topic.

    Returns:
        The topics that the message is about; none below the least score.
    """
    base = base or get_knowledge()
    mentions = find_topics(text, base)
    strong = [mention for mention in mentions if not mention.is_weak]
    shares = vocabulary(base).shares(text)
    scores = {
        topic_id: weights.question * like.question
        + weights.passage * like.passage
        + weights.learned * like.learned
        + weights.words * shares[topic_id]
        for topic_id in base.topics
        for like in (likeness.get(topic_id, _UNLIKE),)
    }
    for topic_id, is_weak in {(item.topic_id, item.is_weak) for item in mentions}:
        scores[topic_id] += weights.weak_name if is_weak else weights.name
    hinted = {mention.topic_id for mention in mentions}
    names_nothing = all(
        base.topics[topic_id].is_overview or topic_id in base.rules.general_topics
        for topic_id in hinted
    )
    for aspect in aspects if names_nothing else ():
        if overview := base.rules.overviews.get(aspect):
            scores[overview] += weights.overview
    ranking = sorted(scores, key=lambda topic_id: -scores[topic_id])
    best = _telling_the_side(ranking, scores, aspects, weights.close_side, base)
    for mention in strong:
        leads = mention.topic_id in base.rules.leading_topics
        if leads and scores[mention.topic_id] >= weights.beside * scores[best]:
            return Link((mention.topic_id,), (), True, scores[mention.topic_id])
    tied = [
        topic_id
        for topic_id in _tied(text, strong)
        if scores[topic_id] >= weights.tied * scores[best]
    ]
    if len(tied) > 1:
        return Link(tuple(tied), (), True, scores[tied[0]])
    is_named = best in {mention.topic_id for mention in strong}
    defined = None if is_named else _defined(text, base)
    if defined:
        needed = weights.least_defined if " " in defined else weights.least_named
        if vocabulary(base).shares(defined)[best] < needed:
            return Link((), (), False, scores[best])
    least = weights.least_asked if asks else weights.least
    in_passing = asks and len(words_of(text)) >= _STORY
    if not in_passing and vocabulary(base).has_foreign_word(text):
        # A word that nobody knows here is most likely what is asked about.
        least = weights.least_beside_foreign
    if scores[best] < least:
        named = tuple(dict.fromkeys(mention.topic_id for mention in strong))[:1]
        return Link(named, (), bool(named), scores[best])
    close = tuple(
        other
        for other in ranking[:3]
        if other != best
        and scores[best] - scores[other] <= weights.close
        and scores[other] >= weights.least
    )
    return Link((best,), () if is_named else close, is_named, scores[best])


def _telling_the_side(
    ranking: list[str],
    scores: Mapping[str, float],
    aspects: tuple[str, ...],
    least_behind: float,
    base: KnowledgeBase,
) -> str:
    """Return the best topic; where it lacks the sides asked for, one about as good that has one."""
    best = ranking[0]
    asked = [name for name in aspects if not base.aspects[name].is_weak]
    overviews = {base.rules.overviews.get(name) for name in asked}
    if not asked or best in overviews:
        return best
    for topic_id in ranking:
        if scores[best] - scores[topic_id] > least_behind:
            break
        if any(base.side_of(base.topic(topic_id), name) for name in asked):
            return topic_id
    return best


def _defined(text: str, base: KnowledgeBase) -> str | None:
    """Return what a message asks the meaning of, where it asks nothing else."""
    found = _DEFINES.fullmatch(" ".join(word for word, _, _ in words_of(text)))
    words = found.group(1).split() if found else []
    is_term = len(words) <= _LONGEST_TERM and bool(set(words) - base.silent_words)
    return " ".join(words) if is_term else None


def _tied(text: str, strong: list[TopicMention]) -> list[str]:
    """Return the named topics that a message sets beside each other, in its order."""
    found: list[str] = []
    for before, after in pairwise(strong):
        between = text[before.end : after.start].lower()
        opening = text[: before.start].lower()
        if _TIE.search(between) or re.search(r"\b(difference|compare|between)\b", opening):
            found += [before.topic_id, after.topic_id]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=4)
def vocabulary(base: KnowledgeBase) -> Vocabulary:
    """Return the vocabulary of a knowledge base, made once."""
    return Vocabulary(base)
