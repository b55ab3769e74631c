"""Find parts of the day in a sentence: "first thing", "after work", "mornings"."""

from __future__ import annotations

import re
from datetime import time

from rapidfuzz.distance import DamerauLevenshtein

from clinic.scheduling.when.marks import END_OF_DAY, Found, Part
from clinic.scheduling.when.times_of_day import times_of_day

# Half words that mean something only beside a day
_BESIDE_A_DAY = (
    (r"(?<=[>y] )am", "morning"),
    (r"(?<=[>y] )pm", "afternoon"),
    (r"early(?: on)?(?= <[DW])|(?<=> )early", "first_thing"),
    (r"late(?: on)?(?= <[DW])|(?<=> )late", "late_afternoon"),
)


def mark_parts(found: Found) -> None:
    """Put marks in the place of parts of the day."""
    found.text = re.sub(r"\b[a-z]{6,10}\b", _spelled_part, found.text)
    found.put_part(r"\b(?:not|nothing|none) too early\b", Part(time(10), END_OF_DAY, "after 10 am"))
    found.put_part(r"\b(?:not|nothing|none) too late\b", Part(time(0), time(16), "before 4 pm"))
    table = times_of_day()
    for pattern, part in table.values():
        found.put_part(pattern, part)
    for pattern, name in _BESIDE_A_DAY:
        found.put_part(rf"\b(?:{pattern})\b", table[name][1])


def _spelled_part(match: re.Match[str]) -> str:
    """Put right a part of the day with a slip of the keyboard."""
    word = match[0]
    for name in ("morning", "afternoon", "evening"):
        near = word[0] == name[0] and DamerauLevenshtein.distance(word, name) <= 2
        if near and word[-2:] != "ed":
            return name
    return word
