"""Turn a list of words in a data file into one pattern."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError


def pattern_of(path: Path, content: dict[str, Any], name: str) -> re.Pattern[str]:
    """Return a pattern that finds any entry of a list as whole words.

    Args:
        path: The file, for the complaint.
        content: What the file holds.
        name: The list; an entry matches with any ending where it ends in *.

    Raises:
        DataFileError: The list is missing, or an entry is no text.
    """
    entries = content.get(name)
    if not isinstance(entries, list) or not entries:
        raise DataFileError(path, name, "expected a list of words")
    for entry in entries:
        if not isinstance(entry, str) or not entry.strip(" *"):
            raise DataFileError(path, f"{name}.{entry}", "expected a word in small letters")
    words = "|".join(re.escape(entry).replace(r"\*", r"[\w-]*") for entry in entries)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")
