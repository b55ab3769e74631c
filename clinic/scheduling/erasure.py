"""Take patients out of the calendar: at their wish, or when the time of keeping is over.

Rows that the audit trail names stay; who they were about goes. They then belong to one patient
without name and contact, and a patient to whom nothing belongs any more is deleted.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Delete, delete, func, or_, select
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from clinic.scheduling import models
from clinic.scheduling.database import Database
from clinic.scheduling.records import digest, drop_holds
from clinic.scheduling.trail import record

# After this time even a hold that nobody took can no longer be confirmed.
HOLDS_KEPT = timedelta(hours=24)
TRIES_KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Cleared:
    """What was cleared of one class of data.

    Args:
        name: The class.
        cleared: How many.
        remaining: How many are left that a person can be told from.
        oldest: The moment that the keeping of the oldest of these counts from.
    """

    name: str
    cleared: int
    remaining: int
    oldest: datetime | None


@dataclass(frozen=True)
class AskedCall:
    """A call-back that a conversation asked for.

    Args:
        asked_at: When.
        name: Who is to be called.
        phone: Where.
        email: Or where to write.
        wish: The time that was understood.
    """

    asked_at: datetime
    name: str
    phone: str | None
    email: str | None
    wish: str


def calls_of(database: Database, conversation_id: str) -> list[AskedCall]:
    """Return the call-backs that a conversation asked for."""
    row = models.CallBack
    with database.transaction(writes=False) as session:
        return [
            AskedCall(
                found.asked_at,
                found.patient.name,
                found.patient.phone,
                found.patient.email,
                found.wish,
            )
            for found in session.scalars(select(row).where(row.asker == conversation_id))
        ]


def forget(database: Database, conversation_id: str, now: datetime) -> dict[str, int]:
    """Give up a conversation's hold and erase the call-backs that it asked for.

    Args:
        database: The calendar's.
        conversation_id: Whose.
        now: The present moment.

    Returns:
        How many holds and call-backs there were.
    """
    hold, call = models.Hold, models.CallBack
    with database.transaction(writes=True, actor="patient") as session:
        own = hold.holder == digest(conversation_id)
        holds = session.scalars(select(hold).where(own)).all()
        for held in holds:
            record(session, "released", now, held)
        session.flush()
        drop_holds(session, own)
        calls = session.scalars(select(call).where(call.asker == conversation_id)).all()
        for asked in calls:
            if asked.closed_at is None:
                asked.closed_at = now
                record(session, "call_back_closed", now, asked)
        _erase_calls(session, calls, now)
        _drop_patients(session)
        return {"holds": len(holds), "call_backs": len(calls)}


def clear(
    database: Database,
    now: datetime,
    *,
    appointments: timedelta,
    call_backs: timedelta,
    notices: timedelta,
) -> list[Cleared]:
    """Clear what was kept for long enough.

    Args:
        database: The calendar's.
        now: The present moment.
        appointments: How long after a visit its patient is kept.
        call_backs: How long a wish to be called is kept.
        notices: How long a notice is kept that was sent or dropped.

    Returns:
        Each class of data.
    """
    hold, notice, attempt = models.Hold, models.Notice, models.LookUpTry
    with database.transaction(writes=True) as session:
        nobody = _nobody(session, now)
        told = [
            _clear_visits(session, now - appointments, nobody, now),
            _clear_calls(session, now - call_backs, nobody, now),
        ]
        done = func.coalesce(notice.sent_at, notice.dropped_at)
        gone = _count(session, delete(notice).where(done < now - notices))
        told.append(_told(session, "notices", gone, notice.id, done))
        old = hold.expires_at < now - HOLDS_KEPT
        expired = session.scalar(select(func.count()).select_from(hold).where(old)) or 0
        drop_holds(session, old)
        told.append(_told(session, "holds", expired, hold.id, hold.expires_at))
        gone = _count(session, delete(attempt).where(attempt.at < now - TRIES_KEPT))
        told.append(_told(session, "look_up_tries", gone, attempt.id, attempt.at))
        _drop_patients(session)
        return told


def _clear_visits(
    session: Session, before: datetime, nobody: models.Patient, now: datetime
) -> Cleared:
    visit = models.Appointment
    known = visit.patient_id != nobody.id
    rows = session.scalars(select(visit).where(known, visit.end_utc < before)).all()
    for row in rows:
        row.patient, row.note = nobody, None
        record(session, "erased", now, row)
    session.flush()
    return _told(session, "appointments", len(rows), visit.id, visit.end_utc, known)


def _clear_calls(
    session: Session, before: datetime, nobody: models.Patient, now: datetime
) -> Cleared:
    call = models.CallBack
    known = call.patient_id != nobody.id
    rows = session.scalars(select(call).where(known, call.asked_at < before)).all()
    _erase_calls(session, rows, now)
    return _told(session, "call_backs", len(rows), call.id, call.asked_at, known)


def _erase_calls(session: Session, calls: Any, now: datetime) -> None:
    nobody = _nobody(session, now)
    for call in calls:
        call.patient, call.wish, call.asker = nobody, "", None
        call.request_key = secrets.token_hex(32)  # asking again later is a new request
        record(session, "erased", now, call)
    session.flush()
    session.execute(
        delete(models.Notice).where(models.Notice.call_back_id.in_([call.id for call in calls])),
        execution_options={"synchronize_session": False},
    )


def _nobody(session: Session, now: datetime) -> models.Patient:
    """Return the one patient without name and contact, made when first needed."""
    row = models.Patient
    found = session.scalar(select(row).where(row.erased_at.is_not(None)).order_by(row.id).limit(1))
    if found is None:
        found = row(name="", erased_at=now)
        session.add(found)
        session.flush()
    return found


def _drop_patients(session: Session) -> None:
    """Delete patients to whom nothing belongs any more."""
    patient = models.Patient
    used = or_(
        patient.id.in_(select(models.Appointment.patient_id)),
        patient.id.in_(select(models.CallBack.patient_id)),
    )
    session.execute(
        delete(patient).where(patient.erased_at.is_(None), ~used),
        execution_options={"synchronize_session": False},
    )


def _told(
    session: Session,
    name: str,
    cleared: int,
    key: Any,
    moment: Any,
    which: ColumnElement[bool] | None = None,
) -> Cleared:
    wanted = select(func.count(key), func.min(moment))
    if which is not None:
        wanted = wanted.where(which)
    remaining, oldest = session.execute(wanted).one()
    return Cleared(name, cleared, remaining, oldest)


def _count(session: Session, statement: Delete) -> int:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount
