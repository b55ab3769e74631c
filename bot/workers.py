"""Run several workers on one listening socket, and keep them running.

The supervisor owns the socket: a connection that no worker has taken yet survives the worker.
A worker that dies or falls silent is started again. SIGHUP replaces the workers one after
another, so that a new model, new texts or new settings are taken up without dropping a chat.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.server import StartError, announce, listen
from bot.watching.start import forget_figures, forget_process, share_figures
from bot.worker_reports import READY
from clinic.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

VARIABLE = "ATLAS_WORKERS"
_COMMAND = (sys.executable, "-m", "bot.cli", "worker")
_MOST_WORKERS = 256
# Seconds: until a worker must be ready, until a silent one counts as stuck, and until one that
# was asked to end is ended.
_START_SECONDS = 180.0
_SILENT_SECONDS = 30.0
_END_SECONDS = 45.0
# Pauses before a worker that died is started again, longer each time it dies young.
_PAUSES = (0.0, 1.0, 2.0, 5.0, 15.0, 30.0)
_OLD_SECONDS = 60.0


def chosen_workers(argument: int | None) -> int | None:
    """Return how many workers are wanted; None: Atlas serves in this process.

    Args:
        argument: What the command line says.

    Raises:
        SettingsError: It or ATLAS_WORKERS is no such number.
    """
    value = os.environ.get(VARIABLE, "").strip() if argument is None else str(argument)
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= _MOST_WORKERS:
        message = f"expected a number of workers from 1 to {_MOST_WORKERS}"
        raise SettingsError(Path("environment"), VARIABLE, message)
    return int(value)


def check_fit(settings: Settings, count: int) -> None:
    """Check that the database serves several processes.

    Raises:
        StartError: It does not.
    """
    if count > 1 and make_url(settings.database_url).get_backend_name() != "postgresql":
        raise StartError(
            f"{count} workers need PostgreSQL, which tells them of each other: set "
            "ATLAS_DATABASE_URL to postgresql://user@host/database, or serve with one worker."
        )


def supervise(settings: Settings, count: int) -> int:
    """Run workers until this process is told to end.

    Args:
        settings: Where they serve.
        count: How many.

    Returns:
        The exit code.

    Raises:
        StartError: The port or the database does not do.
    """
    check_fit(settings, count)
    host = os.environ.setdefault("ATLAS_HOST", "127.0.0.1")
    listening = listen(host, settings.port)
    figures = share_figures(os.environ)
    try:
        supervisor = Supervisor(listening, count, lambda process: forget_process(figures, process))
        return asyncio.run(supervisor.run(lambda: announce(host, settings.port)))
    finally:
        listening.close()
        forget_figures(figures)


class Worker:
    """One worker's process.

    Args:
        process: The process.
        reports: The supervisor's end of the socket between the two.
    """

    def __init__(self, process: asyncio.subprocess.Process, reports: socket.socket) -> None:
        self.process = process
        self.is_ready = asyncio.Event()
        self.ended = asyncio.create_task(process.wait())
        loop = asyncio.get_running_loop()
        self.started_at = self._heard_at = loop.time()
        self._reports = reports
        self._loop = loop
        loop.add_reader(reports, self._hear)
        self.ended.add_done_callback(lambda _: self._close())

    @property
    def is_stuck(self) -> bool:
        """Whether it has been silent for too long."""
        most = _SILENT_SECONDS if self.is_ready.is_set() else _START_SECONDS
        return self._loop.time() - self._heard_at > most

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return self._loop.time() - self.started_at

    async def wait_until_ready(self) -> bool:
        """Wait until messages may go to it.

        Returns:
            Whether it got so far, before it ended or took too long.
        """
        ready = asyncio.create_task(self.is_ready.wait())
        await asyncio.wait(
            (ready, self.ended), timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        ready.cancel()
        return self.is_ready.is_set() and not self.ended.done()

    async def end(self) -> None:
        """Let it answer what it is answering, and end; kill it where that takes too long."""
        self.signal(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.ended), _END_SECONDS)
            return
        logger.error("Worker %d did not end in time and is killed.", self.process.pid)
        self.signal(signal.SIGKILL)
        await self.ended

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)

    def _hear(self) -> None:
        try:
            heard = self._reports.recv(1024)
        except OSError:
            heard = b""
        if not heard:
            self._loop.remove_reader(self._reports)
            return
        self._heard_at = self._loop.time()
        if READY in heard:
            self.is_ready.set()

    def _close(self) -> None:
        self._loop.remove_reader(self._reports)
        self._reports.close()


class Supervisor:
    """Keeps workers running on a socket.

    Args:
        listening: The socket.
        count: How many workers.
        gone: Called with the number of each worker's process that ended.
        command: Starts a worker; the numbers of its two file descriptors follow.
    """

    def __init__(
        self,
        listening: socket.socket,
        count: int,
        gone: Callable[[int], None],
        command: Sequence[str] = _COMMAND,
    ) -> None:
        self._listening = listening
        self._count = count
        self._gone = gone
        self._command = command
        self._workers: list[Worker] = []
        self._told_to_end = asyncio.Event()
        self._replacing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, ready: Callable[[], None]) -> int:
        """Start the workers and keep them running until this process is told to end.

        Args:
            ready: Called when all are ready.

        Returns:
            The exit code: 1 where they cannot be started at all.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._heed_end)
        loop.add_signal_handler(signal.SIGHUP, self._heed_change)
        # One first: what is wrong is then said once, and what is made once is made by one.
        if not await self._start_one() or not all(
            await asyncio.gather(*(self._start_one() for _ in range(self._count - 1)))
        ):
            await self._end_all()
            return 0 if self._told_to_end.is_set() else 1
        ready()
        keepers = [asyncio.create_task(self._keep(place)) for place in range(self._count)]
        await self._told_to_end.wait()
        for keeper in keepers:
            keeper.cancel()
        await self._end_all()
        return 0

    async def _start_one(self) -> bool:
        worker = await self._spawn()
        self._workers.append(worker)
        ending = asyncio.create_task(self._told_to_end.wait())
        starting = asyncio.create_task(worker.wait_until_ready())
        await asyncio.wait((ending, starting), return_when=asyncio.FIRST_COMPLETED)
        ending.cancel()
        return starting.done() and starting.result()

    async def _spawn(self) -> Worker:
        own, other = socket.socketpair()
        own.setblocking(False)
        with other:
            descriptors = (self._listening.fileno(), other.fileno())
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *map(str, descriptors),
                pass_fds=descriptors,
                # A terminal's Ctrl-C reaches the supervisor alone, which passes it on once.
                start_new_session=True,
            )
        worker = Worker(process, own)
        worker.ended.add_done_callback(lambda _: self._gone(process.pid))
        return worker

    async def _keep(self, place: int) -> None:
        """Start the worker of a place again whenever it dies or falls silent."""
        died_young = 0
        while True:
            worker = self._workers[place]
            await asyncio.wait((worker.ended,), timeout=1.0)
            if self._workers[place] is not worker:
                continue  # it was replaced
            if not worker.ended.done():
                if not worker.is_stuck:
                    continue
                logger.error("Worker %d is stuck and is killed.", worker.process.pid)
                worker.signal(signal.SIGKILL)
                await worker.ended
            died_young = died_young + 1 if worker.age < _OLD_SECONDS else 0
            pause = _PAUSES[min(died_young, len(_PAUSES) - 1)]
            logger.error(
                "Worker %d ended with %s and is started again in %.0f s.",
                worker.process.pid,
                worker.process.returncode,
                pause,
            )
            await asyncio.sleep(pause)
            async with self._replacing:
                if self._workers[place] is worker:
                    self._workers[place] = await self._spawn()

    def _heed_end(self) -> None:
        if self._told_to_end.is_set():
            for worker in self._workers:
                worker.signal(signal.SIGKILL)
        self._told_to_end.set()

    def _heed_change(self) -> None:
        task = asyncio.get_running_loop().create_task(self._replace_all())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replace_all(self) -> None:
        async with self._replacing:
            for place in range(self._count):
                if self._told_to_end.is_set():
                    return
                worker = await self._spawn()
                if not await worker.wait_until_ready():
                    logger.error("A new worker did not get ready: the present ones go on.")
                    worker.signal(signal.SIGKILL)
                    return
                old, self._workers[place] = self._workers[place], worker
                await old.end()
        print("Atlas's workers are renewed.", flush=True)

    async def _end_all(self) -> None:
        await asyncio.gather(*(worker.end() for worker in self._workers))
