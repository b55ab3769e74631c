"""The messaging services over real sockets: what they deliver, and what they are sent.

One small server stands in for all of their interfaces and another for Rasa's agent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import socket
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from aiogram.bot.api import TelegramAPIServer
from aiohttp import web
from rasa.core.channels.channel import InputChannel, UserMessage, register
from rasa.core.run import create_http_input_channels
from rasa.shared.core.events import BotUttered
from rasa.shared.exceptions import RasaException
from sanic import Sanic
from support.waiting import until
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator

from bot.channels.connectors import (
    Connector,
    MessengerChannel,
    RecentIds,
    SlackChannel,
    TelegramChannel,
    TwilioChannel,
    messenger_arrivals,
    telegram_arrival,
)
from bot.channels.replies import (
    MessengerReplies,
    SlackReplies,
    TelegramReplies,
    TwilioReplies,
    in_plain_words,
    pieces,
)
from bot.stores.lock_store import ConversationLocks
from clinic.settings import get_settings

CREDENTIALS = Path(__file__).parents[2] / "credentials.yml"
PUBLIC_URL = "https://atlas.example.org"
ENVIRONMENT = {
    "ATLAS_PUBLIC_URL": PUBLIC_URL,
    "TWILIO_ACCOUNT_SID": "ACdemo",
    "TWILIO_AUTH_TOKEN": "twilio-secret",
    "TWILIO_NUMBER": "+15550100199",
    "TELEGRAM_ACCESS_TOKEN": "123456:telegram-token",
    "TELEGRAM_SECRET_TOKEN": "telegram-secret",
    "SLACK_BOT_TOKEN": "xoxb-demo",
    "SLACK_SIGNING_SECRET": "slack-secret",
    "SLACK_CHANNEL": "",
    "MESSENGER_VERIFY_TOKEN": "verify-me",
    "MESSENGER_APP_SECRET": "messenger-secret",
    "MESSENGER_PAGE_ACCESS_TOKEN": "page-token",
}
PATHS = {
    TwilioChannel: "twilio",
    TelegramChannel: "telegram",
    SlackChannel: "slack",
    MessengerChannel: "facebook",
}
OFF = (404, {"error": "This channel is switched off."})
YES_NO = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]


class EchoAgent:
    """Answers with the text it heard and two buttons, and keeps the events."""

    def __init__(self) -> None:
        self.heard: list[UserMessage] = []
        self.ready = True
        self.failure: Exception | None = None
        self.events: list[Any] = []
        self.tracker_store = self
        self.lock_store = ConversationLocks()

    def is_ready(self) -> bool:
        return self.ready

    async def retrieve(self, conversation_id: str) -> Any:
        return SimpleNamespace(events=self.events)

    async def handle_message(self, message: UserMessage) -> None:
        self.heard.append(message)
        if self.failure:
            raise self.failure
        event = BotUttered(f"echo: {message.text}", {"buttons": YES_NO})
        self.events.append(event)
        await message.output_channel.send_response(message.sender_id, event.message())


class Service:
    """Stands in for the interfaces of the four services."""

    def __init__(self) -> None:
        self.base = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answer: dict[str, Any] = {
            "ok": True,
            "sid": "SM1",
            "result": {"message_id": 1, "date": 1, "chat": {"id": 42, "type": "private"}},
        }
        self.status = 200

    async def handle(self, request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            data = await request.json()
        else:
            data = dict(await request.post())
        self.calls.append((request.path, data))
        return web.json_response(self.answer, status=self.status)

    async def call(self, end: str) -> dict[str, Any]:
        """Wait for a call whose path ends so, and return what it carried."""
        await until(lambda: any(path.endswith(end) for path, _ in self.calls))
        return [data for path, data in self.calls if path.endswith(end)][-1]


class LocalTwilio(TwilioHttpClient):
    """Calls the stand-in where Twilio would be called."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self.base = base

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        local = re.sub(r"^https://[^/]+", self.base, url)
        return super().request(method, local, *args, **kwargs)


