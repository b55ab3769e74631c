"""SMS, WhatsApp, Telegram, Slack and Messenger, each off until the environment names its account.

credentials.yml gives the NAMES of environment variables, so that no secret is in a file of the
project and the plain `rasa run` works without any account. docs/channels.md says what to set.

Whatever reaches the bot here was signed by the service or carries its secret, was not heard
before, and is answered even when the bot fails.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import hmac
import json
import logging
import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qs

from aiogram.bot.api import TELEGRAM_PRODUCTION  # type: ignore[import-untyped]
from aiogram.utils.exceptions import TelegramAPIError, ValidationError  # type: ignore[import-untyped]
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.channels.facebook import FacebookInput
from rasa.core.channels.slack import SlackInput
from rasa.core.channels.telegram import TelegramInput
from rasa.core.channels.twilio import TwilioInput
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Request, Sanic, response
from sanic.exceptions import PayloadTooLarge
from sanic.request import RequestParameters
from sanic.response import HTTPResponse
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bot.channels.messages import answered_before, as_text
from bot.channels.replies import (
    TIMEOUT,
    MessengerReplies,
    SlackReplies,
    TelegramReplies,
    TwilioReplies,
)
from bot.channels.switch import SwitchedChannel, refusal
from bot.channels.turns import (
    NewMessageHandler,
    Turn,
    failure_words,
    ready_agent,
    starting_words,
)
from bot.channels.web_requests import receive_body

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 256 * 1024

_VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


@dataclass(frozen=True)
class Arrival:
    """One message as a service delivers it.

    Args:
        message_id: The service's own id, by which a second delivery is recognised.
        sender: Whose conversation it belongs to, and who gets the replies.
        text: What was written or tapped; empty for a picture or a voice message.
        language: The language of the sender's app, such as "es", where the service tells it.
    """

    message_id: str
    sender: str
    text: str
    language: str | None = None


class RecentIds:
    """Remembers which messages were heard, for the most recent ones.

    Args:
        most: How many are remembered.
    """

    def __init__(self, most: int = 5_000) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def is_new(self, message_id: str) -> bool:
        """Return whether an id comes for the first time, and remember it."""
        if message_id in self._ids:
            return False
        self._ids[message_id] = None
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)
        return True


class Connector(SwitchedChannel):
    """What the four services have in common.

    Args:
        values: The settings by their keys in credentials.yml, as found in the environment.
        unset: The environment variables that are needed and not set; with any, the channel is off.
    """

    required: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]] = ()

    def __init__(self, values: dict[str, str], unset: tuple[str, ...] = ()) -> None:
        self.values = values
        self.unset = unset
        self._recent = RecentIds()

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> Connector:
        """Read the environment variables that credentials.yml names.

        Args:
            credentials: A variable's name for each key.

        Raises:
            RasaException: A key is missing or unknown, or its value is no variable's name.
        """
        names = _variable_names(f"{cls.__module__}.{cls.__name__}", cls, credentials or {})
        values = {key: os.environ.get(name, "").strip() for key, name in names.items()}
        return cls(values, tuple(names[key] for key in cls.required if not values[key]))

    @property
    def is_on(self) -> bool:
        """Whether every variable that is needed is set."""
        return not self.unset

    @property
    def why_off(self) -> str:
        """Which variables are missing, when others of the channel are set."""
        # The public address is for several channels: set alone, it says nothing about this one.
        own = [key for key in self.values if key != "public_url"]
        begun = any(self.values[key] for key in own)
        return f"{', '.join(self.unset)} not set" if begun and self.unset else ""

    async def answer(
        self, request: Request, on_new_message: NewMessageHandler, arrival: Arrival
    ) -> None:
        """Let the bot answer a message, once.

        Args:
            request: The request that brought it.
            on_new_message: Rasa's handler.
            arrival: The message.
        """
        if not self._recent.is_new(arrival.message_id):
            return
        agent = request.app.ctx.agent

        async def handle(message: UserMessage) -> None:
            # Within the turn: it reads the database, which may fail too.
            async with agent.lock_store.lock(arrival.sender):
                # Another process may have answered it.
                if await answered_before(agent, arrival.sender, arrival.message_id) is None:
                    message.text = await as_text(agent, arrival.sender, arrival.text)
                    await on_new_message(message)

        await self.take_turn(
            handle,
            UserMessage(
                arrival.text,
                self.get_output_channel(),
                arrival.sender,
                input_channel=self.name(),
                message_id=arrival.message_id,
                metadata={"language": arrival.language} if arrival.language else None,
            ),
        )

    async def take_turn(self, on_new_message: NewMessageHandler, message: UserMessage) -> None:
        """Call the bot; when it fails, log that and tell the patient.

        Args:
            on_new_message: Rasa's handler.
            message: What the patient wrote, and where the replies go.
        """
        turn = Turn(message.text, self.name())
        turn.start(on_new_message(message))
        if await turn.over():
            return
        apology = Turn("", self.name())
        apology.start(message.output_channel.send_text_message(message.sender_id, failure_words()))
        await apology.over()

    def routes(self) -> Blueprint:
        """Return a blueprint that has the parts which every service's has."""
        blueprint = Blueprint(f"atlas_{self.name()}")
        blueprint.exception(PayloadTooLarge)(_refuse_size)
        blueprint.add_route(_health, "/", name="health")
        return blueprint


