"""Let one message of a conversation be answered at a time, in whatever process it arrives.

Rasa's own locks look again once a second, and its Redis lock is read and written in two steps.
Here whoever waits is woken at once. Between processes PostgreSQL's advisory locks decide: the
database is there anyway, keeps the order of those who wait, and frees the locks of a process that
died. With SQLite there is one process, and the queue in memory is all.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import queue
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import psycopg2  # type: ignore[import-untyped]
from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, LockError, LockStore

from bot.stores.postgres_link import LinkLost, PostgresLink, connect
from bot.stores.process_link import get_link
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.settings import get_settings

logger = logging.getLogger(__name__)

# Seconds that a message waits for the one before it.
WAIT_SECONDS = 30
# So many conversations of this process can wait for another process at the same time.
_MOST_WAITING = 8

Release = Callable[[], None]


class ConversationLocks(LockStore):
    """One at a time for each conversation, first come first served.

    The task that holds a lock may take it again, so that a channel can look at the conversation
    before it hands a message to Rasa, which locks as well.

    Args:
        endpoint_config: What endpoints.yml says; ignored.
        link: The connection between the processes; None: the settings' database decides.
    """

    def __init__(self, endpoint_config: Any = None, link: PostgresLink | None = None) -> None:
        super().__init__()
        link = link or get_link()
        self._shared = None if link is None else _SharedLocks(link, get_settings().database_url)
        self._queues: dict[str, _Queue] = {}

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = 1,
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold a conversation's lock for as long as the context lasts.

        Args:
            conversation_id: Which conversation.
            lock_lifetime: Ignored: a lock ends with its holder.
            wait_time_in_seconds: Ignored: whoever waits is woken.

        Raises:
            LockError: Others held it for longer than WAIT_SECONDS.
            ConversationsUnavailable: PostgreSQL cannot be reached.
        """
        ticket = TicketLock(conversation_id)
        task = asyncio.current_task()
        held = self._queues.get(conversation_id)
        if held is not None and held.holder is task:
            yield ticket
            return
        async with self._turn(conversation_id) as turn:
            release = await self._take_shared(conversation_id)
            turn.holder = task
            try:
                yield ticket
            finally:
                turn.holder = None
                release()

    def is_someone_waiting(self, conversation_id: str) -> bool:
        """Tell whether somebody in this process waits for a conversation."""
        found = self._queues.get(conversation_id)
        return found is not None and found.users > 1

    @asynccontextmanager
    async def _turn(self, conversation_id: str) -> AsyncIterator[_Queue]:
        """Queue behind the others of this process."""
        found = self._queues.setdefault(conversation_id, _Queue())
        found.users += 1
        try:
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    await found.lock.acquire()
            except TimeoutError as error:
                raise LockError("the message before this one takes too long") from error
            try:
                yield found
            finally:
                found.lock.release()
        finally:
            found.users -= 1
            if not found.users:
                del self._queues[conversation_id]

    async def _take_shared(self, conversation_id: str) -> Release:
        if self._shared is None:
            return _nothing
        try:
            return await self._shared.take(_key(conversation_id))
        except LinkLost as error:
            raise ConversationsUnavailable("the conversations' locks are out of reach") from error


class _Queue:
    """Who waits for a conversation in this process; asyncio's lock keeps the order."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0
        self.holder: asyncio.Task[Any] | None = None


class _SharedLocks:
    """PostgreSQL's advisory locks.

    A free lock is taken on the process's one connection. Who has to wait does so on a connection
    of its own, in a thread, because PostgreSQL wakes a waiter by answering its statement.
    """

    def __init__(self, link: PostgresLink, database_url: str) -> None:
        self._link = link
        self._url = database_url
        self._waiting = ThreadPoolExecutor(_MOST_WAITING, thread_name_prefix="lock")
        self._spare: queue.SimpleQueue[Any] = queue.SimpleQueue()

    async def take(self, key: int) -> Release:
        generation = await asyncio.wrap_future(self._link.try_lock(key))
        if generation is not None:
            return lambda: self._link.unlock(key, generation)
        wait = self._waiting.submit(self._wait, key)
        try:
            connection = await asyncio.shield(asyncio.wrap_future(wait))
        except asyncio.CancelledError:
            wait.add_done_callback(lambda done: self._forget(done, key))
            raise
        return lambda: self._give_back(connection, key)

    def _wait(self, key: int) -> Any:
        connection = None
        try:
            connection = self._connection()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", (key,))
            return connection
        except psycopg2.errors.LockNotAvailable as error:
            self._spare.put(connection)
            raise LockError("the message before this one takes too long") from error
        except psycopg2.Error as error:
            if connection is not None:
                connection.close()
            raise LinkLost from error

    def _connection(self) -> Any:
        try:
            return self._spare.get_nowait()
        except queue.Empty:
            return connect(self._url, f"-c lock_timeout={WAIT_SECONDS}s -c statement_timeout=0")

    def _give_back(self, connection: Any, key: int) -> None:
        self._waiting.submit(self._unlock, connection, key)

    def _unlock(self, connection: Any, key: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", (key,))
            self._spare.put(connection)
        except psycopg2.Error:
            connection.close()  # which frees the lock too

    def _forget(self, done: Any, key: int) -> None:
        if done.cancelled() or done.exception() is not None:
            return
        self._unlock(done.result(), key)


def _nothing() -> None:
    """Release nothing."""


def _key(conversation_id: str) -> int:
    digest = hashlib.blake2b(
        conversation_id.encode(errors="surrogatepass"), digest_size=8, person=b"atlas-lock"
    )
    return int.from_bytes(digest.digest(), "big", signed=True)
