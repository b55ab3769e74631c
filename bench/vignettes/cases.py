"""Read cases: our own from YAML, somebody else's from JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml
from clinic.triage.rules import Level

RED_FLAG = "red_flag"
BENIGN = "benign_lookalike"
KINDS = (RED_FLAG, BENIGN, "ordinary")
_NEEDED = ("id", "opening", "facts", "expected_disposition", "acceptable_dispositions")
_OPTIONAL = (
    "kind",
    "title",
    "persona",
    "default_answer",
    "red_flags_present",
    "must_not_escalate_above",
    "revealed",
    "trap",
    "sources",
    "notes",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One patient: what they say first, what they answer, and the level that fits.

    Attributes:
        id: Its name.
        kind: "red_flag", "benign_lookalike" or "ordinary".
        age: The patient's age in years, when it is known.
        opening: The messages that the patient begins with.
        facts: What the patient answers, by topic.
        default_answer: What the patient answers to everything else.
        expected: The level that fits best.
        acceptable: The levels that a careful clinician would accept.
        red_flags: The warning signs that should be heard.
        ceiling: The most urgent level that is no over-triage, or None.
    """

    id: str
    kind: str
    age: int | None
    opening: tuple[str, ...]
    facts: Mapping[str, str]
    default_answer: str
    expected: Level
    acceptable: frozenset[Level]
    red_flags: frozenset[str]
    ceiling: Level | None

    @property
    def is_emergency(self) -> bool:
        """Whether the case needs help now."""
        return self.expected.is_emergency


def load_cases(paths: Iterable[Path]) -> list[Case]:
    """Read and check case files.

    Args:
        paths: `.jsonl` files with one case a line, `.yml` files with `cases` and `defaults`.

    Raises:
        DataFileError: A case lacks something or says something unknown.
    """
    cases: list[Case] = []
    known: set[str] = set()
    for path in sorted(paths):
        for entry in _entries(path):
            case = _case(path, entry)
            if case.id in known:
                raise DataFileError(path, case.id, "the id is used twice")
            known.add(case.id)
            cases.append(case)
    return cases


def _entries(path: Path) -> list[Any]:
    if path.suffix == ".jsonl":
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            return [json.loads(line) for line in lines if line.strip()]
        except (OSError, ValueError) as error:
            raise DataFileError(path, "", str(error)) from error
    data = load_yaml(path)
    if not isinstance(data, dict) or set(data) - {"defaults", "cases"}:
        raise DataFileError(path, "", "expected the keys defaults and cases")
    defaults = data.get("defaults") or {}
    return [{**defaults, **entry} for entry in data.get("cases") or []]


def _case(path: Path, entry: Any) -> Case:
    name = str(entry.get("id", "")) if isinstance(entry, dict) else str(entry)[:40]
    if not isinstance(entry, dict):
        raise DataFileError(path, name, "is no case")
    for field in _NEEDED:
        if entry.get(field) is None:
            raise DataFileError(path, name, f"{field} is missing")
    unknown = set(entry) - set(_NEEDED) - set(_OPTIONAL)
    if unknown:
        raise DataFileError(path, name, f"unknown: {', '.join(sorted(unknown))}")
    if entry.get("kind", "ordinary") not in KINDS:
        raise DataFileError(path, name, f"kind must be one of {', '.join(KINDS)}")
    opening = entry["opening"]
    ceiling = entry.get("must_not_escalate_above")
    age = (entry.get("persona") or {}).get("age")
    case = Case(
        id=name,
        kind=str(entry.get("kind", "ordinary")),
        age=int(age) if age is not None else None,
        opening=tuple(map(str, opening if isinstance(opening, list) else [opening])),
        facts={str(topic): str(text) for topic, text in entry["facts"].items()},
        default_answer=str(entry.get("default_answer") or "No."),
        expected=_level(path, name, entry["expected_disposition"]),
        acceptable=frozenset(
            _level(path, name, level) for level in entry["acceptable_dispositions"]
        ),
        red_flags=frozenset(map(str, entry.get("red_flags_present") or ())),
        ceiling=_level(path, name, ceiling) if ceiling else None,
    )
    if case.expected not in case.acceptable:
        raise DataFileError(path, name, "the expected level must be acceptable")
    return case


def _level(path: Path, name: str, value: Any) -> Level:
    try:
        return Level(value)
    except ValueError as error:
        raise DataFileError(path, name, str(error)) from error
