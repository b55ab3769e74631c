"""Read numbers in digits and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clinic.history.words import NO_BREAK, PAUSE, Word

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_TENS = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBERS = {
    **{word: float(value) for value, word in enumerate(_SMALL)},
    **{word: float(value) for value, word in zip(range(30, 100, 10), _TENS, strict=True)},
    "a": 1.0,
    "an": 1.0,
    "half": 0.5,
}
_COUNTS = {"couple": 2.0, "few": 3.0, "several": 5.0, "dozen": 12.0, "handful": 4.0}
ARTICLES = ("a", "an", "half")
UNITS = {
    form: unit
    for unit, forms in {
        "minute": "minute minutes min mins",
        "hour": "hour hours hr hrs h",
        "day": "day days d dys nights night",
        "week": "week weeks wk wks w weeks",
        "month": "month months mo mos mth mths mnths",
        "year": "year years yr yrs y",
    }.items()
    for form in forms.split()
}


# Body temperatures of a fever, in degrees Celsius and Fahrenheit (source: NHS, CDC).
FEVERS = ((38.0, 42.0), (100.4, 107.0))
NO_FEVERS = ((35.5, 37.3), (96.0, 99.2))
# Words of counting and time, which are no misspellings of anything else.
COUNTING = frozenset({*UNITS, *_NUMBERS, *_COUNTS})


@dataclass(frozen=True, slots=True)
class Measure:
    """A number read from a stretch of words.

    Attributes:
        value: Days, points of 0-10, or years of age.
        first: Index of the first word.
        last: Index after the last word.
        anchored: Whether the words around say what is measured ("for", "ago", "since").
    """

    value: float
    first: int
    last: int
    anchored: bool


def number_at(words: list[Word], index: int) -> tuple[float, int] | None:
    """Read a number in digits or words.

    Args:
        words: The message's words.
        index: Where the number should start.

    Returns:
        The number and the index after it, or None.
    """
    if index >= len(words):
        return None
    norm = words[index].norm
    if re.fullmatch(r"[0-9]{1,5}(?:[.,][0-9]+)?", norm):
        return float(norm.replace(",", ".")), index + 1
    if norm in _COUNTS:
        return _count_at(words, index)
    if norm not in _NUMBERS:
        return None
    value, index = _NUMBERS[norm], index + 1
    following = words[index].norm if index < len(words) else ""
    if norm in ("a", "an") and following in _COUNTS:
        return _count_at(words, index)
    # "Since I was thirty, five weeks this round" names two.
    goes_on = index < len(words) and words[index].break_before == NO_BREAK
    ones = 0.0 if following in ARTICLES or not goes_on else _NUMBERS.get(following, 0.0)
    if value >= 20 and 1 <= ones <= 9:
        return value + ones, index + 1
    return value, index


def _count_at(words: list[Word], index: int) -> tuple[float, int]:
    value = _COUNTS[words[index].norm]
    index += 1
    if index < len(words) and words[index].norm == "of":
        index += 1
    return value, index


def range_end(words: list[Word], index: int) -> tuple[float, int] | None:
    """Read the upper end of "2-3", "two to three", "8 or 9".

    Args:
        words: The message's words.
        index: The index after the lower end.
    """
    if index >= len(words):
        return None
    if words[index].norm in ("to", "or"):
        return number_at(words, index + 1)
    # The hyphen of "2-3" is no word: the second number follows at once.
    if words[index].norm.isdigit() and words[index].break_before <= PAUSE:
        return number_at(words, index) if words[index].start - words[index - 1].end <= 1 else None
    return None
