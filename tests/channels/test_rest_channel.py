"""The REST channel over a real socket; a small agent stands in for Rasa's, so that a test can
hold an answer back or let it fail."""

from __future__ import annotations

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic
from support.waiting import until

from bot.channels.rest import LoopbackRestInput, is_loopback
from clinic.settings import SettingsError, get_settings


class EchoAgent:
    """Answers with the text it heard, offers a button, adds a custom object."""

    def __init__(self) -> None:
        self.heard: list[UserMessage] = []
        self.ready = True
        self.failure: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    def is_ready(self) -> bool:
        return self.ready

    async def handle_message(self, message: UserMessage) -> None:
        self.heard.append(message)
        output, sender = message.output_channel, message.sender_id
        await output.send_response(sender, {"text": f"echo: {message.text}"})
        await self.may_answer.wait()
        if self.failure:
            try:
                int(message.text)
            except ValueError as error:
                raise self.failure from error
        buttons = [{"title": "Yes", "payload": "/affirm"}]
        await output.send_response(
            sender, {"text": "More?", "buttons": buttons, "custom": {"kind": "level"}}
        )


class Rest:
    """A program's side of one server."""

    def __init__(self, client: aiohttp.ClientSession, base: str, agent: EchoAgent) -> None:
        self.client = client
        self.base = base
        self.url = f"{base}/webhooks/rest/webhook"
        self.agent = agent

    async def post(self, body: Any = None, **options: Any) -> tuple[int, Any]:
        options = options or {"json": body}
        async with self.client.post(self.url, **options) as reply:
            return reply.status, json.loads(await reply.text())


Serve = Callable[..., Any]


@pytest.fixture
async def serve(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serve]:
    monkeypatch.delenv("ATLAS_REST", raising=False)
    monkeypatch.delenv("ATLAS_HOST", raising=False)
    # Otherwise Sanic rewrites its own code on start, which works once a process.
    monkeypatch.setattr(Sanic, "test_mode", True)
    servers: list[Any] = []
    clients: list[aiohttp.ClientSession] = []

    async def start(host: str = "127.0.0.1", caller: str = "127.0.0.1") -> Rest:
        agent = EchoAgent()
        app = Sanic(f"rest-{uuid.uuid4().hex}", configure_logging=False)
        app.ctx.agent = agent
        register([LoopbackRestInput()], app, "/webhooks/")
        listener = socket.socket()
        listener.bind((host, 0))
        server = await app.create_server(
            sock=listener, return_asyncio_server=True, access_log=False
        )
        await server.startup()
        await server.after_start()
        servers.append(server)
        client = aiohttp.ClientSession()
        clients.append(client)
        return Rest(client, f"http://{caller}:{listener.getsockname()[1]}", agent)

    yield start
    for client in clients:
        await client.close()
    for server in servers:
        server.close()


@pytest.fixture
async def rest(serve: Serve) -> Rest:
    opened: Rest = await serve()
    return opened


