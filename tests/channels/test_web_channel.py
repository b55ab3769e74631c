"""The web channel over a real socket; a small agent stands in for Rasa's, so that a test can
hold an answer back or let it fail."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
import threading
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import jwt
import pytest
from rasa.core.channels.channel import UserMessage, register
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from sanic import Sanic
from support.waiting import until

from bot.channels.ended_chats import EndedFolder
from bot.channels.session_tokens import SessionTokens, TokenError, secret_key
from bot.channels.web import (
    Limits,
    Rate,
    TokenBuckets,
    WebInput,
    allowed_origins,
    render_page,
    transcript,
)
from bot.stores.lock_store import ConversationLocks
from clinic.clock import now
from clinic.settings import SettingsError, get_settings

KEY = "a key for tests that is long enough to sign with"
BUTTONS = [{"title": "Book a visit", "payload": "/book_appointment"}]


class EchoAgent:
    """Answers "echo: <text>" and offers one button; keeps trackers as Rasa does."""

    def __init__(self) -> None:
        self.trackers: dict[str, Any] = {}
        self.heard: list[str] = []
        self.ready = True
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.failure: Exception | None = None
        self.lock_store = ConversationLocks()
        self.processor = self
        self.tracker_store = self

    def is_ready(self) -> bool:
        return self.ready

    async def retrieve(self, conversation_id: str) -> Any:
        return self.trackers.get(conversation_id)

    async def forget(self, conversation_id: str, *_entry: Any) -> None:
        del self.trackers[conversation_id]

    async def fetch_tracker_and_update_session(self, conversation_id: str, output: Any) -> Any:
        events = [SessionStarted()]
        tracker = SimpleNamespace(sender_id=conversation_id, events=events, update=events.append)
        self.trackers[conversation_id] = tracker
        return tracker

    async def trigger_intent(
        self, intent_name: str, entities: list[Any], output_channel: Any, tracker: Any
    ) -> None:
        if self.failure:
            raise self.failure
        tracker.events.append(UserUttered.create_external(intent_name))
        await self._say(tracker, output_channel, "Hello.", BUTTONS)

    async def handle_message(self, message: UserMessage) -> None:
        self.heard.append(message.text)
        tracker = self.trackers[message.sender_id]
        said = UserUttered(
            message.text, input_channel=message.input_channel, message_id=message.message_id
        )
        tracker.events.append(said)
        await self._say(tracker, message.output_channel, f"echo: {message.text}")
        await self.may_answer.wait()
        if self.failure:
            del tracker.events[tracker.events.index(said) :]  # Rasa saves whole turns only
            raise self.failure
        await self._say(tracker, message.output_channel, "Anything else?", BUTTONS)

    async def _say(
        self, tracker: Any, output: Any, text: str, buttons: list[dict[str, str]] | None = None
    ) -> None:
        event = BotUttered(text, {"buttons": buttons})
        tracker.events.append(event)
        await output.send_response(tracker.sender_id, event.message())


class Chat:
    """A browser's side of one server."""

    def __init__(
        self, client: aiohttp.ClientSession, base: str, agent: EchoAgent, channel: WebInput
    ) -> None:
        self.client = client
        self.base = base
        self.agent = agent
        self.channel = channel
        self.token = ""

    async def open(self) -> dict[str, Any]:
        async with self.client.post(f"{self.base}/chat/session", json={}) as reply:
            assert reply.status == 200
            content: dict[str, Any] = await reply.json()
        self.token = content["token"]
        return content

    def post(self, body: Any = None, path: str = "messages", **headers: str) -> Any:
        authorization = {"Authorization": f"Bearer {self.token}"}
        return self.client.post(
            f"{self.base}/chat/{path}", json=body, headers={**authorization, **headers}
        )

    async def say(self, text: str, message_id: str | None = None) -> list[dict[str, Any]]:
        async with self.post({"id": message_id or str(uuid.uuid4()), "text": text}) as reply:
            assert reply.status == 200, await reply.text()
            return [json.loads(line) for line in (await reply.text()).splitlines()]

    async def ids(self) -> list[str]:
        return [message["id"] for message in (await self.history())[1]["messages"]]

    async def history(self) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.client.get(f"{self.base}/chat/history", headers=headers) as reply:
            return reply.status, await reply.json()


