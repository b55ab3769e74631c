"""A log of what was done with patients' data: append-only, and chained so that changes show.

Cutting off the newest entries shows against a chain head that was noted elsewhere: every purge
logs it. Entries hold no word of a patient; a conversation is named by its keyed hash. What is done
with the calendar has a chain of its own (`clinic.scheduling.trail`), whose head every purge notes
here.
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
from clinic.privacy.chain import START, Verdict, link
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

_PURPOSE = "privacy_audit"
# Under which name a purge notes the head of the calendar's trail.
CALENDAR_HEAD = "calendar_head"
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
    connection: Connection,
    vault: Vault,
    entry: Entry,
    *,
    subject: str | None = None,
    at: datetime | None = None,
) -> str:
    """Write an entry in the transaction that does what it tells.

    Args:
        connection: The transaction; it holds SQLite's write lock.
        vault: Its hash chains the entries.
        entry: What is told.
        subject: The keyed hash of whom it concerns.
        at: When; now where None.

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
        "at": at or clock.now(),
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": subject,
        "detail": json.dumps(entry.detail, sort_keys=True),
    }
    chain = link(vault, _PURPOSE, START if last is None else last.chain, values)
    connection.execute(sa.insert(log).values(chain=chain, **values))
    return chain


def verify(connection: Connection, vault: Vault, expected: str | None = None) -> Verdict:
    """Check the whole chain.

    Args:
        connection: A transaction.
        vault: The one that chained it.
        expected: A chain head that was noted earlier and has to be in the chain.
    """
    chain, number, seen = START, 0, expected is None
    wanted = sa.select(log).order_by(log.c.number)
    for row in connection.execute(wanted, execution_options={"yield_per": 1000}):
        number += 1
        if row.number != number:
            return Verdict(number - 1, chain, f"entry {number} is missing")
        values = {name: getattr(row, name) for name in _CHAINED}
        chain = link(vault, _PURPOSE, chain, values)
        if chain != row.chain:
            return Verdict(number, chain, f"entry {number} or the one before it was changed")
        seen = seen or chain == expected
    if not seen:
        problem = "the noted head is not in the chain: its newest entries were cut off"
        return Verdict(number, chain, problem)
    return Verdict(number, chain, None)


def calendar_heads(connection: Connection) -> frozenset[str]:
    """Return the heads of the calendar's trail that purges noted here."""
    purges = connection.scalars(sa.select(log.c.detail).where(log.c.kind == "purge"))
    heads = (json.loads(detail).get(CALENDAR_HEAD) for detail in purges)
    return frozenset(head for head in heads if head)


def newest(connection: Connection, count: int) -> list[tuple[datetime, str]]:
    """Return the newest entries for people, each with its moment, the oldest first."""
    rows = connection.execute(sa.select(log).order_by(log.c.number.desc()).limit(count)).all()
    return [
        (
            row.at,
            f"{row.number}  {row.at:%Y-%m-%d %H:%M:%S}  {row.kind}  by {row.actor}"
            f"  {(row.subject or '')[:12]}  {row.detail}",
        )
        for row in reversed(rows)
    ]


_CHAINED = ("number", "at", "kind", "actor", "subject", "detail")
