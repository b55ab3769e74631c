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
        practical: Matches a cue that a remark is practical.
        medical: Matches a word about health.
    """

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
            raise DataFileError(path, "", "expected the lists practical and medical")
        return cls(pattern_of(path, content, "practical"), pattern_of(path, content, "medical"))

    def judge(self, text: str, *, has_findings: bool) -> Verdict:
        """Say whether a note may be kept.

        Args:
            text: The note as it was written.
            has_findings: Whether the reading of symptoms or of topics found something in it.
        """
        plain = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
        if has_findings or self.medical.search(plain):
            return "medical"
        if not self.practical.search(plain):
            return "not_practical"
        return "kept" if len(text.strip()) <= MAX_NOTE else "too_long"


@lru_cache(maxsize=1)
def get_note_rules() -> NoteRules:
    """Return the rules, loaded on first use."""
    return NoteRules.load()
