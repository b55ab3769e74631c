"""The calendar: practitioners, patients, holds, appointments, ticks and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "practitioners",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("gender", sa.String(10), nullable=False),
    )
    op.create_table(
        "patients",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("phone", sa.String(16), index=True),
        sa.Column("email", sa.String(254), index=True),
        sa.Column("contact_consent_at", MOMENT, nullable=False),
        sa.CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name="patient_reachable"),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "practitioner_id", sa.String(40), sa.ForeignKey("practitioners.id"), nullable=False
        ),
        sa.Column("visit_type_id", sa.String(40), nullable=False),
        sa.Column("start_utc", MOMENT, nullable=False),
        sa.Column("end_utc", MOMENT, nullable=False),
        sa.Column("holder", sa.String(64), nullable=False, index=True),
        sa.Column("expires_at", MOMENT, nullable=False, index=True),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reference", sa.String(16), nullable=False, unique=True),
        sa.Column("idempotency_key", sa.String(64), nullable=False, unique=True),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("start_utc", MOMENT, nullable=False, index=True),
        sa.Column("end_utc", MOMENT, nullable=False),
        sa.Column(
            "practitioner_id", sa.String(40), sa.ForeignKey("practitioners.id"), nullable=False
        ),
        sa.Column("visit_type_id", sa.String(40), nullable=False),
        sa.Column("patient_id", sa.Integer, sa.ForeignKey("patients.id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'pending', 'booked', 'fulfilled', 'cancelled', 'noshow')",
            name="appointment_status",
        ),
        sa.CheckConstraint("end_utc > start_utc", name="appointment_order"),
    )
    op.create_table(
        "booked_ticks",
        sa.Column(
            "practitioner_id", sa.String(40), sa.ForeignKey("practitioners.id"), primary_key=True
        ),
        sa.Column("tick", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hold_id", sa.String(32), sa.ForeignKey("holds.id"), index=True),
        sa.Column("appointment_id", sa.Integer, sa.ForeignKey("appointments.id"), index=True),
        sa.CheckConstraint("(hold_id IS NULL) <> (appointment_id IS NULL)", name="tick_owner"),
    )
    op.create_index("booked_ticks_tick", "booked_ticks", ["tick"])
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
        sa.CheckConstraint("kind IN ('booked', 'moved', 'cancelled')", name="event_kind"),
    )
    _make_events_append_only()


def _make_events_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER appointment_events_no_{verb.lower()} BEFORE {verb} "
                "ON appointment_events BEGIN "
                "SELECT RAISE(ABORT, 'appointment_events is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION appointment_events_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'appointment_events is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER appointment_events_no_change "
        "BEFORE UPDATE OR DELETE OR TRUNCATE ON appointment_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION appointment_events_refuse()"
    )


def downgrade() -> None:
    for table in (
        "appointment_events",
        "booked_ticks",
        "appointments",
        "holds",
        "patients",
        "practitioners",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION appointment_events_refuse()")
