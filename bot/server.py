"""Serve Rasa, the actions and the chat page in one process."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.model import model_path
from bot.model_signature import SignatureProblem, check
from bot.nlu.pipeline_check import check_pipeline
from bot.watching.start import check_watching, start_watching
from clinic import clock
from clinic.clinical import get_clinical_data
from clinic.knowledge.base import get_knowledge
from clinic.language.languages import get_languages
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.privacy.keys import check_keys
from clinic.privacy.master_key import KeyProblem
from clinic.scheduling.port import SchedulerUnavailable
from clinic.settings import Settings

logger = logging.getLogger(__name__)


class StartError(Exception):
    """The server cannot start; the message says why and what to do in one sentence."""


def serve(settings: Settings) -> None:
    """Serve until the process is stopped.

    Args:
        settings: Port, API token, folders, clinic.

    Raises:
        StartError: No usable model, or the port is taken.
        DataFileError: A data or configuration file is not usable.
        ClockSettingError: ATLAS_NOW is no moment.
    """
    host = os.environ.setdefault("ATLAS_HOST", "127.0.0.1")
    check_pipeline(settings.root / "config.yml")
    clock.now()  # a nonsensical ATLAS_NOW must show now, not in the middle of a conversation
    get_clinical_data()
    get_knowledge()
    get_languages()
    check_sealed_data(settings)
    model = usable_model(settings.root)
    check_signature(model, settings.var)
    check_watching()
    check_port(host, settings.port)
    run_rasa(settings, host, model)


def check_sealed_data(settings: Settings) -> None:
    """Check that the master key opens what is stored.

    A database that cannot be reached now is no reason not to start.

    Raises:
        StartError: The master key is missing, malformed or another one.
    """
    try:
        check_keys(settings)
    except KeyProblem as error:
        raise StartError(str(error)) from error
    except (SchedulerUnavailable, ConversationsUnavailable) as error:
        logger.warning("%s", error)


def usable_model(root: Path) -> Path:
    """Return the model for the present data and code.

    Raises:
        StartError: There is none, or it is broken.
    """
    model = model_path(root)
    if not model.is_file():
        raise StartError("There is no model for the present data and code: run `make train`.")
    try:
        with tarfile.open(model) as archive:
            names = archive.getnames()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise StartError(
            f"The model {model.name} is broken: delete it and run `make train`."
        ) from error
    if not any(name.endswith("metadata.json") for name in names):
        raise StartError(f"The model {model.name} is incomplete: delete it and run `make train`.")
    return model


def check_signature(model: Path, var: Path) -> None:
    """Check that the model is the one that was trained.

    Args:
        model: The archive.
        var: Where the public key is by default.

    Raises:
        StartError: It was changed, or is not signed where it has to be.
    """
    try:
        check(model, var)
    except SignatureProblem as error:
        raise StartError(str(error)) from error


def check_port(host: str, port: int) -> None:
    """Check that the port is free.

    Raises:
        StartError: It is not, or the host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartError(
                f"Port {port} on {host} cannot be used ({error.strerror}): "
                "stop what uses it, or choose another with PORT=5006 make run."
            ) from error


def run_rasa(settings: Settings, host: str, model: Path) -> None:
    """Start Rasa's server with in-process actions and Atlas's channels."""
    import rasa.core.run
    from rasa.core.utils import AvailableEndpoints

    from bot.action_server import remote_endpoint
    from bot.in_process_actions import InProcessActionEndpoint

    endpoints = AvailableEndpoints.read_endpoints(str(settings.root / "endpoints.yml"))
    endpoints.action = remote_endpoint() or InProcessActionEndpoint()
    rasa.core.run.serve_application(
        model_path=str(model),
        interface=host,
        port=settings.port,
        credentials=str(settings.root / "credentials.yml"),
        auth_token=settings.api_token or None,
        enable_api=bool(settings.api_token),
        endpoints=endpoints,
        server_listeners=[
            (_guarder(settings.api_token), "before_server_start"),
            (_watcher(start_watching(settings, model.name)), "before_server_start"),
            (_announcer(host, settings.port), "after_server_start"),
            (_start_purging, "after_server_start"),
            (_stop_purging, "before_server_stop"),
        ],
    )


def _guarder(api_token: str) -> Any:
    from bot.edges import guard

    async def put_guards(app: Any, _loop: Any) -> None:
        guard(app, api_token)

    return put_guards


def _watcher(attach: Callable[[Any], None]) -> Any:
    async def watch(app: Any, _loop: Any) -> None:
        attach(app)

    return watch


def _announcer(host: str, port: int) -> Any:
    async def announce(_app: Any, _loop: Any) -> None:
        # Model and rules stay for good: without this every full garbage collection walks
        # through them and holds one conversation up for a tenth of a second.
        gc.collect()
        gc.freeze()
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        print(f"Atlas is ready. The chat page is http://{shown}:{port}/chat", flush=True)

    return announce


async def _start_purging(app: Any, _loop: Any) -> None:
    from bot.privacy_service import keep_purging

    app.ctx.purging = asyncio.create_task(keep_purging(app.ctx.agent))


async def _stop_purging(app: Any, _loop: Any) -> None:
    app.ctx.purging.cancel()
