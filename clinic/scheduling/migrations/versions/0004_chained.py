"""Chain the lines of the trail, and say who did what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from clinic.moments import UtcDateTime
from clinic.privacy.chain import START, link
from clinic.privacy.columns import vault_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OLD_KINDS = (
    "'held', 'released', 'booked', 'moved', 'cancelled', "
    "'arrived', 'checked-in', 'fulfilled', 'noshow', 'entered-in-error', "
    "'opened', 'blocked', 'withdrawn', 'call_back_requested', 'call_back_closed'"
)
KINDS = f"{OLD_KINDS}, 'erased'"
LINES = sa.table(
    "audit_events",
    *(sa.column(name, UtcDateTime) for name in ("at", "start_utc", "end_utc")),
    *(
        sa.column(name)
        for name in (
            *("id", "kind", "actor", "appointment_id", "call_back_id", "time_change_id"),
            *("hold_id", "practitioner_id"),
        )
    ),
)


def upgrade() -> None:
    _let_change()
    op.add_column(
        "audit_events", sa.Column("actor", sa.String(64), nullable=False, server_default="unknown")
    )
    op.add_column("audit_events", sa.Column("chain", sa.String(64)))
    _chain_what_is_there()
    with op.batch_alter_table("audit_events") as table:
        table.alter_column(
            "actor", existing_type=sa.String(64), existing_nullable=False, server_default=None
        )
        table.alter_column("chain", existing_type=sa.String(64), nullable=False)
        table.drop_constraint("event_kind", type_="check")
        table.create_check_constraint("event_kind", f"kind IN ({KINDS})")
    _make_append_only()


def downgrade() -> None:
    """Go back; lines that tell of erasing are given up, and so is the chain."""
    _let_change()
    op.execute("DELETE FROM audit_events WHERE kind = 'erased'")
    with op.batch_alter_table("audit_events") as table:
        table.drop_column("actor")
        table.drop_column("chain")
        table.drop_constraint("event_kind", type_="check")
        table.create_check_constraint("event_kind", f"kind IN ({OLD_KINDS})")
    if op.get_bind().dialect.name == "postgresql":
        # Since 0004 the lines are numbered by Atlas.
        op.execute(
            "SELECT setval(pg_get_serial_sequence('audit_events', 'id'), "
            "(SELECT coalesce(max(id), 0) + 1 FROM audit_events), false)"
        )
    _make_append_only()


def _chain_what_is_there() -> None:
    connection = op.get_bind()
    vault, chain = vault_of(connection.dialect), START
    for row in connection.execute(sa.select(LINES).order_by(LINES.c.id)).all():
        chain = link(vault, "audit_events", chain, dict(row._mapping))
        connection.execute(
            sa.text("UPDATE audit_events SET chain = :chain WHERE id = :id"),
            {"chain": chain, "id": row.id},
        )


def _let_change() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER audit_events_no_{verb}")
    else:
        op.execute("ALTER TABLE audit_events DISABLE TRIGGER audit_events_no_change")


def _make_append_only() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE audit_events ENABLE TRIGGER audit_events_no_change")
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_events_no_{verb.lower()} BEFORE {verb} ON audit_events BEGIN "
            "SELECT RAISE(ABORT, 'audit_events is append-only'); END"
        )
