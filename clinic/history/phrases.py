"""Write phrases out, and find many of them in a row of words at once."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError
from clinic.history.words import split_words

_PLACEHOLDER = re.compile(r"#(?:fever|nofever|few|many|yy|year(?!s))?")
_MAX_FORMS = 6000
_NAMES = ""  # a word is never empty, so this key of a node cannot be one

# What may follow a row of words, by the next word; under _NAMES whose phrase ends here.
_Node = dict[str, Any]


def expand(phrase: str, path: Path, entry: str) -> list[str]:
    """Write out the alternatives of a phrase.

    Args:
        phrase: Such as `tingl(e|ing)`, `(my )?legs` or `shoulder ?blade`; `(…)*` means the
            group may be missing, `(…)+` that it may not.
        path: The file, for the error message.
        entry: The entry, for the error message.

    Returns:
        Every form, in lower case.

    Raises:
        DataFileError: Unbalanced brackets or too many forms.
    """
    forms, end = _alternatives(phrase.lower(), 0)
    if end != len(phrase):
        raise DataFileError(path, entry, f"unbalanced brackets in {phrase!r}")
    if len(forms) > _MAX_FORMS:
        raise DataFileError(path, entry, f"{phrase!r} has more than {_MAX_FORMS} forms")
    return sorted({" ".join(form.split()) for form in forms} - {""})


def refuse_unreachable(phrase: str, forms: Sequence[str], path: Path, entry: str) -> None:
    """Refuse a phrase that no message can hold, such as "c5", which is cut into two words.

    Args:
        phrase: As it is written.
        forms: Written out.
        path: The file, for the error message.
        entry: The entry, for the error message.

    Raises:
        DataFileError: A form can never be found, and none beside it says the same.
    """
    if not forms or not all(form.split() for form in _alternatives(phrase.lower(), 0)[0]):
        raise DataFileError(path, entry, f"all of {phrase!r} may be missing; a gap (~1) says so")
    written = set(forms)
    for form in forms:
        cut = _as_cut(form)
        if cut != form and cut not in written:
            raise DataFileError(
                path, entry, f"{form!r} in {phrase!r} is never found: it is cut into {cut!r}"
            )


def _as_cut(form: str) -> str:
    """Return a form as the words of a message are cut, with the placeholders as they are."""
    if form.isascii() and form.replace(" ", "").isalpha():  # nearly always
        return form
    parts: list[str] = []
    end = 0
    for found in _PLACEHOLDER.finditer(form):
        parts += [word.norm for word in split_words(form[end : found.start()])]
        parts.append(found[0])
        end = found.end()
    parts += [word.norm for word in split_words(form[end:])]
    return " ".join(parts)


def _alternatives(phrase: str, index: int) -> tuple[set[str], int]:
    """Read `a|b|c` up to a closing bracket or the end."""
    forms: set[str] = set()
    row = {""}
    while index < len(phrase) and phrase[index] != ")":
        if phrase[index] == "|":
            forms |= row
            row, index = {""}, index + 1
            continue
        part, index = _part(phrase, index)
        if index > len(phrase):
            return set(), 0  # the bracket was never closed: the caller sees the mismatch
        row = {left + right for left in row for right in part}
    return forms | row, index


def _part(phrase: str, index: int) -> tuple[set[str], int]:
    """Read one letter or one bracket, with the `?`, `*` or `+` behind it."""
    if phrase[index] == "(":
        part, index = _alternatives(phrase, index + 1)
        index += 1
    else:
        part, index = {phrase[index]}, index + 1
    if index < len(phrase) and phrase[index] in "?*+":
        part = part if phrase[index] == "+" else part | {""}
        index += 1
    return part, index


def grown(phrases: Iterable[tuple[str, Sequence[str]]]) -> _Node:
    """Return the tree of all phrases of all names, as plain dictionaries.

    Parts of the tree that look alike are one part: over 200,000 phrases differ by their endings
    less than by their beginnings, so that this takes a sixth of the memory.

    Args:
        phrases: Names, each with the words of a phrase.
    """
    names: dict[tuple[str, ...], tuple[str, ...]] = {}
    for name, words in phrases:
        # Each word is kept once, however many phrases have it.
        phrase = tuple(map(sys.intern, words))
        known = names.get(phrase, ())
        if name not in known:
            names[phrase] = (*known, name)
    return _grown(names)


def _grown(names: Mapping[tuple[str, ...], tuple[str, ...]]) -> _Node:
    """Return the tree of some phrases.

    In alphabetical order nothing can be added any more to what lies beside the newest phrase, so
    that it can be made one with what looks alike at once.
    """
    alike: dict[tuple[Any, ...], _Node] = {}

    def settled(node: _Node) -> _Node:
        # What hangs below is settled already: it looks alike where it is the same.
        look = tuple((word, value if word is _NAMES else id(value)) for word, value in node.items())
        return alike.setdefault(look, node)

    path: list[_Node] = [{}]
    before: tuple[str, ...] = ()
    for phrase in sorted(names):
        shared = 0
        while shared < len(before) and before[shared] == phrase[shared]:
            shared += 1
        for place in range(len(before), shared, -1):
            path[place - 1][before[place - 1]] = settled(path[place])
        del path[shared + 1 :]
        path.extend({} for _ in phrase[shared:])
        path[-1][_NAMES] = names[phrase]
        before = phrase
    for place in range(len(before), 0, -1):
        path[place - 1][before[place - 1]] = settled(path[place])
    return path[0]


class PhraseTree:
    """All phrases of all names, as one tree of words.

    Args:
        root: What `grown` returned.
    """

    def __init__(self, root: _Node) -> None:
        self._root = root

    def find(self, words: Sequence[Sequence[str]]) -> Iterator[tuple[tuple[str, ...], int, int]]:
        """Find every phrase in a row of words, overlapping ones too.

        Args:
            words: The row; of each word the readings that it may be found under.

        Yields:
            The names of a phrase, index of its first word, index after its last word; ordered
            by the first word.
        """
        for first in range(len(words)):
            nodes = [self._root]
            for last in range(first, len(words)):
                forms = words[last]
                if len(nodes) == 1 and len(forms) == 1:  # nearly always
                    node = nodes[0].get(forms[0])
                    if node is None:
                        break
                    nodes[0] = node
                else:
                    nodes = [node[form] for node in nodes for form in forms if form in node]
                    if not nodes:
                        break
                for node in nodes:
                    if _NAMES in node:
                        yield node[_NAMES], first, last + 1
