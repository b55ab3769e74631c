"""One conversation over reloads, tabs, bad networks, idle time and its end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from chat_server import ScriptedAgent
from page_object import FOCUSED, ChatPage
from playwright.sync_api import Page, Route, expect

from clinic.settings import get_settings

pytestmark = pytest.mark.browser


def test_nothing_is_sent_before_the_visitor_agrees(page: Page, url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(url)))
    page.goto(f"{url}/chat")
    expect(page.get_by_role("heading", name="Before we start")).to_be_visible()
    days = get_settings().clinic.privacy.retention_days
    expect(page.get_by_text(f"kept by the clinic's server for up to {days} days")).to_be_visible()
    assert "/chat/session" not in asked
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_writing_at_once_agrees_and_sends(page: Page, url: str, agent: ScriptedAgent) -> None:
    chat = ChatPage(page, url)
    page.goto(f"{url}/chat")
    page.get_by_label("Your message to Atlas").fill("my neck hurts")
    page.keyboard.press("Enter")
    expect(chat.log.get_by_text("You wrote: my neck hurts")).to_be_visible()
    assert agent.heard == ["my neck hurts"]


def test_a_reload_in_the_middle_shows_the_open_question_again(chat: ChatPage) -> None:
    chat.send("times")
    chat.page.reload()
    chat.wait_idle()
    expect(chat.log.get_by_role("radiogroup", name="Free times")).to_be_visible()
    assert chat.visitor_messages() == ["times"]


def test_a_draft_survives_a_reload_and_goes_with_the_chat(chat: ChatPage) -> None:
    box = chat.page.get_by_label("Your message to Atlas")
    box.press_sequentially("my neck h")
    chat.page.reload()
    chat.wait_idle()
    assert box.input_value() == "my neck h"
    chat.end()
    assert chat.page.evaluate("JSON.stringify(sessionStorage)") == "{}"


def test_two_tabs_show_one_conversation(chat: ChatPage, agent: ScriptedAgent, url: str) -> None:
    other = ChatPage(chat.page.context.new_page(), url)
    other.page.goto(f"{url}/chat")
    other.wait_idle()
    chat.send("scale")
    expect(other.log.get_by_role("radiogroup")).to_be_visible()
    assert other.visitor_messages() == ["scale"]
    other.log.get_by_role("radio", name="6", exact=True).check()
    other.click_reply("Send")
    expect(chat.log.get_by_text("You wrote: 6 out of 10")).to_be_visible()
    expect(chat.log.get_by_role("radiogroup")).to_have_count(0)
    assert len(agent.trackers) == 1
    for tab in (chat, other):
        assert len(tab.visitor_messages()) == 2
        assert tab.log.get_by_text("You wrote: 6 out of 10").count() == 1
    chat.end()
    expect(other.log.get_by_text("This chat has ended")).to_be_visible()


def test_a_later_message_appears_by_itself_and_is_announced_once(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    agent.say_later({"text": "A reminder of your visit."})
    expect(chat.log.get_by_text("A reminder of your visit.")).to_be_visible()
    chat.page.wait_for_timeout(1800)  # the server tells it twice, in case once was too soon
    assert chat.log.get_by_text("A reminder of your visit.").count() == 1
    assert chat.page.locator("#polite").inner_text().count("A reminder of your visit.") == 1


def test_what_came_while_one_read_above_is_counted_and_jumped_to(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    chat.send("long")
    agent.say_later({"text": "A reminder of your visit."})
    news = chat.page.get_by_role("button", name="1 new message")
    expect(news).to_be_visible()
    expect(chat.log.get_by_text("A reminder of your visit.")).not_to_be_in_viewport()
    news.click()
    expect(chat.log.get_by_text("A reminder of your visit.")).to_be_in_viewport()
    expect(news).to_be_hidden()


def test_a_connection_that_breaks_in_the_answer_loses_and_doubles_nothing(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    broken: list[str] = []

    def cut_once(route: Route) -> None:
        if broken:
            route.continue_()
            return
        broken.append(route.request.url)
        route.fetch()  # the server hears it, and the browser never gets the answer
        route.abort("connectionreset")

    chat.page.route("**/chat/messages", cut_once)
    assert chat.send("my neck hurts") == ["You wrote: my neck hurts"]
    assert agent.heard == ["my neck hurts"]
    assert chat.visitor_messages() == ["my neck hurts"]


def test_no_chat_can_begin_before_the_settings_came_and_undo_it(page: Page, url: str) -> None:
    held: list[Route] = []
    page.route("**/chat/config", lambda route: held.append(route))
    with page.expect_request("**/chat/config"):
        page.goto(f"{url}/chat")
    start = page.get_by_role("button", name="Start chat")
    page.wait_for_timeout(500)  # in which it would show, were it going to
    expect(start).to_have_count(0)
    held[0].continue_()
    expect(start).to_be_visible()


def test_a_slow_answer_shows_that_atlas_is_writing(chat: ChatPage, agent: ScriptedAgent) -> None:
    agent.pause = 1.0
    chat.page.get_by_label("Your message to Atlas").fill("hello")
    chat.page.keyboard.press("Enter")
    expect(chat.log.get_by_role("img", name="Atlas is writing")).to_be_visible()
    assert chat.log.get_attribute("aria-busy") == "true"
    chat.wait_idle()
    expect(chat.log.get_by_role("img", name="Atlas is writing")).to_have_count(0)


def test_an_expired_session_says_so_and_keeps_what_was_said_in_view(chat: ChatPage) -> None:
    chat.send("my neck hurts")
    chat.page.route(
        "**/chat/messages",
        lambda route: route.fulfill(
            status=401, json={"error": "session_over", "message": "This chat is over."}
        ),
    )
    chat.page.get_by_label("Your message to Atlas").fill("and my arm")
    chat.page.keyboard.press("Enter")
    chat.page.locator("atlas-chat[state=over]").wait_for()
    expect(chat.log.get_by_role("button", name="Start a new chat")).to_be_visible()
    assert "my neck hurts" in chat.log.inner_text()


def test_a_forged_token_begins_anew_and_shows_nothing(chat: ChatPage, url: str) -> None:
    chat.send("private words")
    token = chat.page.evaluate("sessionStorage.getItem('atlas-chat-token /chat')")
    header, payload, signature = token.split(".")
    forged = f"{header}.{payload}.{signature[::-1]}"
    chat.page.evaluate("t => sessionStorage.setItem('atlas-chat-token /chat', t)", forged)
    chat.page.reload()
    expect(chat.page.get_by_role("heading", name="Before we start")).to_be_visible()
    assert "private words" not in chat.log.inner_text()


def test_nothing_of_the_conversation_is_kept_on_the_device(chat: ChatPage) -> None:
    chat.send("my neck hurts and I can't feel my legs")
    stored = chat.page.evaluate("JSON.stringify({...localStorage})")
    assert stored == "{}"
    kept = chat.page.evaluate("Object.keys(sessionStorage)")
    assert kept == ["atlas-chat-token /chat"]


def test_an_unused_chat_warns_and_then_closes(page: Page, url: str) -> None:
    chat = ChatPage(page, url)
    page.goto(f"{url}/chat")
    page.locator("atlas-chat").evaluate("element => { element.idle = 0.07 }")
    chat.start()
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep chatting").click()
    expect(dialog).to_be_hidden()
    expect(dialog).to_be_visible()
    expect(chat.log.get_by_text("nobody used it for a while")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_leaving_quickly_leaves_nothing_behind(chat: ChatPage, agent: ScriptedAgent) -> None:
    chat.send("private words")
    with chat.page.expect_request("**/chat/end"):
        chat.page.get_by_role("button", name="Leave quickly").click()
    chat.page.wait_for_url("about:blank")
    chat.page.go_back()
    assert "private words" not in chat.page.content()


def test_my_chat_is_deleted_on_the_server(chat: ChatPage, agent: ScriptedAgent) -> None:
    chat.send("private words")
    chat.page.get_by_role("button", name="More", exact=True).click()
    chat.page.get_by_role("button", name="Delete my chat").click()
    dialog = chat.page.get_by_role("dialog", name="Delete this chat?")
    dialog.get_by_role("button", name="Delete my chat").click()
    expect(chat.log.get_by_text("Your chat is deleted.")).to_be_visible()
    assert agent.trackers == {}
    assert "private words" not in chat.page.content()


def test_a_copy_of_my_data_is_downloaded_and_a_failure_is_told(chat: ChatPage) -> None:
    def ask() -> None:
        chat.page.get_by_role("button", name="More", exact=True).click()
        chat.page.get_by_role("button", name="Download a copy of my data").click()

    with chat.page.expect_download() as download:
        ask()
    text, _, content = Path(download.value.path()).read_text().partition("JSON\n")
    assert "A copy of your data at" in text
    assert json.loads(content)["messages"] == []  # the scripted bot keeps nothing
    chat.page.route("**/chat/copy", lambda route: route.abort())
    ask()
    failed = chat.page.get_by_role("dialog", name="The copy could not be made")
    expect(failed.get_by_text("In an emergency, call 911")).to_be_visible()
    failed.get_by_role("button", name="Close").click()
    expect(failed).to_be_hidden()


def test_what_is_known_can_be_asked_and_the_chat_can_be_kept(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    chat.send("my neck hurts")
    chat.page.get_by_role("button", name="More", exact=True).click()
    chat.page.get_by_role("button", name="What do you know about me?").click()
    chat.wait_idle()
    assert agent.heard[-1] == "What do you know about me?"
    chat.page.get_by_role("button", name="More", exact=True).click()
    with chat.page.expect_download() as download:
        chat.page.get_by_role("button", name="Save this chat").click()
    kept = Path(download.value.path()).read_text()
    assert "You said: my neck hurts" in kept
    assert "Atlas: You wrote: my neck hurts" in kept


def test_the_floating_chat_opens_closes_and_counts_what_it_missed(
    page: Page, url: str, agent: ScriptedAgent
) -> None:
    chat = ChatPage(page, url)
    page.goto(f"{url}/demo")
    number = get_settings().clinic.emergency_number
    expect(page.get_by_role("link", name=f"Call {number}")).to_be_in_viewport()
    launcher = page.get_by_role("button", name=re.compile("Chat with Atlas"))
    launcher.click()
    chat.start()
    page.keyboard.press("Escape")
    expect(chat.log).to_be_hidden()
    assert "launcher" in page.evaluate(f"{FOCUSED}.className")
    agent.say_later({"text": "A reminder of your visit."})
    expect(launcher).to_contain_text("1 new message")
    page.reload()
    launcher.click()
    expect(chat.log.get_by_text("A reminder of your visit.")).to_be_visible()
    expect(page.get_by_role("link", name=f"Call {number}")).to_be_in_viewport()


def test_days_are_divided_by_their_names(chat: ChatPage, agent: ScriptedAgent) -> None:
    (tracker,) = agent.trackers.values()
    for event in tracker.events:
        event.timestamp -= 86_400
    chat.send("hello")
    chat.page.reload()
    chat.wait_idle()
    assert chat.log.locator(".day").all_inner_texts() == ["Yesterday", "Today"]
