"""What KnowledgeBase.load refuses, and how it says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from clinic.datafiles import DataFileError
from clinic.knowledge.base import KnowledgeBase, UnknownTopicError

_DATA = Path(__file__).resolve().parents[3] / "data" / "knowledge"

Spoil = Callable[[dict[str, Any]], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "knowledge"
    shutil.copytree(_DATA, copy)
    return copy


def _spoil(folder: Path, name: str, change: Spoil) -> None:
    yaml = YAML(typ="safe")
    path = folder / name
    content = yaml.load(path.read_text(encoding="utf-8"))
    change(content)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(content, file)


def _mri(content: dict[str, Any]) -> dict[str, Any]:
    topic: dict[str, Any] = next(t for t in content["topics"] if t["id"] == "test/mri")
    return topic


def _set(field: str, value: object) -> Spoil:
    return lambda content: _mri(content).update({field: value})


def _short(text: str) -> Spoil:
    return _set("short", text)


def _refusal(folder: Path) -> str:
    with pytest.raises(DataFileError) as caught:
        KnowledgeBase.load(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "field", "complaint"),
    [
        (_set("sources", []), "sources", "at least 1"),
        (_set("sources", ["the_moon"]), "sources", "the_moon is not in sources.yml"),
        (_set("aspects", {"why": "To see."}), "aspects", "must hold `what`"),
        (_set("aspects", {"what": "A scan.", "smell": "None."}), "aspects", "smell is no aspect"),
        (_set("reviewed", None), "reviewed", ""),
        (_set("reviewed", "some day"), "reviewed", "date"),
        (_set("status", "fine"), "status", ""),
        (_set("related", ["test/horoscope"]), "related", "test/horoscope is no other topic"),
        (_set("related", ["test/mri"]), "related", "test/mri is no other topic"),
        (_set("questions", ["what is an mri"]), "questions", "at least 4"),
        (_set("asks", {"smell": ["does it smell"]}), "asks.smell", "is no aspect of the topic"),
        (_set("names", ["mri", "spondylosis"]), "names", "already a name of"),
        (_set("names", ["MRI"]), "names", "lower-case"),
        (_set("names", ["—"]), "names", "holds no word"),
        (_set("safety", "sparks"), "safety", "sparks is not in safety.yml"),
        (_set("colour", "blue"), "colour", "not permitted"),
        (_set("short", "word " * 200), "short", "200 words"),
        (_set("short", " "), "short", "is empty"),
        (_set("aspects", {"what": "word " * 61}), "aspects.what", "61 words"),
        (_short("Call {phone} for one."), "short", "{phone} is no known placeholder"),
    ],
)
def test_a_topic_with_a_fault_is_refused_with_file_entry_and_field(
    folder: Path, change: Spoil, field: str, complaint: str
) -> None:
    _spoil(folder, "tests.yml", change)
    message = _refusal(folder)
    assert message.startswith(f"knowledge/tests.yml, test/mri.{field}")
    assert complaint in message


@pytest.mark.parametrize("field", ["sources", "aspects", "reviewed", "short", "title"])
def test_a_topic_without_a_required_field_is_refused(folder: Path, field: str) -> None:
    def remove(content: dict[str, Any]) -> None:
        del _mri(content)[field]

    _spoil(folder, "tests.yml", remove)
    assert _refusal(folder) == f"knowledge/tests.yml, test/mri.{field}: field required"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("This will cure the pain.", "promise"),
        ("It cures most necks.", "promise"),
        ("It always works.", "promise"),
        ("It works 100 % of the time.", "chance"),
        ("We guarantee relief.", "promise"),
        ("You will be pain-free.", "promise"),
        ("The pain will go away.", "promise"),
        ("About 30 percent improve.", "chance"),
        ("Take 400 mg.", "dose"),
        ("Take two tablets.", "dose"),
        ("Take 2 ibuprofen pills.", "dose"),
        ("Take it twice a day.", "dose"),
        ("Use it every four hours.", "dose"),
        ("You have a herniated disc.", "diagnosis"),
        ("You probably have arthritis.", "diagnosis"),
        ("You've pinched a nerve.", "diagnosis"),
        ("You're fine.", "dismissal"),
        ("It is nothing serious.", "dismissal"),
        ("There is no need to see a doctor.", "dismissal"),
        ("Call 911 now.", "emergency_number"),
    ],
)
def test_wording_that_patients_must_never_read_is_refused(
    folder: Path, text: str, rule: str
) -> None:
    _spoil(folder, "tests.yml", _short(text))
    assert f"(rule {rule})" in _refusal(folder)


@pytest.mark.parametrize(
    "text",
    [
        "A head turns about 80 degrees, and it takes 30 to 60 minutes.",
        "Nearly two out of three people get it. Two tests are done.",
        "It helps some people. A doctor can discuss the dose.",
    ],
)
def test_plain_wording_with_numbers_passes(folder: Path, text: str) -> None:
    _spoil(folder, "tests.yml", _short(text))
    assert KnowledgeBase.load(folder).topic("test/mri").short == text


def test_forbidden_wording_in_a_safety_line_is_refused(folder: Path) -> None:
    _spoil(folder, "safety.yml", lambda c: c["lines"]["cord"].update(text="Call 999."))
    assert _refusal(folder).startswith("knowledge/safety.yml, cord.text: '999'")


def test_two_topics_cannot_share_an_id(folder: Path) -> None:
    _spoil(folder, "tests.yml", lambda c: c["topics"].append(_mri(c)))
    assert _refusal(folder) == "knowledge/tests.yml, test/mri: is there twice"


def test_a_topic_cannot_live_in_the_file_of_another_kind(folder: Path) -> None:
    _spoil(folder, "tests.yml", _set("id", "treatment/mri"))
    assert "treatment/mri.id: must read test/" in _refusal(folder)


def test_names_that_differ_only_in_plural_or_hyphen_count_as_the_same(folder: Path) -> None:
    _spoil(folder, "tests.yml", _set("names", ["mri", "cat-scan"]))
    assert "'cat-scan' is already a name of test/ct_scan" in _refusal(folder)


def test_a_source_needs_a_month_or_the_word_unchecked(folder: Path) -> None:
    _spoil(folder, "sources.yml", lambda c: c["sources"]["nhs_neck"].update(date="lately"))
    assert _refusal(folder).startswith("knowledge/sources.yml, nhs_neck.date: must be a month")


def test_a_broken_pattern_in_the_rules_is_named(folder: Path) -> None:
    _spoil(folder, "rules.yml", lambda c: c["forbidden"][0].update(pattern="("))
    assert "forbidden.0.pattern: is no regular expression" in _refusal(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "facts.yml").unlink()
    assert _refusal(folder).startswith("knowledge/facts.yml: cannot be read")


def test_a_file_without_its_list_is_named(folder: Path) -> None:
    (folder / "facts.yml").write_text("topics: none\n", encoding="utf-8")
    assert _refusal(folder) == "knowledge/facts.yml: must hold one list called topics"


def test_a_review_out_of_date_warns_and_still_loads(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any("out of date" in warning for warning in base.warnings)
    monkeypatch.setenv("ATLAS_NOW", "2029-01-01T00:00:00+00:00")
    later = KnowledgeBase.load()
    assert any("test/mri: reviewed 2026-11-22" in warning for warning in later.warnings)


def test_every_source_that_nobody_has_read_warns(base: KnowledgeBase) -> None:
    unchecked = {
        source.title
        for topic in base.topics.values()
        for source in topic.sources
        if not source.is_checked
    }
    assert unchecked
    assert sum("nobody has read" in warning for warning in base.warnings) >= len(unchecked)


def test_an_unknown_topic_or_kind_is_an_error_of_its_own(base: KnowledgeBase) -> None:
    with pytest.raises(UnknownTopicError):
        base.topic("test/horoscope")
    with pytest.raises(UnknownTopicError):
        base.of_kind("horoscope")
