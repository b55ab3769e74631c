"""Read pain scores from 0 to 10."""

from __future__ import annotations

from clinic.history.numbers import ARTICLES, UNITS, Measure, number_at, range_end
from clinic.history.words import NO_BREAK, Word, word_set

_HIGHEST = 10
_TEN = ("10", "ten")
_NO_SCORE_AFTER = frozenset({*UNITS, "kids", "times", "am", "pm"})
# Words that weigh the pain before a number that ends its clause: "I'd call it five".
_WEIGHED = (
    ["call", "it"],
    ["calling", "it"],
    ["give", "it"],
    ["giving", "it"],
    ["say", "its"],
    ["down", "to"],
    ["up", "to"],
    ["dropped", "to"],
    ["settled", "at"],
)
_TOLD_REACH = 10  # words
_OTHERS_SAY = word_set(
    "says reckons thinks swears claims calls insists tells jokes teases moan moaning groan act "
    "acting carry behave whinge whine youd"
)
_RATERS = word_set("id i hed shed he she")
_AT_THIS_TIME = word_set("today tonight currently atm rn")
_ON_SUCH_DAYS = (["most", "days"], ["most", "mornings"], ["by", "evening"], ["by", "night"])
_NO_SCORE_BEFORE = word_set("at since until by from around started began happened booked turns")
_PEOPLE = word_set(
    "son daughter kid kids child boy girl toddler baby lad twins teen aged age grandson one "
    "granddaughter niece nephew years year months month weeks week days day c t l"
)
_SCALE = word_set("pain severity score level rate scale")
_MINUS = (" -", "\n-")
_RATED = word_set("it pain neck back shoulder sits sitting put score about")
_AFTER_SCALE = word_set("now at or and but")
_AFTER_RATING = word_set("today right just most on or maybe when if from now at tonight but")
_NOT_BEFORE_A_SCORE = word_set("since until by from in for like has have of at and the")
_ROUGHLY = word_set("about around maybe roughly solid good strong probably like")
_BEFORE_ROUGHLY = word_set("a an its is it today now was")
_NOW = word_set("now currently")
# What is numbered, and is no pain.
_NUMBERED = word_set(
    "week day month year number no grade stage size page part item question version chapter room "
    "sleeve session visit step phase round lap gear junction exit"
)
_AFTER_OF_TEN = _AFTER_SCALE | word_set("pain today tonight most on when if from in by with maybe")
# "Ten out of ten for annoyance" scores no pain, "ten out of ten for two weeks" does.
_SCORED_FOR = _SCALE | word_set(
    "soreness sore ache aching aches stiffness discomfort hurt hurting hurts neck back shoulder it "
    "now today me intensity agony the most while bit time "
    "moment week day night hour month hours nights days weeks months ages long years least "
    "minutes about over nearly almost half my this some several many well"
)
_LONGEST_OBJECT = 4
_OF_AN_AGE = word_set("hes shes theyre im")


def find_scores(words: list[Word], text: str) -> list[Measure]:
    """Find pain scores.

    Args:
        words: The message's words.
        text: The message, for the slash of "7/10".

    Returns:
        Scores in order; a range counts as its upper end.
    """
    found: list[Measure] = []
    index = 0
    while index < len(words):
        score = _score_at(words, index, text)
        if score is not None:
            found.append(score)
        read = number_at(words, index)
        # The "four" of "forty four" is no number of its own.
        index = max(index + 1, score.last if score else 0, read[1] if read else 0)
    return found


def is_said_by_others(words: list[Word], index: int) -> bool:
    """Read "a 3, though my girlfriend says I moan like it's a 10".

    Args:
        words: The message's words.
        index: Where the number stands.

    Returns:
        Whether somebody else gives the number, or the patient only sounds like it.
    """
    first = index
    while first > 0 and words[first].break_before == NO_BREAK and index - first < _TOLD_REACH:
        first -= 1
    before = [word.norm for word in words[first:index]]
    return not _OTHERS_SAY.isdisjoint(before)


def _score_at(words: list[Word], index: int, text: str) -> Measure | None:
    read = number_at(words, index)
    if read is None or not 0 <= read[0] <= _HIGHEST or words[index].norm in ARTICLES:
        return None
    value, after = read
    if text[: words[index].start].endswith(_MINUS):
        return None
    if [word.norm for word in words[after : after + 3]] == ["and", "a", "half"]:
        value, after = value + 0.5, after + 3
    upper = range_end(words, after)
    if upper is not None and upper[0] <= _HIGHEST and not _has_slash(words, after, text):
        value, after = max(value, upper[0]), upper[1]
    if _has_slash(words, after, text):
        is_of_ten = words[after].norm in _TEN and not _is_a_review(words, after + 1)
        return Measure(value, index, after + 1, True) if is_of_ten else None
    tail = tuple(word.norm for word in words[after : after + 3])
    if tail[:2] == ("out", "of") and tail[2:] in {(ten,) for ten in _TEN}:
        return None if _is_for_another(words, after + 3) else Measure(value, index, after + 3, True)
    if tail[:1] == ("of",) and tail[1:2] in {(ten,) for ten in _TEN} and not _counts(words, after):
        return Measure(value, index, after + 2, True)
    if value == 0 and tail[:1] == ("pain",):
        return Measure(value, index, after, True)
    if _is_scored_by_context(words, index, after):
        return Measure(value, index, after, True)
    return None


