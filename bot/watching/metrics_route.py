"""`/metrics` for Prometheus, for holders of ATLAS_METRICS_TOKEN only.

There is no way to open it without a token: behind a proxy on the same machine every visitor comes
from loopback, so that an exception for loopback would one day be public.
"""

from __future__ import annotations

import asyncio
import hmac
import os
from collections.abc import Callable
from pathlib import Path

from sanic import Request, Sanic, response
from sanic.response import HTTPResponse

from clinic.settings import SettingsError

TOKEN = "ATLAS_METRICS_TOKEN"
_SHORTEST = 32
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_token() -> str:
    """Return the token that opens `/metrics`; empty: metrics are off.

    Raises:
        SettingsError: It is too short.
    """
    token = os.environ.get(TOKEN, "").strip()
    if token and len(token) < _SHORTEST:
        message = f"expected {_SHORTEST} characters or more"
        raise SettingsError(Path("environment"), TOKEN, message)
    return token


def add_metrics_route(app: Sanic, token: str, figures: Callable[[], bytes]) -> None:
    """Add the route to a server.

    Args:
        app: Rasa's server.
        token: What a caller has to know.
        figures: Returns what Prometheus reads; runs in a thread.
    """
    wanted = f"Bearer {token}".encode()

    async def show(request: Request) -> HTTPResponse:
        given = request.headers.get("authorization", "").encode(errors="replace")
        if not hmac.compare_digest(given, wanted):
            return response.json({"error": "This needs the metrics token."}, status=401)
        body = await asyncio.to_thread(figures)
        return response.raw(body, content_type=_CONTENT_TYPE)

    if app.router.finalized:
        app.router.reset()
    app.add_route(show, "/metrics", name="metrics")
    app.router.finalize()
