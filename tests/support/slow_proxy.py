"""A way to a server that can be made slow, and cut, while a test runs."""

from __future__ import annotations

import contextlib
import socket
import threading
import time


class SlowProxy:
    """Passes bytes on between its own port and a server's.

    Args:
        port: Where the server is, on this machine.
    """

    def __init__(self, port: int) -> None:
        # Seconds that each packet of an answer waits.
        self.delay = 0.0
        self._server = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._server))
                except OSError:
                    client.close()
                    continue
                for source, target, slow in ((client, server, False), (server, client, True)):
                    source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    threading.Thread(
                        target=self._pass_on, args=(source, target, slow), daemon=True
                    ).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, slow: bool) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(65_536):
                if slow and self.delay:
                    time.sleep(self.delay)
                target.sendall(content)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