def _is_a_review(words: list[Word], after: int) -> bool:
    """Read "a pillow of bricks, 10/10 would not recommend"."""
    following = {word.norm for word in words[after : after + 3]}
    return "recommend" in following or {"would", "again"} <= following


def _is_for_another(words: list[Word], last: int) -> bool:
    """Tell "ten out of ten for annoyance" from "ten out of ten for the pain"."""
    if last >= len(words) or words[last].norm != "for" or words[last].break_before != NO_BREAK:
        return False
    end = last + 1
    while not _ends(words, end) and words[end].norm not in _AFTER_SCALE:
        end += 1
    told = {word.norm for word in words[last + 1 : end]}
    counted = any(number_at(words, index) for index in range(last + 1, end))
    return 0 < len(told) <= _LONGEST_OBJECT and not counted and not told & _SCORED_FOR


def _counts(words: list[Word], after: int) -> bool:
    """Tell "6 of 10 sessions" from "6 of 10 at night"."""
    last = after + 2
    return not _ends(words, last) and words[last].norm not in _AFTER_OF_TEN


def _has_slash(words: list[Word], after: int, text: str) -> bool:
    if after >= len(words):
        return False
    return text[words[after - 1].end : words[after].start].strip() == "/"


def _ends(words: list[Word], after: int) -> bool:
    return after >= len(words) or words[after].break_before != NO_BREAK


def _is_scored_by_context(words: list[Word], index: int, after: int) -> bool:
    """Tell whether "a 6", "pain is 5", "8 at worst", "two right now" is a pain score."""
    tail = [word.norm for word in words[after : after + 3]]
    if tail[:1] and tail[0] in _NO_SCORE_AFTER:
        return False
    if _is_scored_at_a_time(words, index, tail) or _is_weighed(words, index, after):
        return True
    before = ["", "", *(word.norm for word in words[max(0, index - 4) : index])]
    last, last_but_one = before[-1], before[-2]
    if last in _OF_AN_AGE or last in _NUMBERED:
        return False  # "he's nine now", "week nine now"
    alone = words[index].break_before != NO_BREAK
    if words[index].norm == "one" and last not in ARTICLES and not alone:
        return False  # "I've not got one now"
    ends = _ends(words, after)
    if last in ARTICLES:
        return ends or tail[0] in _AFTER_RATING
    if last in _NOT_BEFORE_A_SCORE and not (last == "at" and last_but_one in _RATED):
        return False
    if tail[:1] == ["now"] or tail[:2] in (["right", "now"], ["at", "worst"], ["at", "its"]):
        return True
    if _SCALE & set(before):
        return ends or not tail[0].isalpha() or tail[0] in _AFTER_SCALE
    if last in _ROUGHLY:
        paused = words[index - 1].break_before != NO_BREAK
        return ends and (paused or last_but_one in _BEFORE_ROUGHLY)
    asked_back = bool(last) and words[index - 1].question and last in _RATED
    return ends and (last in _NOW or asked_back or (last == "at" and last_but_one in _RATED))


def _is_scored_at_a_time(words: list[Word], index: int, tail: list[str]) -> bool:
    """Read "5 today", "7 most days" and "zero at the minute"; "at about 2 today" is a time."""
    if _NO_SCORE_BEFORE & {word.norm for word in words[max(0, index - 3) : index]}:
        return False
    if tail[:2] in _ON_SUCH_DAYS or (tail[:1] and tail[0] in _AT_THIS_TIME):
        return True
    return tail[:2] == ["at", "the"] and tail[2:] in (["minute"], ["moment"])


def _is_weighed(words: list[Word], index: int, after: int) -> bool:
    """Read "I'd call it five", "he says 6", and the 4 of "right side, 4, no fever"."""
    if not _ends(words, after):
        return False
    before = [word.norm for word in words[max(0, index - 2) : index]]
    if before in _WEIGHED or (before[-1:] in (["say"], ["says"]) and set(before) & _RATERS):
        return True
    return _stands_alone(words, index, after)


def _stands_alone(words: list[Word], index: int, after: int) -> bool:
    """Tell a number between two pauses, after other words, from an age and from "C5, 6"."""
    if index == 0 or words[index].break_before == NO_BREAK:
        return False
    earlier = words[max(0, index - 3) : index]
    if any(word.norm in _PEOPLE or word.norm.isdigit() for word in earlier):
        return False
    following = words[after : after + 1]
    return not following or not following[0].norm.isdigit()
