"""Seal names, contacts, notes and wishes; hash with a key what has to be found again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from clinic.privacy.columns import vault_of

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PATIENT = {"name": sa.String(80), "phone": sa.String(16), "email": sa.String(254)}
KEYS = ("phone", "email")
# Plain digests so far: of ids that may be phone numbers, which can be guessed one by one.
DIGESTS = (
    ("appointments", "idempotency_key"),
    ("call_backs", "request_key"),
    ("holds", "holder"),
    ("look_up_tries", "reference"),
    ("look_up_tries", "contact"),
    ("look_up_tries", "asker"),
)


def upgrade() -> None:
    for name in PATIENT:
        op.add_column("patients", sa.Column(f"sealed_{name}", sa.LargeBinary))
        _seal("patients", name)
    for name in KEYS:
        op.add_column("patients", sa.Column(f"{name}_key", sa.String(64)))
        _hash("patients", name, f"patients.{name}", into=f"{name}_key")
    op.add_column("patients", sa.Column("erased_at", MOMENT))
    for name in KEYS:
        op.drop_index(f"ix_patients_{name}", "patients")
    with op.batch_alter_table("patients") as table:
        table.drop_constraint("patient_reachable", type_="check")
        for name in PATIENT:
            table.drop_column(name)
        table.alter_column("sealed_name", existing_type=sa.LargeBinary, nullable=False)
        table.create_check_constraint(
            "patient_reachable",
            "sealed_phone IS NOT NULL OR sealed_email IS NOT NULL OR erased_at IS NOT NULL",
        )
    for name in KEYS:
        op.create_index(f"ix_patients_{name}_key", "patients", [f"{name}_key"])
    for table_name, name, required in (
        ("appointments", "note", False),
        ("call_backs", "wish", True),
    ):
        op.add_column(table_name, sa.Column(f"sealed_{name}", sa.LargeBinary))
        _seal(table_name, name)
        with op.batch_alter_table(table_name) as table:
            table.drop_column(name)
            if required:
                table.alter_column(f"sealed_{name}", existing_type=sa.LargeBinary, nullable=False)
    op.add_column("call_backs", sa.Column("asker", sa.String(64)))
    op.create_index("ix_call_backs_asker", "call_backs", ["asker"])
    for table_name, name in DIGESTS:
        _hash(table_name, name, f"{table_name}.{name}")


def downgrade() -> None:
    """Go back; hashes stay what they are, so that holds and tries of that moment are lost."""
    op.drop_index("ix_call_backs_asker", "call_backs")
    with op.batch_alter_table("call_backs") as table:
        table.drop_column("asker")
    for table_name, name in (("appointments", "note"), ("call_backs", "wish")):
        op.add_column(table_name, sa.Column(name, sa.String(200)))
        _open(table_name, name)
        with op.batch_alter_table(table_name) as table:
            table.drop_column(f"sealed_{name}")
            if name == "wish":
                table.alter_column(name, existing_type=sa.String(200), nullable=False)
    for name, kind in PATIENT.items():
        op.add_column("patients", sa.Column(name, kind))
        _open("patients", name)
    op.execute("UPDATE patients SET email = 'erased' WHERE erased_at IS NOT NULL")
    for name in KEYS:
        op.drop_index(f"ix_patients_{name}_key", "patients")
    with op.batch_alter_table("patients") as table:
        table.drop_constraint("patient_reachable", type_="check")
        for name in PATIENT:
            table.drop_column(f"sealed_{name}")
        for name in KEYS:
            table.drop_column(f"{name}_key")
        table.drop_column("erased_at")
        table.alter_column("name", existing_type=sa.String(80), nullable=False)
        table.create_check_constraint("patient_reachable", "phone IS NOT NULL OR email IS NOT NULL")
    for name in KEYS:
        op.create_index(f"ix_patients_{name}", "patients", [name])


def _seal(table: str, name: str) -> None:
    vault = vault_of(op.get_bind().dialect)
    for row_id, value in _values(table, name):
        _set(table, f"sealed_{name}", row_id, vault.seal(value.encode(), f"{table}.{name}"))


def _open(table: str, name: str) -> None:
    vault = vault_of(op.get_bind().dialect)
    for row_id, sealed in _values(table, f"sealed_{name}"):
        _set(table, name, row_id, vault.open(bytes(sealed), f"{table}.{name}").decode())


def _hash(table: str, name: str, purpose: str, *, into: str | None = None) -> None:
    vault = vault_of(op.get_bind().dialect)
    for row_id, value in _values(table, name):
        # Digests and phone numbers have no upper case; e-mail addresses may.
        hashed = vault.hash(value.lower(), purpose)
        _set(table, into or name, row_id, hashed)


def _values(table: str, name: str) -> list[tuple[Any, ...]]:
    found = op.get_bind().execute(
        sa.text(f"SELECT id, {name} FROM {table} WHERE {name} IS NOT NULL")
    )
    return [tuple(row) for row in found]


def _set(table: str, name: str, row_id: object, value: bytes | str) -> None:
    op.get_bind().execute(
        sa.text(f"UPDATE {table} SET {name} = :value WHERE id = :id"),
        {"value": value, "id": row_id},
    )
