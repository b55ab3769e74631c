"""Tell what a question about privacy asks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from clinic.datafiles import DataFileError, load_yaml
from clinic.settings.environment import PROJECT_ROOT

Request = Literal["export", "known", "general"]
_FILE = PROJECT_ROOT / "data" / "privacy" / "requests.yml"


def request_in(text: str) -> Request:
    """Return what a message asks for: a copy, what is known, or how privacy works in general.

    Args:
        text: A message that was understood as a question about privacy.
    """
    said = " ".join(text.lower().split())
    phrases = _phrases()
    if any(phrase in said for phrase in phrases["export"]):
        return "export"
    return "known" if any(phrase in said for phrase in phrases["known"]) else "general"


def load_requests(path: Path) -> Mapping[str, tuple[str, ...]]:
    """Load the phrases.

    Args:
        path: `requests.yml`.

    Raises:
        DataFileError: A list is missing, empty, or holds something else than small letters.
    """
    data = load_yaml(path)
    if not isinstance(data, dict) or set(data) != {"export", "known"}:
        raise DataFileError(path, "", "expected the lists export and known")
    for name, phrases in data.items():
        if not isinstance(phrases, list) or not phrases:
            raise DataFileError(path, name, "expected a list of phrases")
        for phrase in phrases:
            if not isinstance(phrase, str) or phrase != phrase.lower().strip() or not phrase:
                raise DataFileError(path, name, f"{phrase!r} is no phrase in small letters")
    return {name: tuple(phrases) for name, phrases in data.items()}


@cache
def _phrases() -> Mapping[str, tuple[str, ...]]:
    return load_requests(_FILE)
