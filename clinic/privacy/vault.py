"""Seal data with keys that the master key wraps, and hash what has to be looked up.

Every database has a key ring of its own, the table `data_keys`: keys that seal (the newest seals,
all open) and one key for hashes. Sealed data starts with a format byte and the number of its
key; AES-256-GCM also covers the place it belongs to, so that a value moved elsewhere is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
import weakref
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from clinic import clock
from clinic.moments import UtcDateTime
from clinic.privacy.master_key import (
    KEY_BYTES,
    NONCE_BYTES,
    KeyProblem,
    KeyService,
    load_key_service,
)

# A retired key is kept this long after the last rotation, for processes that still seal with it.
KEEP_RETIRED = timedelta(hours=1)

_FORMAT = b"\x01"
_NUMBER_BYTES = 4
# What tells the key: the beginning of every sealed value.
HEADER_BYTES = len(_FORMAT) + _NUMBER_BYTES
_SEAL, _LOOK_UP = "seal", "look_up"
# How long a process may go on without noticing that another one rotated the keys.
_REFRESH_SECONDS = 60.0
# Any constant will do; it names the lock that processes making the first keys queue for.
_RING_LOCK = 0x41544C4B59

metadata = sa.MetaData()
data_keys = sa.Table(
    "data_keys",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("master", sa.String(64), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
    sa.Column("retired_at", UtcDateTime),
    sqlite_autoincrement=True,  # the number of a destroyed key must never come back
)


@dataclass(frozen=True)
class _Ring:
    ciphers: dict[int, AESGCM]
    newest: int
    look_up: bytes


class Vault:
    """Seals, opens and hashes; safe to share between threads.

    Args:
        service: The master key.
        connection: A transaction on the database whose ring it is; the table exists.
    """

    def __init__(self, service: KeyService, connection: Connection) -> None:
        self._service = service
        self._engine = weakref.ref(connection.engine)
        self._unwrapped: dict[int, bytes] = {}
        self._ring = self._read(connection)
        self._read_at = time.monotonic()

    def seal(self, content: bytes, place: str) -> bytes:
        """Encrypt.

        Args:
            content: What nobody else may read.
            place: What it belongs to; `open` must name the same.
        """
        ring = self._ring
        header = _FORMAT + ring.newest.to_bytes(_NUMBER_BYTES, "big")
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = header + place.encode()
        return header + nonce + ring.ciphers[ring.newest].encrypt(nonce, content, bound)

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt.

        Args:
            sealed: What `seal` returned.
            place: What it belongs to.

        Raises:
            KeyProblem: Its key is gone, or it was changed or moved from another place.
        """
        number = key_number(sealed)
        if number not in self._ring.ciphers:
            self._look_for_new_keys()
        cipher = self._ring.ciphers.get(number)
        if cipher is None:
            raise KeyProblem(
                f"a value of {place} was sealed with a data key that is gone: restore `data_keys`"
            )
        nonce = sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES]
        bound = sealed[:HEADER_BYTES] + place.encode()
        try:
            return cipher.decrypt(nonce, sealed[HEADER_BYTES + NONCE_BYTES :], bound)
        except (InvalidTag, ValueError) as error:
            raise KeyProblem(f"a sealed value of {place} was changed or moved") from error

    def is_current(self, sealed: bytes) -> bool:
        """Tell whether a value is sealed with the newest key."""
        return key_number(sealed) == self._ring.newest

    def hash(self, value: str, purpose: str) -> str:
        """Return 64 hexadecimal characters that only the holder of the key can work out.

        Args:
            value: What has to be found again.
            purpose: Keeps equal values of different kinds apart.
        """
        text = f"{purpose}\0{value}".encode(errors="surrogatepass")
        return hmac.new(self._ring.look_up, text, hashlib.sha256).hexdigest()

    def refresh(self, connection: Connection, *, at_once: bool = False) -> None:
        """Notice keys that another process made; reads the ring once a minute.

        Args:
            connection: A transaction on the ring's database.
            at_once: Read it now.

        Raises:
            KeyProblem: The master key is another one now.
        """
        if at_once or time.monotonic() - self._read_at >= _REFRESH_SECONDS:
            self._ring = self._read(connection)
            self._read_at = time.monotonic()

    def add_key(self, connection: Connection) -> None:
        """Make a new key that seals from now on, and retire the others."""
        retire = (
            sa.update(data_keys)
            .where(data_keys.c.purpose == _SEAL, data_keys.c.retired_at.is_(None))
            .values(retired_at=clock.now())
        )
        connection.execute(retire)
        _insert_key(connection, self._service, _SEAL)
        self.refresh(connection, at_once=True)

    def destroy_retired(self, connection: Connection, used: set[int]) -> int:
        """Destroy retired keys that nothing is sealed with any more.

        Args:
            connection: A transaction on the ring's database.
            used: The numbers of keys that something is still sealed with.

        Returns:
            How many were destroyed.
        """
        old = data_keys.c.retired_at < clock.now() - KEEP_RETIRED
        numbers = set(connection.scalars(sa.select(data_keys.c.number).where(old))) - used
        connection.execute(sa.delete(data_keys).where(data_keys.c.number.in_(numbers)))
        return len(numbers)

    def _look_for_new_keys(self) -> None:
        engine = self._engine()
        if engine is not None:
            with engine.execution_options(writes=False).connect() as connection:
                self.refresh(connection, at_once=True)

    def _read(self, connection: Connection) -> _Ring:
        rows = connection.execute(sa.select(data_keys).order_by(data_keys.c.number)).all()
        ciphers, look_up, newest = {}, b"", 0
        for row in rows:
            # Known keys are not unwrapped again: the master key may have been changed meanwhile.
            key = self._unwrapped.get(row.number) or self._service.unwrap(row.wrapped)
            self._unwrapped[row.number] = key
            if row.purpose == _LOOK_UP:
                look_up = key
                continue
            ciphers[row.number] = AESGCM(key)
            newest = row.number if row.retired_at is None else newest
        if not look_up or not newest:
            raise KeyProblem("the table `data_keys` is incomplete: restore it from a backup")
        return _Ring(ciphers, newest, look_up)


