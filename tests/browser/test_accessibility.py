"""What axe-core, the keyboard and a screen reader find in each state and theme of the chat.

axe-core is in vendor/ (MPL-2.0), so that the tests need neither Node nor the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from page_object import FOCUSED, ChatPage
from playwright.sync_api import Browser, Page, expect
from states import SCRIPT

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
STATES = [state for state in SCRIPT if state not in ("", "long")]
THEMES = ("light", "dark", "contrast")
COLOURS = ["color-contrast", "link-in-text-block"]


def violations(page: Page, *, rules: Sequence[str] = (), without: Sequence[str] = ()) -> list[str]:
    """Run axe and return what it found, with the places."""
    page.evaluate(AXE)
    options = {
        "runOnly": {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS},
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
    }
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def use_theme(page: Page, theme: str) -> None:
    page.locator("atlas-chat").evaluate(
        "async (element, theme) => { element.theme = theme; await element.updateComplete }", theme
    )


@pytest.fixture
def still(chromium: Browser) -> Iterator[Page]:
    """A page without movement, so that axe does not look at half-faded colours."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, locale="en-US", reduced_motion="reduce"
    )
    page = context.new_page()
    yield page
    context.close()


def test_axe_finds_nothing_in_any_state_and_theme(still: Page, url: str) -> None:
    chat = ChatPage(still, url)
    still.goto(f"{url}/chat")
    use_theme(still, THEMES[0])
    found: dict[str, list[str]] = {}

    def check(state: str) -> None:
        # Everything in the first theme; in the others what depends on colours.
        found[state] = violations(still)
        for theme in THEMES[1:]:
            use_theme(still, theme)
            found[f"{state}, {theme}"] = violations(still, rules=COLOURS)
        use_theme(still, THEMES[0])

    check("notice")
    chat.start()
    check("welcome")
    for state in STATES:
        chat.send(state)
        check(state)
        if chat.log.locator("form.choices button[type=submit]").count():
            chat.log.locator("form.choices button[type=submit]").click()
            check(f"{state} with an error")
    chat.log.get_by_role("button", name="No", exact=True).first.click()
    check("feedback")
    for name in ("Display", "More"):
        still.get_by_role("button", name=name, exact=True).click()
        check(f"the dialog {name}")
        still.keyboard.press("Escape")
    still.context.set_offline(True)
    expect(still.get_by_text("You are offline")).to_be_visible()
    still.get_by_label("Your message to Atlas").fill("x")
    still.keyboard.press("Enter")
    expect(chat.log.get_by_text("Not sent.")).to_be_visible()
    check("offline, not sent")
    still.context.set_offline(False)
    chat.end()
    check("over")
    assert {state: problems for state, problems in found.items() if problems} == {}


