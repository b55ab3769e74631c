"""A log of what was done with patients' data: append-only, and chained so that changes show.

Each entry carries a keyed hash over itself and the one before, so that whoever can write to the
database but has no key can neither change, insert nor remove an entry unnoticed. Cutting off the
newest entries shows against a chain head that was noted elsewhere: every purge logs it. Entries
hold no word of a patient; a conversation is named by its keyed hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from clinic import clock
from clinic.moments import UtcDateTime
from clinic.privacy.vault import Vault

KINDS = (
    *("outcome", "consent", "access", "change"),
    *("export", "delete", "purge", "keys_rotated", "refused"),
)

metadata = sa.MetaData()
log = sa.Table(
    "privacy_audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(64)),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("chain", sa.String(64), nullable=False),
)

_START = "0" * 64
_PURPOSE = "privacy_audit"
# Any constant will do; it names the lock that writers of the chain queue for.
_CHAIN_LOCK = 0x41544C4155


class ChainBroken(Exception):  # noqa: N818 - named for what it tells the operator
    """An entry was changed, added or taken away; one sentence says which."""


@dataclass(frozen=True)
class Entry:
    """What is told.

    Args:
        kind: One of `KINDS`.
        actor: Who did it: "patient", "atlas", "operator", "api".
        detail: Facts that hold no word of a patient.
    """

    kind: str
    actor: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def telling(self, **facts: Any) -> Entry:
        """Return the same entry with more facts."""
        return replace(self, detail={**self.detail, **facts})


@dataclass(frozen=True)
class Verdict:
    """What checking the chain found.

    Args:
        entries: How many entries there are.
        head: The chain hash of the newest one.
        problem: What is wrong, in one sentence; None: nothing.
    """

    entries: int
    head: str
    problem: str | None


def prepare(connection: Connection) -> None:
    """Make the table, and let the database refuse to change or delete an entry."""
    if sa.inspect(connection).has_table(log.name):
        return
    log.create(connection)
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER {log.name}_no_{verb.lower()} BEFORE {verb} ON {log.name} BEGIN "
                f"SELECT RAISE(ABORT, '{log.name} is append-only'); END"
            )
        return
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {log.name}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{log.name} is append-only'; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE TRIGGER {log.name}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {log.name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {log.name}_refuse()"
    )


def append(
    connection: Connection, vault: Vault, entry: Entry, *, subject: str | None = None
) -> str:
    """Write an entry in the transaction that does what it tells.

    Args:
        connection: The transaction; it holds SQLite's write lock.
        vault: Its hash chains the entries.
        entry: What is told.
        subject: The keyed hash of whom it concerns.

    Returns:
        The chain's new head.
    """
    if entry.kind not in KINDS:
        raise ValueError(f"{entry.kind!r} is no kind of audit entry")
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = connection.execute(
        sa.select(log.c.number, log.c.chain).order_by(log.c.number.desc()).limit(1)
    ).one_or_none()
    values = {
        "number": 1 if last is None else last.number + 1,
        "at": clock.now(),
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": subject,
        "detail": json.dumps(entry.detail, sort_keys=True),
    }
    chain = _link(vault, _START if last is None else last.chain, values)
    connection.execute(sa.insert(log).values(chain=chain, **values))
    return chain


def verify(connection: Connection, vault: Vault, expected: str | None = None) -> Verdict:
    """Check the whole chain.

    Args:
        connection: A transaction.
        vault: The one that chained it.
        expected: A chain head that was noted earlier and has to be in the chain.
    """
    chain, number, seen = _START, 0, expected is None
    for row in connection.execute(sa.select(log).order_by(log.c.number)):
        number += 1
        if row.number != number:
            return Verdict(number - 1, chain, f"entry {number} is missing")
        values = {name: getattr(row, name) for name in _CHAINED}
        chain = _link(vault, chain, values)
        if chain != row.chain:
            return Verdict(number, chain, f"entry {number} or the one before it was changed")
        seen = seen or chain == expected
    if not seen:
        problem = "the noted head is not in the chain: its newest entries were cut off"
        return Verdict(number, chain, problem)
    return Verdict(number, chain, None)


def newest(connection: Connection, count: int) -> list[str]:
    """Return the newest entries, the oldest of them first, a line each."""
    rows = connection.execute(sa.select(log).order_by(log.c.number.desc()).limit(count)).all()
    return [
        f"{row.number}  {row.at:%Y-%m-%d %H:%M:%S}  {row.kind}  by {row.actor}"
        f"  {(row.subject or '')[:12]}  {row.detail}"
        for row in reversed(rows)
    ]


_CHAINED = ("number", "at", "kind", "actor", "subject", "detail")


def _link(vault: Vault, before: str, values: Mapping[str, Any]) -> str:
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
    return vault.hash(f"{before}{json.dumps(plain, sort_keys=True)}", _PURPOSE)
