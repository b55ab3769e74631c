"""Run Rasa's server on a socket, and end it without dropping a message.

On the first SIGTERM `/readyz` says no, no more connections are taken, the messages that are being
answered are answered, and the pages that listen are sent to another worker. A second SIGTERM ends
the process at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import rasa.core.run
import rasa.utils.common
import uvloop
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic
from sanic.server.async_server import AsyncioServer
from sanic.server.runners import serve as sanic_serve

from bot.action_server import remote_endpoint
from bot.channels.turns import running_turns
from bot.edges import guard
from bot.health import Readiness, add_health
from bot.in_process_actions import InProcessActionEndpoint
from bot.shared_listening import SharedServer, SharingLoop
from bot.staff.routes import add_staff_pages
from clinic.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

# How many connections may wait until they are taken.
_BACKLOG = 1024
# Seconds within which a message must be answered after the server was asked to end.
DRAIN_SECONDS = 25
# Seconds that a closed connection may take to empty.
_CLOSING_SECONDS = 5
_ON_ITS_WAY_SECONDS = 0.2
_LOOK_AGAIN = 0.05
# Threads that wait for the database.
_THREADS = 16
_DELAY, _MOST_DELAY = "ATLAS_DRAIN_DELAY", 300


class ModelNotLoaded(Exception):  # noqa: N818 - named for what happened
    """The model is there and cannot be used; the log says why."""


def make_app(
    settings: Settings, model: Path, attach: Callable[[Sanic], None]
) -> tuple[Sanic, Readiness]:
    """Return Rasa's server with Atlas's channels, guards and in-process actions.

    Args:
        settings: API token and folders.
        model: What it loads when it starts.
        attach: Adds to the server what watches it.

    Raises:
        SettingsError: A variable of the environment cannot be right.
    """
    endpoints = AvailableEndpoints.read_endpoints(str(settings.root / "endpoints.yml"))
    endpoints.action = remote_endpoint() or InProcessActionEndpoint()
    channels = rasa.core.run.create_http_input_channels(
        None, str(settings.root / "credentials.yml")
    )
    app = rasa.core.run.configure_app(
        channels,
        auth_token=settings.api_token or None,
        enable_api=bool(settings.api_token),
        port=settings.port,
        endpoints=endpoints,
    )
    readiness = add_health(app)
    readiness.warning_seconds = seconds_of_warning()
    guard(app, settings.api_token)
    add_staff_pages(app, settings)
    app.register_listener(_attaching(attach), "before_server_start")
    load = partial(rasa.core.run.load_agent_on_start, str(model), endpoints, None)
    app.register_listener(load, "before_server_start")
    app.register_listener(_check_model, "before_server_start")
    app.register_listener(_start_purging, "after_server_start")
    app.register_listener(_stop_purging, "before_server_stop")
    app.register_listener(rasa.core.run.close_resources, "after_server_stop")
    return app, readiness


def run(
    app: Sanic,
    readiness: Readiness,
    listening: socket.socket,
    ready: Callable[[], None],
    watch: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """Serve until the process is told to end.

    Args:
        app: From `make_app`.
        readiness: Likewise.
        listening: Where connections come in.
        ready: Called when messages may come.
        watch: Gets what ends the server in good order, for whoever wants to end it.
    """
    rasa.utils.common.update_sanic_log_level()
    # Who is watched is one of several workers.
    loop_factory = uvloop.new_event_loop if watch is None else SharingLoop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(_serve(app, readiness, listening, ready, watch))


async def _serve(
    app: Sanic,
    readiness: Readiness,
    listening: socket.socket,
    ready: Callable[[], None],
    watch: Callable[[Callable[[], None]], None] | None,
) -> None:
    app.is_running = True  # for whatever asks the application for its loop
    app.config.ACCESS_LOG = False
    loop = asyncio.get_running_loop()
    # Python's own number follows the cores: on few, a slow database would soon have taken all.
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="worker"))
    # Not app.create_server: it would take connections before the model is loaded.
    server: AsyncioServer = sanic_serve(
        host=None, port=None, app=app, sock=listening, loop=loop, backlog=_BACKLOG, run_async=True
    )
    await server.startup()
    await server.before_start()
    server.server = await server.serve_coro
    if isinstance(server.server, SharedServer):
        server.server.connections = server.connections
    await server.after_start()
    told = asyncio.Event()
    end = partial(_told_to_end, told)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    if watch is not None:
        watch(end)
    ready()
    await told.wait()
    await _drain(app, readiness, server)


def _told_to_end(told: asyncio.Event) -> None:
    if told.is_set():
        os._exit(1)
    told.set()


async def _drain(app: Sanic, readiness: Readiness, server: AsyncioServer) -> None:
    readiness.draining = True
    await asyncio.sleep(readiness.warning_seconds)
    server.close()
    # What was on its way when the port was closed still has to be read.
    await asyncio.sleep(_ON_ITS_WAY_SECONDS)
    if not await _until(lambda: running_turns() == 0, DRAIN_SECONDS):
        logger.error("%d messages were not answered in time.", running_turns())
    audience = getattr(app.ctx, "audience", None)  # without the web channel there is none
    if audience is not None:
        audience.send_away()

    def closed() -> bool:
        for connection in tuple(server.connections):
            connection.close_if_idle()
        return not server.connections

    await _until(closed, _CLOSING_SECONDS)
    await server.before_stop()
    await server.after_stop()


async def _until(done: Callable[[], bool], seconds: float) -> bool:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not done():
        if loop.time() > deadline:
            return False
        await asyncio.sleep(_LOOK_AGAIN)
    return True


def seconds_of_warning() -> int:
    """Return how long connections are still taken while `/readyz` says no: ATLAS_DRAIN_DELAY.

    Raises:
        SettingsError: It is no such number.
    """
    value = os.environ.get(_DELAY, "").strip() or "0"
    if not value.isascii() or not value.isdigit() or int(value) > _MOST_DELAY:
        message = f"expected whole seconds from 0 to {_MOST_DELAY}"
        raise SettingsError(Path("environment"), _DELAY, message)
    return int(value)


def _attaching(attach: Callable[[Sanic], None]) -> Callable[[Sanic, Any], Awaitable[None]]:
    async def listen(app: Sanic, _loop: Any) -> None:
        attach(app)

    return listen


async def _check_model(app: Sanic, _loop: Any) -> None:
    if not app.ctx.agent.is_ready():
        raise ModelNotLoaded


async def _start_purging(app: Sanic, _loop: Any) -> None:
    from bot.privacy_service import keep_purging

    app.ctx.purging = asyncio.create_task(keep_purging(app.ctx.agent))


async def _stop_purging(app: Sanic, _loop: Any) -> None:
    app.ctx.purging.cancel()
