"""A translation that does not fit the English stops the load with file, entry and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.project import ROOT

from clinic.datafiles import DataFileError
from clinic.language.languages import FOLDER, load_languages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of data/translations."""
    return shutil.copytree(FOLDER, tmp_path / "translations")


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "es" / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def load(folder: Path) -> None:
    load_languages(folder, ROOT / "domain.yml")


def test_the_translations_of_the_project_fit(folder: Path) -> None:
    load(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "where", "what"),
    [
        ("booking.yml", "utter_moved:", "utter_removed:", "utter_removed", "no response of domain"),
        ("booking.yml", ": {when}.", ".", "utter_slot_held.text", "{when} is missing"),
        (
            "booking.yml",
            "hasta las {until}",
            "hasta las {until} {hour}",
            "utter_slot_held",
            "{hour}",
        ),
        (
            "booking.yml",
            '      "Stop": "Parar"\n',
            "",
            "utter_ask_confirm_booking",
            "buttons; domain",
        ),
        ("booking.yml", '"Stop": "Parar"', '"Halt": "Parar"', "buttons", "lacks the button"),
        ("booking.yml", '"Stop": "Parar"', '"Stop": ""', "buttons", "lacks the button"),
        (
            "emergency_texts.yml",
            "utter_guidance_crisis:",
            "utter_guidance_crisis2:",
            "crisis2",
            "no",
        ),
        (
            "booking.yml",
            "  utter_cancelled:",
            "  # utter_cancelled:",
            "utter_cancelled",
            "must_cover",
        ),
        ("conversation.yml", "  utter_notice:", "  # utter_notice:", "utter_notice", "must_cover"),
        ("booking.yml", "status: translation", "status: some", "status", "awaiting review"),
        ("booking.yml", "translator:", "author:", "translator", "is missing"),
        ("when.yml", "date: 2026-11-22", "date: soon", "date", "YYYY-MM-DD"),
        ("clinical.yml", "  RF08:", "  # RF08:", "reasons.RF08", "emergency"),
        ("clinical.yml", "  RF08:", "  RF99:", "reasons.RF99", "no key"),
        ("clinical.yml", "  face_droop:", "  # face_droop:", "questions.face_droop", "missing"),
        ("values.yml", "Monday: lunes, ", "", "weekdays.Monday", "missing"),
        ("emergencies.yml", "sign: overdose", "sign: overdos", "overdos", "no sign"),
        ("emergencies.yml", "assault: [strangled]", "assault: [kissed]", "findings", "kissed"),
        ("emergencies.yml", "- ataque epiléptico", "- .. ataque", "fit_or_seizure", "gap"),
        ("answers.yml", "es: [saltar", "es: [<thing>", "Skip", "thing"),
    ],
)
def test_a_fault_is_named(
    folder: Path, name: str, old: str, new: str, where: str, what: str
) -> None:
    change(folder, name, old, new)
    with pytest.raises(DataFileError) as fault:
        load(folder)
    assert where in str(fault.value)
    assert what in str(fault.value)
