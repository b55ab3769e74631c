"""What the wildcards of phrases take: numbers, weekdays, months, a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from clinic.history.words import NO_BREAK, Word
from clinic.language.phrases import Wildcard

_NUMBER = re.compile(r"\d{1,2}(?:[:.]\d\d)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_FEVER_FROM, _FEVER_TO = 38, 42
_MANY = 8
_LONGEST_NAME = 5
_AFTER_NAME = frozenset({"y", "mi", "quiero", "tengo", "telefono", "correo"})


def number(numbers: Mapping[str, int]) -> Wildcard:
    """Return a wildcard that takes 0 to 99 in digits ("15:30" too) or in words.

    Args:
        numbers: The number words.
    """

    def take(words: Sequence[Word], index: int) -> tuple[str, int] | None:
        if index >= len(words):
            return None
        norm = words[index].norm
        if _NUMBER.fullmatch(norm):
            return norm.replace(".", ":"), index + 1
        return (str(numbers[norm]), index + 1) if norm in numbers else None

    return take


def one_of(table: Mapping[str, str]) -> Wildcard:
    """Return a wildcard that takes a word of a table and gives its meaning."""

    def take(words: Sequence[Word], index: int) -> tuple[str, int] | None:
        if index < len(words) and words[index].norm in table:
            return table[words[index].norm], index + 1
        return None

    return take


def name(words: Sequence[Word], index: int) -> tuple[str, int] | None:
    """Take the words of a name, up to a comma, a number or "and my ..."."""
    last = index
    while last < len(words) and last - index < _LONGEST_NAME:
        begins_else = words[last].break_before != NO_BREAK or words[last].norm in _AFTER_NAME
        if words[last].norm[:1].isdigit() or (last > index and begins_else):
            break
        last += 1
    return (" ".join(word.norm for word in words[index:last]), last) if last > index else None


def word(words: Sequence[Word], index: int) -> tuple[str, int] | None:
    """Take any one word."""
    return (words[index].norm, index + 1) if index < len(words) else None


def year(words: Sequence[Word], index: int) -> tuple[str, int] | None:
    """Take a year, such as 2015."""
    return _a_number(words, index, lambda norm: bool(_YEAR.fullmatch(norm)))


def fever(words: Sequence[Word], index: int) -> tuple[str, int] | None:
    """Take a body temperature that is a fever, in degrees Celsius."""
    return _a_number(
        words,
        index,
        lambda norm: (
            bool(re.fullmatch(r"\d\d(?:[.,]\d)?", norm))
            and _FEVER_FROM <= float(norm.replace(",", ".")) <= _FEVER_TO
        ),
    )


def many(numbers: Mapping[str, int]) -> Wildcard:
    """Return a wildcard that takes a number of tablets that nobody is told to take.

    Args:
        numbers: The number words.
    """

    def take(words: Sequence[Word], index: int) -> tuple[str, int] | None:
        return _a_number(
            words,
            index,
            lambda norm: int(norm if norm.isdecimal() else numbers.get(norm, 0)) >= _MANY,
        )

    return take


def _a_number(
    words: Sequence[Word], index: int, fits: Callable[[str], bool]
) -> tuple[str, int] | None:
    if index < len(words) and fits(words[index].norm):
        return words[index].norm, index + 1
    return None
