"""Choose which of many free times to offer."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

from clinic.scheduling.port import Slot

OFFERS = 5


def spread(
    slots: list[Slot], zone: ZoneInfo, *, nearest: bool = False, at: time | None = None
) -> list[Slot]:
    """Choose a few times that differ: over the days, and mornings and afternoons.

    Args:
        slots: Free times in order.
        zone: The clinic's time zone.
        nearest: The times are sorted by nearness to a moment: the first ones are meant.
        at: The time of day that was wished: each day gives the one that is nearest to it.

    Returns:
        At most five, in the order of their start.
    """
    if nearest:
        return sorted(slots[:OFFERS], key=lambda slot: slot.start)
    if at is not None:
        return _nearest_each_day(slots, zone, at)
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


def _nearest_each_day(slots: list[Slot], zone: ZoneInfo, at: time) -> list[Slot]:
    """Choose the time of each day that is nearest to a time of day; of one day the nearest ones."""

    def distance(slot: Slot) -> int:
        local = slot.start.astimezone(zone)
        return abs((local.hour - at.hour) * 60 + local.minute - at.minute)

    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(slot.start.astimezone(zone).date(), []).append(slot)
    if len(days) == 1:
        return sorted(sorted(slots, key=distance)[:OFFERS], key=lambda slot: slot.start)
    chosen = [min(days[day], key=distance) for day in sorted(days)[:OFFERS]]
    rest = sorted((slot for slot in slots if slot not in chosen), key=distance)
    return sorted([*chosen, *rest][:OFFERS], key=lambda slot: slot.start)
