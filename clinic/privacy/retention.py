"""Delete what was kept for as long as clinic.yml says, and prove it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from clinic.privacy import audit
from clinic.privacy.keys import Stores, destroy_unused_keys
from clinic.privacy.purge_clock import CONFIRMED
from clinic.scheduling import trail
from clinic.scheduling.erasure import Cleared, clear
from clinic.settings.clinic_file import PrivacyRules
from clinic.staff.entrance import clear_old


@dataclass(frozen=True)
class PurgeReport:
    """What a purge did.

    Args:
        at: When it began.
        classes: Each class of data.
        keys_destroyed: How many data keys were destroyed, since nothing is sealed with them.
        audit_head: The head of the audit chain after it; noted elsewhere it proves later that
            nothing was cut off.
    """

    at: datetime
    classes: list[Cleared]
    keys_destroyed: int
    audit_head: str

    def lines(self) -> list[str]:
        """Return the report for the operator, a line a class."""
        told = [
            f"{one.name}: {one.cleared} cleared, {one.remaining} left"
            + (f", the oldest of {one.oldest:%Y-%m-%d %H:%M} UTC" if one.oldest else "")
            for one in self.classes
        ]
        return [*told, f"data keys: {self.keys_destroyed} destroyed", f"audit: {self.audit_head}"]


def conversations_before(rules: PrivacyRules, now: datetime) -> datetime:
    """Return the moment before which an idle conversation is deleted."""
    return now - timedelta(days=rules.retention_days)


def purge(
    stores: Stores, rules: PrivacyRules, now: datetime, *, clock_confirmed: bool = False
) -> PurgeReport:
    """Delete conversations that are idle for too long, then the rest.

    For a process that runs beside the server: a conversation that is written to meanwhile stays.
    The server itself also holds each conversation's lock (`bot.privacy_service`).

    Args:
        stores: Both stores.
        rules: How long each class of data is kept.
        now: The present moment, which `purge_clock.check` believed or somebody vouched for.
        clock_confirmed: Whether somebody did.
    """
    before = conversations_before(rules, now)
    idle = stores.conversations.idle(before)
    deleted = sum(stores.conversations.delete_idle(one.conversation_id, before) for one in idle)
    return finish_purge(stores, rules, now, deleted, clock_confirmed=clock_confirmed)


def finish_purge(
    stores: Stores,
    rules: PrivacyRules,
    now: datetime,
    conversations_deleted: int,
    *,
    clock_confirmed: bool = False,
) -> PurgeReport:
    """Clear everything but conversations, and write the audit entry.

    Args:
        stores: Both stores.
        rules: How long each class of data is kept.
        now: The present moment; see `purge`.
        conversations_deleted: How many were deleted already.
        clock_confirmed: Whether somebody said that the clock is right.
    """
    remaining, oldest = stores.conversations.extent()
    classes = [
        Cleared("conversations", conversations_deleted, remaining, oldest),
        *clear(
            stores.calendar,
            now,
            appointments=timedelta(days=rules.appointment_days),
            call_backs=timedelta(days=rules.call_back_days),
            notices=timedelta(days=rules.notice_days),
        ),
        *clear_old(stores.calendar, now),
    ]
    destroyed = destroy_unused_keys(stores)
    with stores.calendar.transaction(writes=False) as session:
        calendar_head = trail.head(session)
    with stores.conversations.writing() as (connection, vault):
        detail: dict[str, Any] = {
            one.name: {**asdict(one), "oldest": str(one.oldest)} for one in classes
        }
        for facts in detail.values():
            facts.pop("name")
        detail[audit.CALENDAR_HEAD] = calendar_head
        if clock_confirmed:
            detail[CONFIRMED] = True
        head = audit.append(connection, vault, audit.Entry("purge", "atlas", detail), at=now)
    stores.conversations.empty_log()
    stores.calendar.empty_log()
    return PurgeReport(now, classes, destroyed, head)
