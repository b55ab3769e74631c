"""The staff pages in Chromium: usable by keyboard, on a phone, in the dark; axe finds nothing."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sanic import Sanic
from support.staff import PASSWORD, environment_of, fill_calendar, staff_command
from test_accessibility import COLOURS, violations

from bot.edges import guard
from bot.staff.routes import add_staff_pages
from clinic.settings import get_settings

pytestmark = pytest.mark.browser

# A Wednesday, ten in the morning in New York: the clinic is open.
NOW = "2027-03-03T15:00:00+00:00"
# Where screenshots go, for whoever wants to look at them
PICTURES = os.environ.get("ATLAS_PICTURES", "")


@pytest.fixture(scope="module")
def staff_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages alone, with their guards, on a calendar with visits."""
    database = f"sqlite:///{tmp_path_factory.mktemp('staff') / 'atlas.db'}"
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        app = Sanic(f"staff-{uuid.uuid4().hex}", configure_logging=False)
        guard(app, "")
        add_staff_pages(app, get_settings())
        server = await app.create_server(
            sock=listener, return_asyncio_server=True, access_log=False
        )
        await server.startup()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    # Otherwise Sanic rewrites its own code on start, which works once a process.
    before, Sanic.test_mode = Sanic.test_mode, True
    with environment_of(database, NOW):
        staff_command("add", "ana")
        fill_calendar()
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield "http://{}:{}".format(*listener.getsockname())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
    Sanic.test_mode = before


def log_in(page: Page, url: str, password: str = PASSWORD) -> None:
    page.goto(f"{url}/staff")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def look(page: Page, name: str) -> list[str]:
    """Return what axe finds in the light and in the dark, and what does not fit into the window."""
    found = [f"{name}: {problem}" for problem in violations(page)]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}.png", full_page=True)
        if scheme == "dark":
            found += [f"{name}, dark: {problem}" for problem in violations(page, rules=COLOURS)]
    return found + ([f"{name}: {wide} pixels too wide"] if wide > 0 else [])


@pytest.mark.parametrize("width", [1280, 320], ids=["desk", "phone"])
def test_a_day_at_the_desk(chromium: Browser, staff_url: str, width: int) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 720},
        color_scheme="light",
        locale="en-US",
        bypass_csp=True,  # for axe, which the test brings in; the next test goes without
    )
    page = context.new_page()
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message) or dialog.dismiss())
    problems = []
    log_in(page, staff_url, "wrong password")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is not right.")
    problems += look(page, f"{width}-log-in")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Appointments")).to_be_visible()
    problems += look(page, f"{width}-appointments")

    evil = page.locator(".card").first
    expect(evil).to_contain_text("<script>alert(1)</script> O'Neil")
    evil.get_by_role("button", name="Arrived").click()
    expect(page.get_by_role("status")).to_contain_text("arrived.")
    problems += look(page, f"{width}-arrived")
    page.locator(".card").first.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("booked.")

    page.locator(".card").last.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Cancel this visit?")).to_be_visible()
    problems += look(page, f"{width}-cancel")
    page.get_by_role("link", name="No, keep it").click()
    expect(page.get_by_role("heading", name="Appointments")).to_be_visible()

    page.get_by_role("link", name="Call-backs").click()
    problems += look(page, f"{width}-call-backs")
    page.get_by_role("link", name="change the password").click()
    problems += look(page, f"{width}-password")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("status")).to_have_text("You are logged out.")
    page.go_back()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(f"{staff_url}/staff/appointments/ATL-222222/cancel")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    context.close()
    assert problems == []
    assert alerts == []


def test_in_a_real_browser_the_policy_lets_style_in_and_scripts_out(
    chromium: Browser, staff_url: str
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda line: told.append(line.text))
    log_in(page, staff_url)
    expect(page.get_by_role("heading", name="Appointments")).to_be_visible()
    colour = "getComputedStyle(document.querySelector('.head')).backgroundColor"
    assert page.evaluate(colour) == "rgb(15, 69, 64)"
    # The icon is the chat's, which is not served here.
    assert [line for line in told if "404" not in line] == []
    with page.expect_console_message(lambda line: "Content Security Policy" in line.text):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p onclick=alert(1)>')")
    context.close()
