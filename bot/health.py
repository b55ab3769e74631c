"""Tell whoever runs Atlas whether the process lives and whether it can answer patients.

`/livez` says that the event loop turns, whatever else is broken: a restart would not mend the
database. `/readyz` says whether messages should come here, and if not, why.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

from sanic import Request, Sanic, response
from sanic.response import HTTPResponse

from bot.channels.turns import ready_agent
from bot.stores.process_link import get_bus
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.privacy.master_key import KeyProblem
from clinic.privacy.provider import get_stores
from clinic.scheduling.port import SchedulerUnavailable

OK = "ok"
# A database that takes longer to say yes is of no use to a patient.
_DATABASE_SECONDS = 3.0
# Seconds that an answer is kept, so that whoever asks often costs the database nothing.
_KEPT = 1.0


class Readiness:
    """What has to be right before messages should come to this process."""

    def __init__(self) -> None:
        self.draining = False
        # How long connections are still taken then, for proxies that take a while to notice.
        self.warning_seconds = 0
        self._asked_at = 0.0
        self._databases: dict[str, str] = {}
        self._asking = asyncio.Lock()

    async def checks(self, model_loaded: bool) -> dict[str, str]:
        """Return what was checked, each with "ok" or what is wrong.

        Args:
            model_loaded: Whether there is a model to answer with.
        """
        return {
            "model": OK if model_loaded else "not loaded",
            **await self._ask_databases(),
            "link": OK if get_bus().is_up else "the link between the workers is down",
            "draining": "this worker takes no new messages" if self.draining else OK,
        }

    async def _ask_databases(self) -> dict[str, str]:
        async with self._asking:
            if time.monotonic() - self._asked_at > _KEPT:
                try:
                    async with asyncio.timeout(_DATABASE_SECONDS):
                        self._databases = await asyncio.to_thread(_look)
                except TimeoutError:
                    self._databases = {"database": "answers too slowly"}
                self._asked_at = time.monotonic()
        return self._databases


def add_health(app: Sanic) -> Readiness:
    """Add the routes to a server.

    Args:
        app: Rasa's server.

    Returns:
        What the server's end has to set `draining` of.
    """
    readiness = Readiness()

    async def alive(request: Request) -> HTTPResponse:
        return response.json({"alive": True, "process": os.getpid()})

    async def ready(request: Request) -> HTTPResponse:
        checks = await readiness.checks(ready_agent(request) is not None)
        is_ready = set(checks.values()) == {OK}
        return response.json({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)

    async def close_when_draining(request: Request, reply: HTTPResponse) -> None:
        # A browser that keeps its connection would send the next message to a closing server.
        if readiness.draining and request.stream is not None:
            stream: Any = request.stream
            stream.keep_alive = False

    app.add_route(alive, "/livez", name="livez")
    app.add_route(ready, "/readyz", name="readyz")
    app.register_middleware(close_when_draining, "response")
    return readiness


def _look() -> dict[str, str]:
    """Reach both stores, which may be one database."""
    stores = get_stores()
    found = {"database": OK, "calendar": OK}
    try:
        stores.conversations.check()
    except (ConversationsUnavailable, KeyProblem) as error:
        found["database"] = str(error)
    try:
        if not stores.calendar.is_current():
            found["calendar"] = "its tables are older than this Atlas"
    except (SchedulerUnavailable, KeyProblem) as error:
        found["calendar"] = str(error)
    return found
