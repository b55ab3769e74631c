"""Read the files of `data/clinical/lexicon/`, and know where in them an entry stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml

_KEYS = {"concepts", "hidden_inside", "findings"}


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """One file of the lexicon.

    Attributes:
        path: Where it is.
        concepts: Phrases by concept.
        hidden_inside: For a concept those inside of which it does not count.
        findings: What patterns mean.
    """

    path: Path
    concepts: dict[str, Any] = field(default_factory=dict)
    hidden_inside: dict[str, Any] = field(default_factory=dict)
    findings: list[Any] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> LexiconFile:
        """Load one file.

        Raises:
            DataFileError: It holds something else than concepts and findings.
        """
        data = load_yaml(path)
        if not isinstance(data, dict) or not data or not set(data) <= _KEYS:
            raise DataFileError(path, "", f"expected some of the keys {', '.join(sorted(_KEYS))}")
        for key, kind, wanted in (
            ("concepts", dict, "phrases by concept"),
            ("hidden_inside", dict, "concepts by concept"),
            ("findings", list, "a list"),
        ):
            if not isinstance(data.get(key, kind()), kind):
                raise DataFileError(path, key, f"expected {wanted}")
        return cls(path, **data)


def load_files(folder: Path) -> list[LexiconFile]:
    """Load all files of the lexicon.

    Raises:
        DataFileError: There is none, or one is not usable.
    """
    files = [LexiconFile.load(path) for path in sorted(folder.glob("*.yml"))]
    if not any(file.findings for file in files):
        raise DataFileError(folder, "findings", "expected a list in at least one file")
    return files


def entries(files: list[LexiconFile]) -> Iterator[tuple[LexiconFile, dict[str, Any]]]:
    """Give every finding with its file, each with an id of its own.

    Raises:
        DataFileError: A finding has no id, or one that stands twice.
    """
    seen: dict[str, Path] = {}
    for file in files:
        for entry in file.findings:
            if not isinstance(entry, dict) or "id" not in entry:
                raise DataFileError(file.path, str(entry)[:40], "every finding needs an id")
            name = str(entry["id"])
            if name in seen:
                raise DataFileError(file.path, name, f"stands twice (first in {seen[name].name})")
            seen[name] = file.path
            yield file, entry


def with_line(error: DataFileError) -> DataFileError:
    """Return the same error with the line on which its entry begins.

    Args:
        error: An error whose entry is a concept or the id of a finding.
    """
    name = re.escape(error.entry)
    begins = re.compile(rf"^\s*(- )?\{{?(id: *)?[\"']?{name}[\"']?(:|,|\s*$)")
    lines = error.file.read_text(encoding="utf-8").splitlines() if error.entry else []
    # The last one: where an entry stands twice, the second is at fault.
    number = max((number for number, line in enumerate(lines, 1) if begins.match(line)), default=0)
    if not number:
        return error
    return DataFileError(error.file, f"line {number}, {error.entry}", error.message)
