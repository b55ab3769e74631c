"""What surrounds a web chat: its pages, other sites, other tabs, feedback and deletion."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator
from rasa.shared.core.events import BotUttered
from ruamel.yaml import YAML
from test_web_channel import BUTTONS, Chat, EchoAgent, Serve, chat, serve

from bot.channels import web_api
from bot.channels.web import WebInput
from clinic.settings import get_settings

__all__ = ["chat", "serve"]

LEVEL = {"kind": "level", "level": "consultation"}
SITE = "https://clinic.example.org"


class Stream:
    """The events that one tab is told."""

    def __init__(self, reply: aiohttp.ClientResponse) -> None:
        self._reply = reply

    async def next(self) -> tuple[str, dict[str, Any]]:
        """Return the next event that is no sign of life."""
        name = ""
        while True:
            line = (await asyncio.wait_for(self._reply.content.readline(), 10)).decode().rstrip()
            if line.startswith("event:"):
                name = line.removeprefix("event: ")
            elif line.startswith("data:"):
                return name, json.loads(line.removeprefix("data: "))

    async def until(self, name: str) -> list[tuple[str, dict[str, Any]]]:
        """Return the events up to one with this name."""
        events = [await self.next()]
        while events[-1][0] != name:
            events.append(await self.next())
        return events

    async def at_end(self) -> bool:
        """Wait for the server to close the stream."""
        return not (await asyncio.wait_for(self._reply.content.read(), 10)).strip()


@asynccontextmanager
async def listening(chat: Chat, **headers: str) -> AsyncIterator[Stream]:
    authorization = {"Authorization": f"Bearer {chat.token}"}
    url = f"{chat.base}/chat/events"
    async with chat.client.get(url, headers={**authorization, **headers}) as reply:
        assert reply.status == 200
        await reply.content.readline()
        yield Stream(reply)


# Pages and files


async def test_the_demo_page_carries_the_snippet_with_the_hash_of_the_served_file(
    chat: Chat,
) -> None:
    async with chat.client.get(f"{chat.base}/chat/atlas-chat.js") as reply:
        script = await reply.read()
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
    digest = "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode()
    async with chat.client.get(f"{chat.base}/chat/integrity") as reply:
        assert (await reply.json())["integrity"] == digest
    async with chat.client.get(f"{chat.base}/demo") as reply:
        page = await reply.text()
        assert reply.status == 200
        assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert page.count(digest) == 2
    assert f'href="tel:{get_settings().clinic.emergency_number}"' in page


async def test_a_phone_can_install_the_page(chat: Chat) -> None:
    async with chat.client.get(f"{chat.base}/chat/manifest.webmanifest") as reply:
        assert reply.headers["Content-Type"].startswith("application/manifest+json")
        manifest = await reply.json(content_type=None)
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        async with chat.client.get(f"{chat.base}{icon['src']}") as reply:
            assert (reply.status, reply.headers["Content-Type"]) == (200, icon["type"])


async def test_the_element_learns_only_what_everybody_may_know(chat: Chat) -> None:
    async with chat.client.get(f"{chat.base}/chat/config") as reply:
        facts = await reply.json()
    clinic = get_settings().clinic
    assert facts["emergency"] == clinic.emergency_number
    assert facts["retention_days"] == clinic.privacy.retention_days
    assert not {"practitioners", "email", "hours"} & set(facts)


async def test_the_description_names_every_path_that_there_is(chat: Chat) -> None:
    async with chat.client.get(f"{chat.base}/chat/openapi.json") as reply:
        described = (await reply.json())["paths"]
    for path, operations in described.items():
        for method in operations:
            async with chat.client.request(method, chat.base + path) as reply:
                assert reply.status != 404, path
                assert str(reply.status) in operations[method]["responses"], (path, reply.status)
    routes = {
        route.uri
        for route in WebInput().blueprint(chat.agent.handle_message)._future_routes
        if "<" not in route.uri
    }
    assert routes - set(described) == {"/chat", "/demo"}


async def test_answers_fit_their_description(chat: Chat) -> None:
    async with chat.client.get(f"{chat.base}/chat/openapi.json") as reply:
        description = await reply.json()

    def fits(content: Any, path: str, method: str, media: str = "application/json") -> bool:
        answers = description["paths"][path][method]["responses"]["200"]["content"]
        schema = {**answers[media]["schema"], "components": description["components"]}
        return Draft202012Validator(schema).is_valid(content)

    assert fits(await chat.open(), "/chat/session", "post")
    for line in await chat.say("hello"):
        assert fits(line, "/chat/messages", "post", "application/x-ndjson")
    assert fits((await chat.history())[1], "/chat/history", "get")
    assert not fits({"messages": []}, "/chat/history", "get")


def test_custom_objects_have_no_places_that_rasa_would_fill() -> None:
    """Rasa logs all slots of a conversation when it cannot fill one."""
    domain = YAML(typ="safe").load(get_settings().root / "domain.yml")
    customs = [
        json.dumps(variant["custom"])
        for variants in domain["responses"].values()
        for variant in variants
        if "custom" in variant
    ]
    assert customs
    assert [custom for custom in customs if re.search(r"{\w+}", custom)] == []


# Other sites


async def test_a_listed_site_is_let_in_by_name_and_no_other(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_ALLOWED_ORIGINS", SITE)
    chat = await serve()
    async with chat.client.options(f"{chat.base}/chat/messages", headers={"Origin": SITE}) as reply:
        assert reply.status == 204
        assert reply.headers["Access-Control-Allow-Origin"] == SITE
        assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]
    async with chat.post({}, path="session", Origin=SITE) as reply:
        assert reply.headers["Access-Control-Allow-Origin"] == SITE
        assert reply.headers["Vary"] == "Origin"
        assert f"frame-ancestors 'self' {SITE};" in reply.headers["Content-Security-Policy"]
    for foreign in ("https://evil.example", f"{SITE}.evil.example", "null"):
        async with chat.client.options(
            f"{chat.base}/chat/messages", headers={"Origin": foreign}
        ) as reply:
            assert "Access-Control-Allow-Origin" not in reply.headers
        async with chat.post({}, path="session", Origin=foreign) as reply:
            assert reply.status == 403


@pytest.mark.parametrize("path", ["events", "history"])
async def test_a_foreign_site_reads_nothing_even_with_the_token(chat: Chat, path: str) -> None:
    headers = {"Authorization": f"Bearer {chat.token}", "Origin": "https://evil.example"}
    async with chat.client.get(f"{chat.base}/chat/{path}", headers=headers) as reply:
        assert reply.status == 403


async def test_a_session_cannot_be_chosen_by_the_browser(chat: Chat) -> None:
    for body in ({"token": chat.token}, {"sender": "web-x"}, {"conversation_id": "web-x"}):
        async with chat.post(body, path="session") as reply:
            assert reply.status == 400
    before = chat.token
    await chat.open()
    assert chat.token != before


# Other tabs


async def test_a_second_tab_is_told_what_the_first_one_says_and_hears(chat: Chat) -> None:
    message_id = str(uuid.uuid4())
    async with listening(chat) as tab:
        await chat.say("my neck hurts", message_id)
        events = [await tab.next() for _ in range(5)]
    names = [name for name, _ in events]
    assert names == ["message", "typing", "message", "message", "typing"]
    told = [data for name, data in events if name == "message"]
    assert [message["from"] for message in told] == ["user", "bot", "bot"]
    assert [message["id"] for message in told] == (await chat.ids())[1:]
    assert told[-1]["buttons"] == BUTTONS


async def test_a_failed_turn_is_taken_back_in_the_other_tab(chat: Chat) -> None:
    chat.agent.failure = RuntimeError("secret detail")
    message_id = str(uuid.uuid4())
    async with listening(chat) as tab:
        await chat.say("my neck hurts", message_id)
        events = await tab.until("failed")
    assert events[-1][1] == {"id": message_id}
    assert "secret" not in json.dumps(events)


async def test_a_later_message_of_the_bot_is_announced(serve: Serve) -> None:
    agent = EchoAgent()
    chat = await serve(agent=agent)
    await chat.open()
    (conversation_id,) = agent.trackers
    async with listening(chat) as tab:
        agent.trackers[conversation_id].events.append(BotUttered("A reminder."))
        await chat.channel.get_output_channel().send_response(conversation_id, {"text": "x"})
        assert (await tab.next())[0] == "changed"
    assert said_last(await chat.history()) == "A reminder."


def said_last(history: tuple[int, dict[str, Any]]) -> str:
    return str(history[1]["messages"][-1]["text"])


async def test_what_another_process_said_is_noticed_at_the_next_heartbeat(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_api, "HEARTBEAT_SECONDS", 0.2)
    (tracker,) = chat.agent.trackers.values()
    async with listening(chat) as tab:
        tracker.events.append(BotUttered("From elsewhere."))
        assert await tab.next() == ("changed", {})


async def test_ending_the_chat_ends_it_in_every_tab(chat: Chat) -> None:
    async with listening(chat) as one, listening(chat) as two:
        async with chat.post({}, path="end"):
            pass
        assert (await one.next())[0] == (await two.next())[0] == "ended"
        assert await one.at_end()


async def test_a_stranger_hears_nothing_of_it(serve: Serve) -> None:
    agent = EchoAgent()
    one, two = await serve(agent=agent), await serve(agent=agent)
    await one.open()
    await two.open()
    async with listening(two) as stranger:
        await one.say("private words")
        await two.say("my own words")
        assert (await stranger.next())[1]["text"] == "my own words"


async def test_no_chat_is_open_more_often_than_a_person_can_look(chat: Chat) -> None:
    headers = {"Authorization": f"Bearer {chat.token}"}
    replies = [await chat.client.get(f"{chat.base}/chat/events", headers=headers) for _ in range(9)]
    assert [reply.status for reply in replies] == [200] * 8 + [429]
    for reply in replies:
        reply.close()


# Feedback


@pytest.fixture
async def rated(serve: Serve) -> tuple[Chat, str]:
    """A chat that has come to a level, and the level's id."""
    chat: Chat = await serve()
    await chat.open()
    (tracker,) = chat.agent.trackers.values()
    tracker.events.append(BotUttered("See someone.", {"custom": LEVEL}))
    return chat, (await chat.ids())[-1]


