"""Find phrases in a message: words, alternatives, what may be left out, gaps and wildcards.

How a phrase is written in the data files:

- `las/mis piernas`: one word or the other
- `(por la) mañana`: what stands in brackets may be left out
- `insens*`: a word that begins so
- `duele .. pecho`: up to five words between, none of them a "no", no comma or full stop
- `<n>`, `<weekday>`, `<month>`, `<name>`: what the caller's wildcards take
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from clinic.history.words import NO_BREAK, Word, split_words

_GAP = ".."
_LONGEST_GAP = 5
_PIECE = re.compile(r"\([^()]*\)|<\w+>|[^\s()]+")
_WILDCARD = re.compile(r"<(\w+)>")

Value = TypeVar("Value")
# Takes words and a place; returns what it read and the place after it, or None.
Wildcard = Callable[[Sequence[Word], int], tuple[str, int] | None]


class PhraseError(ValueError):
    """A phrase is not written as phrases are; the message says how."""


@dataclass(frozen=True, slots=True)
class Captured:
    """What a wildcard took.

    Attributes:
        value: What it means.
        first: Index of its first word.
        last: Index after its last word.
    """

    value: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Match(Generic[Value]):
    """A phrase that was found.

    Attributes:
        value: What the phrase stands for.
        first: Index of its first word.
        last: Index after its last word.
        captured: What its wildcards took, by name.
    """

    value: Value
    first: int
    last: int
    captured: Mapping[str, Captured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Phrase(Generic[Value]):
    value: Value
    steps: tuple[str | frozenset[str], ...]  # "..", "<n>", or the words that fit


class Phrases(Generic[Value]):
    """Phrases, each with what it stands for.

    Args:
        wildcards: What each <name> takes.
        stops: Words that no gap may skip, such as "no".
        fold: How words are written to be compared, for messages that are folded the same way.
    """

    def __init__(
        self,
        wildcards: Mapping[str, Wildcard] | None = None,
        stops: frozenset[str] = frozenset(),
        fold: Callable[[str], str] = str,
    ) -> None:
        self._fold = fold
        self._wildcards = dict(wildcards or {})
        self._stops = stops
        self._by_word: dict[str, list[_Phrase[Value]]] = defaultdict(list)
        self._others: list[_Phrase[Value]] = []

    def add(self, text: str, value: Value) -> None:
        """Add a phrase.

        Args:
            text: The phrase.
            value: What it stands for.

        Raises:
            PhraseError: It has no word, begins with a gap, or names an unknown wildcard.
        """
        for steps in _spellings(text, self._fold):
            unknown = {step[1:-1] for step in steps if isinstance(step, str) and step != _GAP}
            if unknown - set(self._wildcards):
                raise PhraseError(f"{text!r} names an unknown wildcard {min(unknown)!r}")
            first = steps[0]
            if first == _GAP or steps[-1] == _GAP:
                raise PhraseError(f"{text!r} begins or ends with a gap")
            phrase = _Phrase(value, steps)
            if isinstance(first, str) or any(word.endswith("*") for word in first):
                self._others.append(phrase)
            else:
                for word in first:
                    self._by_word[word].append(phrase)

    def scan(self, words: Sequence[Word]) -> Callable[[int], list[Match[Value]]]:
        """Return what gives the phrases that begin at a word of a message, the longest first.

        Args:
            words: The message.
        """
        norms = frozenset(word.norm for word in words)
        possible: dict[int, bool] = {}

        def at(index: int) -> list[Match[Value]]:
            found: list[tuple[int, Match[Value]]] = []
            for phrase in (*self._by_word.get(words[index].norm, ()), *self._others):
                # What a long message has nowhere is not looked for at each of its words.
                if id(phrase) not in possible:
                    possible[id(phrase)] = _may_stand(phrase.steps, norms)
                if not possible[id(phrase)]:
                    continue
                matched = self._follow(phrase.steps, words, index, {})
                if matched is not None:
                    last, captured = matched
                    found.append((len(phrase.steps), Match(phrase.value, index, last, captured)))
            # Of two that end at the same word the one that names more of the words.
            found.sort(key=lambda pair: (-pair[1].last, -pair[0]))
            return [match for _, match in found]

        return at

    def find(self, words: Sequence[Word]) -> list[Match[Value]]:
        """Return every phrase in a message, in order; they may overlap."""
        at = self.scan(words)
        return [match for index in range(len(words)) for match in at(index)]

    def _follow(
        self,
        steps: tuple[str | frozenset[str], ...],
        words: Sequence[Word],
        index: int,
        captured: dict[str, Captured],
    ) -> tuple[int, dict[str, Captured]] | None:
        if not steps:
            return index, captured
        step, rest = steps[0], steps[1:]
        if step == _GAP:
            return self._skip(rest, words, index, captured)
        if index >= len(words):
            return None
        if isinstance(step, str):
            name = step[1:-1]
            taken = self._wildcards[name](words, index)
            if taken is None:
                return None
            caught = Captured(taken[0], index, taken[1])
            return self._follow(rest, words, taken[1], {**captured, name: caught})
        if not _fits(words[index].norm, step):
            return None
        return self._follow(rest, words, index + 1, captured)

    def _skip(
        self,
        rest: tuple[str | frozenset[str], ...],
        words: Sequence[Word],
        index: int,
        captured: dict[str, Captured],
    ) -> tuple[int, dict[str, Captured]] | None:
        for skipped in range(_LONGEST_GAP + 1):
            if index + skipped >= len(words) or words[index + skipped].break_before != NO_BREAK:
                return None
            if (matched := self._follow(rest, words, index + skipped, captured)) is not None:
                return matched
            if words[index + skipped].norm in self._stops:
                return None
        return None


def _may_stand(steps: tuple[str | frozenset[str], ...], norms: frozenset[str]) -> bool:
    """Tell whether a message has the words that a phrase cannot do without."""
    return all(
        isinstance(step, str)
        or not step.isdisjoint(norms)
        or any(word.endswith("*") for word in step)
        for step in steps
    )


def _fits(norm: str, words: frozenset[str]) -> bool:
    return norm in words or any(word.endswith("*") and norm.startswith(word[:-1]) for word in words)


def _spellings(text: str, fold: Callable[[str], str]) -> list[tuple[str | frozenset[str], ...]]:
    """Write a phrase out with and without what stands in brackets."""
    choices: list[list[list[str | frozenset[str]]]] = []
    for piece in _PIECE.findall(text):
        if piece.startswith("("):
            choices.append([[], [_step(word, fold) for word in piece[1:-1].split()]])
        else:
            choices.append([[_step(piece, fold)]])
    spellings = [
        tuple(itertools.chain.from_iterable(chosen)) for chosen in itertools.product(*choices)
    ]
    if not spellings or not all(spellings):
        raise PhraseError(f"{text!r} has no word that must be there")
    return spellings


def _step(piece: str, fold: Callable[[str], str]) -> str | frozenset[str]:
    if piece == _GAP or _WILDCARD.fullmatch(piece):
        return piece
    words = []
    for part in piece.split("/"):
        prefix = part.endswith("*")
        cut = split_words(part.rstrip("*"))
        if len(cut) != 1:
            raise PhraseError(f"{piece!r} is no single word")
        words.append(fold(cut[0].norm) + ("*" if prefix else ""))
    return frozenset(words)
