"""Add, list and remove the members of the clinic who may log in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clinic import clock
from clinic.privacy.access import note
from clinic.privacy.audit import Entry
from clinic.scheduling.database import Database
from clinic.staff import lockout
from clinic.staff.models import LONGEST_NAME, StaffMember, StaffSession
from clinic.staff.passwords import UnfitPassword, check_password, hash_password

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


class StaffError(Exception):
    """What was asked for about a member cannot be done; one sentence says why."""


@dataclass(frozen=True)
class Member:
    """Someone of the clinic who may log in.

    Args:
        id: Their number.
        name: What they log in with.
        added_at: Since when.
    """

    id: int
    name: str
    added_at: datetime


def plain_name(name: str) -> str:
    """Return a name as it is kept, whatever capitals and spaces it was typed with."""
    return name.strip().casefold()


def add(database: Database, name: str, password: str) -> Member:
    """Add a member.

    Args:
        database: The calendar's.
        name: Letters a-z, digits, dots, dashes.
        password: Their first password.

    Raises:
        StaffError: The name is taken or cannot be one, or the password is not fit.
    """
    name = plain_name(name)
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise StaffError(
            f"{name!r} cannot be a name: use 1 to {LONGEST_NAME} letters a-z, digits, dots, dashes"
        )
    kept = _hashed(password, name)
    with database.transaction(writes=True) as session:
        if _find(session, name) is not None:
            raise StaffError(f"there is a member {name} already; `reset` gives a new password")
        row = StaffMember(name=name, password=kept, added_at=clock.now())
        session.add(row)
        lockout.clear(session, name)
        session.flush()
        made = told(row)
    note(Entry("change", "operator", {"did": "staff added", "member": name}))
    return made


def reset(database: Database, name: str, password: str) -> Member:
    """Give a member a new password, log them out everywhere and lift a lock on their name.

    Raises:
        StaffError: There is no such member, or the password is not fit.
    """
    name = plain_name(name)
    kept = _hashed(password, name)
    with database.transaction(writes=True) as session:
        row = _known(session, name)
        row.password = kept
        session.execute(delete(StaffSession).where(StaffSession.member_id == row.id))
        lockout.clear(session, name)
        member = told(row)
    note(Entry("change", "operator", {"did": "staff password reset", "member": name}))
    return member


def remove(database: Database, name: str) -> Member:
    """Remove a member; whoever is logged in as them is logged out.

    Raises:
        StaffError: There is no such member.
    """
    name = plain_name(name)
    with database.transaction(writes=True) as session:
        row = _known(session, name)
        member = told(row)
        session.execute(delete(StaffSession).where(StaffSession.member_id == row.id))
        session.delete(row)
    note(Entry("change", "operator", {"did": "staff removed", "member": name}))
    return member


def check_exists(database: Database, name: str) -> None:
    """Check that there is such a member.

    Raises:
        StaffError: There is none.
    """
    with database.transaction(writes=False) as session:
        _known(session, plain_name(name))


def members(database: Database) -> list[Member]:
    """Return all members, by name."""
    with database.transaction(writes=False) as session:
        return [told(row) for row in session.scalars(select(StaffMember).order_by("name"))]


def told(row: StaffMember) -> Member:
    """Return a row without its password."""
    return Member(row.id, row.name, row.added_at)


def _hashed(password: str, name: str) -> str:
    try:
        check_password(password, name)
    except UnfitPassword as error:
        raise StaffError(str(error)) from error
    return hash_password(password)


def _find(session: Session, name: str) -> StaffMember | None:
    return session.scalar(select(StaffMember).where(StaffMember.name == name))


def _known(session: Session, name: str) -> StaffMember:
    row = _find(session, name)
    if row is None:
        raise StaffError(f"there is no member {name!r}; `atlas staff list` names them")
    return row
