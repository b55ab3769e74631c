"""Which kind of visit is meant, in visitors' words."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.datafiles import DataFileError
from clinic.dialogue.booking_visit import (
    FILE,
    VisitWords,
    chosen_visit_type,
    get_visit_words,
    said_visit_types,
    wants_other_kind,
)
from clinic.dialogue.booking_wish import Preferences, understand_preferences
from clinic.settings import ClinicSettings, load_settings


@pytest.fixture
def clinic() -> ClinicSettings:
    return load_settings().clinic


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("a video call please", ["telehealth"]),
        ("could we do it over Zoom?", ["telehealth"]),
        ("a follow-up by video", ["telehealth"]),
        ("it's a follow-up", ["follow_up"]),
        ("I've been to you before", ["follow_up"]),
        ("a follow up, in person", ["follow_up"]),
        ("I'm an existing patient", ["follow_up"]),
        ("this is my first visit", ["new"]),
        ("I have never been before", ["new"]),
        ("I haven't been to your clinic before", ["new"]),
        ("First visit", ["new"]),
        ("in person please", ["new", "follow_up"]),
        ("not a video call", ["new", "follow_up"]),
        ("I'd rather not do it online", ["new", "follow_up"]),
        ("first thing on Tuesday", []),
        ("the first available", []),
        ("Friday at 3", []),
        ("I can't make mornings", []),
    ],
)
def test_the_kinds_that_fit_are_found(clinic: ClinicSettings, said: str, kinds: list[str]) -> None:
    assert [kind.id for kind in said_visit_types(said, clinic)] == kinds


def test_a_clinic_may_name_kinds_in_its_own_words(clinic: ClinicSettings) -> None:
    opinion = clinic.visit_types[0].copy(
        update={"id": "opinion", "name": "Second opinion", "also_called": ("another opinion",)}
    )
    own = clinic.copy(update={"visit_types": (*clinic.visit_types, opinion)})
    for said in ("a second opinion please", "I want Another Opinion on this"):
        assert [kind.id for kind in said_visit_types(said, own)] == ["opinion"]


def test_a_clinic_with_one_kind_is_never_asked_which(clinic: ClinicSettings) -> None:
    one = clinic.copy(update={"visit_types": clinic.visit_types[:1]})
    assert said_visit_types("a video call", one) == ()
    assert get_visit_words().ask(one.visit_types[0], []) == ""


def test_what_fits_the_kind_that_is_known_changes_nothing(clinic: ClinicSettings) -> None:
    before = Preferences(visit_type="follow_up")
    assert understand_preferences("in person", clinic, before) == before
    assert understand_preferences("by video", clinic, before).visit_type == "telehealth"


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("the second one", "follow_up"),
        ("2", "follow_up"),
        ("Video visit", "telehealth"),
        ("video", "telehealth"),
        ("it's my first time", "new"),
        ("I'm not sure", "new"),
        ("the last one", "telehealth"),
        ("4", ""),
        ("in person", ""),
        ("bananas", ""),
    ],
)
def test_an_answer_chooses_a_kind(clinic: ClinicSettings, answer: str, chosen: str) -> None:
    assert chosen_visit_type(answer, clinic.visit_types, clinic) == chosen


def test_a_wish_for_another_kind_is_heard() -> None:
    assert wants_other_kind("Change the kind of visit")
    assert wants_other_kind("that's the wrong type of appointment")
    assert not wants_other_kind("change the time")


def test_the_other_kinds_are_named_beside_the_offer(clinic: ClinicSettings) -> None:
    first, *others = clinic.visit_types
    asked = get_visit_words().ask(first, others)
    assert "**first visit** (40 minutes)" in asked
    assert '"follow-up visit" or "video visit"' in asked


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("video: [zoom]", "question: expected a sentence with {kind}"),
        ("- a", "expected the lists video"),
    ],
)
def test_a_broken_word_list_is_told_in_one_sentence(
    tmp_path: Path, wrong: str, complaint: str
) -> None:
    path = tmp_path / "visit_words.yml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(DataFileError, match=complaint):
        VisitWords.load(path)
    path.write_text(FILE.read_text(encoding="utf-8").replace("- zoom", "- 3"), encoding="utf-8")
    with pytest.raises(DataFileError, match=r"video\.3: expected a word"):
        VisitWords.load(path)
