"""Read and check what a browser sends."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, Extra, StrictBool, StrictStr, ValidationError, constr, validator
from sanic import Request, response
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.response import HTTPResponse

from bot.channels.turns import failure_words
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.scheduling.port import SchedulerUnavailable
from clinic.settings import SettingsError

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 16 * 1024
MAX_TEXT_CHARACTERS = 4000
_READ_TO_THE_END = 2 * 1024 * 1024

# Control characters have no place in a message, and PostgreSQL cannot store a NUL.
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class ChatError(SanicException):
    """A request that is refused, told to the browser as JSON.

    Args:
        status: The HTTP status.
        code: A short name that programs can compare.
        message: One sentence for a person.
        headers: Further response headers.
    """

    def __init__(
        self, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message, status_code=status, quiet=True)
        self.code = code
        self.headers = headers or {}


class MessageBody(BaseModel, extra=Extra.forbid):
    """What the browser sends with a message."""

    id: UUID
    text: StrictStr

    @validator("text")
    @classmethod
    def _clean(cls, value: str) -> str:
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError("holds half a character (a lone surrogate)") from error
        value = _CONTROL_CHARACTERS.sub(" ", value.replace("\r\n", "\n")).strip()
        if not 1 <= len(value) <= MAX_TEXT_CHARACTERS:
            raise ValueError(f"expected 1 to {MAX_TEXT_CHARACTERS} characters")
        return value


class FeedbackBody(BaseModel, extra=Extra.forbid):
    """What a visitor thinks of an outcome; there is no room for words of theirs."""

    message: constr(strict=True, min_length=1, max_length=80)  # type: ignore[valid-type]
    helpful: StrictBool
    reason: Literal["unclear", "off_topic", "not_my_case", "wrong", "other"] | None = None


class EmptyBody(BaseModel, extra=Extra.forbid):
    """What the browser sends where there is nothing to say."""


def allowed_origins(value: str) -> frozenset[str]:
    """Read ATLAS_ALLOWED_ORIGINS.

    Args:
        value: Origins such as https://chat.example.org, separated by commas.

    Raises:
        SettingsError: One of them is no origin.
    """
    origins = frozenset(
        part.strip().lower().rstrip("/") for part in value.split(",") if part.strip()
    )
    for origin in origins:
        if not re.fullmatch(r"https?://[^/?#\s]+", origin):
            raise SettingsError(
                Path("environment"),
                "ATLAS_ALLOWED_ORIGINS",
                f"{origin!r} is no origin; expected such as https://chat.example.org",
            )
    return origins


async def refuse(request: Request, error: ChatError) -> HTTPResponse:
    """Tell the browser why its request is refused."""
    body = {"error": error.code, "message": str(error)}
    return response.json(body, status=error.status_code, headers=error.headers)


async def refuse_size(request: Request, error: PayloadTooLarge) -> HTTPResponse:
    """Tell the browser that its request is too large."""
    message = f"Send at most {MAX_BODY_BYTES} bytes."
    return await refuse(request, ChatError(413, "too_large", message))


async def refuse_without_database(
    request: Request, error: ConversationsUnavailable | SchedulerUnavailable
) -> HTTPResponse:
    """Tell the browser that what was said cannot be read or written now."""
    logger.error("The web chat has no database: %s", error)
    problem = ChatError(503, "unavailable", failure_words(), {"Retry-After": "5"})
    return await refuse(request, problem)


def check_origin(request: Request, allowed: frozenset[str]) -> None:
    """Refuse a browser that acts for another site.

    Schemes are not compared: behind a proxy that ends TLS this server sees plain HTTP.

    Args:
        request: The request.
        allowed: Origins that may use the chat besides the page's own.

    Raises:
        ChatError: It is another site's.
    """
    origin = request.headers.get("origin", "").lower()
    if not origin or origin in allowed:
        return
    own = re.sub(r":(80|443)$", "", request.host.lower())
    if re.sub(r":(80|443)$", "", urlsplit(origin).netloc) != own or origin == "null":
        raise ChatError(403, "wrong_origin", "This chat answers only to its own page.")


async def receive_body(request: Request, most: int) -> bytes:
    """Receive a request's body in a streaming handler.

    Args:
        request: The request.
        most: How many bytes it may have.

    Raises:
        PayloadTooLarge: It has more.
    """
    # What is too large is read to its end all the same, up to a limit: hung up on in the middle,
    # a browser would see a broken connection instead of the reason.
    request.stream.request_max_size = max(most, _READ_TO_THE_END)
    if int(request.headers.get("content-length") or 0) > request.stream.request_max_size:
        raise PayloadTooLarge(f"Send at most {most} bytes.")
    size, parts = 0, []
    while (part := await request.stream.read()) is not None:
        size += len(part)
        if size <= most:
            parts.append(part)
    if size > most:
        raise PayloadTooLarge(f"Send at most {most} bytes.")
    request.body = b"".join(parts)
    return bytes(request.body)


async def read_body(request: Request, model: type[Any], may_be_missing: bool = False) -> Any:
    """Receive a JSON body and check it.

    Args:
        request: The request, in a streaming handler.
        model: The pydantic class that the body has to fit.
        may_be_missing: Whether no body at all counts as an empty object.

    Returns:
        An instance of the class.

    Raises:
        ChatError: The body has another shape.
        PayloadTooLarge: It has more than MAX_BODY_BYTES.
    """
    await receive_body(request, MAX_BODY_BYTES)
    if not request.body and may_be_missing:
        return model()
    content_type = request.headers.get("content-type", "").lower().replace(" ", "")
    if content_type not in ("application/json", "application/json;charset=utf-8"):
        raise ChatError(415, "not_json", "Send JSON with Content-Type: application/json.")
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ChatError(400, "bad_request", "The body is no valid JSON.") from error
    if not isinstance(content, dict):
        raise ChatError(400, "bad_request", "The body has to be a JSON object.")
    try:
        return model.parse_obj(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(step) for step in first["loc"])
        raise ChatError(400, "bad_request", f"{field}: {first['msg']}") from error


def preferred_language(request: Request) -> str | None:
    """Return the language that a visitor's browser puts first, such as "es-MX"."""
    first = request.headers.get("accept-language", "").split(",")[0].partition(";")[0].strip()
    return first if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", first) else None


def address(request: Request) -> str:
    """Return the address that a request comes from."""
    # remote_addr is set only when the operator told Sanic which proxies to trust.
    return str(request.remote_addr or request.ip)
