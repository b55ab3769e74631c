"""A visit is booked, moved and cancelled in a real browser, in words and by tapping."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from page_object import ChatPage
from playwright.sync_api import Page
from support.server import AtlasServer
from support.visits import call_backs

pytestmark = [pytest.mark.browser, pytest.mark.server]

NOW = "2027-03-03T15:00:00+00:00"


@pytest.fixture
def own_atlas(model: Path, tmp_path: Path) -> Iterator[AtlasServer]:
    server = AtlasServer(tmp_path, ATLAS_NOW=NOW)
    server.start()
    yield server
    server.stop()


def visits(server: AtlasServer) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(server.database)) as connection:
        return connection.execute(
            "SELECT reference, status, start_utc FROM appointments ORDER BY id"
        ).fetchall()


def told(replies: list[str]) -> str:
    return "\n".join(replies)


def test_a_visitor_books_moves_and_cancels_a_visit(page: Page, own_atlas: AtlasServer) -> None:
    chat = ChatPage(page, own_atlas.base_url).open()
    chat.send("I'd like to book an appointment for Friday afternoon with a woman doctor")
    offered = told(chat.click_reply("None of these"))
    assert "Friday, March 5, in the afternoon with a woman" in offered
    assert all("Dr. Demo Rivers" in time for time in chat.offered_times())

    assert "I'm holding" in told(chat.send("the first one"))
    chat.send("Ann O'Neil")
    summary = told(chat.send("ann@example.com"))
    assert "First visit (40 minutes)" in summary
    summary = told(chat.click_reply("No reminders"))
    assert "not wanted" in summary
    booked = told(chat.click_reply("Yes, book it"))
    reference = re.search(r"ATL-\w{6}", booked)
    assert reference is not None
    assert visits(own_atlas) == [(reference[0], "booked", "2027-03-05 18:30:00.000000")]
    assert "ann@example.com" not in booked

    times = told(chat.send("can I move it to Monday at 10:20 instead?"))
    assert "I'm holding Mon Mar 8, 10:20 AM" in times
    moved = told(chat.click_reply("Yes, move it"))
    assert "Moved" in moved
    assert "Dr. Demo Rivers" in moved
    assert visits(own_atlas) == [(reference[0], "booked", "2027-03-08 15:20:00.000000")]

    asked = told(chat.send("cancel it"))
    assert "Monday, March 8 at 10:20 AM" in asked
    assert "is cancelled" in told(chat.click_reply("Yes, cancel it"))
    assert [status for _, status, _ in visits(own_atlas)] == ["cancelled"]


def test_a_visitor_for_whom_no_time_suits_asks_to_be_called(
    page: Page, own_atlas: AtlasServer
) -> None:
    chat = ChatPage(page, own_atlas.base_url).open()
    chat.send("I'd like to book an appointment")
    chat.click_reply("None of these")
    assert "closed on Sundays" in told(chat.send("Sunday at 10"))
    chat.click_reply("Please call me back")
    chat.send("Ann O'Neil")
    assert "not a booking" in told(chat.send("(212) 555-0123"))
    assert "not a booking" in told(chat.click_reply("Yes, pass it on"))
    assert visits(own_atlas) == []
    (asked,) = call_backs(own_atlas.database)
    assert asked.wish == "Sunday, March 7 at 10 am or 10 pm"
