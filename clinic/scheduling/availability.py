"""When visits are possible by the clinic's rules, before asking what is already booked.

Opening hours are wall-clock; every slot is a pair of UTC moments. A day is walked in UTC from
its opening moment, so that a change to or from summer time neither drops nor doubles a slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import holidays

from clinic.scheduling.port import Slot, SlotQuery
from clinic.settings import ClinicSettings, Practitioner, VisitType


class Availability:
    """The times at which the clinic's rules allow a visit.

    Args:
        clinic: Hours, holidays, practitioners, visit types and booking rules.
    """

    def __init__(self, clinic: ClinicSettings) -> None:
        self._clinic = clinic
        self._zone = clinic.zone

    def closed_on(self, day: date) -> str | None:
        """Return why the clinic is closed on a day, or None when it is open."""
        if day in self._clinic.holidays.also_closed:
            return "closed that day"
        holiday = _holidays(
            self._clinic.holidays.country, self._clinic.holidays.subdivision, day.year
        ).get(day)
        if holiday:
            return holiday
        return None if self._clinic.hours.on(day.weekday()) else f"closed on {day:%A}s"

    def slots_by_day(self, query: SlotQuery, now: datetime) -> Iterator[list[Slot]]:
        """Yield, for each day that has any, the slots a query allows, in order of their start.

        Where several practitioners could take the same start, who comes first turns from day
        to day, so that the work is shared and a visitor meets one name within a day.

        Args:
            query: What the visitor would like.
            now: The present moment.

        Raises:
            ValueError: The visit type is unknown.
        """
        visit_type = self._visit_type(query.visit_type)
        rules = self._clinic.booking
        earliest = now + timedelta(hours=rules.minimum_notice_hours)
        latest = now + timedelta(days=rules.horizon_days)
        if query.earliest is not None:
            earliest = max(earliest, query.earliest)
        if query.latest is not None:
            latest = min(latest, query.latest)
        if earliest >= latest:
            return
        day = earliest.astimezone(self._zone).date()
        last_day = latest.astimezone(self._zone).date()
        while day <= last_day:
            slots = [
                slot
                for slot in self._slots_on(day, visit_type, self._practitioners(query, day))
                if earliest <= slot.start < latest and self._suits(slot, query)
            ]
            if slots:
                yield slots
            day += timedelta(days=1)

    def allows(self, slot: Slot, now: datetime) -> bool:
        """Tell whether the rules allow a slot at all: open, in the future, of the right length.

        Notice is not asked for again: a visitor may take some minutes to choose.
        """
        visit_type = self._clinic.visit_type(slot.visit_type)
        practitioner = self._clinic.practitioner(slot.practitioner_id)
        if visit_type is None or practitioner is None or slot.start <= now:
            return False
        day = slot.start.astimezone(self._zone).date()
        return (
            slot in self._slots_on(day, visit_type, [practitioner])
            and visit_type.id in practitioner.visit_types
            and practitioner.works_on(day)
            and slot.start < now + timedelta(days=self._clinic.booking.horizon_days)
        )

    def _slots_on(
        self, day: date, visit_type: VisitType, practitioners: list[Practitioner]
    ) -> Iterator[Slot]:
        if self.closed_on(day) is not None:
            return
        length = timedelta(minutes=visit_type.minutes)
        step = timedelta(minutes=self._clinic.booking.slot_step_minutes)
        for opens, closes in self._clinic.hours.on(day.weekday()):
            start = datetime.combine(day, opens, self._zone).astimezone(UTC)
            closing = datetime.combine(day, closes, self._zone).astimezone(UTC)
            while start + length <= closing:
                for practitioner in practitioners:
                    yield Slot(start, start + length, practitioner.id, visit_type.id)
                start += step

    def _practitioners(self, query: SlotQuery, day: date) -> list[Practitioner]:
        suitable = [
            practitioner
            for practitioner in self._clinic.practitioners
            if query.visit_type in practitioner.visit_types
            and query.practitioner_id in (None, practitioner.id)
            and query.gender in (None, practitioner.gender)
            and practitioner.works_on(day)
        ]
        turn = day.toordinal() % len(suitable) if suitable else 0
        return suitable[turn:] + suitable[:turn]

    def _suits(self, slot: Slot, query: SlotQuery) -> bool:
        wall = slot.start.astimezone(self._zone)
        if query.weekdays is not None and wall.weekday() not in query.weekdays:
            return False
        if query.part_of_day is None:
            return True
        begin, end = query.part_of_day
        return begin <= wall.time() < end

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
