"""What editors of the knowledge base are told: the file, the line, and what is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clinic.knowledge.check import check

_DATA = Path(__file__).resolve().parents[3] / "data" / "knowledge"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "knowledge"
    shutil.copytree(_DATA, copy)
    return copy


def _change(folder: Path, name: str, old: str, new: str) -> int:
    """Change a text and return the line that it stands on."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_projects_own_base_is_in_order() -> None:
    mistake, _ = check()
    assert mistake == ""


def test_a_promise_is_named_with_file_line_and_words(folder: Path) -> None:
    line = _change(
        folder,
        "tests.yml",
        "hurts: No. If dye is used,",
        "hurts: It will cure you. If dye is used,",
    )
    mistake, _ = check(folder)
    assert mistake.startswith(f"tests.yml, line {line}: test/ct_scan.aspects.hurts")
    assert "promises a result" in mistake


def test_a_dead_cross_reference_is_named_with_its_line(folder: Path) -> None:
    old = "related: [test/ct_scan, condition/spinal_alignment]"
    line = _change(folder, "tests.yml", old, "related: [test/horoscope]")
    mistake, _ = check(folder)
    assert mistake.startswith(f"tests.yml, line {line}:")
    assert "test/horoscope is no other topic" in mistake


def test_what_is_no_yaml_is_named_with_its_line(folder: Path) -> None:
    _change(folder, "safety.yml", "lines:\n  cord:", "lines:\n  cord: [")
    mistake, _ = check(folder)
    assert mistake.startswith("safety.yml") and "line" in mistake


def test_a_picture_that_is_not_there_is_refused(folder: Path) -> None:
    (folder / "pictures" / "disc.svg").unlink()
    mistake, _ = check(folder)
    assert mistake.startswith("pictures.yml, line") and "disc.svg is not there" in mistake


def test_hard_words_and_old_reviews_are_worth_a_look(folder: Path) -> None:
    _change(folder, "rules.yml", "grade: 9.5", "grade: 6.0")
    path = folder / "facts.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("reviewed: 2026-11-22", "reviewed: 2020-01-01", 1), "utf-8")
    mistake, warnings = check(folder)
    assert mistake == ""
    assert any("reads at school grade" in warning for warning in warnings)
    assert any("out of date" in warning for warning in warnings)
