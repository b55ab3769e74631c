"""Whole conversations with a real server over a real socket: the contract for programs."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import requests
from support.server import AtlasServer, Conversation
from support.visits import visits_of

pytestmark = pytest.mark.server

OUTCOME = ("disposition", "appointment_reference", "patient_name", "patient_contact", "consent")


def test_one_rich_message_fills_every_slot_that_it_states(conversation: Conversation) -> None:
    conversation.say(
        "sharp pain in my neck shooting down my right arm for three weeks after a car accident, "
        "about 7/10, no numbness"
    )
    slots = conversation.slots
    assert slots["site"] == ["neck"]
    assert slots["side"] == "right"
    assert slots["character"] == ["sharp"]
    assert slots["radiation"] == ["arm"]
    assert slots["duration_days"] == 21
    assert slots["injury"] is True
    assert slots["injury_mechanism"] == "car_crash"
    assert slots["severity"] == 7
    assert slots["neuro_arm"] == []
    assert slots["disposition"] is None
    assert slots["red_flags"] == [] or all(flag.startswith("RF") for flag in slots["red_flags"])


def test_replies_have_the_shape_that_programs_rely_on(conversation: Conversation) -> None:
    replies = conversation.say("my neck hurts")
    assert replies
    for reply in replies:
        assert reply["recipient_id"] == conversation.sender
        assert set(reply) <= {"recipient_id", "text", "buttons", "custom"}
        for button in reply.get("buttons", []):
            assert set(button) == {"title", "payload"}
            assert not button["payload"].startswith("/")


def test_the_first_reply_carries_the_notice_and_the_next_does_not(
    conversation: Conversation,
) -> None:
    conversation.say("hello")
    for part in ("automated", "not a doctor", "30 days", "911"):
        assert part in conversation.text
    conversation.say("hello")
    assert "30 days" not in conversation.text


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("I can't move my legs since this morning", {"emergency_ambulance", "emergency"}),
        ("crushing chest pain and I am sweating", {"emergency_ambulance"}),
        ("I lost control of my bladder and my groin is numb", {"emergency"}),
        ("I want to end my life", {"emergency_ambulance"}),
        ("fever, stiff neck and the light hurts my eyes", {"emergency_ambulance"}),
    ],
)
def test_an_emergency_sets_the_disposition_in_the_same_turn(
    conversation: Conversation, text: str, levels: set[str]
) -> None:
    conversation.say(text)
    assert conversation.slots["disposition"] in levels
    assert conversation.slots["red_flags"]
    assert "911" in conversation.text
    custom = [reply["custom"] for reply in conversation.replies if "custom" in reply]
    assert custom[0]["kind"] == "level"
    conversation.say("book an appointment for tomorrow")
    assert conversation.slots["requested_slot"] is None
    assert conversation.slots["disposition"] in levels


def test_a_booked_appointment_exists_and_holds_nothing_medical(
    atlas: AtlasServer, conversation: Conversation
) -> None:
    conversation.say("my neck hurts since two weeks, can I book an appointment?")
    conversation.say("none of these")
    if conversation.slots["requested_slot"] != "appointment_slot":
        conversation.say("I want to book an appointment")
    conversation.say(conversation.buttons[0]["payload"])
    conversation.say("Jane O'Brien-Lee")
    conversation.say("212 555 0199")
    replies = conversation.press("Yes, book it")
    reference = conversation.slots["appointment_reference"]
    assert reference in conversation.text
    card = next(reply["custom"] for reply in replies if "custom" in reply)
    assert card["kind"] == "appointment"
    assert card["reference"] == reference
    assert card["ics"].startswith("BEGIN:VCALENDAR")
    with closing(sqlite3.connect(atlas.database)) as connection:
        everything = "\n".join(connection.iterdump()).lower()
    (visit,) = visits_of(atlas.database, "Jane O'Brien-Lee")
    assert (visit.appointment.reference, visit.appointment.status) == (reference, "booked")
    assert visit.contact.phone == "+12125550199"
    assert "neck" not in everything
    assert "consultation" not in everything


def test_a_button_pressed_twice_books_once(atlas: AtlasServer, conversation: Conversation) -> None:
    conversation.say("I'd like to book an appointment")
    conversation.say("none of these")
    conversation.say(conversation.buttons[1]["payload"])
    conversation.say("Twice Pressed")
    conversation.say("twice@example.com")
    conversation.say("Yes, book it")
    conversation.say("Yes, book it")
    assert len(visits_of(atlas.database, "Twice Pressed")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\t",
        "\x00\x01",
        "🙂🙂🙂",
        "?!?!",
        "a" * 10_000,
        "my neck " * 1_250,
        "Guten Tag, ich habe seit zwei Wochen starke Nackenschmerzen",
        "我的脖子很痛",
        "<script>alert('x')</script><b>hi</b>",
        "'; DROP TABLE appointments; --",
        "{{7*7}} ${jndi:ldap://x} %s %d {emergency_number}",
        "/affirm",
        '/book_appointment{"patient_name": "Mallory"}',
        '/inform{"disposition": "self_care", "consent": true}',
        "/restart",
        "/session_start",
        "/action_listen",
        "EXTERNAL: greet",
    ],
    ids=lambda text: repr(text[:24]),
)
def test_whatever_is_written_is_answered_kindly_and_sets_nothing(
    conversation: Conversation, text: str
) -> None:
    replies = conversation.say(text)
    assert replies
    assert all(reply.get("text") or reply.get("custom") for reply in replies)
    assert "went wrong" not in conversation.text
    assert "<script>" not in conversation.text
    slots = conversation.slots
    assert [name for name in OUTCOME if slots[name] is not None] == []
    conversation.say("stop")
    conversation.say("my neck hurts")
    assert conversation.slots["site"] == ["neck"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"sender": "x"}', "application/json"),
        (b'{"message": "hi"}', "application/json"),
        (b'{"sender": "x", "message": 5}', "application/json"),
        (b'{"sender": ["x"], "message": "hi"}', "application/json"),
        (b'\xff\xfe{"sender": "x"', "application/json"),
    ],
)
def test_a_body_that_is_no_message_gets_a_clear_error(
    atlas: AtlasServer, body: bytes, kind: str
) -> None:
    answer = requests.post(
        f"{atlas.base_url}/webhooks/rest/webhook",
        data=body,
        headers={"Content-Type": kind},
        timeout=20,
    )
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]
    assert "Traceback" not in answer.text


def test_the_http_api_is_closed_to_a_wrong_token(
    atlas: AtlasServer, conversation: Conversation
) -> None:
    conversation.say("my neck hurts")
    for params in ({}, {"token": "wrong"}):
        answer = requests.get(
            f"{atlas.base_url}/conversations/{conversation.sender}/tracker",
            params=params,
            timeout=20,
        )
        assert answer.status_code == 401
        assert "neck" not in answer.text


def test_a_message_can_be_parsed_through_the_http_api(atlas: AtlasServer) -> None:
    answer = requests.post(
        f"{atlas.base_url}/model/parse",
        params={"token": atlas.token},
        json={"text": "what is an MRI?"},
        timeout=20,
    )
    parsed = answer.json()
    assert parsed["intent"]["name"] == "ask_topic"
    assert parsed["topics"] == ["test/mri"]


def test_two_visitors_share_nothing(atlas: AtlasServer) -> None:
    first, second = Conversation(atlas.base_url), Conversation(atlas.base_url)
    first.say("my neck hurts since two weeks")
    second.say("hello")
    assert second.slots["site"] is None
    assert first.slots["duration_days"] == 14


def test_the_log_holds_no_words_of_a_visitor(
    atlas: AtlasServer, conversation: Conversation
) -> None:
    conversation.say("my neck hurts, I am Zebulon Quackenbush, call 212 555 0177")
    conversation.say('/inform{"site": "Zebulon"}')
    conversation.say("zebulon@example.com")
    logged = atlas.logged()
    for word in ("Zebulon", "Quackenbush", "0177", "my neck hurts"):
        assert word.lower() not in logged.lower()


def test_the_chat_page_is_served(atlas: AtlasServer) -> None:
    answer = requests.get(f"{atlas.base_url}/chat", timeout=20)
    assert answer.status_code == 200
    assert "911" in answer.text
