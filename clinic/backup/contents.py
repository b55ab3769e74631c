"""What a database or its backup holds: counted, the keys tried, the audit chain checked."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from clinic.privacy import audit
from clinic.privacy.chain import Verdict
from clinic.privacy.columns import attach
from clinic.privacy.conversations import conversations, open_newest, turns
from clinic.privacy.master_key import KeyService
from clinic.privacy.vault import Vault, data_keys
from clinic.scheduling import trail
from clinic.scheduling.database import VERSION_TABLE
from clinic.scheduling.models import Appointment, AuditEvent, Patient

_COUNTED = (
    Appointment.__tablename__,
    Patient.__tablename__,
    conversations.name,
    turns.name,
    audit.log.name,
)


class BackupError(Exception):
    """A backup cannot be made or restored; one sentence says why."""


@dataclass(frozen=True)
class Contents:
    """What was found in a database.

    Args:
        revision: Of the calendar's tables; None where there are none.
        counts: How many rows each table has that the database holds.
        audit_head: The head of the audit chain; "" where there is none.
        calendar_head: The head of the calendar's trail; "" where there is none.
    """

    revision: str | None
    counts: dict[str, int]
    audit_head: str
    calendar_head: str = ""


def look_into(connection: Connection, service: KeyService) -> Contents:
    """Count what a database holds, open a sealed value of each kind, and verify the audit chain.

    Args:
        connection: A transaction that only reads.
        service: The master key.

    Raises:
        BackupError: The audit chain or the calendar's is broken.
        KeyProblem: The master key does not open it.
    """
    tables = set(sa.inspect(connection).get_table_names())
    counts = {
        name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
        for name in _COUNTED
        if name in tables
    }
    head = calendar_head = ""
    noted: frozenset[str] = frozenset()
    if data_keys.name in tables:
        vault = Vault(service, connection)
        if conversations.name in tables:
            open_newest(connection, vault)
        if audit.log.name in tables:
            head = _head(audit.verify(connection, vault))
            noted = audit.calendar_heads(connection)
        if Patient.__tablename__ in tables:
            attach(connection.engine.dialect, vault)
            with Session(connection) as session:
                session.scalar(sa.select(Patient.name).order_by(Patient.id.desc()).limit(1))
                if _has_chained_trail(connection):
                    calendar_head = _head(trail.verify(session, vault, noted))
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return Contents(context.get_current_revision(), counts, head, calendar_head)


def _head(verdict: Verdict) -> str:
    if verdict.problem:
        raise BackupError(f"the audit log was tampered with: {verdict.problem}")
    return verdict.head


def _has_chained_trail(connection: Connection) -> bool:
    """Tell whether the calendar is as new as its chain; a backup may be older."""
    columns = sa.inspect(connection).get_columns(AuditEvent.__tablename__)
    return any(column["name"] == "chain" for column in columns)
