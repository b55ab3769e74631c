"""Appointment references: short, easy to read out, hard to mistake."""

from __future__ import annotations

import re
import secrets

PREFIX = "ATL"
# No vowels, so that no word appears; of each pair that looks or sounds alike only one.
ALPHABET = "23456789CDFHJKMNPQRTVWXY"
LENGTH = 6

_LOOK_ALIKES = str.maketrans({"B": "8", "G": "6", "S": "5", "Z": "2"})
_CODE = r"(?:[2-9B-DF-HJKMNP-TV-Z][ .-]?){5}[2-9B-DF-HJKMNP-TV-Z]"
_WITH_PREFIX = re.compile(rf"\bA[ .-]?T[ .-]?L(?:\s*[-\u2013\u2014.:#]\s*|\s*)({_CODE})\b")
# What is surely meant as a reference but holds a letter that none has: it is looked up and
# not found, with the same reply as any other.
_MISREAD = re.compile(r"\bATL\s*-?\s*([A-Z0-9]{6})\b")
_ALONE = re.compile(rf"\W*({_CODE})\W*")


def new_reference() -> str:
    """Return a random reference such as "ATL-7K3M9Q"."""
    return f"{PREFIX}-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def find_reference(text: str) -> str | None:
    """Find a reference in what someone wrote or said.

    Args:
        text: Any text. Lower case, missing or extra dashes, spelled-out letters ("A T L 7 K
            3 M 9 Q") and look-alikes (B for 8, S for 5) are understood; without "ATL" the
            code must be the whole message and hold a digit.

    Returns:
        The reference in its written form, or None.
    """
    upper = text[:2000].upper().replace(" DASH ", "-").replace(" HYPHEN ", "-")
    match = _WITH_PREFIX.search(upper) or _MISREAD.search(upper)
    if match is None:
        match = _ALONE.fullmatch(upper)
        if match is None or not re.search(r"\d", match[1]) or not re.search(r"[A-Z]", match[1]):
            return None
    code = re.sub(r"[ .-]", "", match[1]).translate(_LOOK_ALIKES)
    return f"{PREFIX}-{code}"


def reference_span(text: str) -> tuple[int, int] | None:
    """Return where a reference with its prefix stands, or None; its letters mean nothing else.

    Args:
        text: Any text.
    """
    match = _WITH_PREFIX.search(text.upper()) or _MISREAD.search(text.upper())
    return match.span() if match else None


def without_reference(text: str) -> str:
    """Return a text without its reference, whose letters may look like a time of day.

    Args:
        text: Any text.
    """
    return (
        _WITH_PREFIX.sub(" ", text.upper()).lower() if _WITH_PREFIX.search(text.upper()) else text
    )
