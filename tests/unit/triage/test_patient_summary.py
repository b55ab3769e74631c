"""The summary that a patient can keep."""

from __future__ import annotations

import shutil
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from clinic.clinical import DATA_FOLDER, get_clinical_data
from clinic.datafiles import DataFileError
from clinic.triage.engine import assess
from clinic.triage.patient_summary import PatientSummary, SummaryWriter
from clinic.triage.rules import Level

DATA = get_clinical_data()
FACTS = {"clinic_name": "Test & Clinic", "clinic_phone": "555-1234", "emergency_number": "112"}
TINGLING = {
    "site": ["neck"],
    "neuro_arm": ["tingling"],
    "duration_days": 21,
    "injury": False,
    "cancer_history": "never",
}


def summary(
    history: dict[str, Any], level: Level | None = None, left_open: tuple[str, ...] = ()
) -> PatientSummary:
    weighed = assess(history, DATA.rules)
    return DATA.summary.write(
        history,
        weighed,
        level=level or weighed.level,
        left_open=left_open,
        facts=FACTS,
        today=date(2027, 3, 3),
    )


def test_it_says_what_was_told_denied_left_open_advised_and_why() -> None:
    text = summary(TINGLING, left_open=("onset_how",)).as_text()
    for part in (
        "A visit within the next days.",
        "Why: pain, tingling, numbness or weakness in the arm or hand",
        "- tingling in the arm or hand\n",
        "- no injury\n- no cancer",
        "- how it started\n",
        "**Call 112 at once if you get**",
        "- chest pain or trouble breathing",
        "Do the tingling, numbness or weakness in my arm or hand need a test?",
        f"Rules of {DATA.rules.version}: RF21 (NHS: neck pain",
        "Test & Clinic, on March 3, 2027. It is not a diagnosis",
    ):
        assert part in text


def test_in_an_emergency_it_begins_with_the_number_and_holds_nothing_to_plan() -> None:
    written = summary({"site": ["neck"], "chest_breath": ["chest_pain"]})
    assert written.sections[0].lines[0] == "Call 112 now."
    assert written.sections[0].urgent
    assert "ask" not in written.as_text()


def test_before_a_level_it_says_that_there_is_none() -> None:
    weighed = assess(TINGLING, DATA.rules)
    text = DATA.summary.write(
        TINGLING, weighed, level=None, left_open=(), facts=FACTS, today=date(2027, 3, 3)
    ).as_text()
    assert "I have not said how soon yet" in text
    assert "Why:" not in text


def test_what_was_told_in_confidence_is_on_no_page() -> None:
    text = summary({**TINGLING, "assault": ["strangled"], "crisis": ["intent"]}).as_text()
    assert "in confidence" in text
    for word in ("someone", "hurt you", "ending life", "not wanting to live", "RF23", "RF24"):
        assert word not in text


def test_a_level_that_was_kept_has_no_reason_that_no_longer_holds() -> None:
    text = summary({"site": ["neck"]}, level=Level.CONSULTATION_24).as_text()
    assert "Speak to a doctor today: 555-1234" in text
    assert "Why:" not in text


def test_every_level_has_words() -> None:
    for level in Level:
        assert summary({}, level=level).sections[0].lines[0]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_from_elsewhere_and_escapes_what_it_shows() -> None:
    page = summary(TINGLING).as_page()
    read = _Tags()
    read.feed(page)
    assert {"script", "img", "link", "a", "iframe"}.isdisjoint(read.tags)
    assert "http" not in page
    assert "Test &amp; Clinic" in page
    assert "tingling in the arm or hand" in read.text
    assert read.tags.count("h1") == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Summary of your chat\n", "", "title: is missing"),
        ("  told: What you told me\n", "", "headings.told: is missing"),
        ("private: [assault, crisis]", "private: [secret]", "secret: is no attribute"),
        ("when: {neuro_arm: any}", "when: {neuro_arms: any}", "unknown attribute 'neuro_arms'"),
    ],
)
def test_a_faulty_file_is_refused_with_its_entry(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "summary.yml"
    shutil.copy(DATA_FOLDER / "summary.yml", path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFileError, match=r"summary\.yml") as error:
        SummaryWriter.load(path, DATA.attributes, DATA.phrasebook)
    assert said in str(error.value)
