"""Limit how often a reference, a contact or an asker may fail to see an appointment.

The limits hold across conversations and restarts. They are the same for references that exist
and for those that do not, so that reaching one tells nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from clinic.scheduling.models import LookUpTry
from clinic.scheduling.port import Contact
from clinic.scheduling.records import digest

WINDOW = timedelta(hours=24)
# How many failures there may be within the window, for one of each.
MOST: tuple[tuple[InstrumentedAttribute[str], int], ...] = (
    (LookUpTry.asker, 5),
    (LookUpTry.reference, 5),
    (LookUpTry.contact, 10),
)


def new_try(reference: str, contact: Contact, asker: str, now: datetime) -> LookUpTry:
    """Return a try with digests in place of what was said.

    Args:
        reference: As it was given.
        contact: As it was given.
        asker: Whoever asks.
        now: The present moment.
    """
    return LookUpTry(
        at=now,
        reference=digest(reference.strip().upper()),
        contact=digest(f"{contact.phone or ''} {(contact.email or '').casefold()}"),
        asker=digest(asker),
    )


def too_many(session: Session, attempt: LookUpTry) -> bool:
    """Tell whether the asker, the reference or the contact failed too often lately."""
    since = attempt.at - WINDOW
    values = (attempt.asker, attempt.reference, attempt.contact)
    for (column, most), value in zip(MOST, values, strict=True):
        failed = session.scalar(select(func.count()).where(column == value, LookUpTry.at > since))
        if (failed or 0) >= most:
            return True
    return False


def remember(session: Session, attempt: LookUpTry) -> None:
    """Keep a failed try, and forget those that no longer count."""
    session.execute(delete(LookUpTry).where(LookUpTry.at <= attempt.at - WINDOW))
    session.add(attempt)
