"""The words by which a visitor asks something of Atlas, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from clinic.datafiles import DataFileError, load_yaml

_FILE = Path(__file__).resolve().parents[2] / "data" / "dialogue" / "request_words.yml"


class Wish(StrEnum):
    """What the words of a message ask for."""

    WANTS_VISIT = "wants_visit"
    NAMES_VISIT = "names_visit"
    WANTS_NO_VISIT = "wants_no_visit"
    ONLY_VISIT = "only_visit"
    GOES_ON = "goes_on"
    STARTS_OVER = "starts_over"
    WANTS_SUMMARY = "wants_summary"
    HELP_NOW = "help_now"
    FRIGHTENED = "frightened"
    CHECKS_SIGNS = "checks_signs"


class RequestWords:
    """Tells by its words what a message asks for.

    Args:
        patterns: One pattern a wish.
    """

    def __init__(self, patterns: Mapping[Wish, re.Pattern[str]]) -> None:
        self._patterns = patterns

    @classmethod
    def load(cls, path: Path) -> RequestWords:
        """Load and check `request_words.yml`.

        Raises:
            DataFileError: A wish is unknown or missing, or an expression cannot be read.
        """
        data = load_yaml(path)
        if not isinstance(data, dict):
            raise DataFileError(path, "", "expected expressions by wish")
        for name in (*(set(data) - set(Wish)), *(set(Wish) - set(data))):
            raise DataFileError(path, str(name), "is unknown or missing")
        return cls({wish: _joined(data[wish.value], wish, path) for wish in Wish})

    def say(self, wish: Wish, text: str) -> bool:
        """Tell whether a message holds words of a wish.

        Args:
            wish: The wish.
            text: What the visitor wrote.
        """
        return bool(self._patterns[wish].search(text.replace("\u2019", "'")))

    def without(self, wish: Wish, text: str) -> str:
        """Return a message without the words of a wish.

        Args:
            wish: The wish.
            text: What the visitor wrote.
        """
        return self._patterns[wish].sub(" ", text.replace("\u2019", "'"))


@lru_cache(maxsize=1)
def get_request_words() -> RequestWords:
    """Return the words, loaded on first use."""
    return RequestWords.load(_FILE)


def _joined(expressions: object, wish: Wish, path: Path) -> re.Pattern[str]:
    if not isinstance(expressions, list) or not expressions:
        raise DataFileError(path, wish.value, "expected a list of expressions")
    for expression in expressions:
        try:
            re.compile(str(expression))
        except re.error as error:
            raise DataFileError(path, wish.value, f"{expression!r}: {error}") from error
    return re.compile("|".join(f"(?:{item})" for item in expressions), re.IGNORECASE)
