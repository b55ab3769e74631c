"""A history said back in plain words."""

from __future__ import annotations

import pytest

from clinic.clinical import get_clinical_data
from clinic.history.phrasebook import describe_days

DATA = get_clinical_data()
BOOK = DATA.phrasebook
# They only steer the interview.
CHECKLISTS = {"emergency_screen", "general_screen", "risk_screen", "second_look"}


def test_every_value_of_every_attribute_has_words() -> None:
    silent = []
    for attribute in DATA.attributes:
        if attribute.name in CHECKLISTS or attribute.kind == "number":
            continue
        values = [True] if attribute.kind == "flag" else list(attribute.values)
        for value in values:
            told = [value] if attribute.kind == "list" else value
            if value != "never" and not BOOK.present({attribute.name: told}):
                silent.append((attribute.name, value))
    assert silent == []


def test_what_is_so_comes_before_what_is_not() -> None:
    history = {"site": ["neck"], "injury": False, "severity": 5.0, "cancer_history": "never"}
    assert BOOK.describe(history) == ["neck", "5 out of 10", "no injury", "no cancer"]
    assert BOOK.describe(history, ["severity"]) == ["5 out of 10"]


def test_a_fall_is_not_said_twice_and_nor_is_a_stiff_neck() -> None:
    assert BOOK.present({"injury": True, "injury_mechanism": "fall"}) == ["a fall"]
    said = BOOK.present({"character": ["stiff"], "meningism": ["stiff_neck", "vomiting"]})
    assert said == ["stiff", "vomiting"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.1, "less than a day"),
        (1, "about 1 day"),
        (7, "about 1 week"),
        (10, "about 10 days"),
        (21, "about 3 weeks"),
        (61, "about 2 months"),
        (730, "about 2 years"),
    ],
)
def test_a_time_is_said_in_the_unit_that_fits(days: float, said: str) -> None:
    assert describe_days(days) == said
