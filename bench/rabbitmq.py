"""A RabbitMQ server of one's own, in a temporary folder, for tests and measurements."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.processes import BenchError

# Debian's own program, not /usr/sbin/rabbitmq-server, which insists on its system user.
_PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_START_SECONDS = 90


class Broker:
    """A RabbitMQ server in a folder of its own.

    Args:
        folder: For its data and logs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = [_free_port() for _ in range(3)]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is, as ATLAS_BROKER_URL has it."""
        return f"amqp://guest:guest@127.0.0.1:{self._ports[0]}/"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            BenchError: It does not start.
        """
        port, distribution, epmd = map(str, self._ports)
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [str(_PROGRAM)],
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(self._folder),
                    "RABBITMQ_NODENAME": f"atlas{port}@localhost",
                    "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
                    "RABBITMQ_NODE_PORT": port,
                    "RABBITMQ_DIST_PORT": distribution,
                    "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
                    "RABBITMQ_LOG_BASE": str(self._folder / "log"),
                    "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
                    "RABBITMQ_CONFIG_FILE": str(self._folder / "none"),
                    "RABBITMQ_CONF_ENV_FILE": str(self._folder / "none-env"),
                    "ERL_EPMD_PORT": epmd,
                    "ERL_EPMD_ADDRESS": "127.0.0.1",
                    # Idle schedulers would spin, and take the time from what is measured.
                    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +S 1:1",
                },
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise BenchError("RabbitMQ did not start: " + self._output()[-1000:])
            time.sleep(0.2)

    def stop(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def end(self) -> None:
        """Stop it for good, with the daemon that Erlang leaves behind."""
        self.stop()
        subprocess.run(
            ["epmd", "-kill"],
            env={"PATH": os.environ["PATH"], "ERL_EPMD_PORT": str(self._ports[2])},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
            check=False,
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._ports[0]), timeout=2) as probe:
                # What is no AMQP is answered with the version that it speaks.
                probe.sendall(b"AMQP\x00\x00\x00\x00")
                return probe.recv(8)[:4] == b"AMQP"
        except OSError:
            return False

    def _output(self) -> str:
        return (self._folder / "output").read_text(errors="replace")


def is_installed() -> bool:
    """Tell whether there is a RabbitMQ server (Debian: apt-get install rabbitmq-server)."""
    return _PROGRAM.exists()


@contextmanager
def running_broker() -> Iterator[Broker]:
    """Make an empty server, and take it away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="atlas-rabbitmq-"))
    made = Broker(folder)
    try:
        made.start()
        yield made
    finally:
        made.end()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
