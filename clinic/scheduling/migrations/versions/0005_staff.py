"""Let members of the clinic log in: who they are, their sessions, and failed log-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "staff_members",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False, unique=True),
        sa.Column("sealed_password", sa.LargeBinary, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("secret", sa.String(64), nullable=False, unique=True),
        sa.Column(
            "member_id",
            sa.Integer,
            sa.ForeignKey("staff_members.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_index("ix_staff_sessions_member_id", "staff_sessions", ["member_id"])
    op.create_table(
        "staff_tries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("whose", sa.String(64), nullable=False, unique=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("barred_until", MOMENT),
    )
    op.create_index("ix_staff_tries_last_at", "staff_tries", ["last_at"])


def downgrade() -> None:
    """Go back; nobody can log in any more, and members have to be added anew."""
    for name in ("staff_tries", "staff_sessions", "staff_members"):
        op.drop_table(name)
