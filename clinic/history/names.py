"""Find the names in a message, so that "Tauranga" is not read as a misspelt "tearing".

A capital alone is no name: many write "Numness in both Hands". Where the capital is the only one
of its kind, and the words beside it are those that stand beside names, nothing is corrected; where
only the capital speaks for a name, a word that is one slip away is still read as misspelt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clinic.history.words import (
    LIKELY_NAME,
    NO_BREAK,
    NO_NAME,
    SENTENCE_END,
    SURE_NAME,
    Word,
    word_set,
)

_I = word_set("i im ive id")
_SMALL_PER_CAPITAL = 2  # words in lower case for one that begins with a capital
_PLACING = word_set("in from near at of to outside around round by via")
# "Pain in Chets" is misspelt and no town; so is what is said of the body itself.
_OF_THE_BODY = word_set(
    "pain pains painful ache aches aching sore soreness hurt hurts hurting numb numbness tingling "
    "tingly weak weakness stiff stiffness burning swelling swollen lump lumps rash feeling feel "
    "pressure tight tightness spasm spasms trouble problem problems loss cramp cramps heavy pins "
    "needles injury knot shooting stabbing suffering suffer suffers side sides left right both"
)
# Who writes these with a capital does so with signs, too.
_BODY = word_set(
    "neck necks back head chest arm arms hand hands finger fingers leg legs foot feet shoulder "
    "shoulders spine throat face jaw stomach tummy bladder bowel bowels eye eyes skin heart breath"
)
_CALLED = word_set(
    "mr mrs miss ms dr sir aunt auntie aunty uncle cousin husband wife hubby son daughter mum mom "
    "mam dad father mother brother sister nan gran granny grandad grandma grandpa partner friend "
    "mate neighbour neighbor boyfriend girlfriend boss nephew niece grandson granddaughter called "
    "named name names nurse lad lass"
)
_WHERE_FROM = word_set(
    "live lives living lived based work works working worked born am im are is was man woman "
    "here up down out over originally writing hi hello lad lass bloke girl farmer driver nurse"
)
_PLACES_ONLY = word_set("in from near")
_PRESENTING = word_set("here speaking writing again")


def mark_names(text: str, words: list[Word]) -> list[Word]:
    """Mark the words of a message that are names.

    Args:
        text: The message as it arrived.
        words: Its words.
    """
    capital = [_has_capital(text, word) for word in words]
    own = _uses_capitals_for_names(words, capital)
    marked: list[Word] = []
    for index, word in enumerate(words):
        name = NO_NAME
        if own and capital[index]:
            name = _name_with_capital(words, capital, index)
            if name != SURE_NAME and marked and _goes_on(marked[-1], word):
                name = SURE_NAME  # "Mr Piotr Achieng"
        elif _is_where_one_lives(words, index):
            name = LIKELY_NAME
        marked.append(replace(word, name=name) if name else word)
    return marked


def _has_capital(text: str, word: Word) -> bool:
    written = text[word.start : word.end]
    return len(written) > 1 and written[0].isupper() and written[1:].islower()


def _opens(words: Sequence[Word], index: int) -> bool:
    return words[index].break_before == SENTENCE_END


def _uses_capitals_for_names(words: Sequence[Word], capital: Sequence[bool]) -> bool:
    """Tell a message in ordinary spelling from Title Case and from "pain in my Neck"."""
    inner = [index for index, word in enumerate(words) if not _opens(words, index)]
    if any(capital[index] and words[index].norm in _BODY for index in inner):
        return False
    capitals = sum(capital[index] and words[index].norm not in _I for index in inner)
    small = sum(
        not capital[index] and words[index].norm.isalpha() and words[index].norm not in _I
        for index in inner
    )
    return small >= max(1, capitals) * _SMALL_PER_CAPITAL


def _name_with_capital(words: Sequence[Word], capital: Sequence[bool], index: int) -> int:
    word = words[index]
    after = words[index + 1] if index + 1 < len(words) else None
    if _opens(words, index):
        # "Sunita, 34, sore neck" and "Achieng here".
        aged = after is not None and after.break_before > NO_BREAK and after.norm.isdigit()
        presents = after is not None and after.norm in _PRESENTING
        return LIKELY_NAME if aged or presents else NO_NAME
    before = words[index - 1]
    if word.break_before == NO_BREAK:
        if before.norm in _CALLED:
            return SURE_NAME
        told = index > 1 and before.break_before == NO_BREAK and words[index - 2].norm
        if before.norm in _PLACING and told not in _OF_THE_BODY:
            return SURE_NAME
        return LIKELY_NAME
    alone = after is None or after.break_before > NO_BREAK
    beside_an_age = before.norm.isdigit() or (after is not None and after.norm.isdigit())
    return SURE_NAME if alone and beside_an_age else LIKELY_NAME


def _goes_on(before: Word, word: Word) -> bool:
    return before.name == SURE_NAME and word.break_before == NO_BREAK


def _is_where_one_lives(words: Sequence[Word], index: int) -> bool:
    """Read "im based in tauranga": many write names without a capital."""
    if index < 1 or words[index].break_before != NO_BREAK:
        return False
    before = words[index - 1]
    if before.norm not in _PLACES_ONLY:
        return False
    if index == 1 or before.break_before == SENTENCE_END:
        return before.norm == "from"
    return before.break_before == NO_BREAK and words[index - 2].norm in _WHERE_FROM
