"""Doubt a clock that went ahead, before it lets a purge delete what is not old.

Each purge stands in the audit log with its moment, so that the next one knows how far the clock
has come since. Up to two days are believed: a purge that is so much too early does little harm.
More are believed where this process has watched the clock go evenly for a day, as after a clinic
was closed for a month; never where it was seen jumping, where the database server's clock is
behind, or after more than two months: then somebody has to say that the clock is right.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from clinic import clock
from clinic.privacy import audit
from clinic.privacy.conversations import Conversations

_BELIEVED = timedelta(days=2)
_NEVER_BELIEVED = timedelta(days=60)
_WATCHED_FOR = timedelta(days=1)
# What NTP may correct, and clocks of two machines may differ by.
_TOLERANCE = timedelta(hours=1)

# How the audit log names a purge that somebody vouched for, and one that was refused.
CONFIRMED = "clock_confirmed"
_REFUSED = audit.Entry("refused", "atlas", {"purge": "the clock is in doubt"})


class ClockInDoubt(Exception):  # noqa: N818 - named for what it tells the operator
    """The clock may be far ahead, and nothing was deleted; the text says what to do."""


@dataclass(frozen=True)
class Doubt:
    """Why the clock is not believed.

    Args:
        told: What speaks against it.
        passes: Whether it is believed after a day in which it goes evenly.
    """

    told: str
    passes: bool

    @property
    def todo(self) -> str:
        """What the operator has to do."""
        waits = " (a running server believes it by itself after a day)" if self.passes else ""
        return f"set the clock (NTP); if it is right: atlas purge --confirm-clock{waits}"


def _since_boot() -> float:
    """Return seconds that no setting of the clock changes, and that count while asleep (Linux)."""
    clock_id = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock_id)


class Watch:
    """What a process has seen of the clock since it began.

    Args:
        running: Seconds that go evenly whatever the clock is set to.
    """

    def __init__(self, running: Callable[[], float] = _since_boot) -> None:
        self._running = running
        self._began, self._from = clock.now(), running()

    def watched(self) -> timedelta:
        """Return for how long it has watched."""
        return timedelta(seconds=self._running() - self._from)

    def jumped(self) -> bool:
        """Tell whether the clock is ahead of where it would have come by itself."""
        return clock.now() - self._began - self.watched() > _TOLERANCE


def doubt(connection: Connection, now: datetime, watch: Watch | None = None) -> Doubt | None:
    """Return why the clock is not believed; None: it is.

    Args:
        connection: A transaction on the database of the audit log.
        now: What the clock says.
        watch: What this process has seen of the clock; None: nothing, it has just begun.
    """
    last = _last_purge(connection)
    if last is None or now - last.at <= _BELIEVED:
        return None
    told = (
        f"the clock says {now:%Y-%m-%d %H:%M} UTC, and the last purge was {last.at:%Y-%m-%d %H:%M}"
    )
    behind = _behind(connection)
    if behind > _TOLERANCE:
        return Doubt(f"{told}; the database server's clock is {behind} behind", passes=False)
    if (watch is not None and watch.jumped()) or last.refused_since:
        return Doubt(f"{told}; it jumped while Atlas ran", passes=False)
    if now - last.at > _NEVER_BELIEVED:
        return Doubt(told, passes=False)
    if watch is None or watch.watched() < _WATCHED_FOR:
        return Doubt(told, passes=True)
    return None


def check(conversations: Conversations, watch: Watch | None = None) -> datetime:
    """Return the present moment for a purge, or refuse it where the clock is in doubt.

    The purge has to go by that moment: the clock may jump after it was checked.

    Args:
        conversations: Their database has the audit log.
        watch: What this process has seen of the clock.

    Raises:
        ClockInDoubt: The clock may be far ahead.
        ConversationsUnavailable: The database cannot be used now.
    """
    now = clock.now()
    with conversations.reading() as (connection, _):
        found = doubt(connection, now, watch)
    if found is None:
        return now
    if watch is not None and watch.jumped():
        # For processes that begin later, and have not seen it jump.
        with conversations.writing() as (connection, vault):
            last = _last_purge(connection)
            if last is not None and not last.refused_since:
                audit.append(connection, vault, _REFUSED)
    raise ClockInDoubt(f"Nothing was purged: {found.told}. What to do: {found.todo}.")


@dataclass(frozen=True)
class _LastPurge:
    at: datetime
    refused_since: bool


def _last_purge(connection: Connection) -> _LastPurge | None:
    log = audit.log
    purges = log.c.kind == "purge"
    # A clock that somebody vouched for counts, even if it is behind an earlier one.
    vouched = (
        sa.select(sa.func.coalesce(sa.func.max(log.c.number), 0))
        .where(purges, log.c.detail.contains(f'"{CONFIRMED}": true'))
        .scalar_subquery()
    )
    wanted = sa.select(log.c.at, log.c.number).where(purges, log.c.number >= vouched)
    last = connection.execute(wanted.order_by(log.c.at.desc()).limit(1)).one_or_none()
    if last is None:
        return None
    newest = sa.select(sa.func.max(log.c.number)).where(purges).scalar_subquery()
    refused = sa.select(log.c.number).where(
        log.c.kind == _REFUSED.kind, log.c.detail.contains('"purge"'), log.c.number > newest
    )
    return _LastPurge(last.at, connection.scalar(refused.limit(1)) is not None)


def _behind(connection: Connection) -> timedelta:
    """Return by how much the database server's clock is behind this machine's."""
    if connection.dialect.name != "postgresql":
        return timedelta()
    there: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return timedelta(seconds=round((datetime.now(UTC) - there).total_seconds()))
