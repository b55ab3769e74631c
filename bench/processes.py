"""Starting, watching and stopping the processes of a server under measurement."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 20


class BenchError(Exception):
    """Something without which no figure would mean anything; the message says what."""


def run_logged(
    argv: Sequence[str], *, cwd: Path, log: Path, env: Mapping[str, str] | None = None
) -> str:
    """Run a command to its end with its output in a log file.

    Args:
        argv: The command and its arguments.
        cwd: The folder to run it in.
        log: The file that takes its output.
        env: Variables to add to the environment.

    Returns:
        The command line, as a report shows it.

    Raises:
        BenchError: If the command ends with an error.
    """
    service = Service(log.stem, argv, cwd=cwd, log=log, env=env)
    service.start()
    try:
        code = service.wait()
    finally:
        service.stop()
    if code != 0:
        raise BenchError(f"{service.command} ended with status {code}:\n{service.log_tail()}")
    return service.command


class Service:
    """A process in a session of its own, so that it can be stopped with its children.

    Args:
        name: What the report calls it.
        argv: The command and its arguments.
        cwd: The folder to run it in.
        log: The file that takes its output.
        env: Variables to add to the environment.
        ready_url: A page that answers 200 when the service is ready.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        cwd: Path,
        log: Path,
        env: Mapping[str, str] | None = None,
        ready_url: str = "",
    ) -> None:
        self.name = name
        self.ready_url = ready_url
        self._argv = list(argv)
        self._cwd = cwd
        self._log = log
        self._env = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", **(env or {})}
        # Whoever runs a server keeps Python's compiled modules; a start without them is no start
        # that anybody has twice.
        self._env.pop("PYTHONDONTWRITEBYTECODE", None)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> str:
        """The command line, its paths relative to the project."""
        return " ".join(self._argv).replace(f"{ROOT}/", "")

    def add_environment(self, **variables: str) -> None:
        """Set variables of the environment; before the start."""
        self._env.update(variables)

    def start(self) -> None:
        """Start the process.

        Raises:
            BenchError: If the program cannot be started.
        """
        self._log.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._log.open("wb") as output:
                self._process = subprocess.Popen(
                    self._argv,
                    cwd=self._cwd,
                    env=self._env,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            raise BenchError(f"{self.command} cannot be started: {error}") from error

    def wait(self) -> int:
        """Wait for the process to end and give its status."""
        assert self._process is not None
        return self._process.wait()

    def check(self) -> None:
        """Raise if the process has ended.

        Raises:
            BenchError: With the end of its log.
        """
        assert self._process is not None
        if self._process.poll() is not None:
            raise BenchError(f"{self.command} ended too early:\n{self.log_tail()}")

    def resident_mb(self) -> float:
        """Sum the resident memory of the process and its descendants, in megabytes (10^6)."""
        assert self._process is not None
        return sum(map(_resident_bytes, _process_tree(self._process.pid))) / 1e6

    def processor_seconds(self) -> float:
        """Sum the processor time that the process and its descendants have used."""
        return sum(self.processor_seconds_each().values())

    def processor_seconds_each(self) -> dict[int, float]:
        """Return the processor time of the process and each descendant, by their numbers."""
        assert self._process is not None
        tree = _process_tree(self._process.pid)
        return {process: _processor_ticks(process) / TICKS_A_SECOND for process in tree}

    def stop(self) -> None:
        """Stop the process and its children; do nothing if it was never started."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        # Children that outlive their parent keep its process group.
        self._signal(signal.SIGKILL)
        self._process.wait()

    def log_tail(self, lines: int = 15) -> str:
        """Give the last lines of the log."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-lines:])

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def seconds_of(name: str) -> float:
    """Return the processor time of all running processes of a name.

    Args:
        name: As the system knows the program, such as "postgres".
    """
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue  # it ended meanwhile
        if head.endswith(f"({name}"):
            fields = rest.split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS_A_SECOND


def _process_tree(root: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            stat = (entry / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # The name, in parentheses, may hold spaces; state and parent follow it.
        parent = int(stat.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(entry.name))
    tree = {root}
    frontier = [root]
    while frontier:
        found = children.get(frontier.pop(), [])
        tree.update(found)
        frontier.extend(found)
    return tree


def _resident_bytes(pid: int) -> int:
    try:
        statm = Path(f"/proc/{pid}/statm").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(statm.split()[1]) * PAGE_BYTES


def _processor_ticks(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    # After the name and the state, user and system time are the twelfth and thirteenth.
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