def open_vault(connection: Connection, var: Path) -> Vault:
    """Return the vault of a database; its first keys are made where nothing is sealed yet.

    Args:
        connection: A transaction that may write.
        var: Where the master key is by default.

    Raises:
        KeyProblem: The master key is missing, malformed or another one.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _RING_LOCK})
    data_keys.create(connection, checkfirst=True)
    empty = connection.scalar(sa.select(data_keys.c.number).limit(1)) is None
    service = load_key_service(var, may_make=empty)
    if empty:
        for purpose in (_SEAL, _LOOK_UP):
            _insert_key(connection, service, purpose)
    return Vault(service, connection)


def rewrap(connection: Connection, old: KeyService, new: KeyService) -> int:
    """Wrap every key of a ring with another master key; sealed data stays as it is.

    A ring that is wrapped already is left alone, so that a rotation that was broken off can be
    done again.

    Args:
        connection: A transaction on the ring's database.
        old: The present master key.
        new: The one that takes its place.

    Returns:
        How many keys were wrapped.

    Raises:
        KeyProblem: A key is wrapped with neither.
    """
    data_keys.create(connection, checkfirst=True)
    wanted = sa.select(data_keys).where(data_keys.c.master != new.key_id)
    rows = connection.execute(wanted).all()
    for row in rows:
        connection.execute(
            sa.update(data_keys)
            .where(data_keys.c.number == row.number)
            .values(wrapped=new.wrap(old.unwrap(row.wrapped)), master=new.key_id)
        )
    return len(rows)


def key_number(sealed: bytes) -> int:
    """Return the number of the key that a value is sealed with.

    Raises:
        KeyProblem: The value is not sealed.
    """
    if sealed[:1] != _FORMAT or len(sealed) < HEADER_BYTES:
        raise KeyProblem("a stored value is not sealed as this Atlas seals it")
    return int.from_bytes(sealed[1:HEADER_BYTES], "big")


def _insert_key(connection: Connection, service: KeyService, purpose: str) -> None:
    made: datetime = clock.now()
    connection.execute(
        sa.insert(data_keys).values(
            purpose=purpose,
            master=service.key_id,
            wrapped=service.wrap(secrets.token_bytes(KEY_BYTES)),
            made_at=made,
        )
    )
