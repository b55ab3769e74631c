"""The lexicon: what patients say, as concepts and patterns over them.

The files of `data/clinical/lexicon/` name *concepts* (a body part, "cannot", "numb") with the
phrases that mean them, and *findings* (an attribute of the history and a value) with
patterns over concepts (`clinic/history/patterns.py`). A concept may be used in every file. A
phrase may hold alternatives and options, expanded when loaded: `tingl(e|es|ing|y)`, `(my )?legs`,
`shoulder ?blade`. `#` stands for any number, `#fever` for a body temperature of a fever (°C or
°F), `#nofever` for one of the healthy, `#few` for one to fifteen, `#many` for nine to 300, `#year`
for a calendar year gone by, `#yy` for one written with two figures ("in '06").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import Any

from clinic.compiled import kept
from clinic.datafiles import DataFileError
from clinic.history.attributes import AttributeCatalogue
from clinic.history.lexicon_files import LexiconFile, entries, load_files, with_line
from clinic.history.numbers import FEVERS, NO_FEVERS
from clinic.history.patterns import (
    FindingRule,
    Pattern,
    Span,
    body_parts,
    compile_pattern,
    is_concept_name,
    match_pattern,
    read_rule,
)
from clinic.history.phrases import PhraseTree, expand, grown, refuse_unreachable
from clinic.history.words import NO_BREAK, Word

__all__ = ["FindingRule", "Lexicon", "Span"]

_FEW = 15
# More tablets a day than the label of any common painkiller allows.
_MANY, _MOST = 9, 300
_LAST_CENTURY = 60  # "in '62"; smaller numbers are seldom years


class Lexicon:
    """Concepts and finding patterns, compiled for matching.

    Args:
        compiled: What `load` compiles the files to, as plain values.

    Attributes:
        concepts: Names of all concepts.
        uses: In how many concepts a word stands.
        causes: For each attribute the concepts that explain one of its values.
    """

    def __init__(self, compiled: Mapping[str, Any]) -> None:
        self._tree = PhraseTree(compiled["tree"])
        self.concepts = frozenset(compiled["concepts"])
        self.uses: dict[str, int] = compiled["uses"]
        self._hidden_inside: Mapping[str, list[str]] = compiled["hidden_inside"]
        rules = [FindingRule(*values) for values in compiled["rules"]]
        patterns = [
            Pattern(rules[index], names, gaps, on)
            for index, names, gaps, on in compiled["patterns"]
        ]
        self.causes: dict[str, tuple[str, ...]] = {}
        for rule in rules:
            known = self.causes.get(rule.attribute, ())
            self.causes[rule.attribute] = tuple(dict.fromkeys((*known, *rule.causes)))
        # A pattern is tried when its rarest concept was found, not whenever its first one was.
        uses = Counter(name for pattern in patterns for name in set(pattern.concepts))
        self._patterns: dict[str, list[Pattern]] = {}
        for pattern in patterns:
            rarest = min(pattern.concepts, key=lambda name: (uses[name], name))
            self._patterns.setdefault(rarest, []).append(pattern)

    @classmethod
    def load(
        cls, folder: Path, attributes: AttributeCatalogue, keep_in: Path | None = None
    ) -> Lexicon:
        """Load and check the files of the lexicon.

        Args:
            folder: The folder `lexicon`.
            attributes: What attributes and values the history has, from `history.yml` beside it.
            keep_in: A folder that keeps what they compile to for the next time.

        Raises:
            DataFileError: An unknown concept, attribute or value, a duplicate, or a
                pattern that cannot be read; with the line where the entry begins.
        """
        if keep_in is None:
            return cls(_compiled(folder, attributes))
        sources = [
            *folder.glob("*.yml"),
            folder.with_name("history.yml"),
            *Path(__file__).parent.glob("*.py"),
        ]
        return cls(kept(keep_in, "lexicon", sources, lambda: _compiled(folder, attributes)))

    def find_concepts(self, words: list[Word], year: int) -> dict[str, list[Span]]:
        """Find every concept in a message.

        Args:
            words: The message's words.
            year: The present year, for `#year`.

        Returns:
            Concept names with their spans in order; no span crosses a pause.
        """
        found: dict[str, list[Span]] = defaultdict(list)
        pause = _next_pauses(words)
        for names, first, last in self._tree.find([_forms(word, year) for word in words]):
            if last <= pause[first]:
                span = Span(first, last)
                for name in names:
                    found[name].append(span)
        for name, hiders in self._hidden_inside.items():
            if name in found:
                outer = [span for hider in hiders for span in found.get(hider, ())]
                found[name] = _outside(found[name], outer) if outer else found[name]
        if any(word.also or word.norm[:1].isdigit() for word in words):
            # A number, or a misspelt word, has several readings, which may tell of the same
            # words twice.
            for name, spans in found.items():
                if len(spans) > 1:
                    found[name] = _in_order(spans)
        return {name: spans for name, spans in found.items() if spans}

    def find_findings(
        self, words: list[Word], concepts: Mapping[str, list[Span]]
    ) -> list[tuple[FindingRule, Span]]:
        """Match the finding patterns.

        Args:
            words: The message's words.
            concepts: What `find_concepts` found in them.

        Returns:
            Rules with the spans of words that said them, without repetitions.
        """
        matches: dict[tuple[str, Span], tuple[FindingRule, Span]] = {}
        parts = body_parts(concepts)
        for rarest in concepts:
            for pattern in self._patterns.get(rarest, ()):
                if all(name in concepts for name in pattern.concepts):
                    for span in match_pattern(pattern, words, concepts, parts):
                        matches[(pattern.rule.id, span)] = (pattern.rule, span)
        covering = _longest_by_start(
            span for rule, span in matches.values() if rule.whole and not rule.fallback
        )
        found = [
            (rule, span)
            for rule, span in matches.values()
            if not rule.fallback or not _covered(span, covering)
        ]
        return sorted(found, key=lambda match: (match[1].first, match[1].last))


def _outside(spans: list[Span], others: list[Span]) -> list[Span]:
    """Return the spans that lie in none of the others, in one pass over both."""
    others = sorted(others, key=lambda other: other.first)
    kept, reach, index = [], 0, 0
    for span in sorted(spans, key=lambda span: span.first):
        while index < len(others) and others[index].first <= span.first:
            reach = max(reach, others[index].last)
            index += 1
        if span.last > reach:
            kept.append(span)
    return kept


def _longest_by_start(spans: Iterable[Span]) -> dict[int, int]:
    longest: dict[int, int] = {}
    for span in spans:
        longest[span.first] = max(span.last, longest.get(span.first, 0))
    return longest


def _covered(span: Span, covering: Mapping[int, int]) -> bool:
    """Tell whether a longer stretch begins at most 30 words earlier and holds the span."""
    return any(
        covering.get(first, 0) >= span.last
        for first in range(max(0, span.first - 30), span.first + 1)
    )


def _next_pauses(words: list[Word]) -> list[int]:
    """Return for each word the index of the pause after it."""
    pauses, following = [], len(words)
    for index in range(len(words) - 1, -1, -1):
        pauses.append(following)
        if words[index].break_before != NO_BREAK:
            following = index
    return pauses[::-1]


def _in_order(spans: list[Span]) -> list[Span]:
    return sorted(set(spans), key=lambda span: (span.first, span.last))


def _forms(word: Word, year: int) -> tuple[str, ...]:
    """Return what a word may be found under: its readings, or a number and its kind."""
    norm = word.norm
    if not norm[:1].isdigit():
        return (norm, *word.also)
    return (norm, "#", *_number_kinds(norm, year))


def _number_kinds(norm: str, year: int) -> list[str]:
    try:
        value = float(norm.replace(",", "."))
    except ValueError:
        return []
    if any(low <= value <= high for low, high in FEVERS):
        return ["#fever"]
    if not value.is_integer() and any(low <= value <= high for low, high in NO_FEVERS):
        return ["#nofever"]
    kinds = ["#few"] if 1 <= value <= _FEW else []
    if _MANY <= value <= _MOST and value.is_integer():
        kinds.append("#many")
    if norm.isdigit() and len(norm) == len("06") and (norm[0] == "0" or value >= _LAST_CENTURY):
        kinds.append("#yy")
    return [*kinds, "#year"] if value.is_integer() and 1900 <= value < year else kinds


def _compiled(folder: Path, attributes: AttributeCatalogue) -> dict[str, Any]:
    """Compile the files to plain values."""
    files = load_files(folder)
    try:
        concepts = _read_concepts(files)
        hidden = _read_hidden(files, concepts)
        patterns = _read_patterns(files, concepts, attributes)
    except DataFileError as error:
        raise with_line(error) from error
    uses: Counter[str] = Counter()
    for phrases in concepts.values():
        uses.update({word for phrase in phrases for word in phrase.split()})
    rules = {pattern.rule.id: pattern.rule for pattern in patterns}
    numbers = {name: number for number, name in enumerate(rules)}
    return {
        "tree": grown(
            (name, phrase.split()) for name, phrases in concepts.items() for phrase in phrases
        ),
        "concepts": list(concepts),
        "uses": dict(uses),
        "hidden_inside": hidden,
        "rules": [astuple(rule) for rule in rules.values()],
        "patterns": [
            (numbers[pattern.rule.id], pattern.concepts, pattern.gaps, pattern.tells_on)
            for pattern in patterns
        ],
    }


def _read_concepts(files: list[LexiconFile]) -> dict[str, list[str]]:
    concepts: dict[str, list[str]] = {}
    for file in files:
        for name, phrases in file.concepts.items():
            if not is_concept_name(str(name)):
                raise DataFileError(file.path, str(name), "a concept is named in upper case")
            if name in concepts:
                raise DataFileError(file.path, str(name), "stands in another file too")
            if not isinstance(phrases, list) or not phrases:
                raise DataFileError(file.path, str(name), "expected a list of phrases")
            concepts[name] = []
            for phrase in phrases:
                forms = expand(str(phrase), file.path, str(name))
                refuse_unreachable(str(phrase), forms, file.path, str(name))
                concepts[name] += forms
    return concepts


def _read_hidden(files: list[LexiconFile], concepts: Mapping[str, Any]) -> dict[str, list[str]]:
    hidden: dict[str, list[str]] = {}
    for file in files:
        for name, hiders in file.hidden_inside.items():
            for concept in (name, *hiders):
                if concept not in concepts:
                    where = f"hidden_inside.{name}"
                    raise DataFileError(file.path, where, f"unknown concept {concept}")
            hidden[name] = [*hidden.get(name, []), *hiders]
    return hidden


def _read_patterns(
    files: list[LexiconFile], concepts: dict[str, list[str]], attributes: AttributeCatalogue
) -> list[Pattern]:
    patterns: list[Pattern] = []
    for file, entry in entries(files):
        rule = read_rule(entry, file.path, attributes)
        if unknown := set(rule.causes) - set(concepts):
            raise DataFileError(file.path, rule.id, f"unknown concept {min(unknown)} in causes")
        for text in entry["patterns"]:
            patterns.extend(compile_pattern(str(text), rule, concepts, file.path))
    return patterns
