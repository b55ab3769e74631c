"""The web chat: the page at /chat and the small HTTP interface behind it.

docs/web_chat.md describes the interface. What a visitor may rely on: a message is handled once
however often it is sent, replies arrive as they are said, and only the holder of the session's
token can write to a conversation or read it.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Request
from sanic.exceptions import PayloadTooLarge
from sanic.response import HTTPResponse

from bot.channels.messages import transcript
from bot.channels.session_tokens import SessionTokens, secret_key
from bot.channels.turns import NewMessageHandler
from bot.channels.web_api import CHANNEL, ChatApi
from bot.channels.web_limits import Limits, Rate, TokenBuckets
from bot.channels.web_requests import ChatError, allowed_origins, refuse, refuse_size
from bot.channels.web_site import ChatSite, render_page
from clinic.settings import get_settings

__all__ = [
    "Limits",
    "Rate",
    "TokenBuckets",
    "WebInput",
    "allowed_origins",
    "render_page",
    "transcript",
]

_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class WebInput(InputChannel):
    """The channel behind /chat; credentials.yml names it as `bot.channels.web.WebInput`.

    Args:
        limits: How much one visitor and one address may do.
        var: The folder for the key and the ended sessions; the settings' own when None.
    """

    def __init__(self, limits: Limits | None = None, var: Path | None = None) -> None:
        self._limits = limits or Limits()
        self._var = var

    @classmethod
    def name(cls) -> str:
        """Return the channel's name."""
        return CHANNEL

    def url_prefix(self) -> str:
        """Return where the channel is mounted; the leading slash lifts it out of /webhooks."""
        return "/chat"

    def blueprint(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes.

        Args:
            on_new_message: Rasa's handler, which takes the conversation's lock and answers.

        Raises:
            SettingsError: A setting or the environment cannot be right.
        """
        settings = get_settings()
        var = self._var or settings.var
        site = ChatSite(settings.clinic, settings.root / "widget")
        api = ChatApi(
            tokens=SessionTokens(secret_key(var), var / "ended_sessions"),
            origins=allowed_origins(os.environ.get("ATLAS_ALLOWED_ORIGINS", "")),
            limits=self._limits,
            on_new_message=on_new_message,
        )
        blueprint = Blueprint("atlas_web_chat")
        blueprint.middleware(_add_headers, "response")
        blueprint.exception(ChatError)(refuse)
        blueprint.exception(PayloadTooLarge)(refuse_size)
        blueprint.add_route(_function(site.page), "/", name="page")
        blueprint.add_route(_function(site.asset), "/<name:str>", name="asset")
        blueprint.add_route(_function(site.picture), "/pictures/<name:str>", name="picture")
        blueprint.add_route(_function(api.history), "/history", name="history")
        for name, handler in (
            ("session", api.session),
            ("messages", api.messages),
            ("end", api.end),
        ):
            # stream: Sanic calls it before it reads the body, so that it can set its own limit.
            blueprint.add_route(
                _function(handler), f"/{name}", methods=["POST"], name=name, stream=True
            )
        return blueprint


def _function(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Wrap a method in a function, because Sanic sets attributes on its handlers."""

    async def handle(request: Request, **parts: str) -> Any:
        return await handler(request, **parts)

    return handle


async def _add_headers(request: Request, reply: HTTPResponse) -> None:
    reply.headers.update(_SECURITY_HEADERS)
    reply.headers.setdefault("Cache-Control", "no-store")
