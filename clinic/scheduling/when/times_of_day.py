"""Read what people call the parts of the day from `data/booking/times_of_day.yml`."""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.scheduling.when.marks import END_OF_DAY, Part

FILE = Path(__file__).resolve().parents[3] / "data" / "booking" / "times_of_day.yml"
# Named by code: half words beside a day mean one of these.
NEEDED = ("first_thing", "late_afternoon", "morning", "afternoon")
_FIELDS = {"id", "from", "to", "words", "said"}


@lru_cache(maxsize=1)
def times_of_day() -> dict[str, tuple[str, Part]]:
    """Return the table of the project, read once."""
    return load_times_of_day(FILE)


def load_times_of_day(path: Path) -> dict[str, tuple[str, Part]]:
    """Read and check the table.

    Args:
        path: The file.

    Returns:
        For each id, in order, the pattern of its phrases and the part of the day.

    Raises:
        DataFileError: An entry is incomplete, or one that the code needs is missing.
    """
    content = load_yaml(path)
    if not isinstance(content, list):
        raise DataFileError(path, "", "expected a list of parts of the day")
    table: dict[str, tuple[str, Part]] = {}
    for number, entry in enumerate(content, start=1):
        if not isinstance(entry, dict) or set(entry) != _FIELDS:
            raise DataFileError(path, f"entry {number}", f"expected {', '.join(sorted(_FIELDS))}")
        name = str(entry["id"])
        begin, end = _time(path, name, "from", entry), _time(path, name, "to", entry)
        if begin >= end:
            raise DataFileError(path, f"{name}.to", "expected a time after the one of from")
        said = entry["said"]
        if not isinstance(said, list) or not said or not all(isinstance(one, str) for one in said):
            raise DataFileError(path, f"{name}.said", "expected a list of phrases")
        pattern = "|".join(_pattern(phrase) for phrase in sorted(said, key=len, reverse=True))
        end = END_OF_DAY if end == time(23, 59) else end
        table[name] = (rf"\b(?:{pattern})\b", Part(begin, end, str(entry["words"])))
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise DataFileError(path, missing[0], "is needed and missing")
    return table


def _time(path: Path, name: str, field: str, entry: dict[str, Any]) -> time:
    try:
        return time.fromisoformat(str(entry[field]))
    except ValueError as error:
        raise DataFileError(path, f"{name}.{field}", 'expected a time such as "09:30"') from error


def _pattern(phrase: str) -> str:
    """Return the pattern of a phrase; what stands in brackets may be left out."""
    pieces = re.findall(r"\(([^)]*)\)|([^()]+)", phrase.lower())
    words = [(optional or plain).strip() for optional, plain in pieces]
    pattern = ""
    for number, ((optional, _), word) in enumerate(zip(pieces, words, strict=True)):
        last = number == len(pieces) - 1
        if not word:
            continue
        if not optional:
            follows = not last and any(not piece[0] for piece in pieces[number + 1 :])
            pattern += re.escape(word) + (" " if follows else "")
        elif any(not piece[0] for piece in pieces[number + 1 :]):
            pattern += f"(?:{re.escape(word)} )?"
        else:
            pattern += f"(?: {re.escape(word)})?"
    return pattern
