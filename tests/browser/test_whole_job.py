"""The whole job in a real browser against a real Atlas: from the first words to a booked visit.

The pictures that are kept in screenshots/ are for people to look at; nothing compares them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from page_object import FOCUSED, ChatPage
from playwright.sync_api import Browser, Page, expect
from support.server import AtlasServer
from support.visits import visits_of

from clinic.scheduling.desk import Entry
from clinic.settings import get_settings

pytestmark = [pytest.mark.browser, pytest.mark.server]

PICTURES = Path(__file__).parent / "screenshots"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
DEVICES = {
    "phone": PHONE,
    "desktop": DESKTOP,
    "phone-dark": {**PHONE, "color_scheme": "dark"},
}
# One each, so that every visit can be told apart in the shared book.
PATIENTS = {
    "phone": "Maria Lopez",
    "desktop": "Jonas O'Brien-Lee",
    "phone-dark": "José Castillo",
}
PAIN = "My neck has been hurting for two weeks after long days at my laptop, a dull ache"
EMERGENCY = "I fell off a ladder yesterday and now I can't feel my legs"
# What a visitor with ordinary neck pain chooses, whatever is asked first.
ORDINARY = {
    "None of these",
    "None of those",
    "No to all",
    "No, none",
    "It built up slowly",
    "2 to 6 weeks ago",
    "4-6, moderate",
    "16 to 49",
    "Neck",
}

Keep = Callable[[str], None]


class Desk:
    """What the clinic's appointment book holds, read past Atlas."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._database)) as connection:
            return connection.execute(query, values).fetchall()

    def visits_of(self, name: str) -> list[Entry]:
        return visits_of(self._database, name)

    def count(self, table: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])

    def everything(self) -> str:
        with closing(sqlite3.connect(self._database)) as connection:
            return "\n".join(connection.iterdump()).lower()


@pytest.fixture
def desk(atlas: AtlasServer) -> Desk:
    return Desk(atlas.database)


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def chat(chromium: Browser, atlas: AtlasServer, device: str) -> Iterator[ChatPage]:
    context = chromium.new_context(locale="en-US", **DEVICES[device])
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield ChatPage(page, atlas.base_url).open()
    context.close()
    assert errors == []


@pytest.fixture
def keep(chat: ChatPage, device: str) -> Keep:
    """Keep a picture, and check that nothing sticks out of the page at that moment."""
    return lambda name: keep_picture(chat.page, f"{device}-{name}")


def keep_picture(page: Page, name: str) -> None:
    expect(page.locator(".emergency-call")).to_be_in_viewport(ratio=0.99)
    expect(page.get_by_label("Your message to Atlas")).to_be_in_viewport(ratio=0.99)
    widths = page.evaluate(
        "[innerWidth, document.documentElement.scrollWidth, ...['.chat', '.bar', '.log', '.dock']"
        ".map(part => document.querySelector('atlas-chat').shadowRoot.querySelector(part)"
        ".getBoundingClientRect().right)]"
    )
    assert set(widths) == {widths[0]}
    page.wait_for_timeout(300)  # until what arrived has stopped moving
    page.screenshot(path=PICTURES / f"{name}.png")


def answer_until_level(chat: ChatPage, keep: Keep) -> None:
    """Answer the interview by tapping, and the question with a scale by typing."""
    for number in range(9):
        if chat.log.locator(".card.level").count():
            break
        keep(f"04-{number + 1}")
        if "0 (no pain) to 10" in chat.last_replies()[-1]:
            chat.log.get_by_role("radio", name="5", exact=True).check()
            chat.click_reply("Send")
        else:
            (answer,) = ORDINARY & set(chat.offered_replies())
            chat.click_reply(answer)
    expect(chat.log.locator(".card.level")).to_be_visible()


def wanted_start(title: str, now: datetime) -> str:
    """Return the moment that a time's title names, as the database writes it."""
    zone = ZoneInfo(get_settings().clinic.time_zone)
    when = title.split(" with ")[0]
    start = datetime.strptime(f"{now.year} {when}", "%Y %a %b %d, %I:%M %p").replace(tzinfo=zone)
    return f"{start.astimezone(UTC):%Y-%m-%d %H:%M}"


def test_a_visitor_with_neck_pain_ends_with_a_visit_in_the_book(
    chat: ChatPage, keep: Keep, desk: Desk, device: str
) -> None:
    name = PATIENTS[device]
    keep("01-welcome")

    replies = chat.send(PAIN)
    assert "2 weeks" in replies[0]
    keep("02-warning-signs")
    question = chat.click_reply("None of these")[-1]

    replies = chat.send("what is an MRI?")
    assert "magnet" in replies[0]
    assert "Source" in replies[0]
    assert replies[-1] == question
    keep("03-question-in-between")

    answer_until_level(chat, keep)
    assert "5 out of 10" in chat.visitor_messages()
    assert "When did it start" not in chat.log.inner_text()  # it was said at the beginning
    keep("05-level")

    chat.click_reply("Yes, book a visit")
    keep("06-times")
    wanted = chat.offered_times()[-1]
    assert "your name" in chat.choose_time(wanted)[-1]
    keep("06-name")
    chat.fill_in("First and last name", name)
    summary = chat.fill_in("Phone or e-mail", "(212) 555-0123")[-1]
    assert name in summary
    assert wanted in " ".join(summary.split())
    assert desk.visits_of(name) == []
    keep("07-summary")

    booked = chat.click_reply("Yes, book it")[-1]
    keep("08-booked")
    (visit,) = desk.visits_of(name)
    assert visit.appointment.reference in booked
    assert (visit.appointment.status, visit.contact.phone) == ("booked", "+12125550123")
    start = visit.appointment.start
    assert f"{start:%Y-%m-%d %H:%M:%S}".startswith(wanted_start(wanted, start))
    for word in ("laptop", "ache", "neck", "consultation"):
        assert word not in desk.everything()


