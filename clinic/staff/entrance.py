"""Let members in and out: the log-in, the session that it begins, and its end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from clinic import clock
from clinic.privacy.access import note
from clinic.privacy.audit import Entry
from clinic.scheduling.database import Database
from clinic.scheduling.erasure import Cleared
from clinic.staff import lockout
from clinic.staff.members import Member, plain_name, told
from clinic.staff.models import LONGEST_NAME, StaffMember, StaffSession, StaffTry
from clinic.staff.passwords import LONGEST, check_password, fits, hash_password

# A working day, and what ASVS 3.3 asks for where there is no second factor.
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=30)
# Noting each page would write to the database for nothing.
_NOTED_EVERY = timedelta(minutes=1)
_SECRET_BYTES = 32


@dataclass(frozen=True)
class LoggedIn:
    """A log-in that succeeded.

    Args:
        member: Who.
        secret: What their browser shows from now on.
    """

    member: Member
    secret: str


@dataclass(frozen=True)
class Barred:
    """A log-in that was not even tried, since too many failed.

    Args:
        until: When the next one may be.
    """

    until: datetime


@dataclass(frozen=True)
class _Proven:
    """A member whose password fitted what was kept of it."""

    member: Member
    kept: str


class Entrance:
    """Knows who may come in; safe to share between threads.

    Every method may raise SchedulerUnavailable; then nothing was changed.

    Args:
        database: The calendar's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_open(self) -> bool:
        """Tell whether anybody could come in at all."""
        with self._database.transaction(writes=False) as session:
            return session.scalar(select(StaffMember.id).limit(1)) is not None

    def log_in(self, name: str, password: str, address: str) -> LoggedIn | Barred | None:
        """Try a name and a password.

        Args:
            name: As it was typed.
            password: Likewise.
            address: Where the try comes from.

        Returns:
            None where they do not fit; nothing tells which of them.
        """
        proven = self._prove(name, password, address)
        if not isinstance(proven, _Proven):
            return proven
        with self._database.transaction(writes=True) as session:
            row = _unchanged(session, proven)
            if row is None:
                return None
            lockout.clear(session, row.name, address)
            secret = _begin(session, row)
        note(Entry("access", actor(proven.member), {"did": "logged in"}))
        return LoggedIn(proven.member, secret)

    def change_password(
        self, member: Member, password: str, new: str, address: str
    ) -> LoggedIn | Barred | None:
        """Give a member another password, at their wish; all their sessions end, a new one begins.

        Args:
            member: Who is logged in.
            password: The present one, as they typed it.
            new: The next one.
            address: Where the wish comes from.

        Returns:
            None where the present password is not right.

        Raises:
            UnfitPassword: The new one is easy to guess.
        """
        check_password(new, member.name)
        proven = self._prove(member.name, password, address)
        if not isinstance(proven, _Proven):
            return proven
        kept = hash_password(new)
        with self._database.transaction(writes=True) as session:
            row = _unchanged(session, proven)
            if row is None:
                return None
            row.password = kept
            lockout.clear(session, row.name, address)
            session.execute(delete(StaffSession).where(StaffSession.member_id == row.id))
            secret = _begin(session, row)
        note(Entry("change", actor(member), {"did": "staff password changed"}))
        return LoggedIn(member, secret)

    def _prove(self, name: str, password: str, address: str) -> _Proven | Barred | None:
        name = plain_name(name)[: LONGEST_NAME + 1]
        with self._database.transaction(writes=True) as session:
            counted = lockout.count_try(session, name, address, clock.now())
            row = session.scalar(select(StaffMember).where(StaffMember.name == name))
            kept = row.password if row else None
            known = told(row) if row else None
        if counted.barred_until is not None:
            return Barred(counted.barred_until)
        # Outside of any transaction: it takes a while, and as long for a name that is nobody's.
        if not fits(password[: LONGEST + 1], kept) or known is None or kept is None:
            _note_failure(known, counted)
            return None
        return _Proven(known, kept)

    def whose(self, secret: str) -> Member | None:
        """Return who is logged in with a secret; None: nobody, or no longer."""
        now = clock.now()
        with self._database.transaction(writes=False) as session:
            row = _living(session, secret, now)
            if row is None:
                return None
            member, noted = told(row.member), row.seen_at
        if now - noted >= _NOTED_EVERY:
            with self._database.transaction(writes=True) as session:
                row = _living(session, secret, now)
                if row is None:
                    return None
                row.seen_at = now
        return member

    def log_out(self, secret: str) -> None:
        """End a session; one that is over already is no error."""
        with self._database.transaction(writes=True) as session:
            row = _living(session, secret, clock.now())
            if row is None:
                return
            member = told(row.member)
            session.delete(row)
        note(Entry("access", actor(member), {"did": "logged out"}))

    def form_token(self, secret: str, purpose: str) -> str:
        """Return what a form has to bring along that was made for the holder of a secret.

        Args:
            secret: What the browser shows.
            purpose: Keeps forms of different kinds apart.
        """
        return self._database.vault().hash(secret, f"staff form {purpose}")


def actor(member: Member) -> str:
    """Return how the audit log names a member."""
    return f"staff {member.name}"


def new_secret() -> str:
    """Return what nobody can guess."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def clear_old(database: Database, now: datetime) -> list[Cleared]:
    """Delete sessions that are over and failed log-ins that no longer count.

    Args:
        database: The calendar's.
        now: The present moment.

    Returns:
        Each class of data.
    """
    told_of = []
    with database.transaction(writes=True) as session:
        before = [_count(session, row) for row in (StaffSession, StaffTry)]
        _end_old(session, now)
        lockout.forget(session, now)
        for name, row, moment, count in (
            ("staff_sessions", StaffSession, StaffSession.began_at, before[0]),
            ("staff_tries", StaffTry, StaffTry.last_at, before[1]),
        ):
            left = _count(session, row)
            oldest = session.scalar(select(func.min(moment)))
            told_of.append(Cleared(name, count - left, left, oldest))
    return told_of


def _unchanged(session: Session, proven: _Proven) -> StaffMember | None:
    """Return a member's row, unless they were removed or given another password meanwhile."""
    row = session.get(StaffMember, proven.member.id, with_for_update=True)
    return row if row is not None and row.password == proven.kept else None


def _begin(session: Session, row: StaffMember) -> str:
    now = clock.now()
    _end_old(session, now)
    secret = new_secret()
    session.add(StaffSession(secret=secret, member_id=row.id, began_at=now, seen_at=now))
    return secret


def _living(session: Session, secret: str, now: datetime) -> StaffSession | None:
    return session.scalar(
        select(StaffSession).where(
            StaffSession.secret == secret,
            StaffSession.began_at > now - SESSION_LIFE,
            StaffSession.seen_at > now - SESSION_IDLE,
        )
    )


def _end_old(session: Session, now: datetime) -> None:
    old = or_(
        StaffSession.began_at <= now - SESSION_LIFE, StaffSession.seen_at <= now - SESSION_IDLE
    )
    session.execute(delete(StaffSession).where(old))


def _count(session: Session, row: type[StaffSession] | type[StaffTry]) -> int:
    return session.scalar(select(func.count()).select_from(row)) or 0


def _note_failure(known: Member | None, counted: lockout.Counted) -> None:
    """Tell the audit log; what was typed as a name may be a password, so only names are told."""
    detail: dict[str, object] = {"did": "log-in refused", "member": known.name if known else None}
    if counted.bars_next:
        detail["locked"] = True
    note(Entry("refused", "unknown", detail))
