"""The tables of the staff log-in, beside those of the calendar and migrated with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clinic.moments import UtcDateTime
from clinic.privacy.columns import KeyedHash, SealedText
from clinic.scheduling.models import Base

LONGEST_NAME = 40


class StaffMember(Base):
    """Someone of the clinic who may log in."""

    __tablename__ = "staff_members"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    # A slow hash, and sealed besides: a stolen database holds nothing to guess passwords at.
    password: Mapped[str] = mapped_column("sealed_password", SealedText("staff_members.password"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """A browser in which a member is logged in; its secret is kept as a keyed hash only."""

    __tablename__ = "staff_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(KeyedHash("staff_sessions.secret"), unique=True)
    member_id: Mapped[int] = mapped_column(
        ForeignKey("staff_members.id", ondelete="CASCADE"), index=True
    )
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)

    member: Mapped[StaffMember] = relationship(lazy="joined")


class StaffTry(Base):
    """How often in a row log-ins failed for a name, or from an address."""

    __tablename__ = "staff_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    # "name …" or "address …"; the name need not be anybody's
    whose: Mapped[str] = mapped_column(KeyedHash("staff_tries.whose"), unique=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    barred_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
