"""Start the servers that Atlas can use, for trying things: PostgreSQL and RabbitMQ.

`make services` runs them on free loopback ports in a temporary folder, prints the variables that
name them, and takes them away when it is stopped. Nothing of the machine's own servers is touched.
"""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack

from bench.postgresql import find_binaries, running_server
from bench.rabbitmq import is_installed, running_broker


def main() -> int:
    """Start them, and wait until this process is told to end."""
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with ExitStack() as stack:
        variables = {}
        missing = []
        binaries = find_binaries()
        if binaries is None:
            missing.append("postgresql")
        else:
            database = stack.enter_context(running_server(binaries))
            variables["ATLAS_DATABASE_URL"] = database.url("atlas")
        if is_installed():
            variables["ATLAS_BROKER_URL"] = stack.enter_context(running_broker()).url
        else:
            missing.append("rabbitmq-server")
        if missing:
            print(f"Not installed: {', '.join(missing)} (Debian: apt-get install …)")
        if not variables:
            return 1
        for name, value in variables.items():
            print(f"export {name}={value}")
        print("Stop them with Ctrl-C.", flush=True)
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
