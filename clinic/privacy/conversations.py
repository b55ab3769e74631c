"""Keep conversations sealed: one row a turn, and a keyed hash in place of the conversation's id.

What a turn added is written in one short transaction, as one sealed value. Neither intents nor
actions stand beside it, since they tell what a patient has.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from clinic import clock
from clinic.moments import UtcDateTime
from clinic.privacy import audit
from clinic.privacy.columns import attach
from clinic.privacy.vault import HEADER_BYTES, Vault, key_number, open_vault
from clinic.scheduling.database import empty_log, make_engine
from clinic.settings import Settings

metadata = sa.MetaData()
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    # The id itself, which locks and messages to the patient need
    sa.Column("sealed_id", sa.LargeBinary, nullable=False),
    # Another one when a conversation was deleted and began anew
    sa.Column("incarnation", sa.String(22), nullable=False),
    sa.Column("began_at", UtcDateTime, nullable=False),
    sa.Column("active_at", UtcDateTime, nullable=False, index=True),
    sa.Column("turns", sa.Integer, nullable=False),
    sa.Column("session", sa.Integer, nullable=False),
)
turns = sa.Table(
    "conversation_turns",
    metadata,
    sa.Column(
        "conversation_id", sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("session", sa.Integer, nullable=False),
    sa.Column("sealed_events", sa.LargeBinary, nullable=False),
)

# The table of Rasa's own SQL store, which wrote events in the clear.
_PLAIN = sa.Table(
    "events",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String),
    sa.Column("data", sa.Text),
)

# Built once: SQLAlchemy takes longer to build and recognise a statement than SQLite to run it.
_OF_ID = sa.select(conversations).where(conversations.c.id == sa.bindparam("wanted_id"))
_OF_ID_TO_WRITE = _OF_ID.with_for_update()
# One statement, so that what it returns is of one moment.
_SINCE = (
    sa.select(conversations, turns.c.number, turns.c.sealed_events)
    .outerjoin(
        turns,
        sa.and_(
            turns.c.conversation_id == conversations.c.id,
            turns.c.session == conversations.c.session,
            turns.c.number >= sa.bindparam("known_turns"),
        ),
    )
    .where(conversations.c.id == sa.bindparam("wanted_id"))
    .order_by(turns.c.number)
)
_ADD_TURN = sa.insert(turns)
_GO_ON = (
    sa.update(conversations)
    .where(
        conversations.c.id == sa.bindparam("wanted_id"),
        conversations.c.incarnation == sa.bindparam("known_incarnation"),
        conversations.c.turns == sa.bindparam("known_turns"),
    )
    .values(
        turns=sa.bindparam("new_turns"),
        session=sa.bindparam("new_session"),
        active_at=sa.bindparam("now"),
    )
)

_PURPOSE = "conversation"
Event = dict[str, Any]


class ConversationsUnavailable(Exception):  # noqa: N818 - named for what the caller has to say
    """The database cannot be used now; nothing was changed."""


class ConversationChanged(Exception):  # noqa: N818 - named for what happened
    """Somebody else wrote to the conversation meanwhile; nothing was written."""


@dataclass(frozen=True)
class Version:
    """How far a conversation was written.

    Args:
        incarnation: Another one after it was deleted and began anew.
        turns: How many turns it has.
        session: Which session is the present one.
    """

    incarnation: str
    turns: int
    session: int


@dataclass(frozen=True)
class Kept:
    """What is kept of a conversation.

    Args:
        version: How far it was written.
        began_at: When its first turn was written.
        active_at: When its last turn was written.
        events: Rasa's events as dictionaries, oldest first.
    """

    version: Version
    began_at: datetime
    active_at: datetime
    events: list[Event]


@dataclass(frozen=True)
class Since:
    """What was written to a conversation since somebody read it.

    Args:
        version: How far it is written now.
        goes_on: Whether the events go on from what was read; otherwise they are the whole session.
        events: Rasa's events as dictionaries, oldest first.
    """

    version: Version
    goes_on: bool
    events: list[Event]


@dataclass(frozen=True)
class Idle:
    """A conversation that nobody has written to for long.

    Args:
        conversation_id: Its id.
        active_at: When its last turn was written.
    """

    conversation_id: str
    active_at: datetime


@dataclass(frozen=True)
class _Opened:
    """The database once it was opened.

    Args:
        engine: For transactions that write.
        reads: For those that only read.
        one_read: For a single statement that reads.
        vault: What seals.
    """

    engine: Engine
    reads: Engine
    one_read: Engine
    vault: Vault

    @classmethod
    def of(cls, engine: Engine, vault: Vault) -> _Opened:
        reads = one_read = engine.execution_options(writes=False)
        if engine.dialect.name == "postgresql":
            one_read = reads.execution_options(isolation_level="AUTOCOMMIT")
            reads = reads.execution_options(isolation_level="REPEATABLE READ")
        return cls(engine, reads, one_read, vault)


class Conversations:
    """The conversations of a database; safe to share between threads.

    Every method may raise ConversationsUnavailable, and KeyProblem where the keys are wrong.

    Args:
        settings: Where the database and the master key are.
    """

    def __init__(self, settings: Settings) -> None:
        self._url = conversations_url(settings.database_url)
        self._var = settings.var
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._opened: _Opened | None = None

    def close(self) -> None:
        """Close the connections; the next use opens the database again."""
        with self._lock:
            if self._opened is not None:
                self._opened.engine.dispose()
            self._opened = None

    def hashed(self, conversation_id: str) -> str:
        """Return the keyed hash that stands for a conversation in the database."""
        with _told_as_unavailable():
            return self._open().vault.hash(conversation_id, _PURPOSE)

    def vault(self) -> Vault:
        """Return what seals this database."""
        with _told_as_unavailable():
            return self._open().vault

    def check(self) -> None:
        """Reach the database, and do nothing there."""
        with self.reading(once=True) as (connection, _):
            connection.execute(sa.select(1))

    def version(self, conversation_id: str) -> Version | None:
        """Return how far a conversation was written; None: there is none."""
        with self.reading(once=True) as (connection, vault):
            row = _row(connection, vault.hash(conversation_id, _PURPOSE))
        return None if row is None else _version(row)

    def read(self, conversation_id: str, *, all_sessions: bool = False) -> Kept | None:
        """Return a conversation.

        Args:
            conversation_id: Which one.
            all_sessions: Also what was said before the present session.
        """
        with self.reading() as (connection, vault):
            row = _row(connection, vault.hash(conversation_id, _PURPOSE))
            if row is None:
                return None
            wanted = sa.select(turns.c.number, turns.c.sealed_events).where(
                turns.c.conversation_id == row.id
            )
            if not all_sessions:
                wanted = wanted.where(turns.c.session == row.session)
            events: list[Event] = []
            for number, sealed in connection.execute(wanted.order_by(turns.c.number)):
                events.extend(_unsealed(vault, row.id, number, sealed))
        return Kept(_version(row), row.began_at, row.active_at, events)

    def since(self, conversation_id: str, known: Version | None = None) -> Since | None:
        """Return what was written to the present session since it was read.

        Args:
            conversation_id: Which conversation.
            known: How far it was written then; None: it was not read.

        Returns:
            What is new, or the whole session where another one began meanwhile; None: there is
            no such conversation.
        """
        with self.reading(once=True) as (connection, vault):
            hashed = vault.hash(conversation_id, _PURPOSE)
            wanted = {"wanted_id": hashed, "known_turns": known.turns if known else 0}
            rows = connection.execute(_SINCE, wanted).all()
            if not rows:
                return None
            version = _version(rows[0])
            events = [
                event
                for row in rows
                if row.sealed_events is not None
                for event in _unsealed(vault, hashed, row.number, row.sealed_events)
            ]
        if known is None:
            return Since(version, goes_on=False, events=events)
        same = (version.incarnation, version.session) == (known.incarnation, known.session)
        if same and version.turns >= known.turns:
            return Since(version, goes_on=True, events=events)
        return self.since(conversation_id)

    def append(
        self,
        conversation_id: str,
        sessions: Sequence[Sequence[Event]],
        entries: Sequence[audit.Entry] = (),
        after: Version | None = None,
    ) -> tuple[Version | None, Version]:
        """Write what a turn added.

        Args:
            conversation_id: Which conversation; it is made when there is none.
            sessions: New events; each further list begins a new session.
            entries: What the audit log tells of it, in the same transaction.
            after: How far it must have been written before; None: that does not matter.

        Returns:
            How far it was written before, None where there was none, and how far it is now.

        Raises:
            ConversationChanged: It was written further, or deleted, since `after`.
        """
        with self.writing() as (connection, vault):
            hashed = vault.hash(conversation_id, _PURPOSE)
            versions = add_turns(connection, vault, conversation_id, sessions, clock.now(), after)
            for entry in entries:
                audit.append(connection, vault, entry, subject=hashed)
            return versions

    def delete(self, conversation_id: str, entries: Sequence[audit.Entry] = ()) -> int:
        """Delete a conversation.

        Args:
            conversation_id: Which one.
            entries: What the audit log tells of it; each also tells how many turns there were.

        Returns:
            How many turns were deleted.
        """
        with self.writing() as (connection, vault):
            hashed = vault.hash(conversation_id, _PURPOSE)
            row = _row(connection, hashed, lock=True)
            gone = 0 if row is None else int(row.turns)
            connection.execute(sa.delete(turns).where(turns.c.conversation_id == hashed))
            connection.execute(sa.delete(conversations).where(conversations.c.id == hashed))
            for entry in entries:
                audit.append(connection, vault, entry.telling(turns=gone), subject=hashed)
        self.empty_log()
        return gone

    def delete_idle(self, conversation_id: str, before: datetime) -> bool:
        """Delete a conversation if nobody has written to it meanwhile.

        Args:
            conversation_id: Which one.
            before: Its last turn must be older than this.

        Returns:
            Whether it was deleted.
        """
        with self.writing() as (connection, vault):
            hashed = vault.hash(conversation_id, _PURPOSE)
            row = _row(connection, hashed, lock=True)
            if row is None or row.active_at >= before:
                return False
            connection.execute(sa.delete(turns).where(turns.c.conversation_id == hashed))
            connection.execute(sa.delete(conversations).where(conversations.c.id == hashed))
            return True

    def idle(self, before: datetime) -> list[Idle]:
        """Return the conversations whose last turn is older than a moment."""
        with self.reading() as (connection, vault):
            rows = connection.execute(
                sa.select(conversations).where(conversations.c.active_at < before)
            )
            return [Idle(_id_of(vault, row), row.active_at) for row in rows]

    def ids(self) -> list[str]:
        """Return the ids of all conversations."""
        with self.reading() as (connection, vault):
            return [_id_of(vault, row) for row in connection.execute(sa.select(conversations))]

    def extent(self) -> tuple[int, datetime | None]:
        """Return how many conversations there are, and when the one idle for longest was active."""
        wanted = sa.select(sa.func.count(), sa.func.min(conversations.c.active_at))
        with self.reading() as (connection, _):
            count, oldest = connection.execute(wanted).one()
        return count, oldest

    def empty_log(self) -> None:
        """Take out of the write-ahead log what was deleted (SQLite)."""
        with _told_as_unavailable():
            empty_log(self._open().engine)

    @contextmanager
    def reading(self, *, once: bool = False) -> Iterator[tuple[Connection, Vault]]:
        """Give a transaction that only reads, and the vault.

        Args:
            once: A single statement is read, which needs no beginning and no end.
        """
        with _told_as_unavailable():
            opened = self._open()
            with (opened.one_read if once else opened.reads).begin() as connection:
                opened.vault.refresh(connection)
                yield connection, opened.vault

    @contextmanager
    def writing(self) -> Iterator[tuple[Connection, Vault]]:
        """Give a transaction that commits at the end or rolls back on any error, and the vault."""
        with _told_as_unavailable():
            opened = self._open()
            engine, vault = opened.engine, opened.vault
            # SQLite lets writers race for its one lock; within a process they queue here.
            queue = self._writing if engine.dialect.name == "sqlite" else nullcontext()
            with queue, engine.begin() as connection:
                vault.refresh(connection)
                yield connection, vault

    def _open(self) -> _Opened:
        with self._lock:
            if self._opened is None:
                engine = make_engine(self._url, durable=False)
                try:
                    with engine.begin() as connection:
                        vault = open_vault(connection, self._var)
                        metadata.create_all(connection)
                        audit.prepare(connection)
                        take_over(connection, vault)
                    attach(engine.dialect, vault)
                    empty_log(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._opened = _Opened.of(engine, vault)
            return self._opened


def add_turns(
    connection: Connection,
    vault: Vault,
    conversation_id: str,
    sessions: Sequence[Sequence[Event]],
    now: datetime,
    after: Version | None = None,
) -> tuple[Version | None, Version]:
    """Write new events in a transaction; see `Conversations.append`.

    Args:
        connection: The transaction.
        vault: What seals.
        conversation_id: Which conversation.
        sessions: New events; each further list begins a new session.
        now: When they were said.
        after: How far it must have been written before; None: that does not matter.

    Raises:
        ConversationChanged: It was written further, or deleted, since `after`.
    """
    hashed = vault.hash(conversation_id, _PURPOSE)
    row: Any = after or _row(connection, hashed, lock=True)
    before = None if row is None else _version(row)
    if row is None:
        _make(connection, vault, conversation_id, hashed, now)
        row = _row(connection, hashed, lock=True)
    number, session = row.turns, row.session
    new = []
    for index, events in enumerate(sessions):
        session += index > 0
        if not events:
            continue
        content = zlib.compress(json.dumps(events).encode(), level=1)
        new.append(
            {
                "conversation_id": hashed,
                "number": number,
                "session": session,
                "sealed_events": vault.seal(content, _place(hashed, number)),
            }
        )
        number += 1
    told = {"new_turns": number, "new_session": session, "now": now, "wanted_id": hashed}
    known = {"known_incarnation": row.incarnation, "known_turns": row.turns}
    if connection.execute(_GO_ON, told | known).rowcount != 1:
        raise ConversationChanged("another process answered in this conversation")
    for turn in new:
        connection.execute(_ADD_TURN, turn)
    return before, Version(row.incarnation, number, session)


def _unsealed(vault: Vault, hashed: str, number: int, sealed: bytes) -> list[Event]:
    content = vault.open(bytes(sealed), _place(hashed, number))
    events: list[Event] = json.loads(zlib.decompress(content))
    return events


def conversations_url(database_url: str) -> URL:
    """Return where conversations are kept.

    On SQLite they have a file of their own, so that health answers and appointments are two
    stores and neither waits for the other's lock.

    Args:
        database_url: Where appointments are kept.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        stem = url.database.removesuffix(".db")
        return url.set(database=f"{stem}-conversations.db")
    return url


