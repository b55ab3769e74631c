"""Choose which of many free times to offer."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from clinic.scheduling.port import Slot

OFFERS = 5


def spread(slots: list[Slot], zone: ZoneInfo, *, nearest: bool = False) -> list[Slot]:
    """Choose a few times that differ: over the days, and mornings and afternoons.

    Args:
        slots: Free times in order.
        zone: The clinic's time zone.
        nearest: The times are sorted by nearness to a moment: the first ones are meant.

    Returns:
        At most five, in the order of their start.
    """
    if nearest:
        return sorted(slots[:OFFERS], key=lambda slot: slot.start)
    chosen: list[Slot] = []
    seen: set[tuple[date, bool]] = set()
    for slot in slots:
        local = slot.start.astimezone(zone)
        half = (local.date(), local.hour >= 12)
        if half not in seen:
            seen.add(half)
            chosen.append(slot)
    rest = [slot for slot in slots if slot not in chosen]
    if len({day for day, _ in seen}) == 1 and len(rest) > OFFERS:
        # One day: times all over it rather than the first ones in a row.
        wanted = OFFERS - len(chosen)
        rest = [rest[(index + 1) * len(rest) // (wanted + 1)] for index in range(wanted)]
    return sorted([*chosen, *rest][:OFFERS], key=lambda slot: slot.start)
