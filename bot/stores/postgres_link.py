"""One connection to PostgreSQL for a process: its conversations' locks, and news of the others.

A thread owns the connection. What is asked of it while a statement runs goes out together with
the next one, so that a slow database costs every asker one pause and not one after the other.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

import psycopg2  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url

from clinic.scheduling.database import BUSY_SECONDS

logger = logging.getLogger(__name__)

# Seconds until a lost connection is tried again.
_PAUSE = 0.5
# PostgreSQL frees the locks of a host that vanished after 10 + 3 * 5 seconds.
_SETTINGS = (
    f"-c statement_timeout={2 * BUSY_SECONDS}s -c tcp_keepalives_idle=10 "
    "-c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
)


class LinkLost(Exception):  # noqa: N818 - named for what happened
    """PostgreSQL cannot be reached now."""


def connect(database_url: str, settings: str = _SETTINGS) -> Any:
    """Return a connection that commits every statement.

    Args:
        database_url: As ATLAS_DATABASE_URL has it.
        settings: PostgreSQL's settings for it.

    Raises:
        psycopg2.Error: There is no server, or it does not let us in.
    """
    url = make_url(database_url).set(drivername="postgresql")
    connection = psycopg2.connect(
        url.render_as_string(hide_password=False),
        connect_timeout=BUSY_SECONDS,
        options=settings,
        tcp_user_timeout=10_000,
    )
    connection.autocommit = True
    return connection


@dataclass(frozen=True)
class _Job:
    """A lock that somebody asks for."""

    key: int
    future: Future[int | None]
    tried: bool = False

    def again(self) -> _Job:
        return replace(self, tried=True)


class PostgresLink:
    """Locks by key, and notifications to and from the other processes.

    Args:
        database_url: As ATLAS_DATABASE_URL has it.
        channel: The notifications that it sends and receives.
    """

    def __init__(self, database_url: str, channel: str) -> None:
        self._url = database_url
        self._channel = channel
        self._locking: deque[_Job] = deque()
        self._unlocking: deque[tuple[int, int]] = deque()
        self._telling: deque[str] = deque(maxlen=10_000)
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_in, False)
        os.set_blocking(self._wake_out, False)
        self._closing = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._heard: Callable[[str], None] = lambda payload: None
        self._connected: Callable[[], None] = lambda: None
        # Another one with each connection: locks do not outlive the one that took them.
        self.generation = 0
        self.is_up = False

    def listen(self, heard: Callable[[str], None], connected: Callable[[], None]) -> None:
        """Say what to call, from the link's thread, and connect.

        Args:
            heard: Gets what another process, or this one, told.
            connected: Told after each connecting; what was told before it was missed.
        """
        self._heard, self._connected = heard, connected
        self._wake()

    def try_lock(self, key: int) -> Future[int | None]:
        """Take a lock if nobody has it.

        Args:
            key: A 64-bit number.

        Returns:
            Will hold what `unlock` wants to be told; None: somebody has it. LinkLost on failure.
        """
        future: Future[int | None] = Future()
        self._locking.append(_Job(key, future))
        self._wake()
        return future

    def unlock(self, key: int, generation: int) -> None:
        """Give a lock back, without waiting for it.

        Args:
            key: Which one.
            generation: What `try_lock` returned.
        """
        self._unlocking.append((key, generation))
        self._wake()

    def tell(self, payload: str) -> None:
        """Tell all processes, this one too; lost where the database cannot be reached.

        Args:
            payload: Less than 8,000 bytes.
        """
        self._telling.append(payload)
        self._wake()

    def close(self) -> None:
        """End the connection, and with it its locks."""
        self._closing = True
        if self._thread is not None:
            self._wake()
            self._thread.join(timeout=2 * BUSY_SECONDS)

    def _wake(self) -> None:
        with self._starting:
            if not self._closing and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._run, name="postgres-link", daemon=True)
                self._thread.start()
        with contextlib.suppress(BlockingIOError):  # it is awake already
            os.write(self._wake_in, b".")

    def _run(self) -> None:
        while not self._closing:
            try:
                connection = connect(self._url)
            except psycopg2.Error as error:
                # Its text may name the host and the user.
                logger.warning("PostgreSQL cannot be reached: %s", type(error).__name__)
                _refuse(_taken(self._locking))
                time.sleep(_PAUSE)
                continue
            try:
                self._serve(connection)
            except psycopg2.Error as error:
                logger.warning("The link to PostgreSQL broke: %s", type(error).__name__)
            finally:
                self.is_up = False
                connection.close()
        _refuse(_taken(self._locking))

    def _serve(self, connection: Any) -> None:
        self.generation += 1
        # Locks of the connection before are gone.
        self._unlocking.clear()
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {self._channel}")
            self._connected()
            self.is_up = True
            while not self._closing:
                if not (self._locking or self._unlocking or self._telling):
                    self._wait(connection)
                self._work(cursor)
                connection.poll()
                while connection.notifies:
                    self._heard(connection.notifies.pop(0).payload)

    def _wait(self, connection: Any) -> None:
        # Not select(), which knows no file above number 1,023: a busy worker has more.
        waiting = select.poll()
        for file in (connection.fileno(), self._wake_out):
            waiting.register(file, select.POLLIN)
        if self._wake_out in dict(waiting.poll()):
            os.read(self._wake_out, 65_536)

    def _work(self, cursor: Any) -> None:
        """Send what was asked for meanwhile: first the unlocking, which may let a lock succeed."""
        unlocking = [key for key, made in _taken(self._unlocking) if made == self.generation]
        if unlocking:
            cursor.execute("SELECT pg_advisory_unlock(k) FROM unnest(%s) k", (unlocking,))
        locking = _taken(self._locking)
        if locking:
            self._lock(cursor, locking)
        telling = _taken(self._telling)
        if telling:
            cursor.execute("SELECT pg_notify(%s, p) FROM unnest(%s) p", (self._channel, telling))

    def _lock(self, cursor: Any, locking: list[_Job]) -> None:
        keys = [job.key for job in locking]
        statement = "SELECT pg_try_advisory_lock(k) FROM unnest(%s) WITH ORDINALITY u(k, n)"
        try:
            cursor.execute(statement, (keys,))
            taken = [row[0] for row in cursor.fetchall()]
        except psycopg2.Error:
            # The connection's locks are gone with it, so that each may be tried on the next one.
            _refuse([job for job in locking if job.tried])
            self._locking.extend(job.again() for job in locking if not job.tried)
            raise
        for job, has in zip(locking, taken, strict=True):
            if job.future.set_running_or_notify_cancel():
                job.future.set_result(self.generation if has else None)
            elif has:  # whoever asked has given up meanwhile
                self._unlocking.append((job.key, self.generation))


def _refuse(locking: list[_Job]) -> None:
    for job in locking:
        if job.future.set_running_or_notify_cancel():
            job.future.set_exception(LinkLost())


def _taken(queue: deque[Any]) -> list[Any]:
    """Take everything out of a queue that other threads append to."""
    items = []
    while queue:
        items.append(queue.popleft())
    return items
