"""Serve Rasa, the actions and the chat page in one process."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import socket
import tarfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot.model import model_path
from bot.model_signature import SignatureProblem, check
from bot.nlu.pipeline_check import check_pipeline
from bot.watching.start import check_watching, start_watching
from bot.worker_reports import Reporter, Watch
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

# How many connections may wait until they are taken.
BACKLOG = 1024


class StartError(Exception):
    """The server cannot start; the message says why and what to do in one sentence."""


def serve(settings: Settings) -> None:
    """Serve in this process until it is stopped.

    Args:
        settings: Port, API token, folders, clinic.

    Raises:
        StartError: No usable model, or the port is taken.
        DataFileError: A data or configuration file is not usable.
        ClockSettingError: ATLAS_NOW is no moment.
    """
    host = os.environ.setdefault("ATLAS_HOST", "127.0.0.1")
    model = checked_model(settings)
    listening = listen(host, settings.port)
    run_rasa(settings, model, listening, partial(announce, host, settings.port))


def serve_as_worker(settings: Settings, listening: int, reports: int) -> None:
    """Serve on a socket that the supervisor opened, until it says so or ends.

    Args:
        settings: API token, folders, clinic.
        listening: The number of the socket's file descriptor.
        reports: Likewise of a socket to the supervisor; its end is the supervisor's end.

    Raises:
        StartError: No usable model.
        DataFileError: A data or configuration file is not usable.
        ClockSettingError: ATLAS_NOW is no moment.
    """
    os.environ.setdefault("ATLAS_HOST", "127.0.0.1")
    reporter = Reporter(socket.socket(fileno=reports))
    model = checked_model(settings)
    taken = socket.socket(fileno=listening)
    run_rasa(settings, model, taken, reporter.ready, reporter.watch)


def checked_model(settings: Settings) -> Path:
    """Check everything that a start needs, and return the model to load.

    Raises:
        StartError: No usable model.
        DataFileError: A data or configuration file is not usable.
        ClockSettingError: ATLAS_NOW is no moment.
    """
    # What the start makes, stays: looking for garbage in it would take a tenth of the start.
    gc.disable()
    check_pipeline(settings.root / "config.yml")
    clock.now()  # a nonsensical ATLAS_NOW must show now, not in the middle of a conversation
    get_clinical_data()
    get_knowledge()
    get_languages()
    check_sealed_data(settings)
    model = usable_model(settings.root)
    check_signature(model, settings.var)
    check_watching()
    return model


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
        StartError: There is none.
    """
    model = model_path(root)
    if not model.is_file():
        raise StartError("There is no model for the present data and code: run `make train`.")
    return model


def check_whole(model: Path) -> None:
    """Read through a model's archive.

    Raises:
        StartError: It is broken.
    """
    try:
        with tarfile.open(model) as archive:
            names = archive.getnames()
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise _broken(model) from error
    if not any(name.endswith("metadata.json") for name in names):
        raise _broken(model)


def _broken(model: Path) -> StartError:
    return StartError(
        f"The model {model.name} is broken and cannot be loaded: delete it and run `make train`."
    )


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


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections.

    Raises:
        StartError: The port is taken, or the host is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise StartError(
            f"Port {port} on {host} cannot be used ({error.strerror}): "
            "stop what uses it, or choose another with PORT=5006 make run."
        ) from error
    return listening


def announce(host: str, port: int) -> None:
    """Say that messages may come."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    print(f"Atlas is ready. The chat page is http://{shown}:{port}/chat", flush=True)


def run_rasa(
    settings: Settings,
    model: Path,
    listening: socket.socket,
    ready: Callable[[], None],
    watch: Watch | None = None,
) -> None:
    """Start Rasa's server with in-process actions and Atlas's channels.

    Raises:
        StartError: The model cannot be loaded.
    """
    # Rasa takes seconds to import, and is not needed to refuse a wrong setting.
    from bot.rasa_shortcuts import shorten_rasa
    from bot.rasa_start import shorten_start
    from bot.serving import ModelNotLoaded, make_app, run

    shorten_rasa()
    shorten_start()

    def settled() -> None:
        # Model and rules stay for good: without this every full garbage collection walks
        # through them and holds one conversation up for a tenth of a second.
        gc.collect()
        gc.freeze()
        gc.enable()
        _give_back_memory()
        ready()

    attach = start_watching(settings, model.name)
    app, readiness = make_app(settings, model, attach)
    try:
        run(app, readiness, listening, settled, watch)
    except ModelNotLoaded as error:
        raise _broken(model) from error


def _give_back_memory() -> None:
    """Return to the system what reading data and model left free; glibc keeps it otherwise."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)
