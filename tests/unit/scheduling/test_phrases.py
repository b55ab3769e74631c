"""How many ways of naming a day and a time are understood, many of them not seen before.

The table is phrases.yml. `python -m pytest -s tests/unit/scheduling/test_phrases.py` prints the
figures.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from clinic.scheduling.when import When, understand_when

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 6, 10, 10, 0, tzinfo=ZONE)
WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
TABLE: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parent / "phrases.yml").read_text(encoding="utf-8")
)
MOMENT = "%Y-%m-%d %H:%M"


def wanted(phrase: dict[str, Any]) -> dict[str, Any]:
    """The expectation, with everything that is left out set to open."""
    if phrase.get("none") or "problem" in phrase:
        return {"problem": phrase.get("problem", "nothing")}
    if "at" in phrase:
        text = phrase["at"] if len(phrase["at"]) > 11 else f"2026-{phrase['at']}"
        return {"at": datetime.strptime(text, MOMENT)}
    first, end = phrase.get("days", ["", ""])
    begin, until = phrase.get("hours", ["", ""])
    days = phrase.get("weekdays")
    return {
        "days": (_day(first), _day(end)),
        "weekdays": frozenset(WEEKDAYS.index(day) for day in days) if days else None,
        "not": frozenset(_day(day) for day in phrase.get("not", ())),
        "hours": (_clock(begin, time(0)), _clock(until, time(23, 59, 59)))
        if "hours" in phrase
        else None,
    }


def read(text: str) -> dict[str, Any]:
    """What the parser makes of a phrase, in the terms of `wanted`."""
    when = understand_when(text, NOW, ZONE)
    if when is None:
        return {"problem": "nothing"}
    if when.problem:
        return {"problem": when.problem}
    if when.exact is not None:
        return {"at": when.exact.astimezone(ZONE).replace(tzinfo=None)}
    return {
        "days": (_local(when.earliest), _local(when.latest)),
        "weekdays": _weekdays(when),
        "not": when.except_days,
        "hours": when.part_of_day,
    }


def accuracy(half: str) -> tuple[int, int, list[str]]:
    """How many phrases of a half are read as expected, of how many, and the others."""
    wrong = [
        f"{phrase['say']!r}: {read(phrase['say'])}, not {wanted(phrase)}"
        for phrase in TABLE[half]
        if read(phrase["say"]) != wanted(phrase)
    ]
    count = len(TABLE[half])
    print(f"{half}: {count - len(wrong)} of {count}")
    return count - len(wrong), count, wrong


def _weekdays(when: When) -> frozenset[int] | None:
    return None if when.weekdays is None else frozenset(when.weekdays)


def _local(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(ZONE).date()


def _day(text: str) -> date | None:
    if not text:
        return None
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def _clock(text: str, otherwise: time) -> time:
    return time.fromisoformat(text) if text else otherwise


def test_the_table_is_large_and_no_phrase_stands_in_it_twice():
    sets = ("first_half", "second_half", "third_set", "fourth_set")
    phrases = [phrase["say"].lower() for name in sets for phrase in TABLE[name]]
    assert len(phrases) >= 300
    assert len(set(phrases)) == len(phrases)


@pytest.mark.parametrize("half", ["first_half", "second_half", "third_set", "fourth_set"])
def test_phrases_are_read_as_expected(half: str):
    right, count, wrong = accuracy(half)
    assert right >= count * 0.95, "\n".join(wrong)