class TwilioChannel(Connector, TwilioInput):
    """SMS and WhatsApp through Twilio, which signs its requests with the account's secret."""

    required = ("account_sid", "auth_token", "twilio_number", "public_url")

    def webhooks(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes.

        Args:
            on_new_message: Rasa's handler.
        """
        validator = RequestValidator(self.values["auth_token"])

        async def receive(request: Request) -> HTTPResponse:
            body = await receive_body(request, MAX_BODY_BYTES)
            # Not request.form: it leaves out the empty fields, which are part of the signature.
            fields = RequestParameters(
                parse_qs(body.decode(errors="replace"), keep_blank_values=True)
            )
            signature = request.headers.get("x-twilio-signature", "")
            if not validator.validate(self._public_address(request), fields, signature):
                return refusal(403, "The signature is not Twilio's.")
            sender, message_id = fields.get("From"), fields.get("MessageSid")
            if not sender or not message_id:
                return refusal(400, "From and MessageSid are needed.")
            if ready_agent(request) is None:
                return refusal(503, starting_words())
            # Some carriers replace the @ of an e-mail address.
            text = fields.get("Body", "").replace("¡", "@")
            await self.answer(request, on_new_message, Arrival(message_id, sender, text))
            return response.empty()

        blueprint = self.routes()
        blueprint.add_route(receive, "/webhook", methods=["POST"], name="receive", stream=True)
        return blueprint

    def get_output_channel(self) -> OutputChannel:
        """Return what sends the replies."""
        return TwilioReplies(
            self.values["account_sid"], self.values["auth_token"], self.values["twilio_number"]
        )

    def _public_address(self, request: Request) -> str:
        """Return the address that Twilio called, which a proxy hides from this server."""
        query = f"?{request.query_string}" if request.query_string else ""
        return f"{self.values['public_url'].rstrip('/')}{request.path}{query}"


class TelegramChannel(Connector, TelegramInput):
    """Telegram, private chats only: in a group others would read along."""

    required = ("access_token", "public_url")
    optional = ("secret_token",)
    server = TELEGRAM_PRODUCTION

    def __init__(self, values: dict[str, str], unset: tuple[str, ...] = ()) -> None:
        super().__init__(values, unset)
        self._replies: TelegramReplies | None = None
        self._registration: asyncio.Task[None] | None = None

    def webhooks(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes.

        Args:
            on_new_message: Rasa's handler.

        Raises:
            RasaException: The access token is not of Telegram's form.
        """

        async def receive(request: Request) -> HTTPResponse:
            given = request.headers.get("x-telegram-bot-api-secret-token", "")
            secret = self.values["secret_token"]
            if secret and not _same(given, secret):
                return refusal(403, "The secret token is not the one that was agreed on.")
            update = _json_object(await receive_body(request, MAX_BODY_BYTES))
            if update is None:
                return refusal(400, "The body has to be a JSON object.")
            if ready_agent(request) is None:
                return refusal(503, starting_words())
            arrival = telegram_arrival(update)
            if arrival:
                await self.answer(request, on_new_message, arrival)
            return response.text("success")

        async def start(app: Sanic, loop: Any) -> None:
            # A task: a slow Telegram must not hold up the other channels.
            self._registration = loop.create_task(self.register_webhook())

        async def stop(app: Sanic, loop: Any) -> None:
            if self._registration:
                self._registration.cancel()
            await self.get_output_channel().session.close()

        self.get_output_channel()
        if not self.values["secret_token"]:
            logger.warning("TELEGRAM_SECRET_TOKEN is not set: anyone can pose as Telegram")
        blueprint = self.routes()
        blueprint.add_route(receive, "/webhook", methods=["POST"], name="receive", stream=True)
        # Functions, not methods: this version of Sanic quietly passes over a method.
        blueprint.listener(start, "after_server_start")
        blueprint.listener(stop, "before_server_stop")
        return blueprint

    def get_output_channel(self) -> TelegramReplies:
        """Return what sends the replies; unlike Rasa's own it does not call Telegram yet.

        Raises:
            RasaException: The access token is not of Telegram's form.
        """
        if self._replies is None:
            try:
                self._replies = TelegramReplies(self.values["access_token"])
            except ValidationError as error:
                problem = "the Telegram access token is not of Telegram's form"
                raise RasaException(problem) from error
            self._replies.server = self.server
            self._replies.timeout = TIMEOUT
        return self._replies

    async def register_webhook(self) -> None:
        """Tell Telegram where to deliver messages; a failure is logged."""
        address = f"{self.values['public_url'].rstrip('/')}/webhooks/{self.name()}/webhook"
        data = {"url": address, "allowed_updates": json.dumps(_TELEGRAM_UPDATES)}
        if self.values["secret_token"]:
            data["secret_token"] = self.values["secret_token"]
        try:
            # Not set_webhook: that method of the library is older than the secret token.
            await self.get_output_channel().request("setWebhook", data)
        except (TelegramAPIError, OSError, TimeoutError) as error:
            logger.error("Telegram did not take the webhook address: %s", type(error).__name__)


class SlackChannel(Connector, SlackInput):
    """Slack; Rasa's own channel checks its signature and the age of each request."""

    required = ("slack_token", "slack_signing_secret")
    optional = ("slack_channel",)

    def __init__(self, values: dict[str, str], unset: tuple[str, ...] = ()) -> None:
        Connector.__init__(self, values, unset)
        if self.is_on:
            SlackInput.__init__(
                self,
                slack_token=values["slack_token"],
                slack_channel=values["slack_channel"] or None,
                # Rasa has these as defaults in a place that is passed by here.
                slack_retry_reason_header="x-slack-retry-reason",
                slack_retry_number_header="x-slack-retry-num",
                slack_signing_secret=values["slack_signing_secret"],
            )

    def webhooks(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes.

        Args:
            on_new_message: Rasa's handler.
        """
        handler = functools.partial(self.take_turn, on_new_message)
        blueprint: Blueprint = SlackInput.blueprint(self, handler)
        return blueprint

    async def process_message(
        self,
        request: Request,
        on_new_message: NewMessageHandler,
        text: str,
        sender_id: str | None,
        metadata: dict[str, Any] | None,
    ) -> HTTPResponse:
        """Hand a message to the bot, which answers after Slack got its receipt.

        Args:
            request: The request that brought it.
            on_new_message: What takes the turn.
            text: What was written or tapped.
            sender_id: Whose conversation it belongs to.
            metadata: Where in Slack it was written.
        """
        agent = ready_agent(request)
        if agent is None:
            return refusal(503, starting_words())
        text = await as_text(agent, str(sender_id), text)
        return await super().process_message(request, on_new_message, text, sender_id, metadata)

    def get_output_channel(
        self, channel: str | None = None, thread_id: str | None = None
    ) -> OutputChannel:
        """Return what sends the replies.

        Args:
            channel: Where in Slack they go; the configured channel when None.
            thread_id: The thread that they belong to.
        """
        return SlackReplies(self.slack_token, channel or self.slack_channel, thread_id)


class MessengerChannel(Connector, FacebookInput):
    """Facebook Messenger, signed with SHA-256 by the app's secret."""

    required = ("verify", "secret", "page_access_token")

    def webhooks(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes.

        Args:
            on_new_message: Rasa's handler.
        """

        async def verify(request: Request) -> HTTPResponse:
            if not _same(request.args.get("hub.verify_token", ""), self.values["verify"]):
                return refusal(403, "The verify token is not the one that was agreed on.")
            return response.text(request.args.get("hub.challenge", ""))

        async def receive(request: Request) -> HTTPResponse:
            body = await receive_body(request, MAX_BODY_BYTES)
            signature = request.headers.get("x-hub-signature-256", "")
            if not self.validate_hub_signature(self.values["secret"], body, signature):
                return refusal(403, "The signature is not Messenger's.")
            event = _json_object(body)
            if event is None:
                return refusal(400, "The body has to be a JSON object.")
            if ready_agent(request) is None:
                return refusal(503, starting_words())
            for arrival in messenger_arrivals(event):
                await self.answer(request, on_new_message, arrival)
            return response.text("success")

        blueprint = self.routes()
        blueprint.add_route(verify, "/webhook", methods=["GET"], name="verify")
        blueprint.add_route(receive, "/webhook", methods=["POST"], name="receive", stream=True)
        return blueprint

    @staticmethod
    def validate_hub_signature(
        app_secret: str, request_payload: bytes, hub_signature_header: str
    ) -> bool:
        """Say whether Messenger signed a request.

        Args:
            app_secret: The app's secret.
            request_payload: The body.
            hub_signature_header: The header X-Hub-Signature-256; the older SHA-1 is refused.
        """
        digest = hmac.new(app_secret.encode(), request_payload, hashlib.sha256).hexdigest()
        return _same(hub_signature_header, f"sha256={digest}")

    def get_output_channel(self) -> OutputChannel:
        """Return what sends the replies."""
        return MessengerReplies(self.values["page_access_token"], self.values["secret"])


_TELEGRAM_UPDATES = ["message", "edited_message", "callback_query"]


def telegram_arrival(update: dict[str, Any]) -> Arrival | None:
    """Read an update of Telegram.

    Args:
        update: The update, whose sender is known to be Telegram.

    Returns:
        The message in it; None for a group's and for anything else that is no message.
    """
    tapped = update.get("callback_query")
    written = update.get("message") or update.get("edited_message")
    try:
        if tapped:
            chat, text = tapped["message"]["chat"], tapped.get("data") or ""
            writer = tapped.get("from") or {}
        elif written:
            chat, text = written["chat"], written.get("text") or written.get("caption") or ""
            writer = written.get("from") or {}
        else:
            return None
        if chat["type"] != "private":
            return None
        # Telegram's own button for a new chat sends /start.
        text = "hello" if text.split(" ")[0] == "/start" else text
        return Arrival(str(update["update_id"]), str(chat["id"]), text, writer.get("language_code"))
    except (KeyError, TypeError, AttributeError):
        return None


def messenger_arrivals(event: dict[str, Any]) -> Iterator[Arrival]:
    """Read an event of Messenger, which may hold several messages.

    Args:
        event: The event, whose sender is known to be Messenger.

    Yields:
        The messages of people; not the page's own echoes and not receipts.
    """
    for entry in event.get("entry", ()):
        for item in entry.get("messaging", ()):
            sender = str(item.get("sender", {}).get("id", ""))
            message, postback = item.get("message"), item.get("postback")
            if not sender or (message and message.get("is_echo")):
                continue
            if message:
                tapped = (message.get("quick_reply") or {}).get("payload")
                yield Arrival(str(message.get("mid")), sender, tapped or message.get("text") or "")
            elif postback:
                message_id = str(postback.get("mid") or f"{sender} {item.get('timestamp')}")
                yield Arrival(message_id, sender, postback.get("payload") or "")


def _variable_names(
    channel: str, connector: type[Connector], credentials: dict[str, Any]
) -> dict[str, str]:
    keys = (*connector.required, *connector.optional)
    wrong = sorted(set(keys) ^ set(credentials))
    if wrong:
        problem = "is missing" if wrong[0] in keys else "is not known"
        raise RasaException(f"credentials.yml, {channel}: the key {wrong[0]!r} {problem}")
    for key in keys:
        # The value stays out of the message: it may be the secret itself.
        if not _VARIABLE_NAME.fullmatch(str(credentials[key])):
            raise RasaException(
                f"credentials.yml, {channel}.{key}: expected the name of an environment variable, "
                "such as TWILIO_AUTH_TOKEN, and never a secret itself"
            )
    return {key: str(credentials[key]) for key in keys}


def _same(given: str, expected: str) -> bool:
    """Compare in a time that tells nothing about the expected words."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


async def _health(request: Request) -> HTTPResponse:
    return response.json({"status": "ok"})


async def _refuse_size(request: Request, error: PayloadTooLarge) -> HTTPResponse:
    return refusal(413, f"Send at most {MAX_BODY_BYTES} bytes.")
