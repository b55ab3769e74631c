"""Connections to the calendar's database, its migrations, and how its failures are told.

SQLite runs in write-ahead mode with full synchronisation, so that a confirmed booking survives
a power cut; a transaction that writes takes the write lock at its first statement, which makes
"check, then write" atomic. PostgreSQL does the same with row locks in `sql_scheduler`.
"""

from __future__ import annotations

import os
import select
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.orm import Session

from clinic.privacy.columns import attach, vault_of
from clinic.privacy.vault import Vault, open_vault
from clinic.scheduling import models, trail
from clinic.scheduling.port import SchedulerUnavailable
from clinic.settings import ClinicSettings, Settings, get_settings

BUSY_SECONDS = 3
MIGRATIONS = Path(__file__).with_name("migrations")

# Rasa's own tables may live in the same database.
VERSION_TABLE = "scheduling_migrations"
# Any constant will do; it names the lock that migrating processes queue for.
_MIGRATION_LOCK = 0x41544C4153
# Alembic keeps its context in module globals: one migration at a time in a process.
_alembic_lock = threading.Lock()


class IntegrityProblem(SQLAlchemyError):  # noqa: N818 - told like any failure of the database
    """A migration would have left rows that belong to nothing; it was undone."""


class Database:
    """The calendar's database, opened when first used, once in each process.

    Args:
        settings: Where it is, and the practitioners that it must know.
        actor: Who changes it, as the trail tells.
    """

    def __init__(self, settings: Settings, actor: str = "atlas") -> None:
        self._actor = actor
        self._url = make_url(settings.database_url)
        self._var = settings.var
        self._clinic = settings.clinic
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._engine: Engine | None = None
        self._process = 0

    def prepare(self) -> None:
        """Connect and bring the tables up to date.

        Raises:
            SchedulerUnavailable: The database cannot be reached, written or migrated.
        """
        with _told_as_unavailable():
            self._ready_engine()

    @contextmanager
    def transaction(self, *, writes: bool, actor: str | None = None) -> Iterator[Session]:
        """Give a session that commits at the end, or rolls back on any error.

        Args:
            writes: Whether the transaction will change anything.
            actor: Who changes it, where that is not who this database was made for.

        Raises:
            SchedulerUnavailable: The database failed; nothing was changed.
        """
        with _told_as_unavailable():
            engine = self._ready_engine().execution_options(writes=writes)
            queues = writes and engine.dialect.name == "sqlite"
            turn = self._turn_to_write() if queues else nullcontext()
            about = {"actor": actor or self._actor}
            with turn, Session(engine, info=about) as session, session.begin():
                vault = vault_of(engine.dialect)
                vault.refresh(session.connection())
                yield session
                trail.write(session, vault)

    def is_current(self) -> bool:
        """Tell whether the tables are as new as this Atlas; newer ones will do, too.

        Raises:
            SchedulerUnavailable: The database cannot be reached.
        """
        with _told_as_unavailable():
            engine = self._ready_engine().execution_options(writes=False)
            options = {"version_table": VERSION_TABLE}
            with engine.connect() as connection:
                current = MigrationContext.configure(
                    connection, opts=options
                ).get_current_revision()
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        script = ScriptDirectory.from_config(config)
        older = {step.revision for step in script.walk_revisions()} - {script.get_current_head()}
        return current is not None and current not in older

    def vault(self) -> Vault:
        """Return what seals this database.

        Raises:
            SchedulerUnavailable: The database cannot be reached.
            KeyProblem: The master key is missing or another one.
        """
        with _told_as_unavailable():
            return vault_of(self._ready_engine().dialect)

    def empty_log(self) -> None:
        """Take out of the write-ahead log what was deleted (SQLite)."""
        with _told_as_unavailable():
            empty_log(self._ready_engine())

    def close(self) -> None:
        """Close every connection; the next use opens the database again."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose(close=self._process == os.getpid())
            self._engine = None

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        """Queue behind this process's other writers; SQLite itself lets them race for its lock.

        Without the queue a writer could lose the race for seconds while others come and go.
        """
        writing = self._writing
        if not writing.acquire(timeout=BUSY_SECONDS):
            raise SchedulerUnavailable("others are writing to the calendar for too long")
        try:
            yield
        finally:
            writing.release()

    def _ready_engine(self) -> Engine:
        with self._lock:
            if self._engine is not None and self._process == os.getpid():
                return self._engine
            if self._engine is not None:
                # After a fork the parent still uses these connections: forget, do not close.
                self._engine.dispose(close=False)
                self._writing = threading.Lock()
            _migrate(self._url, self._var)
            engine = make_engine(self._url)
            try:
                with engine.begin() as connection:
                    attach(engine.dialect, open_vault(connection, self._var))
                _copy_practitioners(engine, self._clinic)
            except BaseException:
                engine.dispose()
                raise
            self._engine, self._process = engine, os.getpid()
            return engine


@contextmanager
def _told_as_unavailable() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, CommandError) as error:
        # The cause may name hosts and files, which are for the log and not for a visitor.
        raise SchedulerUnavailable("the calendar's database cannot be used now") from error


def make_engine(url: URL, *, migrates: bool = False, durable: bool = True) -> Engine:
    """Return an engine with Atlas's settings of SQLite or PostgreSQL.

    Args:
        url: Where the database is.
        migrates: Lets SQLite rebuild tables that others refer to.
        durable: Whether what SQLite committed must survive a power cut.
    """
    # hide_parameters: an error's text must not carry a patient's name into a log.
    if url.get_backend_name() == "sqlite":
        _make_private_file(Path(str(url.database)))
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_timeout=BUSY_SECONDS,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _set_up_sqlite)
        if not durable:
            event.listen(engine, "connect", _sync_less)
        if migrates:
            event.listen(engine, "connect", _allow_rebuilding)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_timeout=BUSY_SECONDS,
        connect_args={
            "connect_timeout": BUSY_SECONDS,
            # Somebody who stands still in a transaction must not hold up everybody's bookings.
            "options": f"-c lock_timeout={BUSY_SECONDS}s -c statement_timeout={2 * BUSY_SECONDS}s "
            f"-c idle_in_transaction_session_timeout={5 * BUSY_SECONDS}s",
        },
    )
    event.listen(engine, "checkout", _check_connection)
    return engine


def _check_connection(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool make another connection where the server has closed this one.

    SQLAlchemy's own check asks the server each time, which doubles what a short read costs.
    """
    if connection.closed:
        raise DisconnectionError
    # Not select(), which knows no file above number 1,023: a busy worker has more.
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    # A server says nothing unasked on an idle connection but that it ends.
    if waiting.poll(0):
        raise DisconnectionError


