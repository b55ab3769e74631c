"""What a worker tells the process that supervises it: that it is ready, and that it still lives."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

READY = b"R"
BEAT = b"."
BEAT_SECONDS = 1.0

# Gets what ends the server in good order.
Watch = Callable[[Callable[[], None]], None]


class Reporter:
    """A worker's side of the socket between the two.

    Args:
        connection: The socket; when its other end is closed the supervisor is gone.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._beating: asyncio.Task[None] | None = None

    def ready(self) -> None:
        """Say that messages may come."""
        self._say(READY)

    def watch(self, end: Callable[[], None]) -> None:
        """Report from now on, and end the server with the supervisor.

        Args:
            end: Ends the server in good order.
        """
        loop = asyncio.get_running_loop()

        def look() -> None:
            with contextlib.suppress(BlockingIOError):
                if self._connection.recv(64) == b"":
                    loop.remove_reader(self._connection)
                    end()

        loop.add_reader(self._connection, look)
        # From the event loop, so that a worker whose loop is stuck falls silent.
        self._beating = loop.create_task(self._beat())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self._say(BEAT)

    def _say(self, what: bytes) -> None:
        with contextlib.suppress(OSError):  # the supervisor is gone, or has no time to read
            self._connection.send(what)
