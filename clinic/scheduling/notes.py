"""Tell a practical remark for an appointment from one about health, which is never kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from clinic.datafiles import DataFileError, load_yaml
from clinic.phrases import pattern_of

NOTES_FILE = Path(__file__).resolve().parents[2] / "data" / "booking" / "notes.yml"
MAX_NOTE = 200

Verdict = Literal["kept", "medical", "not_practical", "too_long"]


@dataclass(frozen=True)
class NoteRules:
    """The words of `data/booking/notes.yml`.

    Args:
        access: Matches what somebody needs to come in and to be understood.
        practical: Matches a cue that a remark is practical.
        medical: Matches a word about health.
    """

    access: re.Pattern[str]
    practical: re.Pattern[str]
    medical: re.Pattern[str]

    @classmethod
    def load(cls, path: Path = NOTES_FILE) -> NoteRules:
        """Read and check the word lists.

        Args:
            path: The file.

        Raises:
            DataFileError: A list is missing or an entry is no text.
        """
        content = load_yaml(path)
        if not isinstance(content, dict):
            raise DataFileError(path, "", "expected the lists access, practical and medical")
        lists = (pattern_of(path, content, name) for name in ("access", "practical", "medical"))
        return cls(*lists)

    def names_access(self, text: str) -> bool:
        """Tell whether a note says what somebody needs to come in or to be understood."""
        return bool(self.access.search(_plain(text)))

    def without_access(self, text: str) -> str:
        """Return a note without the words that say so, which are no matter of health here."""
        return self.access.sub(" ", _plain(text))

    def judge(self, text: str, *, has_findings: bool) -> Verdict:
        """Say whether a note may be kept.

        Args:
            text: The note as it was written.
            has_findings: Whether the reading of symptoms or of topics found something in what
                `without_access` leaves of it.
        """
        if has_findings or self.medical.search(self.without_access(text)):
            return "medical"
        if not self.names_access(text) and not self.practical.search(_plain(text)):
            return "not_practical"
        return "kept" if len(text.strip()) <= MAX_NOTE else "too_long"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")


@lru_cache(maxsize=1)
def get_note_rules() -> NoteRules:
    """Return the rules, loaded on first use."""
    return NoteRules.load()
