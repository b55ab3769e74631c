from __future__ import annotations

from pathlib import Path

import pytest

from clinic.compiled import kept
from clinic.datafiles import DataFileError
from clinic.history.attributes import AttributeCatalogue
from clinic.history.lexicon import Lexicon
from clinic.history.words import split_words

LEXICON = """
concepts:
  NUMB: ["numb(ness)?"]
  LEG: ["(my )?leg(s)?"]
hidden_inside: {NUMB: [LEG]}
findings:
  - {id: leg, attribute: neuro_leg, value: numb, patterns: ['LEG <3> NUMB', 'toes (dead|gone)']}
"""


def read(lexicon: Lexicon, text: str) -> list[object]:
    words = split_words(text)
    return lexicon.find_findings(words, lexicon.find_concepts(words, 2026))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.yml"
    path.write_text("one")
    return path


def test_nothing_is_compiled_again_before_a_source_changes(tmp_path: Path, source: Path) -> None:
    made = []

    def compile_all() -> list[str]:
        made.append(source.read_text())
        return made[-1:]

    assert [kept(tmp_path, "x", [source], compile_all) for _ in range(2)] == [["one"], ["one"]]
    assert made == ["one"]
    source.write_text("two")
    assert [kept(tmp_path, "x", [source], compile_all) for _ in range(2)] == [["two"], ["two"]]
    assert made == ["one", "two"]


@pytest.mark.parametrize("damage", [b"", b"x" * 100, None])
def test_a_damaged_file_is_made_anew(tmp_path: Path, source: Path, damage: bytes | None) -> None:
    kept(tmp_path, "x", [source], lambda: {"whole": True})
    file = tmp_path / "x.compiled"
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"?" if damage is None else damage)
    assert kept(tmp_path, "x", [source], lambda: {"whole": True}) == {"whole": True}
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path, source: Path) -> None:
    assert kept(tmp_path / "missing", "x", [source], lambda: 1) == 1


def test_a_kept_lexicon_reads_like_a_new_one(tmp_path: Path) -> None:
    folder = tmp_path / "lexicon"
    folder.mkdir()
    (folder / "legs.yml").write_text(LEXICON)
    history = Path("data/clinical/history.yml").read_text()
    (tmp_path / "history.yml").write_text(history)
    attributes = AttributeCatalogue.load(tmp_path / "history.yml")
    new = Lexicon.load(folder, attributes)
    first, second = (Lexicon.load(folder, attributes, tmp_path) for _ in range(2))
    for text in ("my legs are numb", "toes gone", "numb nose", "numbness in one leg"):
        assert read(second, text) == read(first, text) == read(new, text)
    assert read(second, "my legs are numb")
    assert (second.concepts, second.uses) == (new.concepts, new.uses)


def test_a_fault_that_came_in_later_is_still_refused(tmp_path: Path) -> None:
    folder = tmp_path / "lexicon"
    folder.mkdir()
    (folder / "legs.yml").write_text(LEXICON)
    (tmp_path / "history.yml").write_text(Path("data/clinical/history.yml").read_text())
    attributes = AttributeCatalogue.load(tmp_path / "history.yml")
    Lexicon.load(folder, attributes, tmp_path)
    (folder / "legs.yml").write_text(LEXICON.replace("'LEG <3>", "'ARM <3>"))
    with pytest.raises(DataFileError, match="unknown concept ARM"):
        Lexicon.load(folder, attributes, tmp_path)