def _make_private_file(path: Path) -> None:
    """Create a database file that only its owner may read; SQLite would follow the umask."""
    path.touch(mode=0o600, exist_ok=True)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling starts too late to make check-then-write atomic.
    connection.isolation_level = None
    cursor = connection.cursor()
    _use_write_ahead_log(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is deleted is overwritten, and does not wait in a free page.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _sync_less(connection: Any, _record: object) -> None:
    # In write-ahead mode this risks the last turns at a power cut, never the database.
    connection.execute("PRAGMA synchronous=NORMAL")


def _allow_rebuilding(connection: Any, _record: object) -> None:
    # SQLite changes a column by rebuilding its table, which a foreign key to it would forbid.
    connection.execute("PRAGMA foreign_keys=OFF")


def _use_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Switch to write-ahead mode; SQLite's busy timeout does not cover this statement."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(url: URL, var: Path) -> None:
    """Bring the tables up to date; processes that start together do so one after another."""
    move_tables(url, "head", var)


def move_tables(url: URL, revision: str, var: Path | None = None) -> None:
    """Bring the tables to a revision of `migrations/`, forwards or back, in one transaction.

    Args:
        url: Where the database is.
        revision: Such as "head" or "0001"; "base" takes all tables away.
        var: Where the master key is by default; the settings' own when None.

    Raises:
        KeyProblem: The master key is missing or another one.
        SQLAlchemyError: The database failed; the tables are as before.
        CommandError: There is no such revision, or the tables are newer than this Atlas.
        IntegrityProblem: The rebuilt tables would not fit together.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    engine = make_engine(url, migrates=True)
    try:
        with _alembic_lock, engine.begin() as connection:
            _queue_for_migration(connection)
            attach(engine.dialect, open_vault(connection, var or get_settings().var))
            config.attributes["connection"] = connection
            script = ScriptDirectory.from_config(config)
            current = MigrationContext.configure(
                connection, opts={"version_table": VERSION_TABLE}
            ).get_current_revision()
            known = [step.revision for step in script.walk_revisions()]
            target = script.get_current_head() if revision == "head" else revision
            if current == target:
                return
            back = current in known and (
                target == "base" or known.index(str(target)) > known.index(str(current))
            )
            (command.downgrade if back else command.upgrade)(config, revision)
            if connection.dialect.name == "sqlite":
                loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if loose:
                    raise IntegrityProblem(f"{len(loose)} rows would point nowhere")
        empty_log(engine)
    finally:
        engine.dispose()


def empty_log(engine: Engine) -> None:
    """Take out of SQLite's write-ahead log what is in the database or was deleted from it."""
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copy_practitioners(engine: Engine, clinic: ClinicSettings) -> None:
    with Session(engine) as session, session.begin():
        _queue_for_migration(session.connection())
        for person in clinic.practitioners:
            session.merge(
                models.Practitioner(
                    id=person.id, name=person.name, role=person.role, gender=person.gender
                )
            )


def _queue_for_migration(connection: Connection) -> None:
    # On SQLite BEGIN IMMEDIATE has taken the one write lock already.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
