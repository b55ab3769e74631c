"""Visitors' questions beside the topics: read, and refused where they cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.datafiles import DataFileError
from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.visitors_questions import VisitorsQuestions, load_questions

_ASPECTS = {"test/mri": {"how": "You lie still.", "hurts": "No."}, "test/ct_scan": {"how": "…"}}


def _load(folder: Path, text: str) -> dict[str, VisitorsQuestions]:
    (folder / "tests.yml").write_text(text, encoding="utf-8")
    return load_questions(folder, _ASPECTS)


def test_questions_are_read_by_topic_and_side(tmp_path: Path) -> None:
    found = _load(
        tmp_path, "test/mri: {whole: [the big magnet], how: [do I lie in it], hurts: [is it sore]}"
    )
    assert found["test/mri"].whole == ("the big magnet",)
    assert found["test/mri"].sides == {"how": ("do I lie in it",), "hurts": ("is it sore",)}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("test/xray: {whole: [the bones picture]}", "test/xray"),
        ("test/ct_scan: {hurts: [is it sore]}", "test/ct_scan.hurts"),
        ("test/mri: {how: [do I lie?]}\ntest/ct_scan: {how: [Do i lie]}", "under test/mri.how"),
        ("test/mri: [what is it]", "test/mri"),
        ("test/mri: {how: what is it}", "lists of questions"),
        ("- test/mri", "topic ids"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_by_name(
    tmp_path: Path, text: str, named: str
) -> None:
    with pytest.raises(DataFileError, match=f"tests.yml.*{named}"):
        _load(tmp_path, text)


def test_a_folder_without_questions_is_no_fault(tmp_path: Path) -> None:
    assert load_questions(tmp_path / "questions", _ASPECTS) == {}


def test_they_are_learnt_from_beside_the_topics_own(base: KnowledgeBase) -> None:
    mri = base.topic("test/mri")
    assert all(question in mri.all_questions for question in mri.questions)
    assert set(mri.asks) <= set(mri.aspects)
