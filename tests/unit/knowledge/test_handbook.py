"""The handbook that a clinician reads, prints and signs, and the coverage table."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.handbook import render_coverage, render_handbook

_ROOT = Path(__file__).resolve().parents[3]
_DRAWINGS = sorted((_ROOT / "data" / "knowledge" / "pictures").glob("*.svg"))


class _Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name == "href" and value and value.startswith("#"):
                self.targets.append(value[1:])


@pytest.fixture(scope="module")
def handbook(base: KnowledgeBase) -> str:
    return render_handbook(base)


def test_every_topic_can_be_read_and_signed(base: KnowledgeBase, handbook: str) -> None:
    assert handbook.count("Name: ___") == len(base.topics)


def test_every_inner_link_leads_somewhere_and_no_id_stands_twice(handbook: str) -> None:
    found = _Ids()
    found.feed(handbook)
    assert len(found.ids) == len(set(found.ids))
    assert set(found.targets) <= set(found.ids)


def test_it_loads_nothing_from_elsewhere(handbook: str) -> None:
    assert "<script" not in handbook and "<img" not in handbook and "@import" not in handbook


def test_every_source_stands_there_with_its_state(base: KnowledgeBase, handbook: str) -> None:
    for source in base.sources.values():
        assert source.title.replace("'", "&#x27;").split(",")[0] in handbook
    assert 'class="unchecked">unchecked' in handbook and 'class="checked">read' in handbook


def test_the_coverage_table_has_every_row_with_a_topic(base: KnowledgeBase) -> None:
    table = render_coverage(base)
    for row in base.page.rows:
        assert f"\n| {row} | " in table
    assert "73 rows" in table


def test_the_files_in_docs_are_those_of_the_present_texts(
    base: KnowledgeBase, handbook: str
) -> None:
    told = "run `make handbook`"
    assert (_ROOT / "docs" / "handbook.html").read_text(encoding="utf-8") == handbook, told
    coverage = (_ROOT / "docs" / "knowledge_coverage.md").read_text(encoding="utf-8")
    assert coverage == render_coverage(base), told


@pytest.mark.parametrize("path", _DRAWINGS, ids=[path.stem for path in _DRAWINGS])
def test_a_drawing_is_safe_titled_and_has_a_background_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert tags[1:4] == ["title", "desc", "rect"]
    assert not {"script", "style", "image", "foreignObject", "use"} & set(tags)
    names = [name for element in root.iter() for name in element.attrib]
    assert not [name for name in names if "href" in name or name.startswith("on")]


def test_every_drawing_is_used_and_described(base: KnowledgeBase) -> None:
    used = {picture.file for topic in base.topics.values() for picture in topic.pictures}
    assert used == {path.name for path in _DRAWINGS}
    for topic in base.topics.values():
        for picture in topic.pictures:
            assert len(picture.alt.split()) >= 15