def test_an_emergency_shows_an_alert_with_a_number_to_call_and_books_nothing(
    chat: ChatPage, keep: Keep, desk: Desk
) -> None:
    before = desk.count("appointments"), desk.count("holds")
    number = get_settings().clinic.emergency_number
    chat.send(EMERGENCY)
    call = chat.log.get_by_role("link", name=f"Call {number}")
    expect(call).to_be_in_viewport(ratio=0.99)
    assert call.get_attribute("href") == f"tel:{number}"
    assert number in chat.page.locator("#urgent").inner_text()
    assert chat.offered_replies() == []
    keep("11-emergency")

    chat.send("I'm OK now, just book me an appointment please")
    assert number in chat.last_replies()[-1]
    assert chat.offered_replies() == []
    keep("12-emergency-insists")
    assert (desk.count("appointments"), desk.count("holds")) == before

    chat.page.reload()
    chat.wait_idle()
    expect(chat.log.get_by_role("link", name=f"Call {number}")).to_have_count(1)
    expect(chat.page.locator(".bar.urgent")).to_have_count(1)


def test_somebody_without_a_mouse_gets_from_the_clinics_page_to_a_booking(
    chromium: Browser, atlas: AtlasServer, desk: Desk
) -> None:
    page = chromium.new_context(locale="en-US", **DESKTOP).new_page()
    chat = ChatPage(page, atlas.base_url)
    page.goto(f"{atlas.base_url}/demo")
    press_until(page, "Tab", "Chat with Atlas")
    picture(page, "keyboard-1-launcher")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message to Atlas")).to_be_focused()
    page.keyboard.type(PAIN)
    page.keyboard.press("Enter")
    expect(chat.log.locator(".choices")).to_be_visible()
    chat.wait_idle()
    picture(page, "keyboard-2-checklist")
    for _ in range(9):
        if chat.log.locator(".card.level").count():
            break
        if chat.log.get_by_role("radio").count():
            press_until(page, "Shift+Tab", "10")
            for _step in range(5):
                page.keyboard.press("ArrowLeft")
            picture(page, "keyboard-3-scale")
            press_until(page, "Tab", "Send")
        else:
            (answer,) = ORDINARY & set(chat.offered_replies())
            press_until(page, "Shift+Tab", answer)
        page.keyboard.press("Enter")
        chat.wait_idle()
    picture(page, "keyboard-4-level")
    press_until(page, "Shift+Tab", "Yes, book a visit")
    page.keyboard.press("Enter")
    chat.wait_idle()
    press_until(page, "Shift+Tab", chat.offered_times()[-1])
    page.keyboard.press("Space")
    picture(page, "keyboard-5-times")
    press_until(page, "Tab", "Choose this time")
    page.keyboard.press("Enter")
    chat.wait_idle()
    for label, value in (("name", "Kay Board"), ("contact", "(212) 555-0177")):
        press_until(page, "Shift+Tab", label)
        page.keyboard.type(value)
        picture(page, f"keyboard-6-{label}")
        page.keyboard.press("Enter")
        chat.wait_idle()
    press_until(page, "Shift+Tab", "Yes, book it")
    picture(page, "keyboard-7-check")
    page.keyboard.press("Enter")
    chat.wait_idle()
    expect(chat.log.locator(".card.appointment")).to_be_visible()
    picture(page, "keyboard-8-booked")
    assert len(desk.visits_of("Kay Board")) == 1
    page.context.close()


def press_until(page: Page, key: str, wanted: str) -> None:
    """Press a key until something with this name has the focus, which one can see there."""
    for _ in range(40):
        page.keyboard.press(key)
        names, outline, framed = page.evaluate(
            f"[[{FOCUSED}.innerText, {FOCUSED}.name, {FOCUSED}.value],"
            f" getComputedStyle({FOCUSED}).outlineStyle,"
            f" {FOCUSED}.closest('.composer, .step') !== null]"
        )
        assert outline != "none" or framed
        if wanted in [" ".join(str(name or "").split()) for name in names]:
            return
    raise AssertionError(f"{wanted!r} is out of the keyboard's reach")


def picture(page: Page, name: str) -> None:
    page.wait_for_timeout(300)  # until what arrived has stopped moving
    page.screenshot(path=PICTURES / f"{name}.png")
