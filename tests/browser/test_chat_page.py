"""The page itself in a real browser, around a scripted bot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_server import ScriptedAgent, chat_server
from page_object import FOCUSED, ChatPage
from playwright.sync_api import Browser, Page, expect

from clinic.settings import get_settings

pytestmark = pytest.mark.browser

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
SCRIPT = {
    "": [
        {"text": "Hello, I'm **Atlas**."},
        {
            "text": "How can I help?",
            "buttons": [
                {"title": "Book a visit", "payload": "/book_appointment"},
                {"title": "Ask something", "payload": "/ask"},
            ],
        },
    ],
    "/book_appointment": [
        {
            "text": "Booked.",
            "custom": {
                "kind": "appointment",
                "reference": "ATL-7K3M9Q",
                "ics": CALENDAR,
                "summary": "**Monday, 9:00 am**\nDr. Demo Rivers",
            },
        }
    ],
    "I can't feel my legs": [
        {
            "text": "Don't drive yourself.",
            "custom": {"kind": "level", "level": "emergency_ambulance"},
        }
    ],
    "check me": [
        {
            "text": "Any of these?",
            "custom": {
                "kind": "checklist",
                "options": [
                    {"title": "Fever", "payload": "I have a fever"},
                    {"title": "Numb arm", "payload": "my arm is numb"},
                ],
                "none": {"title": "None of these", "payload": "none of these"},
            },
        }
    ],
    "which apply": [
        {
            "text": "(Question 2 of about 7) Any of these?",
            "buttons": [
                {"title": "Fever", "payload": "Fever"},
                {"title": "Numb arm", "payload": "Numb arm"},
                {"title": "No, none", "payload": "No, none"},
            ],
            "custom": {"kind": "checklist", "none": "No, none"},
        }
    ],
    "when": [
        {
            "text": "These times are free.",
            "buttons": [
                {"title": title, "payload": title}
                for title in (
                    "Mon Nov 23, 9:00 AM with Dr. Demo Rivers",
                    "Mon Nov 23, 1:30 PM with Dr. Demo Rivers",
                    "Another day",
                )
            ],
        }
    ],
    "book": [
        {
            "text": "**Booked.** Monday at 9:00 AM with Dr. Demo Rivers\n\nKeep ATL-7K3M9Q.",
            "custom": {
                "kind": "appointment",
                "reference": "ATL-7K3M9Q",
                "ics": CALENDAR,
                "summary": "Monday at 9:00 AM with Dr. Demo Rivers",
            },
        }
    ],
    "summary": [
        {"text": "Please check:\n- When: Monday\n- Name: Jane <i>Doe</i>\n\nShall I book this?"}
    ],
    "how urgent": [
        {
            "text": "See someone.\n\nWhy: numbness, in an arm; it lasts.\n\n(Rule reviewed 2026.)",
            "custom": {"kind": "level", "level": "consultation"},
        }
    ],
    "long": [{"text": "\n\n".join(f"paragraph {number}" for number in range(1, 31))}],
    "markup": [
        {
            "text": "**Bold** and <img src=x onerror=alert(1)>\n- one\n- two\n\n"
            "See https://example.org/a_b. Or call {number}.\nSource: somewhere, 2026",
            "custom": {"kind": "something new"},
        }
    ],
    "two parts": [{"text": "first part"}, {"text": "second part"}],
    "silence": [],
}


@pytest.fixture
def agent() -> ScriptedAgent:
    number = get_settings().clinic.emergency_number
    script = {
        said: [{**reply, "text": reply["text"].replace("{number}", number)} for reply in replies]
        for said, replies in SCRIPT.items()
    }
    return ScriptedAgent(script)


@pytest.fixture
def url(agent: ScriptedAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("ATLAS_SECRET_KEY", "a key for tests that is long enough to sign with")
    with chat_server(agent, tmp_path) as base:
        yield base


@pytest.fixture
def chat(page: Page, url: str) -> ChatPage:
    return ChatPage(page, url).open()


def test_a_visitor_is_welcomed_and_answered(chat: ChatPage) -> None:
    assert chat.last_replies() == ["Hello, I'm Atlas.", "How can I help?"]
    assert chat.send("my neck hurts") == ["You wrote: my neck hurts"]
    assert chat.visitor_messages() == ["my neck hurts"]


def test_a_tapped_reply_sends_its_payload_and_shows_its_title(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    chat.click_reply("Book a visit")
    assert agent.heard == ["/book_appointment"]
    assert chat.visitor_messages() == ["Book a visit"]
    assert chat.offered_replies() == []


def test_a_booked_visit_can_be_put_into_a_calendar(chat: ChatPage) -> None:
    replies = chat.click_reply("Book a visit")
    assert "ATL-7K3M9Q" in replies[-1]
    with chat.page.expect_download() as download:
        chat.log.get_by_role("button", name="Add to calendar").click()
    assert download.value.suggested_filename == "ATL-7K3M9Q.ics"
    assert Path(download.value.path()).read_bytes() == CALENDAR.encode()


def test_an_emergency_is_announced_at_once_with_a_number_to_tap(chat: ChatPage) -> None:
    number = get_settings().clinic.emergency_number
    chat.send("I can't feel my legs")
    call = chat.log.get_by_role("link", name=f"Call {number}")
    assert call.get_attribute("href") == f"tel:{number}"
    box = call.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert "Don't drive yourself." in chat.page.locator("#urgent").inner_text()


def test_an_ordinary_answer_is_announced_once_and_politely(chat: ChatPage) -> None:
    chat.send("my neck hurts")
    said = chat.page.locator("#polite").inner_text()
    assert said.count("You wrote: my neck hurts") == 1
    assert chat.page.locator("#urgent").inner_text() == ""
    assert chat.log.get_attribute("aria-live") == "off"


def test_a_checklist_sends_everything_that_was_ticked(chat: ChatPage, agent: ScriptedAgent) -> None:
    chat.send("check me")
    chat.log.get_by_role("button", name="Send").click()
    expect(chat.log.get_by_text("Choose at least one")).to_be_visible()
    chat.tick("Fever", "Numb arm")
    assert agent.heard[-1] == "I have a fever. my arm is numb"
    assert chat.visitor_messages()[-1] == "Fever, Numb arm"


def test_nothing_of_a_checklist_can_be_said_with_one_tap(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    chat.send("check me")
    chat.click_reply("None of these")
    assert agent.heard[-1] == "none of these"


def test_buttons_of_a_question_can_be_choices_to_tick(chat: ChatPage, agent: ScriptedAgent) -> None:
    (question,) = chat.send("which apply")
    assert question.split("\n")[0] == "Question 2 of about 7"
    chat.tick("Fever", "Numb arm")
    assert agent.heard[-1] == "Fever. Numb arm"
    chat.send("which apply")
    chat.click_reply("No, none")
    assert agent.heard[-1] == "No, none"


def test_long_choices_are_a_list_and_short_ones_stand_side_by_side(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    def tops() -> list[float]:
        buttons = chat.log.locator(".choices button")
        tops: list[float] = buttons.evaluate_all("all => all.map(b => b.offsetTop)")
        return tops

    assert len(set(tops())) == 1
    chat.send("when")
    assert len(set(tops())) == 3
    chat.click_reply("Mon Nov 23, 1:30 PM with Dr. Demo Rivers")
    assert agent.heard[-1] == "Mon Nov 23, 1:30 PM with Dr. Demo Rivers"


def test_a_booking_is_one_card_that_says_nothing_twice(chat: ChatPage) -> None:
    (card,) = chat.send("book")
    assert " ".join(card.split()) == (
        "Booked Monday at 9:00 AM with Dr. Demo Rivers Reference ATL-7K3M9Q Add to calendar"
        " Keep ATL-7K3M9Q."
    )
    assert chat.page.locator("#polite").inner_text().count("Monday at 9:00 AM") == 1


def test_facts_are_set_as_names_and_values(chat: ChatPage) -> None:
    chat.send("summary")
    bubble = chat.log.locator(".turn.bot").last
    assert bubble.locator("dt").all_inner_texts() == ["When", "Name"]
    assert bubble.locator("dd").all_inner_texts() == ["Monday", "Jane <i>Doe</i>"]


def test_the_reasons_of_a_level_are_a_list(chat: ChatPage) -> None:
    chat.send("how urgent")
    card = chat.log.locator(".card.level")
    assert card.locator("li").all_inner_texts() == ["numbness, in an arm", "it lasts"]
    assert card.locator(".source").inner_text() == "Rule reviewed 2026."
    expect(chat.page.locator(".bar.urgent")).to_have_count(0)


def test_the_emergency_line_stays_loud_after_an_emergency(chat: ChatPage) -> None:
    bar = chat.page.locator(".bar")
    quiet = bar.evaluate("bar => getComputedStyle(bar).backgroundColor")
    chat.send("I can't feel my legs")
    chat.send("I'm OK now")
    assert bar.evaluate("bar => getComputedStyle(bar).backgroundColor") != quiet
    chat.end()
    expect(chat.log.get_by_text("This chat has ended")).to_be_visible()
    assert bar.evaluate("bar => getComputedStyle(bar).backgroundColor") == quiet


def test_a_long_answer_is_shown_from_its_start_with_a_way_down(chat: ChatPage) -> None:
    more = chat.page.get_by_role("button", name="More below")
    expect(more).to_be_hidden()
    chat.send("long")
    expect(chat.log.get_by_text("paragraph 1", exact=True)).to_be_in_viewport()
    expect(chat.log.get_by_text("paragraph 30")).not_to_be_in_viewport()
    while more.is_visible():
        more.click()
        chat.page.wait_for_timeout(100)
    expect(chat.log.get_by_text("paragraph 30")).to_be_in_viewport()


def test_markup_is_shown_but_html_is_never_obeyed(chat: ChatPage) -> None:
    chat.send("markup")
    bubble = chat.log.locator(".turn.bot").last.locator(".bubble")
    assert bubble.locator("strong").inner_text() == "Bold"
    assert bubble.locator("li").all_inner_texts() == ["one", "two"]
    links = bubble.locator("a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    number = get_settings().clinic.emergency_number
    assert links == ["https://example.org/a_b", f"tel:{number}"]
    assert bubble.locator("img").count() == 0
    assert "<img src=x onerror=alert(1)>" in bubble.inner_text()
    assert bubble.locator(".source").inner_text() == "Source: somewhere, 2026"


def test_what_the_visitor_types_is_never_obeyed_either(chat: ChatPage) -> None:
    chat.send("<b>bold</b><script>document.title = 'owned'</script>")
    assert chat.log.locator("b, script").count() == 0
    assert "owned" not in chat.page.title()


def test_enter_sends_and_shift_enter_makes_a_new_line(chat: ChatPage, agent: ScriptedAgent) -> None:
    box = chat.page.get_by_label("Your message to Atlas")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    box.press("Enter")
    chat.wait_idle()
    assert agent.heard == ["one\ntwo"]


def test_a_reload_shows_the_conversation_again(chat: ChatPage, agent: ScriptedAgent) -> None:
    chat.send("my neck hurts")
    chat.page.reload()
    chat.wait_idle()
    assert chat.visitor_messages() == ["my neck hurts"]
    assert chat.last_replies() == ["You wrote: my neck hurts"]
    assert len(agent.trackers) == 1


def test_a_failed_message_can_be_sent_again(chat: ChatPage, agent: ScriptedAgent) -> None:
    agent.broken = True
    chat.send("two parts")
    expect(chat.log.get_by_text("something went wrong")).to_be_visible()
    assert "first part" not in chat.log.inner_text()
    agent.broken = False
    assert chat.click_reply("Retry") == ["first part", "second part"]
    assert chat.visitor_messages() == ["two parts"]


def test_a_lost_connection_is_told_and_the_message_is_kept(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    chat.page.context.set_offline(True)
    expect(chat.page.get_by_text("You are offline")).to_be_visible()
    chat.send("my neck hurts")
    expect(chat.log.get_by_text("Not sent.")).to_be_visible()
    chat.page.context.set_offline(False)
    expect(chat.page.get_by_text("You are offline")).to_be_hidden()
    assert chat.click_reply("Retry") == ["You wrote: my neck hurts"]
    assert agent.heard == ["my neck hurts"]


def test_two_messages_in_a_row_are_both_answered_in_order(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    agent.pause = 0.3
    box = chat.page.get_by_label("Your message to Atlas")
    for text in ("first", "second"):
        box.fill(text)
        box.press("Enter")
    expect(chat.log.get_by_text("You wrote: second")).to_be_visible()
    chat.wait_idle()
    assert agent.heard == ["first", "second"]


def test_silence_of_the_bot_is_not_left_unexplained(chat: ChatPage) -> None:
    chat.page.get_by_label("Your message to Atlas").fill("silence")
    chat.page.keyboard.press("Enter")
    expect(chat.log.get_by_text("Atlas has no answer to that")).to_be_visible()


def test_an_ended_chat_is_gone_and_a_new_one_can_begin(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    chat.send("private words")
    chat.end()
    expect(chat.log.get_by_text("This chat has ended")).to_be_visible()
    assert "private words" not in chat.page.content()
    assert chat.page.evaluate("sessionStorage.length + localStorage.length") == 0
    chat.click_reply("Start a new chat")
    assert chat.last_replies() == ["Hello, I'm Atlas.", "How can I help?"]
    assert len(agent.trackers) == 2


def test_ending_can_be_thought_over(chat: ChatPage) -> None:
    chat.send("my neck hurts")
    chat.page.get_by_role("button", name="More").click()
    chat.page.get_by_role("button", name="End chat").click()
    chat.page.get_by_role("button", name="Keep chatting").click()
    assert chat.visitor_messages() == ["my neck hurts"]


def test_the_whole_chat_works_by_keyboard(chat: ChatPage, agent: ScriptedAgent) -> None:
    for _ in range(20):
        chat.page.keyboard.press("Tab")
        if chat.page.evaluate(FOCUSED + ".textContent.trim()") == "Book a visit":
            break
    chat.page.keyboard.press("Enter")
    chat.wait_idle()
    assert agent.heard == ["/book_appointment"]
    chat.page.keyboard.type("thank you")
    chat.page.keyboard.press("Enter")
    chat.wait_idle()
    assert agent.heard[-1] == "thank you"


@pytest.mark.parametrize(
    ("width", "height"), [(320, 568), (390, 844), (640, 400), (320, 256), (1280, 800)]
)
def test_everything_fits_and_the_emergency_number_stays_in_view(
    page: Page, url: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    chat = ChatPage(page, url).open()
    chat.send("a word " * 60)
    chat.send("I can't feel my legs")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".emergency-call")).to_be_in_viewport(ratio=0.99)
    expect(page.get_by_label("Your message to Atlas")).to_be_in_viewport(ratio=0.99)
    small = page.locator("button:visible, .emergency-call:visible, .big-call").evaluate_all(
        # Half a pixel less: on its way in, a card lies between two rows of pixels.
        "nodes => nodes.map(n => [n.innerText, n.getBoundingClientRect().height])"
        ".filter(([, height]) => height < 43.5)"
    )
    assert small == []


def test_the_emergency_number_works_without_scripts(
    chromium_without_scripts: Browser, url: str
) -> None:
    page = chromium_without_scripts.new_page()
    page.goto(f"{url}/chat")
    number = get_settings().clinic.emergency_number
    link = page.get_by_role("link", name=f"Call {number}")
    expect(link).to_be_in_viewport()
    assert link.get_attribute("href") == f"tel:{number}"
    assert "This chat needs JavaScript" in page.locator("noscript").inner_text()


def test_the_page_asks_nobody_else_for_anything(page: Page, url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ChatPage(page, url).open().send("hello")
    assert asked
    assert [address for address in asked if not address.startswith((url, "data:"))] == []
