"""Drawings of the knowledge base, shown in the chat in every theme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ScriptedAgent, chat_server
from page_object import ChatPage
from playwright.sync_api import Browser, Page, expect

from clinic.knowledge.base import get_knowledge

pytestmark = pytest.mark.browser

_DRAWINGS = {
    picture.file: picture for topic in get_knowledge().topics.values() for picture in topic.pictures
}
_EVIL = {"kind": "picture", "file": "../../evil.svg", "title": "x", "alt": "y"}


def _message(file: str) -> dict[str, object]:
    drawing = _DRAWINGS[file]
    shown = {"kind": "picture", "file": file, "title": drawing.title, "alt": drawing.alt}
    return {"image": f"/chat/pictures/{file}", "custom": shown}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    script = {file: [_message(file), {"text": "That is it."}] for file in _DRAWINGS}
    script |= {"": [{"text": "Hello"}], "evil": [{"custom": _EVIL, "text": "Nothing to see."}]}
    with chat_server(ScriptedAgent(script), tmp_path) as base_url:
        yield base_url


@pytest.mark.parametrize("file", sorted(_DRAWINGS))
def test_a_drawing_is_shown_with_words_for_those_who_do_not_see_it(
    page: Page, address: str, file: str
) -> None:
    chat = ChatPage(page, address).open()
    chat.send(file)
    drawing = chat.log.get_by_role("img", name=_DRAWINGS[file].alt)
    expect(drawing).to_be_visible()
    drawing.evaluate("image => image.decode()")
    assert drawing.evaluate("image => image.naturalWidth > 0")
    expect(chat.log.get_by_text(_DRAWINGS[file].title)).to_be_visible()


def test_a_drawing_fits_a_narrow_phone(chromium: Browser, address: str) -> None:
    page = chromium.new_page(viewport={"width": 320, "height": 640})
    chat = ChatPage(page, address).open()
    chat.send("cervical_spine.svg")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert width <= 320


def test_a_path_that_leaves_the_drawings_shows_no_picture(page: Page, address: str) -> None:
    chat = ChatPage(page, address).open()
    chat.send("evil")
    assert chat.log.get_by_role("img").count() == 0


def test_a_drawing_is_served_as_one_with_safe_headers(page: Page, address: str) -> None:
    answer = page.request.get(f"{address}/chat/pictures/disc.svg")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert page.request.get(f"{address}/chat/pictures/none.svg").status == 404
    assert page.request.get(f"{address}/chat/pictures/..%2Fatlas-chat.js").status == 404
