"""Check and show the audit log with the calendar's trail, which is chained in its own database."""

from __future__ import annotations

from heapq import merge

from sqlalchemy import Connection, text

from clinic.privacy import audit
from clinic.privacy.chain import Verdict
from clinic.privacy.keys import Stores
from clinic.scheduling import trail


def verify(stores: Stores, expected: str | None = None) -> dict[str, Verdict]:
    """Check both chains, and that the calendar's holds what the audit log noted of it.

    Args:
        stores: Both stores.
        expected: A head of the audit log that was noted elsewhere.
    """
    # First the audit log: what it has noted of the calendar by then is in the calendar.
    with stores.conversations.reading() as (connection, vault):
        _take_time(connection)
        log = audit.verify(connection, vault, expected)
        noted = audit.calendar_heads(connection)
    vault = stores.calendar.vault()
    with stores.calendar.transaction(writes=False) as session:
        _take_time(session.connection())
        return {"audit log": log, "calendar": trail.verify(session, vault, noted)}


def _take_time(connection: Connection) -> None:
    """Lift the limits that are meant for patients' questions: the logs of years take longer."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))


def newest(stores: Stores, count: int) -> list[str]:
    """Return the newest entries of both, the oldest first, a line each.

    Args:
        stores: Both stores.
        count: How many.
    """
    with stores.conversations.reading() as (connection, _):
        entries = audit.newest(connection, count)
    with stores.calendar.transaction(writes=False) as session:
        lines = trail.newest(session, count)
    return [line for _, line in list(merge(entries, lines))[-count:]] if count > 0 else []