Serve = Callable[..., Any]


def said(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what names a message and when it was said."""
    return [
        {key: value for key, value in message.items() if key not in ("id", "at", "from")}
        for message in messages
    ]


@pytest.fixture
async def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Serve]:
    monkeypatch.setenv("ATLAS_SECRET_KEY", KEY)
    # Otherwise Sanic rewrites its own code on start, which works once a process.
    monkeypatch.setattr(Sanic, "test_mode", True)
    servers: list[Any] = []
    clients: list[aiohttp.ClientSession] = []

    async def start(limits: Limits | None = None, agent: EchoAgent | None = None) -> Chat:
        agent = agent or EchoAgent()
        app = Sanic(f"chat-{uuid.uuid4().hex}", configure_logging=False)
        app.ctx.agent = agent
        channel = WebInput(limits=limits, var=tmp_path)
        register([channel], app, "/webhooks/")
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = await app.create_server(
            sock=listener, return_asyncio_server=True, access_log=False
        )
        await server.startup()
        servers.append(server)
        client = aiohttp.ClientSession()
        clients.append(client)
        return Chat(client, f"http://127.0.0.1:{listener.getsockname()[1]}", agent, channel)

    yield start
    for client in clients:
        await client.close()
    for server in servers:
        server.close()


@pytest.fixture
async def chat(serve: Serve) -> Chat:
    opened: Chat = await serve()
    await opened.open()
    return opened


# The page


async def test_the_page_shows_the_clinic_and_its_emergency_number_without_scripts(
    chat: Chat,
) -> None:
    async with chat.client.get(f"{chat.base}/chat") as reply:
        page = await reply.text()
        headers = reply.headers
    clinic = get_settings().clinic
    assert clinic.name in page
    assert f'href="tel:{clinic.emergency_number}"' in page
    assert headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_page_that_did_not_change_is_not_sent_again(chat: Chat) -> None:
    async with chat.client.get(f"{chat.base}/chat/atlas-chat.js") as reply:
        assert reply.headers["Content-Type"].startswith("text/javascript")
        etag = reply.headers["ETag"]
    async with chat.client.get(
        f"{chat.base}/chat/atlas-chat.js", headers={"If-None-Match": etag}
    ) as reply:
        assert reply.status == 304


@pytest.mark.parametrize("path", ["chat.html", "demo", "secret_key", "..%2Fclinic.yml", "%2e%2e"])
async def test_no_other_file_is_served(chat: Chat, path: str) -> None:
    async with chat.client.get(f"{chat.base}/chat/{path}") as reply:
        assert reply.status == 404


def test_the_clinics_own_words_are_escaped_and_what_it_left_empty_is_hidden() -> None:
    settings = get_settings()
    clinic = settings.clinic.copy(update={"name": '<b>"Neck" & Co</b>', "phone": ""})
    page = render_page(settings.root / "widget" / "page" / "chat.html", clinic, integrity="x")
    assert "<b>" not in page
    assert "&lt;b&gt;&quot;Neck&quot; &amp; Co" in page
    assert 'href="tel:" hidden' in page


# Talking


async def test_the_welcome_is_what_the_bot_says(serve: Serve) -> None:
    chat = await serve()
    opened = await chat.open()
    assert said(opened["messages"]) == [{"text": "Hello.", "buttons": BUTTONS}]
    assert opened["expires_at"] > now().isoformat()


async def test_an_answer_arrives_as_lines_that_end_with_done(chat: Chat) -> None:
    assert said(await chat.say("my neck hurts")) == [
        {"type": "message", "text": "echo: my neck hurts"},
        {"type": "message", "text": "Anything else?", "buttons": BUTTONS},
        {"type": "done"},
    ]


async def test_a_message_of_the_bot_arrives_before_the_answer_is_complete(chat: Chat) -> None:
    chat.agent.may_answer.clear()
    async with chat.post({"id": str(uuid.uuid4()), "text": "hello"}) as reply:
        first = json.loads(await reply.content.readline())
        assert first["text"] == "echo: hello"
        chat.agent.may_answer.set()
        assert len((await reply.text()).splitlines()) == 2


async def test_a_repeated_id_replays_the_answer_and_is_not_heard_twice(chat: Chat) -> None:
    message_id = str(uuid.uuid4())
    first = await chat.say("book it", message_id)
    assert await chat.say("book it", message_id) == first
    assert chat.agent.heard == ["book it"]


async def test_a_repeat_during_the_answer_waits_for_it(chat: Chat) -> None:
    chat.agent.may_answer.clear()
    message_id = str(uuid.uuid4())
    both = [asyncio.create_task(chat.say("book it", message_id)) for _ in range(2)]
    await asyncio.sleep(0.2)
    assert not any(task.done() for task in both)
    chat.agent.may_answer.set()
    first, second = await asyncio.gather(*both)
    assert first == second
    assert chat.agent.heard == ["book it"]


async def test_an_answer_is_finished_when_the_browser_hangs_up(chat: Chat) -> None:
    chat.agent.may_answer.clear()
    message_id = str(uuid.uuid4())
    reply = await chat.post({"id": message_id, "text": "book it"})
    await reply.content.readline()
    reply.close()
    chat.agent.may_answer.set()
    assert (await chat.say("book it", message_id))[-1] == {"type": "done"}
    assert chat.agent.heard == ["book it"]


async def test_an_id_cannot_carry_another_text(chat: Chat) -> None:
    message_id = str(uuid.uuid4())
    await chat.say("my neck hurts", message_id)
    async with chat.post({"id": message_id, "text": "I cannot feel my legs"}) as reply:
        assert reply.status == 409


async def test_messages_of_one_session_are_heard_one_after_the_other(chat: Chat) -> None:
    chat.agent.may_answer.clear()
    first = asyncio.create_task(chat.say("first"))
    await until(lambda: bool(chat.agent.heard))
    second = asyncio.create_task(chat.say("second"))
    await asyncio.sleep(0.1)
    assert chat.agent.heard == ["first"]
    chat.agent.may_answer.set()
    await asyncio.gather(first, second)
    assert chat.agent.heard == ["first", "second"]


async def test_a_failure_is_told_without_its_details_and_can_be_retried(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    chat.agent.failure = RuntimeError("secret detail about my neck")
    message_id = str(uuid.uuid4())
    lines = await chat.say("my neck hurts", message_id)
    assert lines[-1]["type"] == "error"
    assert get_settings().clinic.emergency_number in lines[-1]["message"]
    assert "secret detail" not in json.dumps(lines) + caplog.text
    chat.agent.failure = None
    assert (await chat.say("my neck hurts", message_id))[-1] == {"type": "done"}


async def test_a_welcome_that_fails_is_no_session(serve: Serve) -> None:
    chat = await serve()
    chat.agent.failure = RuntimeError("secret detail")
    async with chat.client.post(f"{chat.base}/chat/session") as reply:
        assert reply.status == 500
        assert "secret detail" not in await reply.text()


async def test_a_typed_command_is_read_as_words_but_a_tapped_one_is_obeyed(chat: Chat) -> None:
    await chat.say('/inform{"severity": 1}')
    await chat.say(" //restart")
    await chat.say("/book_appointment")
    assert chat.agent.heard == ['inform{"severity": 1}', "restart", "/book_appointment"]


async def test_a_command_offered_to_one_visitor_is_worth_nothing_to_another(serve: Serve) -> None:
    agent = EchoAgent()
    one, two = await serve(agent=agent), await serve(agent=agent)
    await one.open()
    (tracker,) = agent.trackers.values()
    offered = [{"title": "Open", "payload": "/open_record"}]
    tracker.events.append(BotUttered("For you alone.", {"buttons": offered}))
    await two.open()
    await two.say("/open_record")
    await one.say("/open_record")
    assert agent.heard == ["open_record", "/open_record"]


async def test_control_characters_do_not_reach_the_bot(chat: Chat) -> None:
    await chat.say("neck\x00pain\r\nand\x1b more")
    assert chat.agent.heard == ["neck pain\nand  more"]


# What is refused


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {},
        {"id": "1", "text": "hello"},
        {"id": str(uuid.uuid4()), "text": ""},
        {"id": str(uuid.uuid4()), "text": "   "},
        {"id": str(uuid.uuid4()), "text": "x" * 4001},
        {"id": str(uuid.uuid4()), "text": 7},
        {"id": str(uuid.uuid4()), "text": "\ud800"},
        {"id": str(uuid.uuid4()), "text": "hello", "sender": "someone else"},
    ],
)
async def test_a_body_of_another_shape_is_refused(chat: Chat, body: Any) -> None:
    async with chat.post(body) as reply:
        assert reply.status == 400
        assert (await reply.json())["error"] == "bad_request"
    assert chat.agent.heard == []


@pytest.mark.parametrize("raw", [b"{", b"\xff", b"[" * 16_000, b"NaN"])
async def test_what_is_no_json_is_refused(chat: Chat, raw: bytes) -> None:
    headers = {"Authorization": f"Bearer {chat.token}", "Content-Type": "application/json"}
    async with chat.client.post(f"{chat.base}/chat/messages", data=raw, headers=headers) as reply:
        assert reply.status == 400
        assert "Traceback" not in await reply.text()


async def test_another_content_type_is_refused(chat: Chat) -> None:
    async with chat.client.post(f"{chat.base}/chat/messages", data={"text": "hello"}) as reply:
        assert reply.status == 415


@pytest.mark.parametrize("size", [17_000, 1_000_000])
async def test_a_large_body_is_refused(chat: Chat, size: int) -> None:
    async with chat.post({"id": str(uuid.uuid4()), "text": "x" * size}) as reply:
        assert reply.status == 413
    assert (await chat.say("hello"))[-1] == {"type": "done"}


async def test_a_large_body_of_unknown_length_is_refused(chat: Chat) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1024

    headers = {"Authorization": f"Bearer {chat.token}", "Content-Type": "application/json"}
    async with chat.client.post(
        f"{chat.base}/chat/messages", data=chunks(), headers=headers
    ) as reply:
        assert reply.status == 413


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        jwt.encode({"sub": "web-x", "exp": 9_999_999_999}, KEY, algorithm="HS256"),
        jwt.encode({"sub": "web-x", "exp": 9_999_999_999, "aud": "atlas-web-chat"}, "k" * 32),
        jwt.encode(
            {"sub": "web-x", "exp": 9_999_999_999, "aud": "atlas-web-chat"}, None, algorithm="none"
        ),
    ],
)
async def test_a_forged_token_is_refused(chat: Chat, token: str) -> None:
    chat.token = token
    async with chat.post({"id": str(uuid.uuid4()), "text": "hello"}) as reply:
        assert reply.status == 401
        assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert (await chat.history())[0] == 401


async def test_an_expired_token_is_refused(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_NOW", (now() + timedelta(hours=13)).isoformat())
    assert (await chat.history())[0] == 401


async def test_another_site_cannot_use_the_chat(chat: Chat) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1"):
        async with chat.post({"id": str(uuid.uuid4()), "text": "hello"}, Origin=origin) as reply:
            assert reply.status == 403
        async with chat.post({}, path="session", Origin=origin) as reply:
            assert reply.status == 403
    assert chat.agent.heard == []


async def test_the_page_itself_and_listed_origins_can_use_the_chat(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_ALLOWED_ORIGINS", "https://chat.example.org")
    chat = await serve()
    for origin in (chat.base, "https://chat.example.org"):
        async with chat.post({}, path="session", Origin=origin) as reply:
            assert reply.status == 200


def test_an_allowed_origin_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError, match=r"ATLAS_ALLOWED_ORIGINS.*example\.org/page"):
        allowed_origins("https://chat.example.org/page")


async def test_a_flood_from_one_session_is_slowed_down(serve: Serve) -> None:
    chat = await serve(Limits(messages_per_session=Rate(burst=2, per_second=0.1)))
    await chat.open()
    await chat.say("one")
    await chat.say("two")
    async with chat.post({"id": str(uuid.uuid4()), "text": "three"}) as reply:
        assert reply.status == 429
        assert 1 <= int(reply.headers["Retry-After"]) <= 10
        assert get_settings().clinic.emergency_number in (await reply.json())["message"]


async def test_a_flood_of_sessions_from_one_address_is_slowed_down(serve: Serve) -> None:
    chat = await serve(Limits(sessions_per_address=Rate(burst=1, per_second=0.1)))
    await chat.open()
    async with chat.client.post(f"{chat.base}/chat/session") as reply:
        assert reply.status == 429


def test_a_bucket_fills_again_and_forgets_the_oldest_keys() -> None:
    buckets = TokenBuckets(Rate(burst=1, per_second=1000), most=2)
    assert buckets.take("a") == 0
    assert 0 <= buckets.take("a") <= 0.001
    for key in "bcd":
        buckets.take(key)
    assert len(buckets._buckets) == 2


async def test_a_server_that_is_still_starting_says_so(chat: Chat) -> None:
    chat.agent.ready = False
    async with chat.client.post(f"{chat.base}/chat/session") as reply:
        assert reply.status == 503
        assert reply.headers["Retry-After"]
    assert (await chat.history())[0] == 503


# History and end


async def test_the_history_reads_as_the_conversation_did(chat: Chat) -> None:
    await chat.say("/book_appointment")
    status, content = await chat.history()
    assert status == 200
    assert said(content["messages"]) == [
        {"text": "Hello."},
        {"text": "Book a visit"},
        {"text": "echo: /book_appointment"},
        {"text": "Anything else?", "buttons": BUTTONS},
    ]
    assert [message["from"] for message in content["messages"]] == ["bot", "user", "bot", "bot"]


async def test_a_message_has_the_same_id_in_the_answer_and_in_the_history(chat: Chat) -> None:
    message_id = str(uuid.uuid4())
    lines = await chat.say("my neck hurts", message_id)
    answered = [line["id"] for line in lines if line["type"] == "message"]
    assert await chat.ids() == ["welcome:0", message_id, *answered]
    assert answered == [f"{message_id}:0", f"{message_id}:1"]


async def test_one_visitor_cannot_read_another(serve: Serve) -> None:
    agent = EchoAgent()
    first = await serve(agent=agent)
    await first.open()
    await first.say("private words")
    second = await serve(agent=agent)
    await second.open()
    assert "private words" not in json.dumps(await second.history())


def test_a_passed_checklist_is_left_out_and_its_choices_read_as_titles() -> None:
    checklist = {
        "kind": "checklist",
        "options": [
            {"title": "Fever", "payload": "I have a fever"},
            {"title": "Numb arm", "payload": "my arm is numb"},
        ],
        "none": {"title": "None", "payload": "none of these"},
    }
    events = [
        BotUttered("an earlier session"),
        SessionStarted(),
        BotUttered("Any of these?", {"custom": checklist}),
        UserUttered("I have a fever. my arm is numb"),
        BotUttered("Thank you.", {"custom": {"kind": "level", "level": "consultation_24"}}),
    ]
    assert said(transcript(events)) == [
        {"text": "Any of these?"},
        {"text": "Fever, Numb arm"},
        {"text": "Thank you.", "custom": {"kind": "level", "level": "consultation_24"}},
    ]


async def test_an_ended_chat_stays_ended_after_a_restart(serve: Serve) -> None:
    agent = EchoAgent()
    chat = await serve(agent=agent)
    await chat.open()
    async with chat.post({}, path="end") as reply:
        assert await reply.json() == {"ended": True}
    assert (await chat.history())[0] == 401
    again = await serve(agent=agent)
    again.token = chat.token
    assert (await again.history())[0] == 401


# Tokens and their key


def test_ended_sessions_are_forgotten_when_their_tokens_have_expired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = SessionTokens(KEY, EndedFolder(tmp_path / "ended"))
    token, session = tokens.issue()
    assert tokens.check(token).conversation_id == session.conversation_id
    tokens.revoke(session)
    with pytest.raises(TokenError, match="ended"):
        tokens.check(token)
    monkeypatch.setenv("ATLAS_NOW", (now() + timedelta(hours=13)).isoformat())
    EndedFolder(tmp_path / "ended")
    assert list((tmp_path / "ended").iterdir()) == []


def test_starting_at_once_makes_one_key_that_only_the_owner_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ATLAS_SECRET_KEY", raising=False)
    together = threading.Barrier(8)

    def start(_: int) -> str:
        together.wait()
        return secret_key(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(start, range(8)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_short_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_SECRET_KEY", "short")
    with pytest.raises(SettingsError, match="ATLAS_SECRET_KEY"):
        secret_key(tmp_path)
