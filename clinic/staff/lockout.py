"""Bar log-ins for a while after failures: for the name, and for the address they come from.

A try is counted before the password is looked at, so that many tries at once win nothing. The
count is in the database: it holds over restarts and for all workers. It is the same for names
that are nobody's, so that being barred tells nothing.

A name is barred for a quarter of an hour at most, since a stranger could otherwise keep somebody
out for good; that still leaves no more than a hundred guesses a day. An address is barred longer.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from clinic.staff.models import StaffTry

# After so long without a failure the count begins anew.
FORGOTTEN_AFTER = timedelta(hours=24)
_FIRST_WAIT = timedelta(seconds=30)
# Any constant will do; it names the lock that log-ins queue for.
_LOCK = 0x41544C4156
# Whoever has one address of an IPv6 network has all of them.
_NETWORK_BITS = 64


@dataclass(frozen=True)
class Limit:
    """How many failures are free, and how long the wait grows that follows."""

    free: int
    longest: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """Return how long to wait after so many failures in a row."""
        if failures < self.free:
            return timedelta(0)
        doublings = min(failures - self.free, 20)
        return min(self.longest, _FIRST_WAIT * (1 << doublings))


LIMITS = {
    "name": Limit(free=5, longest=timedelta(minutes=15)),
    # A clinic's own network is one address.
    "address": Limit(free=20, longest=timedelta(hours=1)),
}


@dataclass(frozen=True)
class Counted:
    """What counting a try gave.

    Args:
        barred_until: Until when nothing is tried; None: this try may be made.
        bars_next: Whether failing now bars the next try.
    """

    barred_until: datetime | None
    bars_next: bool = False


def count_try(session: Session, name: str, address: str, now: datetime) -> Counted:
    """Count a try as failed until `clear` says otherwise, unless it may not be made.

    Args:
        session: A transaction that writes.
        name: Who it wants to be, as it was typed.
        address: Where it comes from.
        now: The present moment.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    forget(session, now)
    rows = {
        kind: session.scalar(select(StaffTry).where(StaffTry.whose == whose))
        for kind, whose in _keys(name, address).items()
    }
    barred = [row.barred_until for row in rows.values() if row and row.barred_until]
    if barred and max(barred) > now:
        return Counted(max(barred))
    bars_next = False
    for kind, whose in _keys(name, address).items():
        row = rows[kind]
        if row is None:
            row = StaffTry(whose=whose, failures=0, last_at=now)
            session.add(row)
        row.failures += 1
        row.last_at = now
        wait = LIMITS[kind].wait_after(row.failures)
        row.barred_until = now + wait if wait else None
        bars_next = bars_next or bool(wait)
    return Counted(None, bars_next)


def clear(session: Session, name: str, address: str | None = None) -> None:
    """Forget the failures of a name, and of an address from which a log-in succeeded."""
    keys = _keys(name, address or "")
    if address is None:
        del keys["address"]
    for whose in keys.values():
        session.execute(delete(StaffTry).where(StaffTry.whose == whose))


def forget(session: Session, now: datetime) -> None:
    """Forget failures that are old."""
    session.execute(delete(StaffTry).where(StaffTry.last_at < now - FORGOTTEN_AFTER))


def _keys(name: str, address: str) -> dict[str, str]:
    return {"name": f"name {name}", "address": f"address {_network(address)}"}


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((int(parsed), _NETWORK_BITS), strict=False))
