"""When visits are possible by the clinic's rules, before asking what is already booked.

Opening hours are wall-clock; every slot is a pair of UTC moments. A day is walked in UTC from
its opening moment, so that a change to or from summer time neither drops nor doubles a slot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import holidays

from clinic.scheduling.port import DayHours, Slot, SlotQuery
from clinic.settings import ClinicSettings, Practitioner, VisitType

Stretch = tuple[datetime, datetime]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TimeChange:
    """Time that the clinic opened besides its hours, or blocked within them.

    Args:
        kind: "opened" or "blocked".
        start: First moment, UTC.
        end: Moment after the last, UTC.
        practitioner_id: Whose time; None is everybody's.
    """

    kind: Literal["opened", "blocked"]
    start: datetime
    end: datetime
    practitioner_id: str | None = None

    def concerns(self, practitioner_id: str) -> bool:
        """Tell whether it is this practitioner's time."""
        return self.practitioner_id in (None, practitioner_id)


class Availability:
    """The times at which the clinic's rules allow a visit.

    Args:
        clinic: Hours, holidays, practitioners, visit types and booking rules.
    """

    def __init__(self, clinic: ClinicSettings) -> None:
        self._clinic = clinic
        self._zone = clinic.zone
        # The same days are looked at for every visitor who books.
        self._slots_that_day = lru_cache(maxsize=64)(self._make_slots)

    def hours_on(self, day: date) -> DayHours:
        """Return the clinic's wall-clock hours on a day, or why it is closed."""
        special = self._clinic.special_hours.get(day)
        if special is not None:
            return DayHours(special, "" if special else "closed that day")
        if day in self._clinic.holidays.also_closed:
            return DayHours((), "closed that day")
        holiday = _holidays(
            self._clinic.holidays.country, self._clinic.holidays.subdivision, day.year
        ).get(day)
        if holiday:
            return DayHours((), holiday)
        spans = self._clinic.hours.on(day.weekday())
        return DayHours(spans, "" if spans else f"closed on {day:%A}s")

    def slots_by_day(
        self, query: SlotQuery, now: datetime, changes: Iterable[TimeChange] = ()
    ) -> Iterator[list[Slot]]:
        """Yield, for each day that has any, the slots a query allows, in order of their start.

        Where several practitioners could take the same start, who comes first turns from day
        to day, so that the work is shared and a visitor meets one name within a day.

        Args:
            query: What the visitor would like.
            now: The present moment.
            changes: Time that the clinic opened or blocked.

        Raises:
            ValueError: The visit type is unknown.
        """
        visit_type = self._visit_type(query.visit_type)
        earliest, latest = self.bounds(visit_type, now)
        if query.earliest is not None:
            earliest = max(earliest, query.earliest)
        if query.latest is not None:
            latest = min(latest, query.latest)
        if earliest >= latest:
            return
        known = list(changes)
        day = earliest.astimezone(self._zone).date()
        last_day = latest.astimezone(self._zone).date()
        while day <= last_day:
            slots = [
                slot
                for slot in self._slots_on(day, visit_type, self._practitioners(query, day), known)
                if earliest <= slot.start < latest and self._suits(slot, query)
            ]
            if slots:
                yield slots
            day += _DAY

    def bounds(self, visit_type: VisitType, now: datetime) -> Stretch:
        """Return from and before when a kind of visit may start, by notice and horizon."""
        return (
            now + timedelta(hours=self._clinic.notice_hours(visit_type)),
            now + timedelta(days=self._clinic.horizon_days(visit_type)),
        )

    def allows(self, slot: Slot, now: datetime, changes: Iterable[TimeChange] = ()) -> bool:
        """Tell whether the rules allow a slot at all: open, in the future, of the right length.

        Notice is not asked for again: a visitor may take some minutes to choose.

        Args:
            slot: Any slot.
            now: The present moment.
            changes: Time that the clinic opened or blocked.
        """
        visit_type = self._clinic.visit_type(slot.visit_type)
        practitioner = self._clinic.practitioner(slot.practitioner_id)
        if visit_type is None or practitioner is None or slot.start <= now:
            return False
        day = slot.start.astimezone(self._zone).date()
        return (
            visit_type.id in practitioner.visit_types
            and slot.start < self.bounds(visit_type, now)[1]
            and slot in self._slots_on(day, visit_type, [practitioner], list(changes))
        )

    def _slots_on(
        self,
        day: date,
        visit_type: VisitType,
        practitioners: list[Practitioner],
        changes: list[TimeChange],
    ) -> list[Slot]:
        """Return a day's slots by start; for one start, in the order of `practitioners`."""
        midnight, next_midnight = self._moment(day, time(0)), self._moment(day + _DAY, time(0))
        near = (one for one in changes if one.start < next_midnight and one.end > midnight)
        return self._slots_that_day(
            day, visit_type.id, tuple(person.id for person in practitioners), tuple(near)
        )

    def _make_slots(
        self,
        day: date,
        visit_type_id: str,
        practitioners: tuple[str, ...],
        near: tuple[TimeChange, ...],
    ) -> list[Slot]:
        """Make the slots of a day, whose changes are given; nobody may change the list."""
        length = timedelta(minutes=self._visit_type(visit_type_id).minutes)
        step = timedelta(minutes=self._clinic.booking.slot_step_minutes)
        midnight, next_midnight = self._moment(day, time(0)), self._moment(day + _DAY, time(0))
        opening = [self._stretch(day, pair) for pair in self.hours_on(day).spans]
        found: dict[tuple[datetime, int], Slot] = {}
        people = [one for one in map(self._clinic.practitioner, practitioners) if one is not None]
        for order, person in enumerate(people):
            mine = [one for one in near if one.concerns(person.id)]
            blocked = [(one.start, one.end) for one in mine if one.kind == "blocked"]
            opened = [
                (max(one.start, midnight), min(one.end, next_midnight))
                for one in mine
                if one.kind == "opened"
            ]
            usual = self._working_stretches(day, person, opening)
            # Everybody's grid starts at the clinic's opening, so that starts are shared.
            for whole, within in [(stretch, usual) for stretch in opening] + [
                (stretch, [stretch]) for stretch in opened
            ]:
                start = whole[0]
                while start + length <= whole[1]:
                    end = start + length
                    inside = any(first <= start and end <= last for first, last in within)
                    if inside and not any(start < last and first < end for first, last in blocked):
                        found[start, order] = Slot(start, end, person.id, visit_type_id)
                    start += step
        return [found[key] for key in sorted(found)]

    def _working_stretches(
        self, day: date, person: Practitioner, opening: list[Stretch]
    ) -> list[Stretch]:
        """Cut the clinic's hours down to someone's own, without their breaks."""
        if not person.works_on(day):
            return []
        stretches = opening
        if person.hours is not None:
            own = [self._stretch(day, pair) for pair in person.hours.on(day.weekday())]
            stretches = [
                (max(first[0], second[0]), min(first[1], second[1]))
                for first in opening
                for second in own
                if first[0] < second[1] and second[0] < first[1]
            ]
        for pair in person.breaks:
            begin, end = self._stretch(day, pair)
            stretches = [
                piece
                for first, last in stretches
                for piece in ((first, min(last, begin)), (max(first, end), last))
                if piece[0] < piece[1]
            ]
        return stretches

    def _practitioners(self, query: SlotQuery, day: date) -> list[Practitioner]:
        suitable = [
            practitioner
            for practitioner in self._clinic.practitioners
            if query.visit_type in practitioner.visit_types
            and query.practitioner_id in (None, practitioner.id)
            and query.gender in (None, practitioner.gender)
        ]
        turn = day.toordinal() % len(suitable) if suitable else 0
        return suitable[turn:] + suitable[:turn]

    def _suits(self, slot: Slot, query: SlotQuery) -> bool:
        if query.weekdays is None and query.part_of_day is None and not query.except_days:
            return True
        wall = slot.start.astimezone(self._zone)
        if query.weekdays is not None and wall.weekday() not in query.weekdays:
            return False
        if wall.date() in query.except_days:
            return False
        if query.part_of_day is None:
            return True
        begin, end = query.part_of_day
        return begin <= wall.time() < end

    def _stretch(self, day: date, pair: tuple[time, time]) -> Stretch:
        return self._moment(day, pair[0]), self._moment(day, pair[1])

    def _moment(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, self._zone).astimezone(UTC)

    def _visit_type(self, visit_type_id: str) -> VisitType:
        visit_type = self._clinic.visit_type(visit_type_id)
        if visit_type is None:
            raise ValueError(f"the visit type {visit_type_id!r} is not in clinic.yml")
        return visit_type


@lru_cache(maxsize=32)
def _holidays(country: str, subdivision: str, year: int) -> dict[date, str]:
    if not country:
        return {}
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year)
    return {day: str(name) for day, name in found.items()}
