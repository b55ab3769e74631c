"""Let a channel be there and yet be off, and say at start which ones are on."""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Request, Sanic, response
from sanic.constants import HTTP_METHODS
from sanic.response import HTTPResponse

from bot.channels.turns import NewMessageHandler

logger = logging.getLogger(__name__)

SWITCHED_OFF = "This channel is switched off."


class SwitchedChannel(InputChannel):
    """A channel that credentials.yml always names and that the environment switches on.

    It stands before Rasa's own channel among the bases, and takes over `blueprint`.
    """

    @property
    def is_on(self) -> bool:
        """Whether the channel answers."""
        raise NotImplementedError

    @property
    def why_off(self) -> str:
        """What an operator may have forgotten, for the log; empty when nothing is amiss."""
        return ""

    def webhooks(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes of the channel when it is on.

        Args:
            on_new_message: Rasa's handler, which takes the conversation's lock and answers.
        """
        raise NotImplementedError

    def blueprint(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes: the channel's own, or a refusal of every path.

        Args:
            on_new_message: Rasa's handler.
        """
        blueprint = self.webhooks(on_new_message) if self.is_on else _closed(self.name())
        blueprint.listener(_announce, "after_server_start")
        return blueprint


def refusal(status: int, message: str) -> HTTPResponse:
    """Return an error as JSON.

    Args:
        status: The HTTP status.
        message: One sentence that says what is wrong.
    """
    return response.json({"error": message}, status=status)


def _closed(channel: str) -> Blueprint:
    blueprint = Blueprint(f"{channel}_off")

    async def closed(request: Request, path: str = "") -> HTTPResponse:
        return refusal(404, SWITCHED_OFF)

    for uri, name in (("/", "root"), ("/<path:path>", "path")):
        # stream: Sanic then leaves the body alone, however large it is.
        blueprint.add_route(closed, uri, methods=HTTP_METHODS, name=name, stream=True)
    return blueprint


async def _announce(app: Sanic, loop: Any) -> None:
    """Log once, for all channels together, which are on; every switched channel asks for it."""
    if getattr(app.ctx, "channels_announced", False):
        return
    app.ctx.channels_announced = True
    on, off = [], []
    for channel in app.ctx.input_channels:
        if not isinstance(channel, SwitchedChannel) or channel.is_on:
            on.append(channel.name())
        else:
            reason = f" ({channel.why_off})" if channel.why_off else ""
            off.append(channel.name() + reason)
    logger.info("Channels on: %s; off: %s", ", ".join(on) or "none", ", ".join(off) or "none")
