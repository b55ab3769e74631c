"""Read ages: "I'm 52", "78 yo", "my 8 year old", "in my sixties"."""

from __future__ import annotations

import itertools
import re

from clinic.history.numbers import ARTICLES, UNITS, Measure, number_at
from clinic.history.words import NO_BREAK, PAUSE, SENTENCE_END, Word, word_set

_DECADES = {
    form: float(years)
    for years, forms in {
        15: "teens",
        25: "twenties 20s",
        35: "thirties 30s",
        45: "forties 40s",
        55: "fifties 50s",
        65: "sixties 60s",
        75: "seventies 70s",
        85: "eighties 80s",
        95: "nineties 90s",
    }.items()
    for form in forms.split()
}
_OWNERS = word_set("my his her their")
_RETIRED_AT = 68.0
_OLDEST = 120
GROWN_UP = 16  # years; the service is not made for younger patients (decision D6)
_GLUED = re.compile(r"([0-9]{1,3})(yo|yrs?|y|m|f)")
_OLD = (
    ("years", "old"),
    ("year", "old"),
    ("yrs", "old"),
    ("yr", "old"),
    ("y", "o"),
    ("years", "young"),
    ("last", "birthday"),
    ("next", "birthday"),
)
_OLD_WORDS = word_set("yo yearold")
_BEFORE = word_set("im am aged age turned shes hes is theyre")
_NOT_AGES = frozenset(UNITS) | word_set(
    "out of percent ft foot feet kg lbs stone cm pounds times am pm per to"
)
_PERSONS = word_set(
    "he she who mum mom mam mammy mother dad father husband wife partner son daughter brother "
    "sister aunt uncle friend neighbour neighbor patient gran nan grandma grandad grandpa "
    "grandfather grandmother client"
)
_AFTER_AGE = word_set("years yrs year next now and today soon this")
_YEARS = word_set("years yrs year")
_BESIDE = word_set("with to and married known loved")
_OF_A_PATIENT = word_set("he she his her has is male female having got with who")
_NOT_OLD = word_set(
    "sober clean dry married divorced widowed retired post into in without since qualified out"
)

_THINGS = word_set(
    "mattress pillow bed chair sofa desk car van bike boiler phone laptop screen shoes boots specs "
    "glasses lenses house ganglion cyst lump mole scar tattoo plate screws scan xray injury "
    "fracture op operation surgery replacement stent dog cat horse pony"
)
_THING_BEFORE = 4
_GROWN_ON = word_set("lump lumps cyst lipoma ganglion mole scar tattoo wart swelling bump")
_GROWN_BEFORE = 10
# "Hauling a 2 yr old" tells of no patient.
_LOADS = word_set(
    "hauling hauled carrying carried lifting lifted holding held rocking chasing chased cuddling "
    "hoisting lugging bouncing pushing feeding"
)
_LOAD_BEFORE = 3
# "I'm 5'9": feet and inches.
_FEET = range(3, 8)
_INCHES = frozenset(str(inches) for inches in range(12))


def find_ages(words: list[Word]) -> list[Measure]:
    """Find ages in years.

    Args:
        words: The message's words.

    Returns:
        Ages between 0 and 120.
    """
    found = []
    for index in range(len(words)):
        age = _worded(words, index) or _numbered(words, index)
        if age is not None:
            found.append(age)
    return found


def _worded(words: list[Word], index: int) -> Measure | None:
    norm = words[index].norm
    before = {word.norm for word in words[max(0, index - 3) : index]}
    if norm in _DECADES and before & _OWNERS:
        return Measure(_DECADES[norm], index, index + 1, True)
    if norm in ("pensioner", "retired"):
        return Measure(_RETIRED_AT, index, index + 1, True)
    if norm == "teenager" and {"a", "im"} <= before:
        return Measure(15.0, index, index + 1, True)
    return None


def _numbered(words: list[Word], index: int) -> Measure | None:
    if words[index].norm in ARTICLES:
        return None
    glued = _GLUED.fullmatch(words[index].norm)
    read = (float(glued[1]), index + 1) if glued else number_at(words, index)
    if read is None or not 0 < read[0] <= _OLDEST:
        return None
    if [word.norm for word in words[max(0, index - 2) : index]] == ["i", "was"]:
        return None  # "lame since I was one year old"
    value, after = read
    if _is_a_load(words, index) or _is_a_height(words, after, value):
        return None
    told_apart = words[index].break_before == PAUSE and value >= GROWN_UP
    if not told_apart and _is_of_a_thing(words, index):
        return None
    if glued or _is_called_old(words, after) or _is_said_of_a_person(words, index, after, value):
        return Measure(value, index, after, True)
    return None


