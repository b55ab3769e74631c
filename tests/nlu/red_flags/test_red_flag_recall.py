"""Recall of warning signs and false alarms, on wordings seen and not seen in development.

The first figures of the held-out sets, taken before any change they led to, stand in
`first_figures.md`. Here they are floors: what was reached must not be lost.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinic.clinical import get_clinical_data
from clinic.datafiles import load_yaml
from clinic.history.history import merge
from clinic.triage.engine import assess
from clinic.triage.rules import Level

FOLDER = Path(__file__).parent
TODAY = date(2026, 11, 22)
LEAST_HEARD = 0.98
MOST_RAISED = 0.03
SETS = ("development", "held_out", "held_out_2", "held_out_3")


def level_of(text: str) -> Level:
    data = get_clinical_data()
    history = merge({}, data.reader.read(text, TODAY).findings, data.attributes)
    return assess(history, data.rules).level


def messages(name: str, key: str) -> list[tuple[str, Level]]:
    files = [FOLDER / f"{name}.yml", FOLDER / f"{name}_benign.yml"]
    entries: list[Any] = [
        entry for file in files if file.exists() for entry in load_yaml(file).get(key, ())
    ]
    limit = "level" if key == "flags" else "most"
    return [(text, Level(entry[limit])) for entry in entries for text in entry["messages"]]


@pytest.mark.parametrize("name", SETS)
def test_emergencies_are_heard(name: str) -> None:
    urgent = [(text, level) for text, level in messages(name, "flags") if level.is_emergency]
    missed = [text for text, level in urgent if level_of(text).urgency < level.urgency]
    assert len(missed) <= (1 - LEAST_HEARD) * len(urgent), missed


@pytest.mark.parametrize("name", ("development", "held_out"))
def test_signs_for_a_doctor_soon_are_heard(name: str) -> None:
    soon = [(text, level) for text, level in messages(name, "flags") if not level.is_emergency]
    missed = [text for text, level in soon if level_of(text).urgency < level.urgency]
    assert len(missed) <= (1 - LEAST_HEARD) * len(soon), missed


@pytest.mark.parametrize("name", SETS)
def test_ordinary_messages_are_seldom_raised_to_an_emergency(name: str) -> None:
    ordinary = messages(name, "benign")
    raised = [text for text, _ in ordinary if level_of(text).is_emergency]
    assert len(raised) < MOST_RAISED * len(ordinary), raised
