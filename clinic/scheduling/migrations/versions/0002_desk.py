"""The clinic's side: buffers, time changes, call-backs, notices, limits, one audit trail.

Also all statuses of FHIR R4, a practical note, and the freedom not to want reminders.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OLD_STATUSES = "'proposed', 'pending', 'booked', 'fulfilled', 'cancelled', 'noshow'"
STATUSES = (
    "'proposed', 'pending', 'booked', 'arrived', 'fulfilled', 'cancelled', 'noshow', "
    "'entered-in-error', 'checked-in', 'waitlist'"
)
OLD_KINDS = "'booked', 'moved', 'cancelled'"
KINDS = (
    "'held', 'released', 'booked', 'moved', 'cancelled', "
    "'arrived', 'checked-in', 'fulfilled', 'noshow', 'entered-in-error', "
    "'opened', 'blocked', 'withdrawn', 'call_back_requested', 'call_back_closed'"
)


def upgrade() -> None:
    with op.batch_alter_table("patients") as table:
        table.alter_column("contact_consent_at", existing_type=MOMENT, nullable=True)
    for name in ("buffer_before", "buffer_after"):
        op.add_column("holds", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    _change_appointments(STATUSES, sa.String(16), sa.String(12))
    op.add_column("appointments", sa.Column("note", sa.String(200)))
    _create_tables()
    op.execute(
        "INSERT INTO audit_events (id, at, kind, appointment_id, hold_id, practitioner_id, "
        "start_utc) SELECT id, at, kind, appointment_id, hold_id, practitioner_id, start_utc "
        "FROM appointment_events ORDER BY id"
    )
    _continue_numbering("audit_events")
    op.drop_table("appointment_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION appointment_events_refuse()")
    _make_append_only("audit_events")


def _create_tables() -> None:
    op.create_table(
        "time_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("practitioner_id", sa.String(40), sa.ForeignKey("practitioners.id")),
        sa.Column("start_utc", MOMENT, nullable=False),
        sa.Column("end_utc", MOMENT, nullable=False, index=True),
        sa.CheckConstraint("kind IN ('opened', 'blocked')", name="time_change_kind"),
        sa.CheckConstraint("end_utc > start_utc", name="time_change_order"),
        sqlite_autoincrement=True,  # the audit trail names rows that are gone
    )
    op.create_table(
        "call_backs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("asked_at", MOMENT, nullable=False, index=True),
        sa.Column("request_key", sa.String(64), nullable=False, unique=True),
        sa.Column("patient_id", sa.Integer, sa.ForeignKey("patients.id"), nullable=False),
        sa.Column("visit_type_id", sa.String(40), nullable=False),
        sa.Column("wish", sa.String(200), nullable=False),
        sa.Column("closed_at", MOMENT),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("appointment_id", sa.Integer, sa.ForeignKey("appointments.id"), index=True),
        sa.Column("call_back_id", sa.Integer, sa.ForeignKey("call_backs.id")),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False, index=True),
        sa.Column("sent_at", MOMENT),
        sa.Column("dropped_at", MOMENT),
        sa.CheckConstraint(
            "kind IN ('booked', 'moved', 'cancelled', 'reminder', 'call_back')", name="notice_kind"
        ),
        sa.UniqueConstraint("appointment_id", "kind", "revision", name="notice_once"),
    )
    op.create_table(
        "look_up_tries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False, index=True),
        sa.Column("reference", sa.String(64), nullable=False, index=True),
        sa.Column("contact", sa.String(64), nullable=False, index=True),
        sa.Column("asker", sa.String(64), nullable=False, index=True),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("appointment_id", sa.Integer, sa.ForeignKey("appointments.id"), index=True),
        sa.Column("call_back_id", sa.Integer, sa.ForeignKey("call_backs.id")),
        sa.Column("time_change_id", sa.Integer),
        sa.Column("hold_id", sa.String(32), index=True),
        sa.Column("practitioner_id", sa.String(40)),
        sa.Column("start_utc", MOMENT),
        sa.Column("end_utc", MOMENT),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="event_kind"),
    )


def downgrade() -> None:
    """Go back; what the older tables have no place for is given up, appointments are not."""
    op.create_table(
        "appointment_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "appointment_id",
            sa.Integer,
            sa.ForeignKey("appointments.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("practitioner_id", sa.String(40), nullable=False),
        sa.Column("start_utc", MOMENT, nullable=False),
        sa.Column("hold_id", sa.String(32)),
        sa.CheckConstraint(f"kind IN ({OLD_KINDS})", name="event_kind"),
    )
    op.execute(
        "INSERT INTO appointment_events (id, appointment_id, at, kind, practitioner_id, start_utc, "
        "hold_id) SELECT id, appointment_id, at, kind, practitioner_id, start_utc, hold_id "
        f"FROM audit_events WHERE kind IN ({OLD_KINDS}) ORDER BY id"
    )
    _continue_numbering("appointment_events")
    for table in ("audit_events", "outbox", "call_backs", "look_up_tries", "time_changes"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_events_refuse()")
    _make_append_only("appointment_events")
    for older, newer in (
        ("booked", "'arrived', 'checked-in'"),
        ("cancelled", "'entered-in-error'"),
        ("pending", "'waitlist'"),
    ):
        op.execute(f"UPDATE appointments SET status = '{older}' WHERE status IN ({newer})")
    with op.batch_alter_table("appointments") as appointments:
        appointments.drop_column("note")
    _change_appointments(OLD_STATUSES, sa.String(12), sa.String(16))
    with op.batch_alter_table("holds") as holds:
        for name in ("buffer_before", "buffer_after"):
            holds.drop_column(name)
    # The older table knows no "no reminders"; 1970 is recognisable as no real moment.
    op.execute(
        "UPDATE patients SET contact_consent_at = '1970-01-01 00:00:00' "
        "WHERE contact_consent_at IS NULL"
    )
    with op.batch_alter_table("patients") as patients:
        patients.alter_column("contact_consent_at", existing_type=MOMENT, nullable=False)


def _change_appointments(statuses: str, kind: sa.String, before: sa.String) -> None:
    with op.batch_alter_table("appointments") as table:
        table.drop_constraint("appointment_status", type_="check")
        table.alter_column("status", existing_type=before, type_=kind, existing_nullable=False)
        table.create_check_constraint("appointment_status", f"status IN ({statuses})")


def _continue_numbering(table: str) -> None:
    """Let new rows follow the copied ones; SQLite does so by itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
            f"(SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
        )


def _make_append_only(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
