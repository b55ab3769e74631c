"""The interview: which question comes next, and what an answer means."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError
from clinic.history.history import merge
from clinic.triage.interview import Answer, Interview, SpeechAct

DATA = get_clinical_data()
INTERVIEW = DATA.interview


def answer(question: str, text: str, act: SpeechAct = SpeechAct.OTHER, **history: Any) -> Answer:
    reading = DATA.reader.read(text, date(2027, 3, 3))
    known = {**history, **merge(history, reading.findings, DATA.attributes)}
    return INTERVIEW.read_answer(question, text, reading, act, known)


def test_the_warning_signs_are_asked_first() -> None:
    assert INTERVIEW.remaining({}, 0, [])[0].id == "emergency_screen"


def test_never_more_than_the_most_questions_are_asked_and_the_first_is_never_left_out() -> None:
    for asked in range(INTERVIEW.most_questions + 3):
        remaining = INTERVIEW.remaining({}, asked, [])
        assert len(remaining) <= max(INTERVIEW.most_questions - asked, 0)
    assert INTERVIEW.remaining({}, INTERVIEW.most_questions - 1, [])[0].id == "emergency_screen"


def test_what_is_known_or_skipped_is_not_asked() -> None:
    ids = [q.id for q in INTERVIEW.remaining({"site": ["neck"], "systemic": []}, 0, ["severity"])]
    assert not {"site", "systemic", "severity"} & set(ids)


@pytest.mark.parametrize("question", INTERVIEW.questions, ids=lambda question: question.id)
def test_every_button_settles_its_question(question: Any) -> None:
    for title, sets in question.options.items():
        given = answer(question.id, title)
        assert given.answered, title
        if question.positive is None:
            for name in sets:
                assert name in given.changes, title
        assert question.id in given.changes, title


@pytest.mark.parametrize("question", INTERVIEW.questions, ids=lambda question: question.id)
def test_a_plain_no_settles_what_it_can_deny(question: Any) -> None:
    given = answer(question.id, "no", SpeechAct.DENY)
    assert given.answered is bool(question.no)


def test_a_no_takes_nothing_back_that_was_said_before() -> None:
    given = answer("emergency_screen", "no", SpeechAct.DENY, chest_breath=["chest_pain"])
    assert "chest_breath" not in given.changes
    assert given.changes["emergency_screen"] == "clear"


def test_several_choices_of_a_checklist_count_together() -> None:
    given = answer("risk_screen", "Blood thinners. Diabetes or weak immunity. Rheumatoid arthritis")
    assert given.changes["blood_thinner"] is True
    assert "diabetes" in given.changes["infection_immune"]
    assert given.changes["inflammatory_history"] == ["rheumatoid"]
    assert given.changes["risk_screen"] == "positive"


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("severity", "6", 6),
        ("severity", "about a six", 6),
        ("severity", "seven or eight", 8),
        ("age_band", "52", "50-64"),
        ("age_band", "I am 71", ">=65"),
        ("age_band", "twelve", "<16"),
    ],
)
def test_a_bare_number_answers_a_question_for_a_number(
    question: str, text: str, value: Any
) -> None:
    reading = DATA.reader.read(text, date(2027, 3, 3))
    merged = merge({}, reading.findings, DATA.attributes)
    given = answer(question, text)
    assert given.answered
    assert given.changes.get(question, merged.get(question)) == value


@pytest.mark.parametrize("text", ["200", "99 problems", "no idea"])
def test_a_number_that_cannot_be_is_no_answer(text: str) -> None:
    assert not answer("severity", text).answered


def test_a_correction_that_begins_with_no_is_no_denial() -> None:
    assert not answer("emergency_screen", "no, I meant months", SpeechAct.CORRECT).answered


def test_not_sure_about_the_warning_signs_is_kept() -> None:
    given = answer("emergency_screen", "not sure", SpeechAct.UNSURE)
    assert given.changes == {"emergency_screen": "unsure", "emergency_unsure": True}


def test_a_question_about_something_unknown_is_refused_with_file_and_entry(
    tmp_path: Any,
) -> None:
    file = tmp_path / "interview.yml"
    for text, said in (
        ("questions: []", "questions: is empty"),
        ("questions: [{id: shoe_size}]", "shoe_size: the id must be an attribute"),
        ("questions: [{id: site, options: {Moon: {site: [moon]}}}]", "site:"),
    ):
        file.write_text(text)
        with pytest.raises(DataFileError, match=said):
            Interview.load(file, DATA.attributes)