def reseal(conversations_: Conversations, batch: int = 200) -> int:
    """Seal every value anew that is not sealed with the newest key.

    Args:
        conversations_: The conversations.
        batch: How many turns go into one transaction.

    Returns:
        How many values were sealed anew.
    """
    count = 0
    with conversations_.writing() as (connection, vault):
        for row in connection.execute(sa.select(conversations)).all():
            if not vault.is_current(bytes(row.sealed_id)):
                place = _place(row.id, "id")
                sealed = vault.seal(vault.open(bytes(row.sealed_id), place), place)
                connection.execute(
                    sa.update(conversations)
                    .where(conversations.c.id == row.id)
                    .values(sealed_id=sealed)
                )
                count += 1
    key = sa.tuple_(turns.c.conversation_id, turns.c.number)
    last: tuple[str, int] = ("", -1)
    while True:
        with conversations_.writing() as (connection, vault):
            rows = connection.execute(
                sa.select(turns)
                .where(key > last)
                .order_by(turns.c.conversation_id, turns.c.number)
                .limit(batch)
            ).all()
            for row in rows:
                if vault.is_current(bytes(row.sealed_events)):
                    continue
                place = _place(row.conversation_id, row.number)
                sealed = vault.seal(vault.open(bytes(row.sealed_events), place), place)
                connection.execute(
                    sa.update(turns)
                    .where(
                        turns.c.conversation_id == row.conversation_id,
                        turns.c.number == row.number,
                    )
                    .values(sealed_events=sealed)
                )
                count += 1
        if not rows:
            return count
        last = (rows[-1].conversation_id, rows[-1].number)


