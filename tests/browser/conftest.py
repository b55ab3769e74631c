"""A real Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ScriptedAgent, chat_server
from page_object import ChatPage
from playwright.sync_api import Browser, Page, sync_playwright
from states import SCRIPT

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """Return the browser's program: ATLAS_CHROMIUM, or the first that is installed."""
    names = (os.environ.get("ATLAS_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


# A module's, not the session's: while Playwright runs, no asynchronous test can.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Chromium; without one the tests are skipped, or fail where they are required."""
    program = find_chromium()
    if program is None:
        reason = "no Chromium found: apt-get install chromium, or set ATLAS_CHROMIUM to one"
        if os.environ.get("CI") == "true" or os.environ.get("ATLAS_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def chromium_without_scripts(chromium: Browser) -> Iterator[Browser]:
    """Start a Chromium whose user switched JavaScript off.

    Playwright's own switch stops the scripts too, but leaves <noscript> hidden.
    """
    browser = chromium.browser_type.launch(
        executable_path=find_chromium(), args=[*ARGUMENTS, "--blink-settings=scriptEnabled=false"]
    )
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open an empty page with storage of its own; an error in a script fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-US")
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@pytest.fixture
def scripted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, ScriptedAgent]]:
    """Serve the channel around a bot that brings about every state; its address and the bot."""
    monkeypatch.setenv("ATLAS_SECRET_KEY", "a key for tests that is long enough to sign with")
    agent = ScriptedAgent(dict(SCRIPT))
    with chat_server(agent, tmp_path) as address:
        yield address, agent


@pytest.fixture
def agent(scripted: tuple[str, ScriptedAgent]) -> ScriptedAgent:
    """The scripted bot."""
    return scripted[1]


@pytest.fixture
def url(scripted: tuple[str, ScriptedAgent]) -> str:
    """Where the scripted bot is served."""
    return scripted[0]


@pytest.fixture
def chat(page: Page, url: str) -> ChatPage:
    """A chat with the scripted bot, begun."""
    return ChatPage(page, url).open()
