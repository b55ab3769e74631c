"""Limit how often an asker, a reference or a contact may fail to see an appointment.

The limits hold across conversations and restarts. They are the same for references that exist
and for those that do not, so that reaching one tells nothing.

Whoever asks is stopped early and for a day. A reference and a contact belong to somebody who
did nothing wrong, so theirs are wide and short: a stranger would need six conversations and
thirty tries within the hour to bar the owner, and then for no longer than that hour. Thirty an
hour are still hopeless against the millions of phone numbers and references there are.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from clinic.scheduling.models import LookUpTry
from clinic.scheduling.port import Contact
from clinic.scheduling.records import digest

logger = logging.getLogger(__name__)

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
# How many failures there may be within which time, for one of each.
LIMITS: tuple[tuple[InstrumentedAttribute[str], int, timedelta], ...] = (
    (LookUpTry.asker, 5, DAY),
    (LookUpTry.reference, 30, HOUR),
    (LookUpTry.contact, 30, HOUR),
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
    for column, most, window in LIMITS:
        value = getattr(attempt, column.key)
        failed = session.scalar(
            select(func.count()).where(column == value, LookUpTry.at > attempt.at - window)
        )
        if (failed or 0) >= most:
            if column.key != "asker":
                logger.warning(
                    "Somebody seems to guess at appointments: %d failed look-ups of one %s within"
                    " an hour; it is closed until the hour is over.",
                    failed,
                    column.key,
                )
            return True
    return False


def remember(session: Session, attempt: LookUpTry) -> None:
    """Keep a failed try, and forget those that no longer count."""
    session.execute(delete(LookUpTry).where(LookUpTry.at <= attempt.at - DAY))
    session.add(attempt)