def open_newest(connection: Connection, vault: Vault) -> bool:
    """Open the turn that was written last, to see that the keys fit.

    Args:
        connection: A transaction.
        vault: What opens.

    Returns:
        Whether there is a turn at all.

    Raises:
        KeyProblem: It cannot be opened.
    """
    newest = sa.select(conversations.c.id).order_by(conversations.c.active_at.desc()).limit(1)
    row = connection.execute(
        sa.select(turns)
        .where(turns.c.conversation_id == newest.scalar_subquery())
        .order_by(turns.c.number.desc())
        .limit(1)
    ).first()
    if row is not None:
        vault.open(bytes(row.sealed_events), _place(row.conversation_id, row.number))
    return row is not None


def used_keys(connection: Connection) -> set[int]:
    """Return the numbers of the data keys that some conversation is sealed with."""
    headers = sa.union(
        sa.select(sa.func.substr(conversations.c.sealed_id, 1, HEADER_BYTES)),
        sa.select(sa.func.substr(turns.c.sealed_events, 1, HEADER_BYTES)),
    )
    return {key_number(bytes(header)) for header in connection.scalars(headers)}


def take_over(connection: Connection, vault: Vault) -> None:
    """Seal what Rasa's own store kept in the clear, and take its table away.

    Args:
        connection: A transaction.
        vault: What seals.
    """
    if not sa.inspect(connection).has_table(_PLAIN.name):
        return
    rows = connection.execute(sa.select(_PLAIN).order_by(_PLAIN.c.sender_id, _PLAIN.c.id))
    for conversation_id, group in groupby(rows.all(), key=lambda row: row.sender_id):
        events = [json.loads(row.data) for row in group]
        starts = [i for i, event in enumerate(events) if event.get("event") == "session_started"]
        cuts = [0, *starts, len(events)]
        sessions = [events[start:end] for start, end in pairwise(cuts)]
        last = datetime.fromtimestamp(events[-1].get("timestamp") or 0, UTC)
        add_turns(connection, vault, conversation_id, sessions, last)
    _PLAIN.drop(connection)


