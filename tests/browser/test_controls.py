"""The controls that a question can bring, tapped, typed and looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from chat_server import ScriptedAgent
from page_object import FOCUSED, ChatPage
from playwright.sync_api import Page, expect
from states import TIMES

pytestmark = pytest.mark.browser


def problem(chat: ChatPage) -> str:
    return chat.log.get_by_role("alert").inner_text()


def focused_name(page: Page) -> str:
    return str(page.evaluate(f"{FOCUSED}.name"))


def test_a_number_is_chosen_on_the_pain_scale(chat: ChatPage, agent: ScriptedAgent) -> None:
    chat.send("scale")
    scale = chat.log.get_by_role("radiogroup")
    assert scale.get_by_role("radio").count() == 11
    expect(scale.get_by_role("radio", name="10, worst you can imagine")).to_be_visible()
    chat.click_reply("Send")
    assert problem(chat) == "Please choose one."
    scale.get_by_role("radio", name="6", exact=True).check()
    chat.click_reply("Send")
    assert agent.heard[-1] == "6 out of 10"


def test_the_scale_moves_with_the_arrow_keys(chat: ChatPage, agent: ScriptedAgent) -> None:
    chat.send("scale")
    chat.log.get_by_role("radio", name="3", exact=True).focus()
    chat.page.keyboard.press("Space")
    chat.page.keyboard.press("ArrowRight")
    chat.page.keyboard.press("Enter")
    chat.wait_idle()
    assert agent.heard[-1] == "4 out of 10"


def test_places_are_tapped_in_the_picture_or_ticked_in_the_list(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    chat.send("body")
    chat.log.locator(".area[data-area=neck]").click()
    expect(chat.log.get_by_label("Neck", exact=True)).to_be_checked()
    chat.log.get_by_label("Left shoulder").check()
    assert chat.log.locator(".area.on").count() == 2
    chat.log.get_by_label("Middle of the back").check()
    chat.log.locator(".area[data-area=mid_back]").click()
    expect(chat.log.get_by_label("Middle of the back")).not_to_be_checked()
    chat.click_reply("Send")
    assert agent.heard[-1] == "Neck. Pain in my left shoulder"
    assert chat.visitor_messages()[-1] == "Neck, Left shoulder"


def test_free_times_are_one_group_of_radio_buttons_in_groups_by_day(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    (question,) = chat.send("times")
    assert "9:00" not in question
    assert chat.offered_times() == list(TIMES)
    day = chat.log.get_by_role("group", name="Tuesday, November 24")
    assert day.get_by_role("radio").count() == 2
    chat.click_reply("Choose this time")
    assert problem(chat) == "Please choose one."
    chat.choose_time(TIMES[2])
    assert agent.heard[-1] == TIMES[2]


def test_another_day_is_asked_for_with_a_date(chat: ChatPage, agent: ScriptedAgent) -> None:
    chat.send("times")
    chat.log.get_by_text("Another day", exact=True).click()
    day = chat.log.get_by_label("Day", exact=True)
    assert (day.get_attribute("min"), day.get_attribute("max")) == ("2026-11-22", "2027-01-21")
    day.fill("2026-12-01")
    chat.click_reply("Show times")
    assert agent.heard[-1] == "Tuesday, December 1, 2026"
    chat.send("times")
    chat.click_reply("Later times")
    assert agent.heard[-1] == "later"


def test_a_form_says_beside_the_field_what_is_wrong_and_goes_back_to_it(
    chat: ChatPage, agent: ScriptedAgent
) -> None:
    chat.send("contact")
    field = chat.log.get_by_label("Phone or e-mail")
    assert field.get_attribute("autocomplete") == "tel"
    chat.click_reply("Send")
    assert problem(chat) == "Please fill this in."
    assert field.get_attribute("aria-invalid") == "true"
    assert focused_name(chat.page) == "contact"
    chat.fill_in("Phone or e-mail", "jane@example")
    assert "no complete e-mail address" in problem(chat)
    described = str(field.get_attribute("aria-describedby")).split()
    said = chat.log.locator(f"#{described[-1]}").inner_text()
    assert "no complete e-mail address" in said
    chat.fill_in("Phone or e-mail", "jane@example.org")
    assert agent.heard[-1] == "jane@example.org"


def test_a_question_that_was_answered_offers_nothing_any_more(chat: ChatPage) -> None:
    for state in ("checklist", "scale", "body", "times", "name"):
        chat.send(state)
        expect(chat.log.locator("form.choices")).to_have_count(1)
    chat.send("that is all")
    expect(chat.log.locator("form.choices")).to_have_count(0)


def test_an_outcome_can_be_rated_with_a_reason(
    chat: ChatPage, agent: ScriptedAgent, tmp_path: Path
) -> None:
    chat.send("routine")
    with chat.page.expect_response("**/chat/feedback"):
        chat.log.get_by_role("button", name="No", exact=True).click()
    expect(chat.log.get_by_text("Thank you. What was wrong?")).to_be_visible()
    with chat.page.expect_response("**/chat/feedback"):
        chat.log.get_by_role("button", name="Hard to understand").click()
    kept = (tmp_path / "feedback.jsonl").read_text()
    assert '"outcome": "consultation", "helpful": false' in kept
    assert '"reason": "unclear"' in kept


def test_a_level_can_be_saved_and_printed(chat: ChatPage) -> None:
    chat.send("routine")
    with chat.page.expect_download() as download:
        chat.log.get_by_role("button", name="Save").click()
    assert "within the next days" in Path(download.value.path()).read_text()
    chat.page.add_init_script("window.print = () => {}")  # in the frame that is printed, too
    chat.log.get_by_role("button", name="Print").click()
    sheet = chat.page.locator("iframe[title^='Atlas, ']")
    assert "within the next days" in str(
        sheet.evaluate("frame => frame.contentDocument.body.textContent")
    )


def test_a_summary_is_kept_as_a_page(chat: ChatPage) -> None:
    chat.send("summary")
    with chat.page.expect_download() as download:
        chat.click_reply("Save as a page")
    assert download.value.suggested_filename == "summary.html"
    assert "<p>neck</p>" in Path(download.value.path()).read_text()
    assert "Yes, book a visit" in chat.offered_replies()


def test_a_picture_is_made_larger_and_zoomed(chat: ChatPage) -> None:
    chat.send("explain")
    chat.click_reply("Make it larger")
    picture = chat.page.get_by_role("dialog").get_by_role("img")
    before = picture.bounding_box()
    chat.page.get_by_role("button", name="Zoom in").click()
    after = picture.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"] * 1.4
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("dialog")).to_have_count(0)


def test_sources_are_listed_below_the_answer(chat: ChatPage) -> None:
    chat.send("explain")
    sources = chat.log.locator(".source li").all_inner_texts()
    assert sources == ["MedlinePlus: MRI Scans", "NHS: Neck pain", "reviewed 2026-11-22."]


HOSTILE = "<img src=x onerror=\"document.title='owned'\">\"'`${1}</textarea><script>1</script>"
LINK = "javascript:document.title='owned'"


@pytest.mark.parametrize(
    "reply",
    [
        {"text": f"**{HOSTILE}** [{LINK}]({LINK}) - {HOSTILE}\n- {HOSTILE}\nSource {HOSTILE}; x"},
        {"text": f"({HOSTILE}) Why: {HOSTILE}; {HOSTILE}."},
        {"text": "x", "buttons": [{"title": HOSTILE, "payload": HOSTILE}]},
        {"text": HOSTILE, "custom": {"kind": "level", "level": "consultation"}},
        {
            "text": HOSTILE,
            "custom": {
                "kind": "appointment",
                "title": HOSTILE,
                "reference": HOSTILE,
                "summary": HOSTILE,
                "ics": HOSTILE,
            },
        },
        {"text": "x", "custom": {"kind": "scale", "low": HOSTILE, "high": HOSTILE, "say": HOSTILE}},
        {
            "text": "x",
            "custom": {
                "kind": "body",
                "regions": [{"region": HOSTILE, "title": HOSTILE, "payload": HOSTILE}],
            },
        },
        {
            "text": "x",
            "custom": {
                "kind": "slots",
                "days": [
                    {"day": HOSTILE, "times": [{"time": HOSTILE, "who": LINK, "payload": LINK}]}
                ],
            },
        },
        {
            "text": "x",
            "custom": {
                "kind": "form",
                "fields": [{"name": "n", "label": HOSTILE, "hint": HOSTILE, "autocomplete": LINK}],
            },
        },
        {
            "text": "x",
            "custom": {
                "kind": "checklist",
                "options": [{"title": HOSTILE, "payload": HOSTILE}],
                "none": {"title": HOSTILE, "payload": HOSTILE},
            },
        },
        {"custom": {"kind": "picture", "file": "disc.svg", "title": HOSTILE, "alt": HOSTILE}},
        {"custom": {"kind": "picture", "file": LINK, "title": "x", "alt": "x"}, "text": HOSTILE},
    ],
)
def test_nothing_that_is_said_is_ever_obeyed(
    chat: ChatPage, agent: ScriptedAgent, reply: dict[str, object]
) -> None:
    agent.script["hostile"] = [reply]
    chat.send("hostile")
    shown = chat.log.evaluate(
        "log => [...log.querySelectorAll('script, [onerror], a[href^=javascript],"
        ' img:not([src*="/chat/pictures/disc.svg"])\')].length'
    )
    assert shown == 0
    assert "owned" not in chat.page.title()
    assert "onerror" in chat.log.inner_html()  # it is there, as words
