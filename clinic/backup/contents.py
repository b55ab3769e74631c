"""What a database or its backup holds: counted, the keys tried, the audit chain checked."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from clinic.privacy import audit
from clinic.privacy.columns import attach
from clinic.privacy.conversations import conversations, open_newest, turns
from clinic.privacy.master_key import KeyService
from clinic.privacy.vault import Vault, data_keys
from clinic.scheduling.database import VERSION_TABLE
from clinic.scheduling.models import Appointment, Patient

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
    """

    revision: str | None
    counts: dict[str, int]
    audit_head: str


def look_into(connection: Connection, service: KeyService) -> Contents:
    """Count what a database holds, open a sealed value of each kind, and verify the audit chain.

    Args:
        connection: A transaction that only reads.
        service: The master key.

    Raises:
        BackupError: The audit chain is broken.
        KeyProblem: The master key does not open it.
    """
    tables = set(sa.inspect(connection).get_table_names())
    counts = {
        name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) or 0
        for name in _COUNTED
        if name in tables
    }
    head = ""
    if data_keys.name in tables:
        vault = Vault(service, connection)
        if conversations.name in tables:
            open_newest(connection, vault)
        if Patient.__tablename__ in tables:
            attach(connection.engine.dialect, vault)
            with Session(connection) as session:
                session.scalar(sa.select(Patient.name).order_by(Patient.id.desc()).limit(1))
        if audit.log.name in tables:
            verdict = audit.verify(connection, vault)
            if verdict.problem:
                raise BackupError(f"the audit log was tampered with: {verdict.problem}")
            head = verdict.head
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return Contents(context.get_current_revision(), counts, head)
