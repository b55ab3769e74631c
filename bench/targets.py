"""The assistants: how each is installed, trained, spoken to and served."""

import json
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bench.processes import ROOT, BenchError, Service, run_logged
from bot.model import digest

WORK = ROOT / "bench" / "work"

PACKAGES = ("rasa", "tensorflow", "onnxruntime", "scikit-learn", "numpy", "sqlalchemy", "sanic")
_VERSIONS_SCRIPT = """
import json, platform, sys
from importlib import metadata
found = {"python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Training:
    """How long one training took, as a whole process, and when it was."""

    seconds: float
    date: str
    command: str


class Target(Protocol):
    """An assistant that can be measured."""

    name: str
    title: str

    def train(self, *, retrain: bool) -> Training:
        """Install the assistant if need be and train it; say how long training took."""

    def services(self, folder: Path, port: int, helper_port: int) -> list[Service]:
        """Give the processes to start in this order; the last one answers on `port`.

        Args:
            folder: An empty folder for the databases and logs of one run.
            port: Where the assistant must listen.
            helper_port: A free port for a process beside it.
        """

    def wording(self, text: str) -> str:
        """Return how a message of the dialogue is worded for this assistant."""

    def conversations(self, folder: Path) -> Path | None:
        """Give the SQLite file with the conversations of a run; None: memory keeps them."""

    def bookings(self, folder: Path) -> Path | None:
        """Give the SQLite file with the appointments of a run; None: it books nothing."""

    def versions(self) -> dict[str, str]:
        """Give the versions of Python and of the libraries that matter."""


class Stock:
    """Rasa 3.6.21 as `rasa init` leaves it: DIET and TED, with a SQLite tracker store."""

    name = "stock"
    title = "stock Rasa"
    _project = ROOT / "bench" / "stock"
    _home = WORK / "stock"
    _assistant = _home / "assistant"
    bin = _home / ".venv" / "bin"

    def train(self, *, retrain: bool) -> Training:
        """Install the environment, then train once and keep the model.

        Args:
            retrain: Train again even if a model is there.

        Returns:
            The last training's time.
        """
        self.install()
        kept = self._home / "training.json"
        if kept.exists() and not retrain:
            return Training(**json.loads(kept.read_text()))
        shutil.rmtree(self._assistant, ignore_errors=True)
        self._assistant.mkdir(parents=True)
        training = _train(
            [str(self.bin / "rasa"), "init", "--no-prompt", "--init-dir", str(self._assistant)],
            cwd=self._home,
            log=self._home / "train.log",
        )
        kept.write_text(json.dumps(asdict(training)))
        return training

    def services(self, folder: Path, port: int, helper_port: int) -> list[Service]:
        """Give the action server and the Rasa server."""
        rasa = str(self.bin / "rasa")
        endpoints = folder / "endpoints.yml"
        database = self.conversations(folder)
        endpoints.write_text(
            f'action_endpoint:\n  url: "http://127.0.0.1:{helper_port}/webhook"\n'
            f'tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: "{database}"\n'
        )
        actions = Service(
            "action server",
            [rasa, "run", "actions", "--port", str(helper_port)],
            cwd=self._assistant,
            log=folder / "actions.log",
            env={"SANIC_HOST": "127.0.0.1"},
            ready_url=f"http://127.0.0.1:{helper_port}/health",
        )
        server = Service(
            "server",
            [
                *(rasa, "run", "--interface", "127.0.0.1", "--port", str(port)),
                *("--endpoints", str(endpoints)),
            ],
            cwd=self._assistant,
            log=folder / "server.log",
        )
        return [actions, server]

    def wording(self, text: str) -> str:
        """Return the message as it is."""
        return text

    def conversations(self, folder: Path) -> Path:
        """Give the tracker store's file."""
        return folder / "tracker.db"

    def bookings(self, folder: Path) -> None:
        """Give nothing: stock Rasa books nothing."""

    def versions(self) -> dict[str, str]:
        """Give the versions in the stock environment."""
        return _versions(self.bin / "python")

    def install(self) -> None:
        """Install the environment, as uv.lock says, unless it is there."""
        uv = ROOT / ".tools" / "bin" / "uv"
        run_logged(
            [str(uv), "sync", "--locked", "--project", str(self._project)],
            cwd=ROOT,
            log=self._home / "install.log",
            env={"UV_PROJECT_ENVIRONMENT": str(self._home / ".venv")},
        )