def lan_address() -> str:
    """This machine's own address on a network, which no packet is sent for."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no network interface besides loopback")
        address: str = probe.getsockname()[0]
    if is_loopback(address):
        pytest.skip("this machine has no network interface besides loopback")
    return address


# Talking


async def test_replies_are_the_list_that_stock_rasa_sends(rest: Rest) -> None:
    assert await rest.post({"sender": "me", "message": " my neck hurts "}) == (
        200,
        [
            {"recipient_id": "me", "text": "echo: my neck hurts"},
            {
                "recipient_id": "me",
                "text": "More?",
                "buttons": [{"title": "Yes", "payload": "/affirm"}],
            },
            {"recipient_id": "me", "custom": {"kind": "level"}},
        ],
    )


async def test_streaming_sends_each_reply_before_the_answer_is_complete(rest: Rest) -> None:
    rest.agent.may_answer.clear()
    async with rest.client.post(
        f"{rest.url}?stream=true", json={"sender": "me", "message": "hello"}
    ) as reply:
        assert reply.headers["Content-Type"].startswith("text/event-stream")
        first = json.loads(await reply.content.readline())
        assert first == {"recipient_id": "me", "text": "echo: hello"}
        rest.agent.may_answer.set()
        assert len((await reply.text()).splitlines()) == 2


@pytest.mark.parametrize("message", ["", "   ", "\n\t"])
async def test_an_empty_message_reaches_the_bot(rest: Rest, message: str) -> None:
    status, replies = await rest.post({"sender": "me", "message": message})
    assert status == 200
    assert replies[0]["text"].strip() == "echo:"


@pytest.mark.parametrize(
    ("message", "heard"),
    [
        ("x" * 50_000, "x" * 50_000),
        ("neck\x00pain", "neck\x00pain"),
        ("😀 ñ 痛", "😀 ñ 痛"),
        ("half \ud83d a face", "half \ufffd a face"),
    ],
)
async def test_a_strange_message_reaches_the_bot(rest: Rest, message: str, heard: str) -> None:
    body = json.dumps({"sender": "me", "message": message}).encode()
    status, replies = await rest.post(data=body)
    assert status == 200
    assert replies[0]["text"] == f"echo: {heard}"


async def test_the_caller_cannot_choose_the_channel_but_can_add_metadata(rest: Rest) -> None:
    body = {"sender": "me", "message": "hello", "input_channel": "web", "metadata": {"page": 3}}
    await rest.post(body)
    assert rest.agent.heard[0].input_channel == "rest"
    assert rest.agent.heard[0].metadata == {"page": 3}


async def test_the_bot_goes_on_when_the_caller_hangs_up(rest: Rest) -> None:
    rest.agent.may_answer.clear()
    calling = asyncio.create_task(rest.post({"sender": "me", "message": "book it"}))
    await until(lambda: bool(rest.agent.heard))
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    finished = asyncio.Event()
    output = rest.agent.heard[0].output_channel
    send = output.send_response

    async def note(recipient: str, message: dict[str, Any]) -> None:
        await send(recipient, message)
        finished.set()

    output.send_response = note
    rest.agent.may_answer.set()
    await asyncio.wait_for(finished.wait(), 5)


# Failing


async def test_a_failure_is_told_kindly_and_logged_without_a_word_of_the_message(
    rest: Rest, caplog: pytest.LogCaptureFixture
) -> None:
    rest.agent.failure = RuntimeError("secret words")
    status, replies = await rest.post({"sender": "me", "message": "my shameful pain"})
    assert status == 200
    assert [reply["recipient_id"] for reply in replies] == ["me", "me"]
    assert replies[0]["text"] == "echo: my shameful pain"
    assert get_settings().clinic.emergency_number in replies[1]["text"]
    assert "RuntimeError" in caplog.text
    assert "ValueError" in caplog.text
    assert "handle_message" in caplog.text
    for private in ("secret words", "shameful"):
        assert private not in caplog.text


async def test_a_failure_ends_the_stream_too(rest: Rest) -> None:
    rest.agent.failure = RuntimeError("secret words")
    async with rest.client.post(
        f"{rest.url}?stream=true", json={"sender": "me", "message": "hello"}
    ) as reply:
        lines = [json.loads(line) for line in (await reply.text()).splitlines()]
    assert get_settings().clinic.emergency_number in lines[-1]["text"]


async def test_a_server_without_a_model_says_so_and_names_the_emergency_number(
    rest: Rest,
) -> None:
    rest.agent.ready = False
    status, error = await rest.post({"sender": "me", "message": "hello"})
    assert status == 503
    assert get_settings().clinic.emergency_number in error["error"]


# What is refused


@pytest.mark.parametrize(
    ("body", "about"),
    [
        ([], "object"),
        ("text", "object"),
        ({}, "sender"),
        ({"message": "hello"}, "sender"),
        ({"sender": 7, "message": "hello"}, "sender"),
        ({"sender": None, "message": "hello"}, "sender"),
        ({"sender": " ", "message": "hello"}, "sender"),
        ({"sender": "x" * 257, "message": "hello"}, "256"),
        ({"sender": "\ud800", "message": "hello"}, "surrogate"),
        ({"sender": "me"}, "message"),
        ({"sender": "me", "message": None}, "message"),
        ({"sender": "me", "message": 7}, "message"),
        ({"sender": "me", "message": ["hello"]}, "message"),
        ({"sender": "me", "message": "hello", "metadata": "x"}, "metadata"),
    ],
)
async def test_a_body_of_another_shape_is_refused_in_one_sentence(
    rest: Rest, body: Any, about: str
) -> None:
    status, error = await rest.post(data=json.dumps(body).encode())
    assert status == 400
    assert about in error["error"]
    assert rest.agent.heard == []


async def test_a_sender_of_256_characters_is_heard(rest: Rest) -> None:
    assert (await rest.post({"sender": "x" * 256, "message": "hello"}))[0] == 200


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 60_000, b'{"sender": 1' + b"1" * 9_000])
async def test_what_is_no_json_is_refused(rest: Rest, raw: bytes) -> None:
    status, error = await rest.post(data=raw)
    assert status == 400
    assert "JSON" in error["error"]


async def test_a_body_of_more_than_64_kilobytes_is_refused(rest: Rest) -> None:
    status, error = await rest.post({"sender": "me", "message": "x" * 65_536})
    assert status == 413
    assert "65536" in error["error"]


async def test_a_large_body_of_unknown_length_is_refused(rest: Rest) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"x" * 1024

    assert (await rest.post(data=chunks()))[0] == 413


# Being on or off


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", ""])
async def test_it_is_on_where_the_server_is_bound_to_this_machine(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("ATLAS_HOST", host)
    rest = await serve()
    async with rest.client.get(f"{rest.base}/webhooks/rest/") as reply:
        assert (reply.status, await reply.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "clinic.example.org"])
async def test_it_is_off_where_others_can_reach_the_server(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("ATLAS_HOST", host)
    rest = await serve()
    off = (404, {"error": "This channel is switched off."})
    assert await rest.post({"sender": "me", "message": "hello"}) == off
    for path in ("", "/", "/webhook", "/any/other"):
        async with rest.client.get(f"{rest.base}/webhooks/rest{path}") as reply:
            assert (reply.status, await reply.json()) == off
    assert rest.agent.heard == []


async def test_the_environment_can_switch_it_on_for_others(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_HOST", "0.0.0.0")
    monkeypatch.setenv("ATLAS_REST", "on")
    rest = await serve(host="0.0.0.0", caller=lan_address())
    assert (await rest.post({"sender": "me", "message": "hello"}))[0] == 200


async def test_the_environment_can_switch_it_off(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_REST", "off")
    rest = await serve()
    assert (await rest.post({"sender": "me", "message": "hello"}))[0] == 404


def test_a_switch_that_is_neither_on_nor_off_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_REST", "maybe")
    with pytest.raises(SettingsError, match=r'ATLAS_REST.*"on" or "off"'):
        LoopbackRestInput()


async def test_a_caller_from_the_network_is_refused_though_the_server_binds_to_everything(
    serve: Serve,
) -> None:
    rest = await serve(host="0.0.0.0", caller=lan_address())
    assert (await rest.post({"sender": "me", "message": "hello"}))[0] == 404
    assert rest.agent.heard == []
