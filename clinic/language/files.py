"""What all files of data/translations/ have in common: who translated them, and their review."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.history.words import split_words

AWAITING = "translation awaiting review"
REVIEWED = "translation reviewed"
_HEAD = frozenset({"status", "translator", "date"})


def load_translation(path: Path, keys: frozenset[str]) -> dict[str, Any]:
    """Load a translation file and check its head and its keys.

    Args:
        path: The file.
        keys: The keys that it must have besides status, translator and date.

    Returns:
        Its content.

    Raises:
        DataFileError: The head or a key is missing, or a key is unknown.
    """
    data = load_yaml(path)
    if not isinstance(data, dict):
        raise DataFileError(path, "", "expected keys and values")
    if data.get("status") not in (AWAITING, REVIEWED):
        raise DataFileError(path, "status", f"expected {AWAITING!r} or {REVIEWED!r}")
    if not str(data.get("translator") or "").strip():
        raise DataFileError(path, "translator", "is missing: who wrote this translation?")
    if not isinstance(data.get("date"), datetime.date):
        raise DataFileError(path, "date", "expected the day of the translation, YYYY-MM-DD")
    missing = keys - set(data)
    if missing:
        raise DataFileError(path, min(missing), "is missing")
    check_keys(data, keys | _HEAD, path, "")
    return data


def check_keys(entry: Mapping[str, Any], known: frozenset[str], path: Path, where: str) -> None:
    """Check that an entry has no unknown key.

    Raises:
        DataFileError: It has one.
    """
    unknown = {str(key) for key in entry} - known
    if unknown:
        name = min(unknown)
        raise DataFileError(path, f"{where}.{name}".lstrip("."), "is no key that is known here")


def word_list(data: Mapping[str, Any], key: str, path: Path) -> frozenset[str]:
    """Return the words of a field, without accents and in small letters.

    Raises:
        DataFileError: The field is no text.
    """
    if not isinstance(data[key], str):
        raise DataFileError(path, key, "expected words with spaces between them")
    return frozenset(word.norm for word in split_words(data[key]))
