"""The web chat: the pages at /chat and /demo and the small HTTP interface behind them.

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
from sanic import Blueprint, Request, response
from sanic.exceptions import PayloadTooLarge
from sanic.response import HTTPResponse

from bot.channels.ended_chats import EndedChats, EndedFolder, EndedTable
from bot.channels.messages import transcript
from bot.channels.session_tokens import SessionTokens, secret_key
from bot.channels.turns import NewMessageHandler
from bot.channels.web_api import CHANNEL, ChatApi
from bot.channels.web_events import Audience, PushOutput
from bot.channels.web_feedback import FeedbackBook
from bot.channels.web_limits import Limits, Rate, TokenBuckets
from bot.channels.web_requests import (
    ChatError,
    allowed_origins,
    refuse,
    refuse_size,
    refuse_without_database,
)
from bot.channels.web_site import ChatSite, render_page
from bot.stores.process_link import get_bus, get_link
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.privacy.provider import get_stores
from clinic.scheduling.port import SchedulerUnavailable
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

_PREFLIGHT_SECONDS = 600
_WRITTEN = ("session", "messages", "feedback", "delete", "end")


class WebInput(InputChannel):
    """The channel behind /chat; credentials.yml names it as `bot.channels.web.WebInput`.

    Args:
        limits: How much one visitor and one address may do.
        var: The folder for the key and the ended sessions; the settings' own when None.
    """

    def __init__(self, limits: Limits | None = None, var: Path | None = None) -> None:
        self._limits = limits or Limits()
        self._var = var
        self._bus = get_bus()
        self._audience = Audience(self._bus)

    @classmethod
    def name(cls) -> str:
        """Return the channel's name."""
        return CHANNEL

    def url_prefix(self) -> str:
        """Return where the channel is mounted; the leading slash lifts it out of /webhooks."""
        return "/"

    def get_output_channel(self) -> PushOutput:
        """Return what says something outside a turn: reminders, the HTTP API."""
        return PushOutput(self._audience)

    def blueprint(self, on_new_message: NewMessageHandler) -> Blueprint:
        """Define the routes.

        Args:
            on_new_message: Rasa's handler, which takes the conversation's lock and answers.

        Raises:
            SettingsError: A setting or the environment cannot be right.
        """
        settings = get_settings()
        origins = allowed_origins(os.environ.get("ATLAS_ALLOWED_ORIGINS", ""))
        var = self._var or settings.var
        site = ChatSite(settings.clinic, settings.root / "widget")
        api = ChatApi(
            tokens=SessionTokens(secret_key(var), self._ended_chats(var)),
            origins=origins,
            limits=self._limits,
            on_new_message=on_new_message,
            audience=self._audience,
            feedback=FeedbackBook(var / "feedback.jsonl", self._bus),
            bus=self._bus,
        )
        blueprint = Blueprint("atlas_web_chat")
        blueprint.listener(self._start_listening(), "before_server_start")
        blueprint.middleware(_headers(origins), "response")
        blueprint.exception(ChatError)(refuse)
        blueprint.exception(PayloadTooLarge)(refuse_size)
        blueprint.exception(ConversationsUnavailable)(refuse_without_database)
        blueprint.exception(SchedulerUnavailable)(refuse_without_database)
        for name, path, read in (
            ("demo", "/demo", site.demo),
            ("page", "/chat", site.page),
            ("asset", "/chat/<name:str>", site.asset),
            ("picture", "/chat/pictures/<name:str>", site.picture),
            ("history", "/chat/history", api.history),
            ("copy", "/chat/copy", api.copy),
            ("events", "/chat/events", api.events),
        ):
            blueprint.add_route(_function(read), path, name=name)
        for name in _WRITTEN:
            write = getattr(api, name)
            # stream: Sanic calls it before it reads the body, so that it can set its own limit.
            blueprint.add_route(
                _function(write), f"/chat/{name}", methods=["POST"], name=name, stream=True
            )
        for name in ("history", "copy", "events", *_WRITTEN):
            blueprint.add_route(
                _preflight, f"/chat/{name}", methods=["OPTIONS"], name=f"{name}_preflight"
            )
        return blueprint

    def _ended_chats(self, var: Path) -> EndedChats:
        if get_link() is None:
            return EndedFolder(var / "ended_sessions")
        return EndedTable(get_stores().conversations, self._bus)

    def _start_listening(self) -> Callable[..., Awaitable[None]]:
        # A function: Sanic passes over any other callable without a word.
        async def start(app: Any, _loop: Any) -> None:
            app.ctx.audience = self._audience
            await self._bus.start()

        return start


def _function(handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Wrap a method in a function, because Sanic sets attributes on its handlers."""

    async def handle(request: Request, **parts: str) -> Any:
        return await handler(request, **parts)

    return handle


async def _preflight(request: Request) -> HTTPResponse:
    """Answer a browser that asks whether another site may use the chat."""
    return response.empty(
        headers={
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
        }
    )


def _headers(origins: frozenset[str]) -> Callable[..., Awaitable[None]]:
    """Return what adds the headers that every answer carries.

    Args:
        origins: The sites that may use the chat: show its page in a frame, and read its answers.
    """
    frames = " ".join(["'self'", *sorted(origins)])
    security = {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; "
            "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; "
            f"frame-ancestors {frames}; base-uri 'none'; form-action 'self'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=()",
    }

    # A function: Sanic passes over any other callable without a word.
    async def add(request: Request, reply: HTTPResponse) -> None:
        reply.headers.update(security)
        reply.headers.setdefault("Cache-Control", "no-store")
        origin = request.headers.get("origin", "").lower()
        if origin in origins and "Access-Control-Allow-Origin" not in reply.headers:
            reply.headers["Access-Control-Allow-Origin"] = origin
            reply.headers["Vary"] = "Origin"

    return add
