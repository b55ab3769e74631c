"""Hear the warning signs in another language, and whether they are denied, past or unsure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from pathlib import Path
from typing import Any

from clinic.clinical import ClinicalData
from clinic.datafiles import DataFileError
from clinic.history.findings import Assertion, Finding
from clinic.history.words import NO_BREAK, SENTENCE_END, Word
from clinic.language import wildcards
from clinic.language.files import check_keys, load_translation, word_list
from clinic.language.phrases import Match, PhraseError, Phrases, Wildcard
from clinic.triage.conditions import ConditionError, compile_condition

_KEYS = frozenset(
    "sounds_alike denials between clitics turns joints long_ago still unsure idioms signs".split()  # noqa: SIM905
)
_REACH = 12


@dataclass(frozen=True, slots=True)
class _Sign:
    """A warning sign and how it is denied.

    Attributes:
        findings: Attribute and value pairs.
        is_thing: Whether it is something one has, rather than a sentence.
    """

    findings: tuple[tuple[str, Any], ...]
    is_thing: bool


class EmergencyReader:
    """Reads the findings that data/translations/<language>/emergencies.yml names.

    Args:
        path: The file.
        clinical: Signs, attributes and rules that the file may name.
        numbers: The language's number words.

    Raises:
        DataFileError: An entry names an unknown sign or value, or a phrase is not well written.
    """

    def __init__(self, path: Path, clinical: ClinicalData, numbers: Mapping[str, int]) -> None:
        data = load_translation(path, _KEYS)
        self._alike = [(str(one), str(other)) for one, other in data["sounds_alike"].items()]

        def words(key: str) -> frozenset[str]:
            return frozenset(map(self._fold, word_list(data, key, path)))

        self._denials, self._between = words("denials"), words("between")
        self._clitics, self._turns = words("clitics"), words("turns")
        self._joints, self._still = words("joints"), words("still")
        numbers = {self._fold(word): value for word, value in numbers.items()}
        taken: dict[str, Wildcard] = {
            "n": wildcards.number(numbers),
            "year": wildcards.year,
            "fever": wildcards.fever,
            "many": wildcards.many(numbers),
        }
        self._long_ago = self._phrases(data, "long_ago", path, taken)
        self._unsure = self._phrases(data, "unsure", path, taken)
        self._idioms = self._phrases(data, "idioms", path, taken)
        self._signs: Phrases[_Sign] = Phrases(taken, self._denials, self._fold)
        for index, entry in enumerate(data["signs"]):
            findings = _findings(entry, index, path, clinical)
            for key in ("says", "things"):
                for text in entry.get(key) or ():
                    try:
                        self._signs.add(str(text), _Sign(findings, key == "things"))
                    except PhraseError as error:
                        raise DataFileError(path, f"signs.{entry['sign']}", str(error)) from error

    def read(self, words: Sequence[Word]) -> list[Finding]:
        """Return what a message says of warning signs.

        Args:
            words: The message.
        """
        words = [replace(word, norm=self._fold(word.norm)) for word in words]
        masked = _covered(self._idioms.find(words))
        found = [
            match
            for match in self._signs.find(words)
            if masked.isdisjoint(range(match.first, match.last))
        ]
        things = _covered(match for match in found if match.value.is_thing)
        findings: dict[tuple[str, Any, Assertion], Finding] = {}
        for match in found:
            assertion = self._assertion(words, match, things)
            for attribute, value in match.value.findings:
                key = (attribute, value, assertion)
                start, end = words[match.first].start, words[match.last - 1].end
                findings.setdefault(key, Finding(attribute, value, assertion, start, end))
        return list(findings.values())

    def _fold(self, word: str) -> str:
        """Write a word as it sounds, so that "ciento" is found where "siento" is meant."""
        return reduce(lambda said, pair: said.replace(*pair), self._alike, word)

    def _phrases(
        self, data: Mapping[str, Any], key: str, path: Path, taken: Mapping[str, Wildcard]
    ) -> Phrases[None]:
        phrases: Phrases[None] = Phrases(taken, fold=self._fold)
        for text in data[key]:
            try:
                phrases.add(str(text), None)
            except PhraseError as error:
                raise DataFileError(path, key, str(error)) from error
        return phrases

    def _assertion(
        self, words: Sequence[Word], match: Match[_Sign], things: frozenset[int]
    ) -> Assertion:
        if self._is_denied(words, match, things):
            return Assertion.ABSENT
        first, last = self._clause(words, match)
        clause = words[first:last]
        goes_on = bool(self._still & {word.norm for word in clause})
        if self._long_ago.find(clause) and not goes_on:
            return Assertion.PAST
        first, _ = _sentence(words, match.first)
        unsure = self._unsure.find(words[first : match.first])
        return Assertion.POSSIBLE if unsure else Assertion.PRESENT

    def _clause(self, words: Sequence[Word], match: Match[_Sign]) -> tuple[int, int]:
        """Return the part around a phrase in which "years ago" speaks of it."""
        first, last = _sentence(words, match.first)
        begin = match.first
        while begin > first and not self._ends_clause(words, begin):
            begin -= 1
        end = match.last
        while end < last and not self._ends_clause(words, end):
            end += 1
        return begin, end

    def _ends_clause(self, words: Sequence[Word], index: int) -> bool:
        return words[index].norm in self._joints or words[index].norm in self._turns

    def _is_denied(
        self, words: Sequence[Word], match: Match[_Sign], things: frozenset[int]
    ) -> bool:
        """Look for a denial before a phrase: right before a sentence, further from a thing."""
        transparent = self._between if match.value.is_thing else self._clitics
        follows = words[match.first]
        for index in range(match.first - 1, max(-1, match.first - 1 - _REACH), -1):
            if follows.break_before == SENTENCE_END:
                return False
            if follows.break_before != NO_BREAK and not match.value.is_thing:
                return False
            norm = words[index].norm
            if norm in self._turns:
                return False
            if norm in self._denials:
                return True
            in_thing = match.value.is_thing and index in things
            if norm not in transparent and not in_thing:
                return False
            follows = words[index]
        return False


def _sentence(words: Sequence[Word], index: int) -> tuple[int, int]:
    starts = [0, *(i for i, word in enumerate(words) if i and word.break_before == SENTENCE_END)]
    return next(
        (first, last) for first, last in pairwise([*starts, len(words)]) if first <= index < last
    )


def _covered(matches: Any) -> frozenset[int]:
    return frozenset(index for match in matches for index in range(match.first, match.last))


def _findings(
    entry: Any, index: int, path: Path, clinical: ClinicalData
) -> tuple[tuple[str, Any], ...]:
    where = f"signs[{index}]"
    if not isinstance(entry, dict):
        raise DataFileError(path, where, "expected sign, says and things")
    check_keys(entry, frozenset({"sign", "findings", "says", "things"}), path, where)
    name = str(entry.get("sign", ""))
    if name not in clinical.signs:
        raise DataFileError(path, f"{where}.sign", f"{name!r} is no sign of signs.yml")
    findings = entry.get("findings")
    if findings is None:
        return clinical.signs[name].findings
    try:
        compile_condition(
            {"all": [{key: value} for key, value in findings.items()]}, clinical.attributes
        )
    except (ConditionError, AttributeError) as error:
        raise DataFileError(path, f"signs.{name}.findings", str(error)) from error
    return tuple(
        (str(attribute), value)
        for attribute, values in findings.items()
        for value in (values if isinstance(values, list) else [values])
    )