@pytest.mark.parametrize("path", ["/demo", "/chat"])
@pytest.mark.parametrize("settings", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_axe_finds_nothing_on_the_pages_around_it(
    chromium: Browser, url: str, path: str, settings: dict[str, Any]
) -> None:
    page = chromium.new_context(reduced_motion="reduce", **settings).new_page()
    # In forced colours the browser paints other colours than it tells a script.
    without = COLOURS if "forced_colors" in settings else []
    page.goto(url + path)
    if path == "/demo":
        assert violations(page, without=without) == []
        page.get_by_role("button", name="Chat with Atlas").click()
    expect(page.get_by_role("heading", name="Before we start")).to_be_visible()
    assert violations(page, without=without) == []
    page.context.close()


def test_a_screen_reader_is_told_each_thing_once_and_the_region_stays(chat: ChatPage) -> None:
    page = chat.page
    page.evaluate(
        "window.region = document.querySelector('atlas-chat').shadowRoot.querySelector('#polite')"
    )
    chat.send("routine")
    chat.send("scale")
    assert page.evaluate(
        "region.isConnected && region === document.querySelector('atlas-chat')"
        ".shadowRoot.querySelector('#polite')"
    )
    said = page.locator("#polite").inner_text()
    assert said.count("Worth an appointment.") == 1
    assert said.count("On a scale from 0") == 1
    live = page.evaluate(
        "[...document.querySelector('atlas-chat').shadowRoot.querySelectorAll("
        "'[aria-live=polite]')].length"
    )
    assert live == 1
    assert page.locator("#urgent").inner_text() == ""
    chat.send("emergency")
    assert "Call 911 now." in page.locator("#urgent").inner_text()
    assert "Call 911 now." not in page.locator("#polite").inner_text()


def test_the_accessibility_tree_names_every_part(chat: ChatPage) -> None:
    chat.send("checklist")
    log = chat.page.get_by_role("log", name="Conversation with Atlas")
    group = log.get_by_role("group", name="Right now, do you have any of these?")
    assert group.get_by_role("checkbox").count() == 6
    expect(chat.page.get_by_role("region", name="Chat with Atlas")).to_be_visible()
    expect(chat.page.get_by_role("textbox", name="Your message to Atlas")).to_be_visible()
    tree = chat.page.locator("atlas-chat").aria_snapshot()
    assert '- link "Call 911"' in tree
    assert '- checkbox "Chest pain or trouble breathing"' in tree
    assert 'button "Leave quickly"' in tree


def test_an_error_is_announced_and_belongs_to_its_group(chat: ChatPage) -> None:
    chat.send("checklist")
    chat.click_reply("Send")
    expect(chat.log.get_by_role("alert")).to_contain_text("Choose at least one")
    assert chat.page.evaluate(f"{FOCUSED}.type") == "checkbox"


def test_how_the_chat_looks_is_remembered_on_the_device(chat: ChatPage) -> None:
    page = chat.page
    size = "element => getComputedStyle(element).fontSize"
    bubble = chat.log.locator(".bubble").first
    before = float(bubble.evaluate(size).removesuffix("px"))
    page.get_by_role("button", name="Display", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Largest").check()
    dialog.get_by_label("High contrast").check()
    dialog.get_by_label("More space").check()
    dialog.get_by_label("Easy-to-read").check()
    dialog.get_by_label("No movement").check()
    dialog.get_by_role("button", name="Done").click()
    page.reload()
    chat.wait_idle()
    after = float(bubble.evaluate(size).removesuffix("px"))
    assert after == pytest.approx(before * 1.5, rel=0.01)
    frame = page.locator("atlas-chat .frame")
    assert frame.get_attribute("data-theme") == "contrast"
    assert "Verdana" in bubble.evaluate("element => getComputedStyle(element).fontFamily")
    assert bubble.evaluate("element => getComputedStyle(element).letterSpacing") != "normal"
    assert (
        chat.log.locator(".turn > *").first.evaluate(
            "element => getComputedStyle(element).animationName"
        )
        == "none"
    )
    page.get_by_role("button", name="Display", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Back to normal").click()
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 256), (320, 568)])
def test_large_text_and_zoom_cut_nothing_off(
    still: Page, url: str, width: int, height: int
) -> None:
    """640 x 400 is a window of 1280 x 800 at 200 %; 320 x 256 is one of 1280 x 1024 at 400 %."""
    still.set_viewport_size({"width": width, "height": height})
    chat = ChatPage(still, url).open()
    for state in STATES:
        chat.send(state)
        assert still.evaluate("document.documentElement.scrollWidth") <= width, state
        wide = chat.log.evaluate(
            "log => [...log.querySelectorAll('*')].filter(node =>"
            " node.getBoundingClientRect().right > innerWidth + 1 && !node.closest('.unseen'))"
            ".map(node => node.className)"
        )
        assert wide == [], state
        expect(still.locator(".emergency-call:visible")).to_be_in_viewport(ratio=0.99)
        expect(still.get_by_label("Your message to Atlas")).to_be_in_viewport(ratio=0.99)


def test_the_largest_text_on_the_smallest_phone_still_fits(still: Page, url: str) -> None:
    still.set_viewport_size({"width": 320, "height": 568})
    still.add_init_script(
        "localStorage.setItem('atlas-chat-display', JSON.stringify({size: 3, spacing: true}))"
    )
    chat = ChatPage(still, url).open()
    for state in ("checklist", "scale", "body", "times", "booked"):
        chat.send(state)
        assert chat.log.evaluate("log => log.scrollWidth <= log.clientWidth"), state


def test_the_element_speaks_spanish_and_reads_from_right_to_left(still: Page, url: str) -> None:
    still.goto(f"{url}/chat")
    element = still.locator("atlas-chat")
    element.evaluate("element => { element.lang = 'es'; element.requestUpdate() }")
    expect(still.get_by_role("heading", name="Antes de empezar")).to_be_visible()
    still.get_by_role("button", name="Empezar el chat").click()
    still.locator("atlas-chat[state=idle]").wait_for()
    # What Atlas says is marked with its language, for the voice that reads it.
    assert still.locator(".turn.bot").first.get_attribute("lang") == "es"
    assert still.locator("atlas-chat .frame").get_attribute("lang") == "es"
    still.evaluate("document.documentElement.dir = 'rtl'")
    call, tools = (still.locator(part).bounding_box() for part in (".emergency-call", ".tools"))
    assert call is not None
    assert tools is not None
    assert call["x"] > tools["x"]
    assert violations(still) == []


def test_everything_can_be_reached_and_left_by_keyboard(chat: ChatPage) -> None:
    page = chat.page
    chat.send("times")
    page.get_by_role("button", name="Display", exact=True).focus()
    page.keyboard.press("Enter")
    inside = page.evaluate(f"{FOCUSED}.closest('dialog') !== null")
    assert inside
    page.keyboard.press("Escape")
    assert page.evaluate(f"{FOCUSED}.className").startswith("tool display")
    seen: list[str] = []
    for _ in range(25):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(f"{FOCUSED}.name || {FOCUSED}.innerText || {FOCUSED}.id"))
        outline = page.evaluate(f"getComputedStyle({FOCUSED}).outlineStyle")
        in_box = page.evaluate(f"{FOCUSED}.closest('.composer, .step') !== null")
        visible = outline != "none" or in_box  # these show it on what is around the field
        assert visible, seen[-1]
        if seen[-1] == "message":
            break
    assert "time" in seen
    assert any("Choose this time" in one for one in seen)
    assert seen[-1] == "message"
