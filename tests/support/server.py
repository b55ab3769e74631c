"""A real Atlas in a process of its own, and a visitor who writes to it over REST."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import requests

from support.project import ROOT, clean_environment

READY = "Atlas is ready"
TOKEN = "token-of-the-tests"
_START_SECONDS = 90
_ANSWER_SECONDS = 30


def free_port() -> int:
    """Return a port of this machine that nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class AtlasServer:
    """`atlas serve` on a free port with a database of its own.

    Args:
        folder: For the database and the log.
        root: The project's folder; a copy where a test breaks something.
        wrapper: A command to run it with, such as one that takes rights away.
        **environment: Further environment variables.
    """

    def __init__(
        self,
        folder: Path,
        root: Path = ROOT,
        wrapper: tuple[str, ...] = (),
        **environment: str,
    ) -> None:
        self.folder = folder
        self.database = folder / "atlas.db"
        self.log = folder / "server.log"
        self.token = TOKEN
        self._root = root
        self._wrapper = wrapper
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def base_url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def conversations(self) -> Path:
        """The database of the conversations."""
        return self.folder / "atlas-conversations.db"

    def start(self) -> AtlasServer:
        """Start it and wait until it answers."""
        own = {
            "PORT": str(self.port),
            "ATLAS_API_TOKEN": self.token,
            "ATLAS_DATABASE_URL": f"sqlite:///{self.database}",
        }
        environment = clean_environment(**{**own, **self._environment})
        with self.log.open("ab") as log:
            written = self.log.stat().st_size
            self._process = subprocess.Popen(
                [*self._wrapper, sys.executable, "-m", "bot.cli", "serve"],
                cwd=self._root,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_SECONDS
        while READY not in self.log.read_bytes()[written:].decode(errors="replace"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"Atlas did not start:\n{self.logged()[-3000:]}")
            time.sleep(0.1)
        return self

    @property
    def pid(self) -> int:
        """The number of its process; with several workers that of their supervisor."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> int:
        """Ask it to stop, as a service manager does, and return its exit code."""
        return self._end(signal.SIGTERM)

    def wait_for_end(self) -> int:
        """Wait until it has ended by itself and return its exit code."""
        assert self._process is not None
        return self._process.wait(timeout=60)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def logged(self) -> str:
        """Return everything that it printed and logged."""
        return self.log.read_text(errors="replace")

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.poll() is None:
            os.kill(self._process.pid, how)
        try:
            return self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


class Conversation:
    """One visitor's conversation over REST.

    Args:
        base_url: Where Atlas is served.
        token: The API token; without it the slots cannot be seen.
        sender: The conversation's id; a new one when None.
    """

    def __init__(self, base_url: str, token: str = TOKEN, sender: str | None = None) -> None:
        self.sender = sender or f"test-{uuid.uuid4().hex}"
        self.replies: list[dict[str, Any]] = []
        self._base_url = base_url
        self._token = token

    def say(self, text: str) -> list[dict[str, Any]]:
        """Write a message and return the replies."""
        answer = requests.post(
            f"{self._base_url}/webhooks/rest/webhook",
            json={"sender": self.sender, "message": text},
            timeout=_ANSWER_SECONDS,
        )
        assert answer.status_code == 200, answer.text
        self.replies = answer.json()
        return self.replies

    def press(self, title: str) -> list[dict[str, Any]]:
        """Press a button of the last replies, by the beginning of its title."""
        fitting = [button for button in self.buttons if button["title"].startswith(title)]
        assert fitting, f"no button {title!r} among {[item['title'] for item in self.buttons]}"
        return self.say(fitting[0]["payload"])

    @property
    def buttons(self) -> list[dict[str, str]]:
        """All buttons of the last replies."""
        return [button for reply in self.replies for button in reply.get("buttons", [])]

    @property
    def text(self) -> str:
        """The text of the last replies."""
        return "\n".join(reply.get("text", "") for reply in self.replies)

    @property
    def slots(self) -> dict[str, Any]:
        """What the tracker holds, through Rasa's HTTP API."""
        slots: dict[str, Any] = self.tracker["slots"]
        return slots

    @property
    def tracker(self) -> dict[str, Any]:
        """The tracker, through Rasa's HTTP API."""
        answer = requests.get(
            f"{self._base_url}/conversations/{self.sender}/tracker",
            params={"token": self._token},
            timeout=_ANSWER_SECONDS,
        )
        tracker: dict[str, Any] = answer.json()
        return tracker
