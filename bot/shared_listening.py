"""Take connections from a socket that several workers share, so that each has about as many.

Left to themselves, the worker that wakes first takes all that wait: of two workers one had up to
nine tenths of the work. Here whoever has more connections waits longer before it takes the next.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Collection
from typing import Any

import uvloop

# Seconds that a worker waits for each connection that it has, so that one with fewer is first;
# and for how many of them.
_STEP = 0.002
_MOST_STEPS = 10


class SharedServer:
    """What takes connections, in the place of asyncio's own server.

    Args:
        loop: The event loop.
        factory: Makes the protocol of a connection.
        listening: The socket; closed with the server.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        factory: Callable[[], asyncio.Protocol],
        listening: socket.socket,
    ) -> None:
        self._loop = loop
        self._factory = factory
        self._listening = listening
        self._timer: asyncio.TimerHandle | None = None
        self._taking: set[asyncio.Task[Any]] = set()
        # The connections that this process has, which the protocols keep.
        self.connections: Collection[Any] = ()
        listening.setblocking(False)
        loop.add_reader(listening.fileno(), self._somebody_waits)

    def close(self) -> None:
        """Take no more connections; those that are open stay."""
        if self._listening.fileno() < 0:
            return
        self._loop.remove_reader(self._listening.fileno())
        if self._timer is not None:
            self._timer.cancel()
        self._listening.close()

    async def wait_closed(self) -> None:
        """Return at once: `close` leaves nothing to wait for."""

    def _somebody_waits(self) -> None:
        self._loop.remove_reader(self._listening.fileno())
        wait = _STEP * min(self._count(), _MOST_STEPS)
        self._timer = self._loop.call_later(wait, self._take)

    def _take(self) -> None:
        # A worker with very many takes several at a time, or a rush would last for seconds.
        for _ in range(1 + self._count() // _MOST_STEPS):
            try:
                connection, _ = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionError):
                break  # another worker was first, or whoever called has hung up
            connection.setblocking(False)
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = self._loop.create_task(
                self._loop.connect_accepted_socket(self._factory, connection)
            )
            self._taking.add(task)
            task.add_done_callback(self._taking.discard)
        self._loop.add_reader(self._listening.fileno(), self._somebody_waits)

    def _count(self) -> int:
        return len(self.connections) + len(self._taking)


class SharingLoop(uvloop.Loop):
    """An event loop whose servers share their socket with other processes."""

    async def create_server(  # type: ignore[override] # asyncio's has many forms
        self, protocol_factory: Callable[[], asyncio.Protocol], *args: Any, **kwargs: Any
    ) -> Any:
        """Listen on the socket that is given.

        Args:
            protocol_factory: Makes the protocol of a connection.
            *args: Ignored.
            **kwargs: The socket under "sock"; the rest is ignored.
        """
        return SharedServer(self, protocol_factory, kwargs["sock"])
