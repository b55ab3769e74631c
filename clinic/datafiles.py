"""Load the YAML data files and report what is wrong in them in one clear sentence."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError


class DataFileError(Exception):
    """A data file cannot be used as it stands.

    Args:
        file: The file at fault.
        entry: The id of the entry and, after a dot, its field; empty for the whole file.
        message: What is wrong and what is expected.
    """

    def __init__(self, file: Path, entry: str, message: str) -> None:
        self.file = file
        self.entry = entry
        self.message = message
        where = f"{file.parent.name}/{file.name}" + (f", {entry}" if entry else "")
        super().__init__(f"{where}: {message}")


def load_yaml(path: Path) -> Any:
    """Read one YAML file.

    Args:
        path: The file.

    Returns:
        Plain dictionaries, lists and scalars.

    Raises:
        DataFileError: The file is missing, unreadable, or no valid YAML (with the line).
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataFileError(path, "", f"cannot be read ({error.strerror})") from error
    with contextlib.suppress(YAMLError):
        return YAML(typ="safe", pure=False).load(text)
    # The parser in C knows YAML 1.1 only, to which [9:00, 13:30] and {ask: why?} are no YAML.
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "is no valid YAML"
        raise DataFileError(path, line, str(problem)) from error
