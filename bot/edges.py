"""Guard every route of the server: the HTTP API's token, what it may do, headers, the audit log."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from typing import Any

from sanic import Request, Sanic, response
from sanic.response import HTTPResponse

from clinic.privacy.access import note_access

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
# Rasa's API would fetch, unpack and run any archive that it is told to (CVE-2024-49375), and train
# on any data; a model comes from the models folder only.
_SHUT = (
    ("PUT", "/model"),
    ("DELETE", "/model"),
    ("POST", "/model/train"),
    ("POST", "/model/test/stories"),
    ("POST", "/model/test/intents"),
)


def guard(app: Sanic, api_token: str) -> None:
    """Put the guards in front of a server's routes.

    Args:
        app: Rasa's server.
        api_token: The token of the HTTP API; empty where it is off.
    """
    app.register_middleware(_checked(api_token), "request")
    app.register_middleware(_watched, "response")


def _checked(api_token: str) -> Callable[[Request], Any]:
    async def check(request: Request) -> HTTPResponse | None:
        path = "/" + request.path.strip("/")
        if (request.method, path) in _SHUT:
            return _refusal(403, "Models are loaded from the models folder only.")
        if not api_token or not _is_api(path):
            return None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            if not _same(given.strip(), api_token):
                return _refusal(401, "This token is not valid.")
            # Rasa itself looks for the token in the address only.
            request.args["token"] = [api_token]
        elif not _same(request.args.get("token", ""), api_token):
            return _refusal(401, "This needs a token.")
        return None

    return check


async def _watched(request: Request, reply: HTTPResponse) -> None:
    for name, value in _HEADERS.items():
        reply.headers.setdefault(name, value)
    conversation_id = request.match_info.get("conversation_id") if request.route else None
    if conversation_id is None:
        return
    detail = {"method": request.method, "route": request.route.path, "status": reply.status}
    await asyncio.to_thread(note_access, "api", detail, conversation_id)


def _is_api(path: str) -> bool:
    return path.split("/")[1] in ("conversations", "model", "status", "domain")


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode())


def _refusal(status: int, message: str) -> HTTPResponse:
    return response.json({"error": message}, status=status)
