"""A worker that serves nothing: it lives, falls silent or dies, as it is told."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time


def main(how: str, reports: int) -> None:
    """Behave like a worker.

    Args:
        how: "lives", "silent" or "dies".
        reports: The socket to the supervisor.
    """
    if how == "dies":
        sys.exit(3)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    supervisor = socket.socket(fileno=reports)
    supervisor.send(b"R")
    while not ended.is_set():
        if how == "lives":
            supervisor.send(b".")
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[3]))
