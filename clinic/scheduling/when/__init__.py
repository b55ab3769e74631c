"""Understand when a visitor would like to come: a small grammar with no guessing in it.

`words` finds the words for days and times and puts marks in their place; `grammar` reads how the
marks belong together; `answer` makes one `When` of it, which can be said back (`When.echo`). The
same words at the same moment always give the same answer.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from clinic.scheduling.when.answer import Wish
from clinic.scheduling.when.said import say_time
from clinic.scheduling.when.wish import When
from clinic.scheduling.when.words import read

__all__ = ["When", "say_time", "understand_when"]


def understand_when(
    text: str, now: datetime, zone: ZoneInfo, *, day_first: bool = False
) -> When | None:
    """Read when a visitor would like to come.

    Args:
        text: What they said; meant for a turn that is about booking.
        now: The present moment, aware.
        zone: The clinic's time zone.
        day_first: Whether 3/4 is the third of April, as everywhere but in the US.

    Returns:
        What was understood, or None when nothing is said about time.
    """
    local = now.astimezone(zone)
    found = read(text, local, day_first=day_first)
    if found.impossible:
        return When(echo=found.impossible[0], problem="no_such_date")
    wish = Wish(found, local)
    wish.read()
    return wish.answer(zone)