def _is_of_a_thing(words: list[Word], index: int) -> bool:
    """Read "a ganglion, ten years old" and "the mattress is 12 years old"."""
    first = index
    near = max(0, index - _THING_BEFORE)
    while first > near and words[first].break_before < SENTENCE_END:
        first -= 1
    if not _THINGS.isdisjoint(word.norm for word in words[first:index]):
        return True
    # "A fatty lump on the back of my neck, 12 years old."
    grown = {word.norm for word in words[max(0, index - _GROWN_BEFORE) : index]}
    return not (_GROWN_ON.isdisjoint(grown) or grown & _PERSONS)


def _is_a_load(words: list[Word], index: int) -> bool:
    """Read "carrying a heavy 2 year old", but not "my son, a 2 year old"."""
    before = [word.norm for word in words[max(0, index - _LOAD_BEFORE) : index]]
    return any(
        load in _LOADS and owner in ("a", "our", "my") for load, owner in itertools.pairwise(before)
    )


def _is_a_height(words: list[Word], after: int, value: float) -> bool:
    """Read "I'm 5'9" and "she's 5 6", but not "he is 5, 3 weeks sore"."""
    return (
        value in _FEET
        and after < len(words)
        and words[after].break_before == NO_BREAK
        and words[after].norm in _INCHES
    )


def _is_called_old(words: list[Word], after: int) -> bool:
    tail = tuple(word.norm for word in words[after : after + 2])
    return tail in _OLD or tail[:1] in {(word,) for word in _OLD_WORDS}


def _is_said_of_a_person(words: list[Word], index: int, after: int, value: float) -> bool:
    """Read "I'm 52 and", "she's 84 neck is stiff", "I am 68 years", "she is 77, she fell"."""
    if index == 0 and value >= GROWN_UP:  # "74, tripped over the flex"
        return after < len(words) - 1 and words[after].break_before == PAUSE
    if index == 0 or words[index].break_before > PAUSE or value < 5:
        return False
    before = words[index - 1].norm
    if before.endswith("s") and before[:-1] in _PERSONS and value >= GROWN_UP:
        before = "is"  # "Dad's 83"
    ends = after >= len(words) or words[after].break_before >= PAUSE
    if words[index].break_before == PAUSE:  # "Mum (79) fell"
        return ends and before in _PERSONS
    if _is_a_count_of_years(words, index, after):
        return True
    if before not in _BEFORE:
        return False
    tail = "" if ends else words[after].norm
    if tail in _YEARS and {word.norm for word in words[after + 1 : after + 2]} & _NOT_OLD:
        return False  # "I'm 12 years sober"
    if before == "is" and not (_has_person(words, index + 1) and (ends or tail in _AFTER_AGE)):
        return False
    return tail not in _NOT_AGES or (tail in _YEARS and value >= 12)


def _is_a_count_of_years(words: list[Word], index: int, after: int) -> bool:
    """Read "for my son 20 yrs, he is here", but not "with my husband 30 years"."""
    named = [word.norm for word in words[max(0, index - 3) : index]]
    if named[-1] not in _PERSONS or named[-2:-1] not in (["my"], ["our"]) or named[0] in _BESIDE:
        return False
    if after >= len(words) or words[after].norm not in _YEARS | {"y"}:
        return False
    rest = words[after + 1 : after + 2]
    return not rest or rest[0].break_before >= PAUSE or rest[0].norm in _OF_A_PATIENT


def _has_person(words: list[Word], index: int) -> bool:
    """Tell a mother who "is 77" from a pulse that "is 60"."""
    before = {word.norm for word in words[max(0, index - 5) : index - 1]}
    return bool((before | {norm.removesuffix("s") for norm in before}) & _PERSONS)


def is_age_in_years(words: list[Word], index: int) -> bool:
    """Tell whether "68 years" at an index is an age ("I am 68 years") and no duration.

    Args:
        words: The message's words.
        index: Where the number stands.
    """
    return any(age.first == index for age in [_numbered(words, index)] if age is not None)


def age_band(years: float) -> str:
    """Return the band of an age; exact ages are never kept.

    Args:
        years: Age in years.

    Returns:
        One of the values of the attribute `age_band`.
    """
    if years < GROWN_UP:
        return "<16"
    if years < 50:
        return "16-49"
    return "50-64" if years < 65 else ">=65"