class Atlas:
    """This project, as `make run` serves it."""

    name = "atlas"
    title = "Atlas"
    _home = WORK / "atlas"
    _bin = ROOT / ".venv" / "bin"

    def train(self, *, retrain: bool) -> Training:
        """Time a training from nothing; the model that the project serves stays as it is.

        Args:
            retrain: Train again even if the present data and code were timed before.

        Returns:
            The time for the present data and code.
        """
        kept = self._home / f"training-{digest(ROOT)}.json"
        if kept.exists() and not retrain:
            return Training(**json.loads(kept.read_text()))
        shutil.rmtree(self._home, ignore_errors=True)
        training = _train(
            [str(self._bin / "rasa"), "train", "--force", "--out", str(self._home / "models")],
            cwd=ROOT,
            log=self._home / "train.log",
            cache=self._home / "cache",
        )
        kept.write_text(json.dumps(asdict(training)))
        return training

    def services(self, folder: Path, port: int, helper_port: int) -> list[Service]:
        """Give the server; actions run inside it, so that nothing takes `helper_port`."""
        server = Service(
            "server",
            [str(self._bin / "atlas"), "serve"],
            cwd=ROOT,
            log=folder / "server.log",
            env={"PORT": str(port), "ATLAS_DATABASE_URL": f"sqlite:///{self.bookings(folder)}"},
        )
        return [server]

    def wording(self, text: str) -> str:
        """Return the message as it is."""
        return text

    def conversations(self, folder: Path) -> Path:
        """Give the file with the sealed conversations."""
        return folder / "atlas-conversations.db"

    def bookings(self, folder: Path) -> Path:
        """Give the calendar."""
        return folder / "atlas.db"

    def versions(self) -> dict[str, str]:
        """Give the versions in the project's environment."""
        return _versions(self._bin / "python")


class Floor:
    """Rasa with an empty pipeline, one rule and conversations in memory: what Rasa itself costs."""

    name = "floor"
    title = "floor"

    _project = ROOT / "bench" / "floor"
    _home = WORK / "floor"
    _bin = ROOT / ".venv" / "bin"

    def train(self, *, retrain: bool) -> Training:
        """Train, which takes seconds.

        Args:
            retrain: Without effect.
        """
        shutil.rmtree(self._home, ignore_errors=True)
        return _train(
            [str(self._bin / "rasa"), "train", "core", "--out", str(self._home / "models")],
            cwd=self._project,
            log=self._home / "train.log",
            cache=self._home / "cache",
        )

    def services(self, folder: Path, port: int, helper_port: int) -> list[Service]:
        """Give the Rasa server alone."""
        server = Service(
            "server",
            [
                *(str(self._bin / "rasa"), "run", "--interface", "127.0.0.1"),
                *("--port", str(port), "--model", str(self._home / "models")),
            ],
            cwd=self._project,
            log=folder / "server.log",
        )
        return [server]

    def wording(self, text: str) -> str:
        """Return an intent by name, since nothing here understands words."""
        return "/say"

    def conversations(self, folder: Path) -> None:
        """Give nothing: memory keeps them."""

    def bookings(self, folder: Path) -> None:
        """Give nothing: it books nothing."""

    def versions(self) -> dict[str, str]:
        """Give the versions in the project's environment."""
        return _versions(self._bin / "python")


TARGETS: dict[str, Target] = {target.name: target for target in (Stock(), Floor(), Atlas())}


def _train(argv: list[str], *, cwd: Path, log: Path, cache: Path | None = None) -> Training:
    date = datetime.now(UTC).isoformat(timespec="seconds")
    started = time.perf_counter()
    env = {"RASA_CACHE_DIRECTORY": str(cache)} if cache else None
    command = run_logged(argv, cwd=cwd, log=log, env=env)
    return Training(time.perf_counter() - started, date, command)


def _versions(python: Path) -> dict[str, str]:
    try:
        output = subprocess.run(
            [str(python), "-c", _VERSIONS_SCRIPT, *PACKAGES],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise BenchError(f"{python} does not run: {error}") from error
    found: dict[str, str] = json.loads(output)
    return found
