"""REST for programs on this machine: a message in, a list of replies out.

Whoever may call it may write as any sender, so that it answers over loopback only, unless
ATLAS_REST=on says that something in front of it decides who may call.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.utils.endpoints import bool_arg
from sanic import Blueprint, Request, response
from sanic.exceptions import PayloadTooLarge
from sanic.response import HTTPResponse

from bot.channels.messages import answered_before
from bot.channels.switch import SWITCHED_OFF, SwitchedChannel, refusal
from bot.channels.turns import (
    FIRST_WORD_SECONDS,
    NewMessageHandler,
    Turn,
    failure_words,
    ready_agent,
    starting_words,
)
from bot.channels.web_requests import receive_body
from clinic.settings import SettingsError

MAX_BODY_BYTES = 64 * 1024
MAX_SENDER_CHARACTERS = 256


class RestError(ValueError):
    """A body that cannot be a message; one sentence that says why."""


@dataclass(frozen=True)
class RestMessage:
    """What a program sends.

    Args:
        sender: Whose conversation it belongs to.
        text: The message; it may be empty.
        metadata: What the program wants kept with it.
        message_id: By which a second delivery is recognised; None: each is a message of its own.
    """

    sender: str
    text: str
    metadata: dict[str, Any] | None
    message_id: str | None = None


class RestOutput(CollectingOutputChannel):
    """Collects the bot's messages as Rasa's own REST channel does, and hands each on at once.

    Args:
        turn: The turn that the messages belong to.
    """

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self._turn = turn

    @classmethod
    def name(cls) -> str:
        """Return Rasa's name for it, which responses in domain.yml may refer to."""
        return CollectingOutputChannel.name()

    async def _persist_message(self, message: dict[str, Any]) -> None:
        await super()._persist_message(message)
        self._turn.add(message)


