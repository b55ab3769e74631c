"""Patterns over concepts: how they are written, compiled and matched.

A pattern is a row of concepts (upper case) and words:

- `CANNOT FEEL LEG` one after the other,
- `CANNOT ~3 PEE` with up to three words between,
- `LEG <4> WEAK` in either order with up to four words between,
- `CRASH &8 THROWN` as `~8`, also where the writer goes on with "and I was".

Nothing that is between may end the sentence, ask a question after a pause, or say that all is well.
With `~` no new statement of the writer begins there either ("a face like thunder, and I twisted").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError
from clinic.history.attributes import AttributeCatalogue
from clinic.history.phrases import expand, refuse_unreachable
from clinic.history.words import NO_BREAK, SENTENCE_END, Word, word_set

_CONCEPT = re.compile(r"[A-Z][A-Z0-9_]*$")
_GAP = re.compile(r"(?P<kind>[~&<])(?P<words>\d+)>?$")
_FIELDS = {"id", "attribute", "value", "denied", "negatable", "fallback", "patterns"}
_FIELDS |= {"explainable", "effort_explains", "household", "causes", "passes", "suspected"}
# Between two parts of a pattern these words deny the second one, unless "not only" follows.
_DENIES = frozenset(
    {"no", "not", "never", "without", "isnt", "arent", "wasnt", "werent", "didnt", "doesnt"}
)
_NOTHING = frozenset({"nothing", "nor", "none", "neither", "no"})
_DENIES_NOT = frozenset(
    {"only", "just", "sure", "certain", "idea", "doubt", "longer", "matter"}
    | {"even", "quite", "really", "wonder", "reason"}
)
_FINE = word_set("fine ok okay normal grand alright rested faded cleared healed mended")
_ALL_WELL = word_set("well good")
# What cannot be done is told without a pause: "hard, stand" and "no trouble, legs fine" are two.
_UNFINISHED = frozenset({"CANNOT", "NOT_FEEL", "STOPPED_DOING"})
_ANSWERS = word_set("no nope nah")
_ASKS = word_set("is can should could would do does how what when where which why")
_SAYS = word_set("says said say")
_SOURCES = word_set("it google internet web webmd leaflet page site app article forum")
_JOINING = word_set("and but so because cos coz or then")
_WRITER = word_set("i im ive mine")
_FIRST = attrgetter("first")
# Concepts that name a part of the body, and what may stand in front of one.
_BODY = frozenset(
    {"NECK", "UPPER_BACK", "BACK", "SHOULDER", "ARM", "HAND", "ARM_HAND", "LEG", "HEAD", "CHEST"}
    | {"FACE", "FACE_PART", "TUMMY", "OTHER_PART"}
)
_ARTICLES = frozenset({"my", "the", "both", "his", "her"})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of words, `first` included and `last` excluded."""

    first: int
    last: int

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share a word.

        Args:
            other: Another stretch of the same words.
        """
        return self.first < other.last and other.first < self.last


@dataclass(frozen=True, slots=True)
class FindingRule:
    """What a set of patterns means.

    Attributes:
        id: Unique name of the rule.
        attribute: Attribute of the history.
        value: The value that the attribute then has.
        denied: True where the words themselves say "normal" ("waterworks fine").
        negatable: False where "no" in front cannot deny it ("no, the left side").
        fallback: True where another finding over the same words counts instead: "numb"
            alone is taken for the arm, "numb legs" is not.
        past_counts: Whether it still holds when said of the past.
        whole: Whether it is a finding of its own and not a detail ("both", "worse") of one.
        settles: Whether it no longer counts once it is said to be over.
        asked_when_over: Whether it is asked about once it is said to be over.
        explainable: Whether a harmless cause told beside it explains it.
        causes: Concepts that explain it wherever they stand beside it ("lost a stone, slimming").
        passes: After so many days it counts no more when it is told of as over ("a fever in
            March"); 0 for never.
        effort_explains: Whether exercise is such a cause; it never explains a lost sight.
        suspected: Whether the words only raise the question ("a cream for neck bruising"): they
            never count before it is asked.
        household: Whether it counts for the writer when somebody in the house has it.
        played_down: Whether "gently" or "at zero speed" beside it leaves it uncertain.
    """

    id: str
    attribute: str
    value: Any
    denied: bool = False
    negatable: bool = True
    fallback: bool = False
    past_counts: bool = False
    whole: bool = True
    settles: bool = False
    asked_when_over: bool = False
    explainable: bool = False
    causes: tuple[str, ...] = ()
    passes: int = 0
    effort_explains: bool = True
    suspected: bool = False
    household: bool = False
    played_down: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of concepts, with the most words allowed between them.

    Attributes:
        rule: What it means.
        concepts: Their names.
        gaps: The most words between each two.
        tells_on: Whether a new statement of the writer may begin between them.
    """

    rule: FindingRule
    concepts: tuple[str, ...]
    gaps: tuple[int, ...]
    tells_on: tuple[bool, ...]


def is_concept_name(name: str) -> bool:
    """Tell whether a name is written as a concept's.

    Args:
        name: A key or an element of a pattern.
    """
    return bool(_CONCEPT.match(name))


def read_rule(entry: dict[str, Any], path: Path, attributes: AttributeCatalogue) -> FindingRule:
    """Read what a finding of the lexicon means.

    Args:
        entry: The finding as loaded from YAML; it has an id.
        path: The file, for the error message.
        attributes: What attributes and values the history has.

    Raises:
        DataFileError: An unknown field, attribute or value, or no patterns.
    """
    name = str(entry["id"])
    unknown = set(entry) - _FIELDS
    if unknown:
        raise DataFileError(path, name, f"unknown field {min(map(str, unknown))}")
    attribute = str(entry.get("attribute", ""))
    try:
        attributes.check(attribute, entry.get("value"))
    except ValueError as error:
        raise DataFileError(path, name, str(error)) from error
    if not isinstance(entry.get("patterns"), list) or not entry["patterns"]:
        raise DataFileError(path, name, "expected a list of patterns")
    return FindingRule(
        id=name,
        attribute=attribute,
        value=entry.get("value"),
        denied=bool(entry.get("denied", False)),
        negatable=bool(entry.get("negatable", True)),
        fallback=bool(entry.get("fallback", False)),
        past_counts=attributes[attribute].past_counts,
        whole=attributes[attribute].kind == "list",
        settles=attributes[attribute].settles,
        asked_when_over=attributes[attribute].asked_when_over,
        effort_explains=bool(entry.get("effort_explains", True)),
        suspected=bool(entry.get("suspected", False)),
        household=bool(entry.get("household", False)),
        explainable=bool(entry.get("explainable", attributes[attribute].explainable)),
        causes=tuple(map(str, entry.get("causes", ()))),
        passes=int(entry.get("passes", attributes[attribute].passes)),
        played_down=attributes[attribute].played_down,
    )


def compile_pattern(
    text: str, rule: FindingRule, concepts: dict[str, list[str]], path: Path
) -> list[Pattern]:
    """Read one pattern; each `<n>` doubles it, one for each order.

    Args:
        text: The pattern.
        rule: What it means.
        concepts: The known concepts; the pattern's plain words are added as new ones.
        path: The file, for the error message.

    Raises:
        DataFileError: An unknown concept, unbalanced brackets, or nothing at all.
    """
    rows: list[tuple[list[str], list[tuple[int, bool]]]] = [([], [])]
    gap, kind = 0, ""
    for element in _elements(text):
        if match := _GAP.match(element):
            gap, kind = int(match["words"]), match["kind"]
            continue
        name = _concept_of(element, text, rule, concepts, path)
        grown = []
        for names, gaps in rows:
            joint = [(gap, kind in ("<", "&"))] if names else []
            grown.append(([*names, name], gaps + joint))
            if names and kind == "<":
                grown.append(([name, *names], joint + gaps))
        rows, gap, kind = grown, 0, ""
    if not rows[0][0]:
        raise DataFileError(path, rule.id, f"empty pattern {text!r}")
    return [
        Pattern(rule, tuple(names), tuple(gap for gap, _ in gaps), tuple(on for _, on in gaps))
        for names, gaps in rows
    ]


def _concept_of(
    element: str, text: str, rule: FindingRule, concepts: dict[str, list[str]], path: Path
) -> str:
    if is_concept_name(element):
        if element not in concepts:
            raise DataFileError(path, rule.id, f"unknown concept {element} in {text!r}")
        return element
    name = f"WORDS:{element}"
    if name not in concepts:
        phrase = element.replace("_", " ")
        concepts[name] = expand(phrase, path, rule.id)
        refuse_unreachable(phrase, concepts[name], path, rule.id)
    return name


def _elements(text: str) -> list[str]:
    """Split a pattern at spaces outside brackets."""
    elements, depth, current = [], 0, ""
    for char in text:
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == " " and depth == 0:
            if current:
                elements.append(current)
            current = ""
        else:
            current += char
    return [*elements, current] if current else elements


def body_parts(concepts: Mapping[str, list[Span]]) -> frozenset[int]:
    """Return the words at which a part of the body is named.

    Args:
        concepts: Spans by concept.
    """
    return frozenset(span.first for name in _BODY for span in concepts.get(name, ()))


def match_pattern(
    pattern: Pattern,
    words: list[Word],
    concepts: Mapping[str, list[Span]],
    parts: frozenset[int],
) -> list[Span]:
    """Find all stretches of words that a pattern matches inside one sentence.

    Args:
        pattern: The pattern.
        words: The message's words.
        concepts: Spans by concept, in order; all of the pattern's concepts are among them.
        parts: What `body_parts` returns for them.
    """
    results: list[Span] = []

    def follow(index: int, first: int, last: int) -> None:
        if index == len(pattern.concepts):
            results.append(Span(first, last))
            return
        name, gap = pattern.concepts[index], pattern.gaps[index - 1]
        on = pattern.tells_on[index - 1]
        for span in _next_spans(concepts[name], last, gap):
            if not _is_joined(words, last, span.first, gap):
                continue
            if pattern.concepts[index - 1] in _UNFINISHED and words[last].break_before > NO_BREAK:
                continue
            ends = not pattern.rule.denied
            if ends and _is_other_statement(words, last, span.first, tells_on=on):
                continue
            if _opens_clause(words, last, span.first) and (
                name in _BODY or (span.first in parts and not _is_alone(words, span, parts))
            ):
                continue
            if not (pattern.rule.negatable and _is_denied_between(words, last, span.first)):
                follow(index + 1, first, span.last)

    for span in concepts[pattern.concepts[0]]:
        follow(1, span.first, span.last)
    return results


def _next_spans(spans: list[Span], last: int, gap: int) -> list[Span]:
    """Return the spans that begin within `gap` words after `last`."""
    begin = bisect_left(spans, last, key=_FIRST)
    return spans[begin : bisect_left(spans, last + gap + 1, lo=begin, key=_FIRST)]


def _is_joined(words: list[Word], last: int, first: int, gap: int) -> bool:
    """No gap crosses a sentence's end; without a gap a comma is all that may stand between."""
    limit = SENTENCE_END if gap else NO_BREAK + 1
    if not all(word.break_before < limit for word in words[last : first + 1]):
        return False
    if words[last - 1].norm in _ANSWERS and words[last].break_before > NO_BREAK:
        return False  # "no, my voice is the same"
    paused = any(word.break_before > NO_BREAK for word in words[last : first + 1])
    if paused and words[last - 1].norm == "no":
        return False  # "no fever, sleep like a log" tells of no lack of sleep
    # "Nothing in the chest, nothing down there" is a list of denials, and no missing feeling.
    return not any(
        words[index].break_before > NO_BREAK and words[index].norm in _NOTHING
        for index in range(last, first + 1)
    )


def _is_other_statement(words: list[Word], last: int, first: int, *, tells_on: bool) -> bool:
    """Tell "a face like thunder, and I twisted round" from "my face, left side, droops"."""
    for index in range(last, first):
        norm = words[index].norm
        before = words[index - 1].norm
        if (norm in _FINE and before not in _DENIES) or (norm in _ALL_WELL and before == "all"):
            return True
        if words[index].break_before > NO_BREAK and norm in _ASKS:
            return True
        if norm in _SAYS and before in _SOURCES:
            return True  # "I googled back pain and it says torn aorta"
        if tells_on:
            continue
        joined = norm in _JOINING
        if joined or words[index].break_before > NO_BREAK:
            subject = index + 1 if joined else index
            if subject < first and words[subject].norm in _WRITER:
                return True
    return False


def _opens_clause(words: list[Word], last: int, first: int) -> bool:
    """Read "neck sore, tummy's a bit off": after the pause another part is spoken of."""
    while first > last and words[first].break_before == NO_BREAK:
        if words[first - 1].norm not in _ARTICLES:
            return False
        first -= 1
    return words[first].break_before > NO_BREAK


def _is_alone(words: list[Word], span: Span, parts: frozenset[int]) -> bool:
    """Read "a pain burst over me, head and nape together", which tells only where."""
    last = span.last
    while last + 1 < len(words) and words[last].norm == "and" and last + 1 in parts:
        last += 2
    return (
        last == len(words)
        or words[last].norm == "together"
        or (words[last].break_before > NO_BREAK)
    )


def _is_denied_between(words: list[Word], last: int, first: int) -> bool:
    """Tell "hurts, no chest" and "legs are not weak" from "legs not right, weak"."""
    for index in range(first - 1, last - 1, -1):
        if words[index + 1].break_before > NO_BREAK:
            # What was denied ended before the pause, but "arms fine, my knees gave way" is two.
            return words[index].norm in _FINE
        if words[index].norm in _DENIES:
            return words[index + 1].norm not in _DENIES_NOT
    return False