@pytest.fixture
async def service(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    stand_in = Service()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stand_in.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setattr(TelegramChannel, "server", TelegramAPIServer.from_base(stand_in.base))
    _redirect(
        monkeypatch,
        TwilioReplies,
        lambda replies: setattr(replies, "http_client", LocalTwilio(stand_in.base)),
    )
    _redirect(
        monkeypatch,
        SlackReplies,
        lambda replies: setattr(replies.client, "base_url", f"{stand_in.base}/"),
    )
    _redirect(
        monkeypatch,
        MessengerReplies,
        lambda replies: setattr(replies.messenger_client, "graph_url", stand_in.base),
    )
    yield stand_in
    await runner.cleanup()


def _redirect(
    monkeypatch: pytest.MonkeyPatch, replies: type[Any], change: Callable[[Any], None]
) -> None:
    made = replies.__init__

    def make(self: Any, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        change(self)

    monkeypatch.setattr(replies, "__init__", make)


class Server:
    """A running server, seen from the internet."""

    def __init__(self, client: aiohttp.ClientSession, base: str, agent: EchoAgent) -> None:
        self.client = client
        self.base = base
        self.agent = agent

    async def post(
        self, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        async with self.client.post(
            f"{self.base}/webhooks/{path}", data=body, headers=headers
        ) as reply:
            raw = await reply.text()
            return reply.status, json.loads(raw) if raw.startswith("{") else raw

    async def sms(self, url: str = f"{PUBLIC_URL}/webhooks/twilio/webhook", **fields: str) -> Any:
        """Deliver a message as Twilio does; empty fields are part of what it signs."""
        fields = {
            "From": "+15550100123",
            "Body": "hello",
            "MessageSid": f"SM{uuid.uuid4().hex}",
            "FromState": "",
            **fields,
        }
        signature = RequestValidator("twilio-secret").compute_signature(url, fields)
        return await self.post(
            "twilio/webhook",
            urlencode(fields).encode(),
            {
                "X-Twilio-Signature": signature,
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )

    async def telegram(self, update: Any, secret: str = "telegram-secret") -> Any:
        update = {"update_id": uuid.uuid4().int % 10**9, **update}
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        return await self.post("telegram/webhook", json.dumps(update).encode(), headers)

    async def slack(self, event: Any, secret: str = "slack-secret", age: int = 0) -> Any:
        body = json.dumps({"event": event, "authed_users": []})
        moment = str(int(time.time()) - age)
        digest = hmac.new(secret.encode(), f"v0:{moment}:{body}".encode(), hashlib.sha256)
        headers = {
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
            "X-Slack-Request-Timestamp": moment,
            "Content-Type": "application/json",
        }
        return await self.post("slack/webhook", body.encode(), headers)

    async def messenger(
        self, *items: Any, method: str = "sha256", header: str = "X-Hub-Signature-256"
    ) -> Any:
        body = json.dumps({"object": "page", "entry": [{"messaging": items}]}).encode()
        digest = hmac.new(b"messenger-secret", body, method).hexdigest()
        headers = {header: f"{method}={digest}", "Content-Type": "application/json"}
        return await self.post("facebook/webhook", body, headers)


Serve = Callable[..., Any]


@pytest.fixture
async def serve(service: Service, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serve]:
    # Otherwise Sanic rewrites its own code on start, which works once a process.
    monkeypatch.setattr(Sanic, "test_mode", True)
    servers: list[Any] = []
    clients: list[aiohttp.ClientSession] = []

    async def start(**environment: str) -> Server:
        for name in (*ENVIRONMENT, "ATLAS_HOST", "ATLAS_REST"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        agent = EchoAgent()
        app = Sanic(f"connectors-{uuid.uuid4().hex}", configure_logging=False)
        app.ctx.agent = agent
        register(channels(), app, "/webhooks/")
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        server = await app.create_server(
            sock=listener, return_asyncio_server=True, access_log=False
        )
        await server.startup()
        await server.after_start()
        servers.append(server)
        client = aiohttp.ClientSession()
        clients.append(client)
        return Server(client, f"http://127.0.0.1:{listener.getsockname()[1]}", agent)

    yield start
    for client in clients:
        await client.close()
    for server in servers:
        await server.before_stop()
        server.close()


@pytest.fixture
async def server(serve: Serve) -> Server:
    started: Server = await serve(**ENVIRONMENT)
    return started


def channels() -> list[InputChannel]:
    """What `rasa run` makes of credentials.yml."""
    made: list[InputChannel] = create_http_input_channels(None, str(CREDENTIALS))
    return made


# Being on or off


async def test_without_any_account_every_path_says_that_the_channel_is_off(serve: Serve) -> None:
    server = await serve()
    for name in PATHS.values():
        assert await server.post(f"{name}/webhook", b"x" * 1_000_000) == OFF
        for path in ("", "/", "/webhook", "/set_webhook", "/any/other"):
            async with server.client.get(f"{server.base}/webhooks/{name}{path}") as reply:
                assert (reply.status, await reply.json()) == OFF
    assert server.agent.heard == []


@pytest.mark.parametrize("missing", sorted(set(ENVIRONMENT) - {"SLACK_CHANNEL"}))
async def test_one_variable_that_is_missing_or_empty_switches_its_channel_off(
    serve: Serve, missing: str
) -> None:
    server = await serve(**{**ENVIRONMENT, missing: " "})
    off = [name for name in PATHS.values() if await server.post(f"{name}/webhook") == OFF]
    expected = {
        "ATLAS": ["twilio", "telegram"],
        "TWILIO": ["twilio"],
        "SLACK": ["slack"],
        "MESSENGER": ["facebook"],
        "TELEGRAM": [] if missing == "TELEGRAM_SECRET_TOKEN" else ["telegram"],
    }
    assert off == expected[missing.split("_")[0]]


async def test_the_log_says_once_which_channels_are_on_and_never_a_value(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await serve(**{**ENVIRONMENT, "TWILIO_AUTH_TOKEN": "", "SLACK_BOT_TOKEN": ""})
    lines = [line for line in caplog.messages if line.startswith("Channels on")]
    assert lines == [
        "Channels on: web, rest, telegram, facebook; off: twilio (TWILIO_AUTH_TOKEN not set), "
        "slack (SLACK_BOT_TOKEN not set)"
    ]
    for name, value in ENVIRONMENT.items():
        if name != "ATLAS_PUBLIC_URL" and value:
            assert value not in caplog.text


async def test_a_channel_nobody_began_to_set_up_is_named_without_reproach(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await serve(ATLAS_PUBLIC_URL=PUBLIC_URL)
    assert "Channels on: web, rest; off: twilio, telegram, slack, facebook" in caplog.messages


@pytest.mark.parametrize("channel", PATHS)
def test_each_channel_keeps_rasas_name(channel: type[Connector]) -> None:
    assert channel.name() == PATHS[channel]


def test_a_secret_in_credentials_yml_is_refused_and_not_repeated() -> None:
    names = {
        "account_sid": "TWILIO_ACCOUNT_SID",
        "auth_token": "5f2c0ffee",
        "twilio_number": "TWILIO_NUMBER",
        "public_url": "ATLAS_PUBLIC_URL",
    }
    with pytest.raises(RasaException, match=r"TwilioChannel\.auth_token: expected") as error:
        TwilioChannel.from_credentials(names)
    assert "5f2c0ffee" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"auth_token": None}, "'auth_token' is missing"),
        ({"password": "TWILIO_AUTH_TOKEN"}, "'password' is not known"),
    ],
)
def test_a_wrong_key_in_credentials_yml_is_named(change: dict[str, Any], problem: str) -> None:
    names = {
        "account_sid": "TWILIO_ACCOUNT_SID",
        "auth_token": "TWILIO_AUTH_TOKEN",
        "twilio_number": "TWILIO_NUMBER",
        "public_url": "ATLAS_PUBLIC_URL",
        **change,
    }
    with pytest.raises(RasaException, match=re.escape(problem)):
        TwilioChannel.from_credentials({key: name for key, name in names.items() if name})


async def test_a_telegram_token_that_cannot_be_one_is_said_at_start(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"access_token": "nonsense", "public_url": PUBLIC_URL, "secret_token": ""}
    with pytest.raises(RasaException, match="Telegram access token") as error:
        TelegramChannel(values).webhooks(EchoAgent().handle_message)
    assert "nonsense" not in str(error.value)


# Twilio: SMS and WhatsApp


async def test_an_sms_is_answered_by_one_sms_that_lists_the_choices(
    server: Server, service: Service
) -> None:
    assert (await server.sms(Body="my neck hurts"))[0] == 204
    assert server.agent.heard[0].sender_id == "+15550100123"
    assert server.agent.heard[0].input_channel == "twilio"
    assert await service.call("/Messages.json") == {
        "To": "+15550100123",
        "From": "+15550100199",
        "Body": "echo: my neck hurts\n\nYou can answer:\n- Yes\n- No",
    }


async def test_a_whatsapp_message_is_answered_on_whatsapp(server: Server, service: Service) -> None:
    await server.sms(From="whatsapp:+15550100123")
    sent = await service.call("/Messages.json")
    assert (sent["To"], sent["From"]) == ("whatsapp:+15550100123", "whatsapp:+15550100199")


async def test_a_picture_without_words_reaches_the_bot(server: Server) -> None:
    await server.sms(Body="", NumMedia="1")
    assert server.agent.heard[0].text == ""


@pytest.mark.parametrize("change", ["body", "url", "missing"])
async def test_an_sms_that_twilio_did_not_sign_is_refused(server: Server, change: str) -> None:
    if change == "url":
        status = (await server.sms(url=f"{PUBLIC_URL}/webhooks/other"))[0]
    else:
        fields = {"From": "+15550100123", "Body": "hello", "MessageSid": "SM1"}
        signature = RequestValidator("twilio-secret").compute_signature(
            f"{PUBLIC_URL}/webhooks/twilio/webhook", fields
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if change == "body":
            headers["X-Twilio-Signature"] = signature
            fields["From"] = "+15550100666"
        status = (await server.post("twilio/webhook", urlencode(fields).encode(), headers))[0]
    assert status == 403
    assert server.agent.heard == []


async def test_a_message_that_is_delivered_twice_is_heard_once(server: Server) -> None:
    for _ in range(2):
        assert (await server.sms(MessageSid="SM7"))[0] == 204
    assert len(server.agent.heard) == 1


async def test_a_reply_that_twilio_refuses_is_logged_without_number_or_text(
    server: Server, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service.status = 400
    service.answer = {"code": 21211, "message": "The number +15550100123 is not valid"}
    assert (await server.sms(Body="my shameful pain"))[0] == 204
    assert "ServiceError" in caplog.text
    assert "5550100123" not in caplog.text
    assert "shameful" not in caplog.text


# Telegram


def private(text: str | None = "hello", **fields: Any) -> dict[str, Any]:
    written = {"message_id": 1, "chat": {"id": 42, "type": "private"}, **fields}
    return {"message": written if text is None else {**written, "text": text}}


async def test_a_telegram_message_is_answered_with_buttons(
    server: Server, service: Service
) -> None:
    assert (await server.telegram(private("my neck hurts")))[0] == 200
    assert server.agent.heard[0].sender_id == "42"
    sent = await service.call("/sendMessage")
    assert (sent["chat_id"], sent["text"]) == ("42", "echo: my neck hurts")
    rows = json.loads(sent["reply_markup"])["inline_keyboard"]
    assert [[button["callback_data"] for button in row] for row in rows] == [["/affirm"], ["/deny"]]


async def test_telegram_is_told_the_address_and_the_secret_at_start(
    server: Server, service: Service
) -> None:
    told = await service.call("/setWebhook")
    assert told["url"] == f"{PUBLIC_URL}/webhooks/telegram/webhook"
    assert told["secret_token"] == "telegram-secret"
    assert json.loads(told["allowed_updates"]) == ["message", "edited_message", "callback_query"]


async def test_an_unreachable_telegram_does_not_keep_the_server_from_starting(
    serve: Serve, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service.status, service.answer = 401, {"ok": False, "description": "Unauthorized"}
    server = await serve(**ENVIRONMENT)
    await service.call("/setWebhook")
    assert (await server.sms())[0] == 204
    assert "Telegram did not take the webhook address" in caplog.text
    assert "telegram-token" not in caplog.text


async def test_nobody_can_have_the_telegram_webhook_set_from_outside(server: Server) -> None:
    assert (await server.post("telegram/set_webhook"))[0] == 404


@pytest.mark.parametrize("secret", ["", "guess", "ünïcode"])
async def test_a_telegram_update_without_the_secret_is_refused(server: Server, secret: str) -> None:
    assert (await server.telegram(private(), secret=secret))[0] == 403
    assert server.agent.heard == []


async def test_without_a_secret_token_telegram_works_and_the_log_warns(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    server = await serve(**{**ENVIRONMENT, "TELEGRAM_SECRET_TOKEN": ""})
    assert (await server.telegram(private(), secret=""))[0] == 200
    assert len(server.agent.heard) == 1
    assert "TELEGRAM_SECRET_TOKEN is not set" in caplog.text


@pytest.mark.parametrize(
    ("update", "text"),
    [
        (private("my neck"), "my neck"),
        ({"edited_message": private("my neck, I mean")["message"]}, "my neck, I mean"),
        (private(None, photo=[{}], caption="look"), "look"),
        (private(None, voice={}), ""),
        (private("/start web"), "hello"),
        ({"callback_query": {"data": "/affirm", **private()}}, "/affirm"),
    ],
)
def test_a_telegram_update_is_read(update: dict[str, Any], text: str) -> None:
    arrival = telegram_arrival({"update_id": 7, **update})
    assert arrival is not None
    assert (arrival.message_id, arrival.sender, arrival.text) == ("7", "42", text)


def test_the_language_of_the_telegram_app_is_kept() -> None:
    writer = {"from": {"id": 42, "language_code": "es"}}
    written = {"update_id": 7, "message": {**private("hola")["message"], **writer}}
    tapped = {"update_id": 7, "callback_query": {"data": "/affirm", **private(), **writer}}
    for update in (written, tapped):
        arrival = telegram_arrival(update)
        assert arrival is not None
        assert arrival.language == "es"


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"update_id": 7},
        {"update_id": 7, "message": "text"},
        {"update_id": 7, "message": {"text": "hello"}},
        {"update_id": 7, "callback_query": {"data": "/affirm"}},
        {"update_id": 7, "my_chat_member": {"chat": {"id": 42}}},
        {"update_id": 7, "message": {"text": "hello", "chat": {"id": -42, "type": "group"}}},
    ],
)
async def test_a_telegram_update_that_is_no_private_message_is_passed_over(
    server: Server, update: dict[str, Any]
) -> None:
    assert (await server.telegram(update))[0] == 200
    assert server.agent.heard == []


# Slack


async def test_a_slack_message_is_answered_with_buttons(server: Server, service: Service) -> None:
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1"}
    assert (await server.slack({**event, "text": "my neck hurts"}))[0] == 200
    sent = await service.call("/chat.postMessage")
    assert (sent["channel"], sent["text"]) == ("D1", "echo: my neck hurts")
    buttons = json.loads(sent["blocks"]) if isinstance(sent["blocks"], str) else sent["blocks"]
    assert [button["value"] for button in buttons[1]["elements"]] == ["/affirm", "/deny"]


@pytest.mark.parametrize(("secret", "age"), [("", 0), ("guess", 0), ("slack-secret", 600)])
async def test_a_forged_or_old_slack_request_is_refused(
    server: Server, secret: str, age: int
) -> None:
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": "hi"}
    assert (await server.slack(event, secret, age))[0] == 400
    assert server.agent.heard == []


# Messenger


def item(text: str | None = "hello", **fields: Any) -> dict[str, Any]:
    message = {"mid": uuid.uuid4().hex, **fields}
    return {
        "sender": {"id": "F1"},
        "message": message if text is None else {**message, "text": text},
    }


async def test_every_message_of_a_delivery_is_answered(server: Server, service: Service) -> None:
    assert (await server.messenger(item("my neck hurts"), item("and my arm is weak")))[0] == 200
    assert [message.text for message in server.agent.heard] == [
        "my neck hurts",
        "and my arm is weak",
    ]
    sent = await service.call("/me/messages")
    assert sent["recipient"] == {"id": "F1"}
    assert sent["message"]["text"] == "echo: and my arm is weak"
    assert [reply["title"] for reply in sent["message"]["quick_replies"]] == ["Yes", "No"]


@pytest.mark.parametrize(
    ("method", "header"),
    [("sha1", "X-Hub-Signature"), ("sha1", "X-Hub-Signature-256"), ("md5", "X-Hub-Signature-256")],
)
async def test_only_a_sha256_signature_counts(server: Server, method: str, header: str) -> None:
    assert (await server.messenger(item(), method=method, header=header))[0] == 403
    assert server.agent.heard == []


async def test_messenger_can_verify_the_address_with_the_agreed_token(server: Server) -> None:
    for token, status, answer in (
        ("verify-me", 200, "1158"),
        ("guess", 403, None),
        ("", 403, None),
    ):
        query = urlencode({"hub.verify_token": token, "hub.challenge": "1158"})
        async with server.client.get(f"{server.base}/webhooks/facebook/webhook?{query}") as reply:
            assert reply.status == status
            if answer:
                assert await reply.text() == answer


def test_messages_of_people_are_read_and_echoes_and_receipts_passed_over() -> None:
    event = {
        "entry": [
            {"messaging": [item("mine", is_echo=True), {"sender": {"id": "F1"}, "read": {}}]},
            {
                "messaging": [
                    item("Yes", quick_reply={"payload": "/affirm"}),
                    item(None, attachments=[{"type": "image"}]),
                    {"sender": {"id": "F1"}, "postback": {"payload": "/deny", "mid": "m1"}},
                ]
            },
            {},
        ]
    }
    assert [arrival.text for arrival in messenger_arrivals(event)] == ["/affirm", "", "/deny"]


# All of them


async def deliver(server: Server, channel: type[Connector], text: str) -> int:
    if channel is TwilioChannel:
        answer = await server.sms(Body=text)
    elif channel is TelegramChannel:
        answer = await server.telegram(private(text))
    elif channel is MessengerChannel:
        answer = await server.messenger(item(text))
    else:
        event = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1"}
        answer = await server.slack({**event, "text": text})
    status: int = answer[0]
    return status


async def heard(server: Server, count: int) -> list[str]:
    await until(lambda: len(server.agent.heard) >= count)
    return [message.text for message in server.agent.heard]


@pytest.mark.parametrize("channel", PATHS)
async def test_a_typed_command_is_read_as_words_but_an_offered_one_is_obeyed(
    server: Server, channel: type[Connector]
) -> None:
    await deliver(server, channel, '/inform{"severity": 1}')
    assert await heard(server, 1) == ['inform{"severity": 1}']
    await until(lambda: bool(server.agent.events))
    await deliver(server, channel, "/affirm")
    assert (await heard(server, 2))[1] == "/affirm"


@pytest.mark.parametrize("channel", PATHS)
async def test_when_the_bot_fails_the_patient_reads_the_emergency_number(
    server: Server, service: Service, channel: type[Connector], caplog: pytest.LogCaptureFixture
) -> None:
    server.agent.failure = RuntimeError("secret words")
    await deliver(server, channel, "my shameful pain")
    ends = {
        TwilioChannel: "/Messages.json",
        TelegramChannel: "/sendMessage",
        SlackChannel: "/chat.postMessage",
        MessengerChannel: "/me/messages",
    }
    sent = json.dumps(await service.call(ends[channel]))
    assert get_settings().clinic.emergency_number in sent
    assert "RuntimeError" in caplog.text
    assert "secret words" not in caplog.text + sent
    assert "shameful" not in caplog.text


async def test_when_the_conversation_cannot_be_read_the_patient_is_told(
    server: Server, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(conversation_id: str) -> Any:
        raise OSError("the database is down")

    monkeypatch.setattr(server.agent, "retrieve", fail)
    assert await deliver(server, TwilioChannel, "/affirm") == 204
    sent = await service.call("/Messages.json")
    assert get_settings().clinic.emergency_number in sent["Body"]


@pytest.mark.parametrize("channel", PATHS)
async def test_a_server_without_a_model_asks_the_service_to_try_again(
    server: Server, channel: type[Connector]
) -> None:
    server.agent.ready = False
    assert await deliver(server, channel, "hello") == 503


@pytest.mark.parametrize("channel", [TwilioChannel, TelegramChannel, MessengerChannel])
async def test_a_large_body_is_refused(server: Server, channel: type[Connector]) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": "telegram-secret"}
    assert (await server.post(f"{PATHS[channel]}/webhook", b"x" * 300_000, headers))[0] == 413


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
async def test_what_is_no_json_object_is_refused(server: Server, raw: bytes) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": "telegram-secret"}
    assert (await server.post("telegram/webhook", raw, headers))[0] == 400
    digest = hmac.new(b"messenger-secret", raw, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}
    assert (await server.post("facebook/webhook", raw, headers))[0] == 400


def test_only_the_most_recent_ids_are_remembered() -> None:
    recent = RecentIds(most=2)
    assert [recent.is_new(message_id) for message_id in "aabcca"] == [
        True,
        False,
        True,
        True,
        False,
        True,
    ]


# What the services are sent


CHECKLIST = {
    "kind": "checklist",
    "options": [{"title": "Fever", "payload": "I have a fever"}],
    "none": {"title": "None of these", "payload": "none of these"},
}


@pytest.mark.parametrize(
    ("message", "text", "buttons", "titles"),
    [
        ({"text": "**Call** now"}, "Call now", [], []),
        ({"text": "Well?", "buttons": YES_NO}, "Well?", YES_NO, ["Yes", "No"]),
        ({"text": "Any?", "custom": CHECKLIST}, "Any?", [], ["Fever", "None of these"]),
        ({"text": "Go", "custom": {"kind": "level", "level": "emergency"}}, "Go", [], []),
        ({"custom": {"kind": "appointment", "summary": "Tue 9:00"}}, "Tue 9:00", [], []),
        ({"text": "Booked", "custom": {"summary": "Tue 9:00"}}, "Booked", [], []),
        ({"custom": {"kind": "new"}}, "", [], []),
    ],
)
def test_cards_of_the_web_page_become_plain_words(
    message: dict[str, Any], text: str, buttons: list[Any], titles: list[str]
) -> None:
    assert in_plain_words(message) == (text, buttons, titles)


def test_a_long_text_is_cut_between_paragraphs_lines_or_words() -> None:
    assert pieces("one two\nthree\n\nfour", 15) == ["one two\nthree", "four"]
    assert pieces("one two\nthree", 10) == ["one two", "three"]
    assert pieces("one two three", 9) == ["one two", "three"]
    assert pieces("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert pieces("  ", 10) == []


@pytest.mark.parametrize(
    ("replies", "many", "long_title", "long_payload"),
    [
        (TelegramReplies("1:x"), True, True, False),
        (SlackReplies("xoxb"), False, False, True),
        (MessengerReplies("token", "secret"), False, False, False),
        (TwilioReplies("AC", "secret", "+1"), False, False, False),
    ],
)
async def test_buttons_are_used_only_where_the_service_has_room_for_them(
    replies: Any, many: bool, long_title: bool, long_payload: bool
) -> None:
    def room(buttons: list[dict[str, str]]) -> bool:
        result: bool = replies.has_room("Well?", buttons)
        return result

    assert room(YES_NO * 6) is many
    assert room([{"title": "x" * 80, "payload": "/affirm"}]) is long_title
    assert room([{"title": "Yes", "payload": "ü" * 1001}]) is long_payload
    assert room([{"title": "Yes", "payload": "/affirm"}]) is not isinstance(replies, TwilioReplies)


async def test_choices_without_room_are_listed_in_the_text(service: Service) -> None:
    replies = MessengerReplies("token", "secret")
    buttons = [{"title": "Tuesday the 14th at 9:00 in the morning", "payload": "1"}]
    await replies.send_response("F1", {"text": "When?", "buttons": buttons})
    sent = await service.call("/me/messages")
    assert sent["message"] == {
        "text": "When?\n\nYou can answer:\n- Tuesday the 14th at 9:00 in the morning"
    }
