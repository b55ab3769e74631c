"""The `atlas` command: train, serve, shell, doctor, the calendar, staff, and privacy."""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import sys
import time
import warnings

# Set before Rasa is imported anywhere: nothing is reported to anybody.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

from typing import TYPE_CHECKING

from bot.unused_packages import leave_out_unused_packages

if TYPE_CHECKING:
    from clinic.settings import Settings

_SERVES = ("serve", "worker")


def main(arguments: list[str] | None = None) -> int:
    """Run the `atlas` command.

    Args:
        arguments: Command-line arguments; those of the process when None.

    Returns:
        The exit code: 0, or 1 after one sentence on what is wrong.
    """
    given = sys.argv[1:] if arguments is None else arguments
    serves = given[:1] in ([name] for name in _SERVES)
    if serves:
        # Before anything imports them.
        leave_out_unused_packages()
        # Before NumPy is there: the products for one message are small, and a second thread would
        # mostly wait for a core that another conversation or worker has.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(prog="atlas", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a model where none fits data and code")
    train.add_argument("--force", action="store_true", help="train even where one fits")
    serve = commands.add_parser("serve", help="serve Rasa, the actions and the chat page")
    serve.add_argument(
        "--workers", type=int, help="so many processes, on PostgreSQL; see docs/scale.md"
    )
    worker = commands.add_parser("worker")  # what `atlas serve --workers` starts
    worker.add_argument("listening", type=int)
    worker.add_argument("reports", type=int)
    commands.add_parser("actions", help="serve the actions alone, for ATLAS_ACTION_URL")
    commands.add_parser("shell", help="chat in the terminal")
    if not serves:
        from bot.offline_commands import add_offline_commands

        add_offline_commands(commands)
    look = commands.add_parser(
        "doctor",
        help="check configuration, databases, keys, model, channels, clock and disk",
        description="Check all that Atlas needs, change nothing, and say what to do. The exit "
        "status is 1 when something does not work.",
    )
    look.add_argument("--json", action="store_true", help="print the findings as JSON")
    chosen = parser.parse_args(given)
    if "run" in chosen:
        from bot.offline_commands import run_offline

        return run_offline(chosen)
    _quieten()
    if chosen.command == "doctor":
        from bot.doctor import doctor

        return doctor(as_json=chosen.json)
    from bot.model import TrainingError
    from bot.server import StartError
    from clinic.clock import ClockSettingError
    from clinic.datafiles import DataFileError
    from clinic.settings import get_settings

    try:
        settings = get_settings()
        _COMMANDS[chosen.command](settings, chosen)
    except (DataFileError, ClockSettingError, TrainingError, StartError) as error:
        print(f"atlas: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _train(settings: Settings, chosen: argparse.Namespace) -> None:
    from bot.model import model_path, train

    if model_path(settings.root).is_file() and not chosen.force:
        print("A model for the present data and code is there already.", flush=True)
        return
    print("Training a model for the present data and code (a minute or two) …", flush=True)
    os.environ.setdefault("LOG_LEVEL", "ERROR")  # the level at which Rasa draws no progress bars
    started = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):  # Rasa names a scratch file there
        model = train(settings.root)
    print(f"Trained {model.name} in {time.monotonic() - started:.0f} s.", flush=True)


def _serve(settings: Settings, chosen: argparse.Namespace) -> None:
    from bot.server import serve
    from bot.workers import chosen_workers, supervise

    count = chosen_workers(chosen.workers)
    print("Starting Atlas …", flush=True)
    if count is None:
        serve(settings)
    elif supervise(settings, count):
        sys.exit(1)


def _worker(settings: Settings, chosen: argparse.Namespace) -> None:
    from bot.server import serve_as_worker

    serve_as_worker(settings, chosen.listening, chosen.reports)


def _actions(settings: Settings, _chosen: argparse.Namespace) -> None:
    from bot.action_server import serve_actions

    serve_actions(settings)


def _shell(settings: Settings, _chosen: argparse.Namespace) -> None:
    from bot.shell import chat

    chat(settings)


_COMMANDS = {
    "train": _train,
    "serve": _serve,
    "worker": _worker,
    "actions": _actions,
    "shell": _shell,
}


def _quieten() -> None:
    """Log what an operator needs, never what a patient wrote.

    Rasa logs message texts at DEBUG and unknown commands at WARNING; its structured log is
    held at the level of the standard one.
    """
    level = os.environ.get("LOG_LEVEL", "WARNING").upper()
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # Libraries set the warning filters anew while they load; what they warn of is for
    # developers, who see it in the tests.
    warnings.showwarning = lambda *args, **kwargs: None
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.getLevelName(level))


if __name__ == "__main__":
    sys.exit(main())