@contextmanager
def _told_as_unavailable() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        # The cause may name hosts and files, which are for the log and not for a visitor.
        raise ConversationsUnavailable("the conversations' database cannot be used now") from error


def _make(
    connection: Connection, vault: Vault, conversation_id: str, hashed: str, now: datetime
) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    sealed_id = vault.seal(conversation_id.encode(errors="surrogatepass"), _place(hashed, "id"))
    connection.execute(
        dialect.insert(conversations)
        .values(
            id=hashed,
            sealed_id=sealed_id,
            incarnation=secrets.token_urlsafe(16),
            began_at=now,
            active_at=now,
            turns=0,
            session=0,
        )
        .on_conflict_do_nothing()  # another process was first
    )


def _row(connection: Connection, hashed: str, *, lock: bool = False) -> Any:
    wanted = _OF_ID_TO_WRITE if lock else _OF_ID
    return connection.execute(wanted, {"wanted_id": hashed}).one_or_none()


def _version(row: Any) -> Version:
    return Version(row.incarnation, row.turns, row.session)


def _id_of(vault: Vault, row: Any) -> str:
    content = vault.open(bytes(row.sealed_id), _place(row.id, "id"))
    return content.decode(errors="surrogatepass")


def _place(hashed: str, part: int | str) -> str:
    return f"conversations.{hashed}.{part}"