class LoopbackRestInput(SwitchedChannel, RestInput):
    """Rasa's REST channel, limited and for this machine only.

    The environment decides: ATLAS_HOST is the address that the server is bound to, and
    ATLAS_REST=on or off overrules it.

    Raises:
        SettingsError: ATLAS_REST is neither "on" nor "off".
    """

    def __init__(self) -> None:
        switch = os.environ.get("ATLAS_REST", "").strip().lower()
        if switch not in ("", "on", "off"):
            raise SettingsError(Path("environment"), "ATLAS_REST", 'expected "on" or "off"')
        host = os.environ.get("ATLAS_HOST", "").strip() or "127.0.0.1"
        self._on = switch == "on" or (switch == "" and is_loopback(host))
        self._for_everyone = switch == "on"

    @property
    def is_on(self) -> bool:
        """Whether the channel answers."""
        return self._on

    def webhooks(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes.

        Args:
            on_new_message: Rasa's handler.
        """

        async def health(request: Request) -> HTTPResponse:
            if not self._may_call(request):
                return refusal(404, SWITCHED_OFF)
            return response.json({"status": "ok"})

        async def receive(request: Request) -> HTTPResponse | None:
            if not self._may_call(request):
                return refusal(404, SWITCHED_OFF)
            return await self._receive(request, on_new_message)

        blueprint = Blueprint("atlas_rest")
        blueprint.exception(PayloadTooLarge)(_refuse_size)
        blueprint.add_route(health, "/", name="health")
        # stream: Sanic calls it before it reads the body, so that it can set its own limit.
        blueprint.add_route(receive, "/webhook", methods=["POST"], name="receive", stream=True)
        return blueprint

    def _may_call(self, request: Request) -> bool:
        # ATLAS_HOST says what Atlas's own server binds to; plain `rasa run` binds to everything.
        return self._for_everyone or _came_over_loopback(request)

    async def _receive(
        self, request: Request, on_new_message: NewMessageHandler
    ) -> HTTPResponse | None:
        try:
            message = read_message(await receive_body(request, MAX_BODY_BYTES))
        except RestError as error:
            return refusal(400, str(error))
        agent = ready_agent(request)
        if agent is None:
            return refusal(503, starting_words())
        turn = self._start(agent, on_new_message, message)
        if bool_arg(request, "stream", default=False):
            await _stream(request, turn, message)
            return None
        await turn.over()
        return response.json(turn.messages + _apology(turn, message))

    def _start(self, agent: Any, on_new_message: NewMessageHandler, message: RestMessage) -> Turn:
        turn = Turn(message.text, self.name(), FIRST_WORD_SECONDS)
        output = RestOutput(turn)
        to_rasa = UserMessage(
            message.text,
            output,
            message.sender,
            input_channel=self.name(),
            message_id=message.message_id,
            metadata=message.metadata,
        )
        if message.message_id is None:
            turn.start(on_new_message(to_rasa))
        else:
            turn.start(_answer_once(agent, on_new_message, to_rasa))
        return turn


async def _answer_once(agent: Any, on_new_message: NewMessageHandler, message: UserMessage) -> None:
    async with agent.lock_store.lock(message.sender_id):
        answer = await answered_before(agent, message.sender_id, message.message_id)
        if answer is None:
            await on_new_message(message)
            return
        for said in answer:
            await message.output_channel.send_response(message.sender_id, said)


def is_loopback(host: str) -> bool:
    """Say whether an address reaches this machine only.

    Args:
        host: An IP address, "localhost" or another name; names other than localhost count as
            reachable from elsewhere.
    """
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def read_message(body: bytes) -> RestMessage:
    """Read the body of a request.

    Args:
        body: JSON with `sender`, `message` and perhaps `message_id` and `metadata`; anything else
            is ignored.

    Raises:
        RestError: It is no JSON object, or a field is missing or of another type.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RestError("The body is no valid JSON.") from error
    if not isinstance(content, dict):
        raise RestError('The body has to be a JSON object: {"sender": "...", "message": "..."}.')
    sender, text, metadata = (content.get(key) for key in ("sender", "message", "metadata"))
    if not isinstance(sender, str) or not sender.strip():
        raise RestError('"sender" has to be a string that names the conversation.')
    if len(sender) > MAX_SENDER_CHARACTERS:
        raise RestError(f'"sender" may have at most {MAX_SENDER_CHARACTERS} characters.')
    if _whole_characters(sender) != sender:
        raise RestError('"sender" holds half a character (a lone surrogate).')
    if not isinstance(text, str):
        raise RestError('"message" has to be a string.')
    if metadata is not None and not isinstance(metadata, dict):
        raise RestError('"metadata" has to be a JSON object.')
    message_id = content.get("message_id")
    if message_id is not None and not (
        isinstance(message_id, str) and re.fullmatch(r"[\w.:-]{1,128}", message_id, re.ASCII)
    ):
        raise RestError('"message_id" may have 128 letters, digits and any of . : - _')
    return RestMessage(sender, _whole_characters(text), metadata, message_id)


def _whole_characters(text: str) -> str:
    """Replace lone surrogates, which no database and no reply can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _came_over_loopback(request: Request) -> bool:
    own = request.conn_info.sockname
    # A Unix socket has a path for a name, or none.
    return is_loopback(str(own[0])) if isinstance(own, tuple) else True


async def _refuse_size(request: Request, error: PayloadTooLarge) -> HTTPResponse:
    return refusal(413, f"Send at most {MAX_BODY_BYTES} bytes.")


def _apology(turn: Turn, message: RestMessage) -> list[dict[str, Any]]:
    """Return what follows the bot's own messages: nothing, unless it failed."""
    if not turn.failed:
        return []
    return [{"recipient_id": message.sender, "text": failure_words()}]


async def _stream(request: Request, turn: Turn, message: RestMessage) -> None:
    """Send every message as a line of JSON as soon as the bot says it."""
    reply = await request.respond(content_type="text/event-stream")
    async for said in turn.read():
        await reply.send(json.dumps(said) + "\n")
    for said in _apology(turn, message):
        await reply.send(json.dumps(said) + "\n")
    await reply.eof()