async def test_an_opinion_is_kept_without_anything_that_leads_back_to_the_visitor(
    rated: tuple[Chat, str], tmp_path: Path
) -> None:
    chat, message = rated
    for body, counted in (
        ({"message": message, "helpful": False}, True),
        ({"message": message, "helpful": False, "reason": "unclear"}, True),
        ({"message": message, "helpful": True}, False),
    ):
        async with chat.post(body, path="feedback") as reply:
            assert await reply.json() == {"counted": counted}
    kept = [json.loads(line) for line in (tmp_path / "feedback.jsonl").read_text().splitlines()]
    assert [set(line) for line in kept] == [
        {"day", "outcome", "helpful"},
        {"day", "outcome", "reason"},
    ]
    assert {line["outcome"] for line in kept} == {"consultation"}
    assert all(len(line["day"]) == 10 for line in kept)


async def test_only_an_outcome_of_this_chat_can_be_rated(
    rated: tuple[Chat, str], tmp_path: Path
) -> None:
    chat, message = rated
    other = {"message": "welcome:0", "helpful": True}
    async with chat.post(other, path="feedback") as reply:
        assert reply.status == 404
    await chat.open()
    async with chat.post({"message": message, "helpful": True}, path="feedback") as reply:
        assert reply.status == 404
    assert not (tmp_path / "feedback.jsonl").exists()


@pytest.mark.parametrize(
    "change",
    [{"helpful": "yes"}, {"reason": "my neck hurts"}, {"text": "words"}, {"message": "x" * 81}],
)
async def test_feedback_has_no_room_for_words(
    rated: tuple[Chat, str], change: dict[str, Any]
) -> None:
    chat, message = rated
    body = {"message": message, "helpful": True, **change}
    async with chat.post(body, path="feedback") as reply:
        assert reply.status == 400


# Deletion


async def test_a_deleted_chat_is_gone_from_the_server_and_cannot_go_on(chat: Chat) -> None:
    await chat.say("private words")
    async with chat.post({}, path="delete") as reply:
        assert await reply.json() == {"deleted": True}
    assert chat.agent.trackers == {}
    assert (await chat.history())[0] == 401


async def test_deleting_needs_the_token(chat: Chat) -> None:
    chat.token = "nonsense"
    async with chat.post({}, path="delete") as reply:
        assert reply.status == 401
    assert len(chat.agent.trackers) == 1
