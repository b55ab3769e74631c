"""The same patient in other words: what must not change the level, made by rule."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from bench.vignettes.cases import Case

_WORD = re.compile(r"[A-Za-z]{5,}")
_EVERY = 4
_FILLER = re.compile(
    r"\b(?:a|an|the|please|really|honestly|just|so|very|quite|also|actually|well|hi|hello)\b ?",
    re.IGNORECASE,
)
_MINIMISERS = (
    "My husband says it's nothing.",
    "My sister thinks I'm making a fuss.",
    "My wife says I worry too much.",
)


def with_typos(case: Case) -> Case:
    """Swap two letters inside every fourth longer word and leave out apostrophes."""
    return _reworded(case, lambda text: _misspelt(text, random.Random(case.id + text)))


def terse(case: Case) -> Case:
    """Leave out fillers, capitals and full stops."""
    return _reworded(case, _short)


def out_of_order(case: Case) -> Case:
    """Tell one fact before it is asked for, and the opening last."""
    topics = [topic for topic in case.facts if topic not in ("age", "who_for", "severity")]
    if not topics:
        return case
    early = random.Random(case.id).choice(topics)
    return replace(
        case, opening=(f"{_sentence(case.facts[early])} {case.opening[0]}", *case.opening[1:])
    )


def minimised(case: Case) -> Case:
    """Let a relative play it down, at the beginning and in every answer but a number."""
    words = random.Random(case.id).choice(_MINIMISERS)
    facts = {
        topic: text if topic in ("age", "severity") else f"{_sentence(text)} {words}"
        for topic, text in case.facts.items()
    }
    first, *rest = case.opening
    return replace(case, opening=(f"{_sentence(first)} {words}", *rest), facts=facts)


VARIANTS: dict[str, Callable[[Case], Case]] = {
    "as written": lambda case: case,
    "typos": with_typos,
    "terse": terse,
    "out of order": out_of_order,
    "minimised": minimised,
}


def _reworded(case: Case, change: Callable[[str], str]) -> Case:
    return replace(
        case,
        opening=tuple(map(change, case.opening)),
        facts={topic: change(text) for topic, text in case.facts.items()},
        default_answer=change(case.default_answer),
    )


def _misspelt(text: str, chance: random.Random) -> str:
    seen = 0

    def swap(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        word = match.group()
        if seen % _EVERY:
            return word
        at = chance.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    return _WORD.sub(swap, text).replace("'", "")


def _short(text: str) -> str:
    return _FILLER.sub("", text).replace(". ", ", ").rstrip(".").lower()


def _sentence(text: str) -> str:
    return text if text.rstrip().endswith((".", "!", "?")) else f"{text.rstrip()}."
