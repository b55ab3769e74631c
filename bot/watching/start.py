"""Switch on what the environment asks for: metrics, traces, structured logs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from bot.channels.session_tokens import secret_key
from bot.watching.conversation_key import ConversationKey
from bot.watching.json_logs import TurnLog, log_in_json, wants_json
from bot.watching.metrics_route import add_metrics_route, metrics_token
from bot.watching.stages import Watcher, add_watcher
from clinic.settings import Settings, SettingsError

_COLLECTORS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
# prometheus_client reads it when it is imported: all processes of an Atlas write there.
_FIGURES = "PROMETHEUS_MULTIPROC_DIR"


def check_watching() -> None:
    """Check what the environment asks for, before the server starts.

    Raises:
        SettingsError: A variable cannot be right.
    """
    metrics_token()
    wants_json()
    wants_traces()


def wants_traces() -> bool:
    """Return whether spans are wanted.

    Raises:
        SettingsError: The collector's address is none.
    """
    for name in _COLLECTORS:
        address = os.environ.get(name, "").strip()
        if address and not address.startswith(("http://", "https://")):
            message = "expected an address such as http://127.0.0.1:4318"
            raise SettingsError(Path("environment"), name, message)
        if address:
            return True
    return False


def start_watching(settings: Settings, model: str) -> Callable[[Any], None]:
    """Watch this process, as far as the environment asks for it.

    Called before the server's application is made, which takes hold of the methods that are
    watched.

    Args:
        settings: Folders.
        model: The name of the model.

    Returns:
        What has to be called with the application, before it starts.

    Raises:
        SettingsError: A variable cannot be right.
    """
    key = ConversationKey(secret_key(settings.var))
    token, in_json = metrics_token(), wants_json()
    figures = _count(settings.var, model) if token else None
    if in_json:
        _watch(TurnLog())
    if wants_traces():
        from bot.watching.traces import Traces

        _watch(Traces(key))

    def attach(app: Any) -> None:
        if in_json:
            log_in_json(key)  # now, since making an application sets up handlers of its own
        if figures is not None:
            add_metrics_route(app, token, figures)

    return attach


def share_figures(environment: MutableMapping[str, str]) -> Path | None:
    """Let several processes add up their figures, in a folder that is made for them.

    Args:
        environment: What the processes will get; changed.

    Returns:
        The folder, which is the caller's to remove; None: there are no metrics.

    Raises:
        SettingsError: The token cannot be right.
    """
    if not metrics_token():
        return None
    folder = Path(tempfile.mkdtemp(prefix="atlas-metrics-"))
    environment[_FIGURES] = str(folder)
    return folder


def forget_process(folder: Path | None, process: int) -> None:
    """Take what a process was doing when it ended out of the figures; its counts stay.

    Args:
        folder: From `share_figures`.
        process: Its id.
    """
    if folder is not None:
        for file in folder.glob(f"gauge_live*_{process}.db"):
            file.unlink(missing_ok=True)


def forget_figures(folder: Path | None) -> None:
    """Remove the folder of `share_figures`."""
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _watch(watcher: Watcher) -> None:
    # Imported here, as every watcher is: who does not watch pays neither time nor memory.
    from bot.watching.seams import put_in_place

    add_watcher(watcher)
    put_in_place()


def _count(var: Path, model: str) -> Callable[[], bytes]:
    from bot.watching.metrics import Metrics, exposition

    metrics = Metrics()
    _watch(metrics)
    shared = _FIGURES in os.environ
    return lambda: exposition(metrics, var, model, shared=shared)
