"""Read pain scores from 0 to 10."""

from __future__ import annotations

from clinic.history.numbers import ARTICLES, UNITS, Measure, number_at, range_end
from clinic.history.words import Word, word_set

_HIGHEST = 10
_TEN = ("10", "ten")
_NO_SCORE_AFTER = frozenset({*UNITS, "kids", "times", "am", "pm"})
_SCALE = word_set("pain severity score level rate scale")
_AFTER_SCALE = word_set("now at or and but")


def find_scores(words: list[Word], text: str) -> list[Measure]:
    """Find pain scores.

    Args:
        words: The message's words.
        text: The message, for the slash of "7/10".

    Returns:
        Scores in order; a range counts as its upper end.
    """
    found: list[Measure] = []
    for index in range(len(words)):
        score = _score_at(words, index, text)
        if score is not None and (not found or index >= found[-1].last):
            found.append(score)
    return found


def _score_at(words: list[Word], index: int, text: str) -> Measure | None:
    read = number_at(words, index)
    if read is None or not 0 <= read[0] <= _HIGHEST or words[index].norm in ARTICLES:
        return None
    value, after = read
    upper = range_end(words, after)
    if upper is not None and upper[0] <= _HIGHEST and not _has_slash(words, after, text):
        value, after = max(value, upper[0]), upper[1]
    if _has_slash(words, after, text):
        is_of_ten = words[after].norm in _TEN
        return Measure(value, index, after + 1, True) if is_of_ten else None
    tail = tuple(word.norm for word in words[after : after + 3])
    if tail[:2] == ("out", "of") and tail[2:] in {(ten,) for ten in _TEN}:
        return Measure(value, index, after + 3, True)
    if _is_scored_by_context(words, index, after):
        return Measure(value, index, after, True)
    return None


def _has_slash(words: list[Word], after: int, text: str) -> bool:
    if after >= len(words):
        return False
    return text[words[after - 1].end : words[after].start].strip() == "/"


def _is_scored_by_context(words: list[Word], index: int, after: int) -> bool:
    """Tell whether "a 6", "pain is 5", "8 at worst" is a pain score."""
    if after < len(words) and words[after].norm in _NO_SCORE_AFTER:
        return False
    before = [word.norm for word in words[max(0, index - 4) : index]]
    tail = [word.norm for word in words[after : after + 3]]
    if before[-1:] == ["a"] and not tail:
        return True
    if _SCALE & set(before):
        return not (tail and tail[0].isalpha() and tail[0] not in _AFTER_SCALE)
    if tail[:2] in (["at", "worst"], ["at", "its"]) or tail[:1] == ["now"]:
        return True
    return before[-1:] == ["a"] and tail[:1] in (["today"], ["right"], ["most"], ["on"], ["or"])
