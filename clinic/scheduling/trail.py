"""The calendar's trail: what was done with it and by whom, chained so that changes show.

A line is written in the transaction of the change that it tells, last of all, since writers of the
chain queue for it until they commit. It names no patient: visits are told by their number, and no
line is written about what a patient says. Each purge notes the newest line's hash in the audit log
(`clinic.privacy.audit`), which may be another database, so that cutting off the end shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from clinic.privacy.chain import START, Verdict, link
from clinic.privacy.vault import Vault
from clinic.scheduling import models

_PURPOSE = "audit_events"
_CHAINED = (
    *("id", "at", "kind", "actor", "appointment_id", "call_back_id", "time_change_id"),
    *("hold_id", "practitioner_id", "start_utc", "end_utc"),
)
_PENDING = "lines of the trail"
# Any constant will do; it names the lock that writers of the chain queue for.
_CHAIN_LOCK = 0x41544C4354
# What a visit is after a line; other kinds are the status of the same name.
_STATUS_AFTER = {"moved": "booked"}


def record(
    session: Session,
    kind: str,
    now: datetime,
    about: models.Appointment | models.Hold | models.TimeChange | models.CallBack,
    *,
    hold_id: str | None = None,
) -> None:
    """Tell the trail what is being done; the line is written when the transaction ends.

    Args:
        session: The transaction that makes the change.
        kind: One of `models.EVENT_KINDS`.
        now: When.
        about: What was changed; it has its id already.
        hold_id: The hold that put an appointment where it is.
    """
    event = models.AuditEvent(
        at=now,
        kind=kind,
        actor=session.info["actor"],
        appointment_id=None,
        call_back_id=None,
        time_change_id=None,
        hold_id=hold_id,
        practitioner_id=None,
        start_utc=None,
        end_utc=None,
    )
    if isinstance(about, models.CallBack):
        event.call_back_id = about.id
    else:
        event.practitioner_id = about.practitioner_id
        event.start_utc, event.end_utc = about.start_utc, about.end_utc
    if isinstance(about, models.Appointment):
        event.appointment_id = about.id
    elif isinstance(about, models.Hold):
        event.hold_id = about.id
    elif isinstance(about, models.TimeChange):
        event.time_change_id = about.id
    session.info.setdefault(_PENDING, []).append(event)


def write(session: Session, vault: Vault) -> None:
    """Write the lines of a transaction that is about to commit.

    Args:
        session: The transaction; it holds SQLite's write lock.
        vault: Its hash chains the lines.
    """
    events: list[models.AuditEvent] = session.info.pop(_PENDING, [])
    if not events:
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    row = models.AuditEvent
    last = session.execute(select(row.id, row.chain).order_by(row.id.desc()).limit(1)).one_or_none()
    number, chain = (0, START) if last is None else last.tuple()
    for event in events:
        number += 1
        event.id = number
        event.chain = chain = _link(vault, chain, event)
    session.add_all(events)


def head(session: Session) -> str:
    """Return the chain hash of the newest line."""
    row = models.AuditEvent
    return session.scalar(select(row.chain).order_by(row.id.desc()).limit(1)) or START


def verify(session: Session, vault: Vault, noted: frozenset[str] = frozenset()) -> Verdict:
    """Check the whole trail, and that every visit is as its newest line says.

    Args:
        session: A transaction.
        vault: The one that chained it.
        noted: Chain hashes that were noted elsewhere and have to be in the chain.
    """
    chain, count, missing = START, 0, set(noted) - {START}
    row = models.AuditEvent
    for event in session.scalars(select(row).order_by(row.id).execution_options(yield_per=1000)):
        chain = _link(vault, chain, event)
        if chain != event.chain:
            problem = f"line {event.id} of the calendar or the one before it was changed"
            return Verdict(count, chain, problem)
        count += 1
        missing.discard(chain)
    if missing:
        problem = "a noted line of the calendar is not there: its newest lines were cut off"
        return Verdict(count, chain, problem)
    return Verdict(count, chain, next(_untold(session), None))


def newest(session: Session, count: int) -> list[tuple[datetime, str]]:
    """Return the newest lines for people, each with its moment, the oldest first."""
    row = models.AuditEvent
    found = session.scalars(select(row).order_by(row.id.desc()).limit(count)).all()
    return [(event.at, _told(event)) for event in reversed(found)]


def _told(event: models.AuditEvent) -> str:
    about = next(
        (
            f"{name} {number}"
            for name, number in (
                ("visit", event.appointment_id),
                ("call-back", event.call_back_id),
                ("change of time", event.time_change_id),
            )
            if number is not None
        ),
        "a time",
    )
    when = "" if event.start_utc is None else f", {event.start_utc:%Y-%m-%d %H:%M} UTC"
    whose = "" if event.practitioner_id is None else f", {event.practitioner_id}"
    return (
        f"c{event.id}  {event.at:%Y-%m-%d %H:%M:%S}  change  by {event.actor}"
        f"  {event.kind}: {about}{when}{whose}"
    )


def _untold(session: Session) -> Iterator[str]:
    """Say of each visit that is not as the trail says, what is wrong."""
    row, visit = models.AuditEvent, models.Appointment
    newest_line = (
        select(func.max(row.id))
        .where(row.appointment_id.is_not(None), row.kind != "erased")
        .group_by(row.appointment_id)
    )
    lines = select(row).where(row.id.in_(newest_line)).subquery()
    wanted = select(
        visit.id,
        visit.status,
        visit.start_utc,
        visit.end_utc,
        visit.practitioner_id,
        lines.c.kind,
        lines.c.start_utc,
        lines.c.end_utc,
        lines.c.practitioner_id,
    ).outerjoin(lines, lines.c.appointment_id == visit.id)
    for (
        number,
        status,
        start,
        end,
        person,
        kind,
        told_start,
        told_end,
        told_person,
    ) in session.execute(wanted.order_by(visit.id)):
        if kind is None:
            yield f"visit {number} stands in the calendar, and no line tells of it"
        elif (
            (start, person) != (told_start, told_person)
            # The oldest lines, of the first tables, do not tell the end.
            or end != (told_end or end)
            or status != _STATUS_AFTER.get(kind, kind)
        ):
            yield f"visit {number} is not as its newest line says"
    gone = select(row.appointment_id).where(
        row.appointment_id.is_not(None), row.appointment_id.not_in(select(visit.id))
    )
    for number in session.scalars(gone.limit(1)):
        yield f"visit {number}, of which the trail tells, is gone"


def _link(vault: Vault, before: str, event: models.AuditEvent) -> str:
    return link(vault, _PURPOSE, before, {name: getattr(event, name) for name in _CHAINED})
