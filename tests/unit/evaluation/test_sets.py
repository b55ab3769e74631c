"""The data sets are checked while they are loaded: what is wrong is named with file and entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.datafiles import DataFileError
from clinic.triage.rules import Level
from evaluation.sets import KINDS, load_files, load_sets

ABOUT = "written_by: somebody, tuned_on: false"


def folder_with(path: Path, manifest: str, **files: str) -> Path:
    (path / "sets.yml").write_text(manifest, encoding="utf-8")
    for name, text in files.items():
        (path / f"{name}.yml").write_text(text, encoding="utf-8")
    return path


def manifest(kind: str, files: str = "a.yml") -> str:
    return f"sets: [{{id: first, kind: {kind}, files: '{files}', {ABOUT}}}]"


def test_the_projects_own_sets_load_with_all_that_is_said_about_them() -> None:
    sets = load_sets()
    assert {entry.kind for entry in sets} <= set(KINDS)
    for entry in sets:
        assert entry.samples, entry.id
        assert entry.written_by, entry.id
        # A set that led to changes says what was measured before them.
        assert entry.first_figure or not entry.tuned_on, entry.id


def test_signs_and_ordinary_messages_stand_in_one_file(tmp_path: Path) -> None:
    text = (
        "flags: [{id: RF06, level: emergency, text: I can't pee, style: terse}]\n"
        "benign: [{kind: idiom, text: my boss is a pain}]"
    )
    (entry,) = load_sets(folder_with(tmp_path, manifest("flags"), a=text))
    assert [(item.flag, item.level, item.style) for item in entry.flags] == [
        ("RF06", Level.EMERGENCY, "terse")
    ]
    assert [item.kind for item in entry.benign] == ["idiom"]


@pytest.mark.parametrize(
    ("kind", "text", "complaint"),
    [
        ("intents", "[{intent: dance, text: hello}]", "entry 1 .*intent.*'dance'"),
        ("intents", "[{intent: greet}]", "entry 1.text"),
        ("intents", "[{intent: greet, text: hello, mood: good}]", "mood: is unknown"),
        ("intents", "{intent: greet, text: hello}", "expected a list"),
        ("slots", "[{text: ow, slots: {colour: red}}]", "colour: is no slot"),
        ("slots", "[{text: ow, slots: {site: neck}}]", "site: expected a list"),
        ("slots", "[{text: ow, slots: {site: [nose]}}]", "'nose' is no value of site"),
        ("slots", "[{text: ow, slots: {severity: 11}}]", "severity lies between"),
        ("slots", "[{text: ow, slots: {}, either: [colour]}]", "colour: is no slot"),
        ("flags", "flags: [{id: RF99, level: emergency, text: ow}]", "'RF99' is no warning sign"),
        ("flags", "flags: [{id: RF01, level: bad, text: ow}]", "'bad' is no level"),
        ("assertions", "[{text: ow, attribute: site, value: neck, assertion: so}]", "so"),
    ],
)
def test_a_wrong_message_is_refused(tmp_path: Path, kind: str, text: str, complaint: str) -> None:
    with pytest.raises(DataFileError, match=complaint):
        load_sets(folder_with(tmp_path, manifest(kind), a=text))


def test_a_file_in_no_set_is_refused(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path, manifest("intents"), a="[{intent: greet, text: hello}]", b="[{intent: greet}]"
    )
    with pytest.raises(DataFileError, match=r"b\.yml is in no set"):
        load_sets(folder)


def test_a_message_that_stands_twice_is_refused(tmp_path: Path) -> None:
    twice = "[{intent: greet, text: hello}, {intent: greet, text: 'Hello '}]"
    with pytest.raises(DataFileError, match="twice: 'Hello"):
        load_sets(folder_with(tmp_path, manifest("intents"), a=twice))


def test_a_file_of_its_own_is_known_by_its_shape(tmp_path: Path) -> None:
    folder_with(
        tmp_path,
        "sets: []",
        a="[{intent: greet, text: hello}]",
        b="[{text: ow, slots: {side: left}, either: [site]}]",
        c="benign: [{kind: idiom, text: my boss is a pain}]",
    )
    sets = load_files([tmp_path / f"{name}.yml" for name in "abc"])
    assert [entry.kind for entry in sets] == ["intents", "slots", "flags"]
