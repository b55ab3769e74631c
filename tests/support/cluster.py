"""Atlas with two workers on a real PostgreSQL, and clients that know which worker they talk to."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from bench.postgresql import Server
from support.project import copy_project
from support.server import TOKEN, AtlasServer
from support.slow_proxy import SlowProxy

WORKERS = 2
_PATIENCE = 120


class Cluster:
    """Two workers, their database, and the way between them.

    Args:
        folder: For the project's copy and the log.
        postgresql: The database server.
        **environment: Further environment variables.
    """

    def __init__(self, folder: Path, postgresql: Server, **environment: str) -> None:
        self.postgresql = postgresql
        self.proxy = SlowProxy(postgresql.port)
        self.root = copy_project(folder / "project")
        self.server = AtlasServer(
            folder,
            root=self.root,
            ATLAS_WORKERS=str(WORKERS),
            ATLAS_DATABASE_URL=f"postgresql://postgres@127.0.0.1:{self.proxy.port}/atlas",
            SANIC_PROXIES_COUNT="1",
            **environment,
        )

    @property
    def base_url(self) -> str:
        """Where it is served."""
        return self.server.base_url

    def workers(self) -> set[int]:
        """Return the numbers of the workers' processes."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children")
        return {int(number) for number in children.read_text().split()}

    def wait_until(self, right: Callable[[], bool]) -> None:
        """Wait until something is so; fail where it takes too long."""
        deadline = time.monotonic() + _PATIENCE
        while not right():
            assert time.monotonic() < deadline, self.server.logged()[-3000:]
            time.sleep(0.1)

    def is_ready(self) -> bool:
        """Whether some worker says that messages may come."""
        try:
            return requests.get(f"{self.base_url}/readyz", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def signal(self, number: signal.Signals) -> None:
        """Send the supervisor a signal."""
        os.kill(self.server.pid, number)

    def one_of_each(self) -> tuple[Line, Line]:
        """Return a connection to each of the two workers."""
        lines: dict[int, Line] = {}
        deadline = time.monotonic() + _PATIENCE
        while len(lines) < WORKERS:
            assert time.monotonic() < deadline, "all connections reach one worker"
            line = Line(self.base_url)
            lines.setdefault(line.worker, line)
        one, other = lines.values()
        return one, other

    @contextmanager
    def holding_all_conversations(self) -> Iterator[None]:
        """Let nobody write to a conversation meanwhile, so that turns stay unfinished."""
        engine = sa.create_engine(self.postgresql.url("atlas"))
        with engine.begin() as connection:
            connection.execute(sa.text("LOCK TABLE conversations IN EXCLUSIVE MODE"))
            yield
        engine.dispose()


class Line:
    """A connection that stays open, and so stays with one worker.

    Args:
        base_url: Where Atlas is served.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._http = requests.Session()
        # As a proxy tells it: each line is a visitor's own address.
        address = f"10.{uuid.uuid4().int % 250}.{uuid.uuid4().int % 250}.1"
        self._http.headers["X-Forwarded-For"] = address
        self.worker: int = self.get("/livez").json()["process"]

    def get(self, path: str, **headers: str) -> requests.Response:
        """Fetch a page."""
        return self._http.get(f"{self.base_url}{path}", headers=headers, timeout=_PATIENCE)

    def post(self, path: str, content: Any = None, **headers: str) -> requests.Response:
        """Send JSON."""
        return self._http.post(
            f"{self.base_url}{path}", json=content, headers=headers, timeout=_PATIENCE
        )

    def stream(self, path: str, **headers: str) -> requests.Response:
        """Open a page that goes on and on."""
        return self._http.get(
            f"{self.base_url}{path}", headers=headers, timeout=_PATIENCE, stream=True
        )

    def say(self, sender: str, text: str, message_id: str | None = None) -> str:
        """Write a message over REST and return the answer's text."""
        body = {"sender": sender, "message": text, "message_id": message_id or uuid.uuid4().hex}
        answer = self.post("/webhooks/rest/webhook", body)
        assert answer.status_code == 200, answer.text
        return "\n".join(reply.get("text", "") for reply in answer.json())

    def tracker(self, sender: str) -> dict[str, Any]:
        """Return what Rasa's HTTP API tells of a conversation."""
        found: dict[str, Any] = self.get(f"/conversations/{sender}/tracker?token={TOKEN}").json()
        return found

    def heard(self, sender: str) -> list[str]:
        """Return what the patient wrote, as the conversation keeps it."""
        events = self.tracker(sender)["events"]
        return [event["text"] for event in events if event["event"] == "user"]
