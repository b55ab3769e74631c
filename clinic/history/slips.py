"""How far a typed word is from the meant one, weighed by the slips that fingers and ears make."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {
    letter: {
        other
        for line, row_of_other in enumerate(_ROWS)
        for column, other in enumerate(row_of_other)
        if abs(line - place) <= 1 and abs(column - key) <= 1 and other != letter
    }
    for place, row in enumerate(_ROWS)
    for key, letter in enumerate(row)
}
_VOWELS = frozenset("aeiouy")
# Slips in the order of how easily they happen: 1 is a plain one.
_SWAPPED, _DOUBLED, _DROPPED, _BESIDE_KEY, _VOWEL, _PLAIN = 0.6, 0.5, 0.7, 0.8, 0.8, 1.2
_FIRST_LETTER = 0.4  # it is seldom wrong
_FORMS = re.compile(r"(?P<stem>.+?)(?P<ending>s|ing|ed|ers?|y)$")
# Before an ending such a word doubles its last letter: "shoting" is no form of "shot".
_DOUBLING = re.compile(r"[^aeiouy]*[aeiouy][^aeiouywx]$")
_SOUNDS = (
    (re.compile("ght"), "t"),
    (re.compile("ph"), "f"),
    (re.compile("c(?=[eiy])|z"), "s"),
    (re.compile("ck|c|q"), "k"),
    (re.compile("^kn|^gn"), "n"),
    (re.compile("^wr"), "r"),
    (re.compile("mb$"), "m"),
    (re.compile("(.)\\1+"), "\\1"),
    (re.compile("(?<!^)[aeiouyhw]"), ""),
)


def drops(word: str) -> Iterator[str]:
    """Give a word without one of its letters, once for each letter.

    Two words that are one slip apart share such a form, or one is such a form of the other.

    Args:
        word: A word.
    """
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def slip(typed: str, meant: str) -> float | None:
    """Return how unlikely the one slip is that makes one word of another.

    Args:
        typed: What stands in the message.
        meant: A known word.

    Returns:
        About 0.5 to 1.6, or None where it takes more than one slip.
    """
    start = 0
    shortest = min(len(typed), len(meant))
    while start < shortest and typed[start] == meant[start]:
        start += 1
    left, right = typed[start:], meant[start:]
    first = 0.0 if start else _FIRST_LETTER
    if len(left) == len(right):
        if left[2:] == right[2:] and left[:2] == right[:2][::-1]:
            return _SWAPPED + first
        if left[1:] != right[1:] or not left:
            return None
        if right[0] in _BESIDE.get(left[0], ()):
            return _BESIDE_KEY + first
        return (_VOWEL if {left[0], right[0]} <= _VOWELS else _PLAIN) + first
    if left[1:] == right:  # a letter too many; a doubled one is where the common start ends
        return _DOUBLED if start and left[0] == typed[start - 1] else _PLAIN + first
    if left == right[1:]:  # a letter too few
        doubled = start and right[0] == meant[start - 1]
        return _DOUBLED if doubled else _DROPPED + first
    return None


def sound(word: str) -> str:
    """Return what a word sounds like: its consonants, with letters that sound alike made one.

    Args:
        word: A word in lower case.
    """
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    return word


def stems(word: str) -> Iterator[str]:
    """Give what a word would be a regular form of: "nip" for "nipping", "mime" for "miming".

    Args:
        word: A word in lower case.
    """
    form = _FORMS.match(word)
    if form is None:
        return
    stem = form["stem"]
    if form["ending"] == "s":
        yield stem
        return
    if not _DOUBLING.match(stem) and not stem.endswith("e"):
        yield stem
    if len(stem) > 1 and stem[-1] == stem[-2]:
        yield stem[:-1]
    yield stem + "e"
