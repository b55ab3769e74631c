"""All sealed values of the calendar, for changing their key."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinic.privacy.columns import vault_of
from clinic.privacy.vault import key_number
from clinic.scheduling.database import Database

# Table, column, and the place that the seal is bound to.
_VALUES = (
    ("patients", "sealed_name", "patients.name"),
    ("patients", "sealed_phone", "patients.phone"),
    ("patients", "sealed_email", "patients.email"),
    ("appointments", "sealed_note", "appointments.note"),
    ("call_backs", "sealed_wish", "call_backs.wish"),
    ("staff_members", "sealed_password", "staff_members.password"),
)


def reseal(database: Database) -> int:
    """Seal every value anew that is not sealed with the newest key; returns how many.

    Args:
        database: The calendar's.
    """
    count = 0
    for table, column, place in _VALUES:
        with database.transaction(writes=True) as session:
            vault = vault_of(session.get_bind().dialect)
            for row_id, sealed in _sealed(session, table, column):
                if vault.is_current(sealed):
                    continue
                session.execute(
                    sa.text(f"UPDATE {table} SET {column} = :value WHERE id = :id"),
                    {"value": vault.seal(vault.open(sealed, place), place), "id": row_id},
                )
                count += 1
    return count


def used_keys(session: Session) -> set[int]:
    """Return the numbers of the data keys that something is sealed with."""
    return {
        key_number(sealed)
        for table, column, _ in _VALUES
        for _, sealed in _sealed(session, table, column)
    }


def _sealed(session: Session, table: str, column: str) -> list[tuple[int, bytes]]:
    lock = " FOR UPDATE" if session.get_bind().dialect.name == "postgresql" else ""
    found = session.execute(
        sa.text(f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL{lock}")
    )
    return [(row_id, bytes(sealed)) for row_id, sealed in found]
