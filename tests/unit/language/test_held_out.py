"""How many unseen Spanish emergencies are heard, and how many harmless sentences are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from clinic.clinical import get_clinical_data
from clinic.history.history import merge
from clinic.language.languages import read_message
from clinic.triage.engine import assess

SETS = [
    YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).parent.glob("held_out_es*.yml"))
]


def is_emergency(text: str) -> bool:
    """Tell whether the findings of a message alone make an emergency."""
    clinical = get_clinical_data()
    nothing_known = {attribute.name: None for attribute in clinical.attributes}
    history = merge(nothing_known, list(read_message(text).findings), clinical.attributes)
    return assess(history, clinical.rules).level.is_emergency


@pytest.mark.parametrize("text", [text for one in SETS for text in one["emergencies"]])
def test_an_emergency_in_spanish_is_heard(text: str) -> None:
    assert is_emergency(text)


@pytest.mark.parametrize("text", [text for one in SETS for text in one["harmless"]])
def test_a_harmless_sentence_in_spanish_is_no_emergency(text: str) -> None:
    assert not is_emergency(text)
