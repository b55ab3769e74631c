"""The clinic's rules: hours, holidays, notice, horizon, summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.scheduling.availability import Availability
from clinic.scheduling.port import Slot, SlotQuery
from clinic.settings import ClinicSettings
from clinic.settings.clinic_file import HolidayRules, OpeningHours

ZONE = ZoneInfo("America/New_York")


def slots(clinic: ClinicSettings, now: datetime, **wishes: object) -> list[Slot]:
    query = SlotQuery(visit_type=str(wishes.pop("visit_type", "new")), **wishes)  # type: ignore[arg-type]
    return [slot for day in Availability(clinic).slots_by_day(query, now) for slot in day]


def test_two_weeks_hold_at_least_sixty_times(clinic: ClinicSettings, now: datetime):
    found = slots(clinic, now, latest=now + timedelta(days=14))
    assert len({slot.start for slot in found}) >= 60


def test_every_slot_lies_within_opening_hours(clinic: ClinicSettings, now: datetime):
    for slot in slots(clinic, now):
        start, end = slot.start.astimezone(ZONE), slot.end.astimezone(ZONE)
        assert any(
            opens <= start.time() and end.time() <= closes
            for opens, closes in clinic.hours.on(start.weekday())
        )
        assert slot.start.tzinfo is UTC
        assert slot.end - slot.start == timedelta(minutes=40)


def test_nothing_is_offered_on_sundays_and_holidays(clinic: ClinicSettings):
    now = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    days = {slot.start.astimezone(ZONE).date() for slot in slots(clinic, now)}
    assert date(2026, 11, 26) not in days
    assert date(2026, 12, 25) not in days
    assert all(day.weekday() != 6 for day in days)
    assert date(2026, 11, 27) in days


def test_the_reason_for_being_closed_can_be_told(clinic: ClinicSettings):
    availability = Availability(clinic)
    assert availability.hours_on(date(2026, 11, 26)).closed == "Thanksgiving Day"
    assert availability.hours_on(date(2026, 11, 29)).closed == "closed on Sundays"
    assert availability.hours_on(date(2026, 11, 27)).closed == ""


def test_days_that_the_clinic_adds_are_closed(clinic: ClinicSettings, now: datetime):
    closed = clinic.copy(
        update={"holidays": HolidayRules(country="", also_closed=(date(2026, 6, 11),))}
    )
    days = {slot.start.astimezone(ZONE).date() for slot in slots(closed, now)}
    assert date(2026, 6, 11) not in days
    assert date(2026, 7, 3) in days


def test_the_first_slot_respects_the_notice_and_the_last_the_horizon(
    clinic: ClinicSettings, now: datetime
):
    found = slots(clinic, now)
    assert found[0].start == datetime(2026, 6, 10, 17, 30, tzinfo=UTC)
    assert found[-1].start < now + timedelta(days=60)


def test_opening_time_stays_nine_o_clock_across_the_end_of_summer_time(clinic: ClinicSettings):
    now = datetime(2026, 10, 30, 1, 0, tzinfo=UTC)
    found = slots(clinic, now, part_of_day=(time(9), time(9, 1)), practitioner_id="example_stone")
    by_day = {slot.start.astimezone(ZONE).date(): slot.start for slot in found}
    assert by_day[date(2026, 10, 31)] == datetime(2026, 10, 31, 13, 0, tzinfo=UTC)
    assert by_day[date(2026, 11, 2)] == datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(("night", "hours"), [(date(2026, 3, 8), 5), (date(2026, 11, 1), 7)])
def test_a_night_clinic_neither_loses_nor_doubles_slots_when_the_clock_changes(
    clinic: ClinicSettings, night: date, hours: int
):
    open_at_night = clinic.copy(update={"hours": OpeningHours(sun=[["00:00", "06:00"]])})
    now = datetime.combine(night, time(0), ZONE).astimezone(UTC) - timedelta(days=1)
    found = slots(
        open_at_night,
        now,
        visit_type="follow_up",
        practitioner_id="example_stone",
        latest=now + timedelta(days=2),
    )
    starts = [slot.start for slot in found]
    assert len(starts) == hours * 3
    assert len(set(starts)) == len(starts)


def test_wishes_narrow_the_offer(clinic: ClinicSettings, now: datetime):
    found = slots(clinic, now, weekdays={1}, part_of_day=(time(14), time(16)), gender="female")
    assert found
    for slot in found:
        local = slot.start.astimezone(ZONE)
        assert local.weekday() == 1
        assert time(14) <= local.time() < time(16)
        assert slot.practitioner_id == "example_rivers"


def test_only_those_who_do_a_kind_of_visit_are_offered_for_it(
    clinic: ClinicSettings, now: datetime
):
    offered = {slot.practitioner_id for slot in slots(clinic, now, visit_type="telehealth")}
    assert offered == {"example_rivers", "example_meadows"}


def test_an_unknown_visit_type_is_the_callers_mistake(clinic: ClinicSettings, now: datetime):
    with pytest.raises(ValueError, match="massage"):
        slots(clinic, now, visit_type="massage")


def test_a_made_up_slot_is_not_allowed(clinic: ClinicSettings, now: datetime):
    availability = Availability(clinic)
    good = slots(clinic, now)[0]
    assert availability.allows(good, now)
    shifted = timedelta(minutes=7)
    assert not availability.allows(
        Slot(good.start + shifted, good.end + shifted, good.practitioner_id, "new"), now
    )
    longer = Slot(good.start, good.end + timedelta(hours=8), good.practitioner_id, "new")
    assert not availability.allows(longer, now)
    assert not availability.allows(Slot(good.start, good.end, "nobody", "new"), now)
    assert not availability.allows(good, good.start)


def test_breaks_and_own_hours_cut_a_practitioners_day_and_nobody_elses(
    clinic: ClinicSettings, now: datetime
):
    people = tuple(
        person.copy(
            update={
                "breaks": ((time(10), time(10, 20)),),
                "hours": OpeningHours(thu=[["09:30", "12:00"]]),
            }
        )
        if person.id == "example_stone"
        else person
        for person in clinic.practitioners
    )
    changed = clinic.copy(update={"practitioners": people})
    thursday = datetime(2026, 6, 11, 0, 0, tzinfo=ZONE)
    day = {"earliest": thursday, "latest": thursday + timedelta(days=1), "visit_type": "follow_up"}

    def starts(who: str) -> list[str]:
        found = slots(changed, now, practitioner_id=who, **day)
        return [slot.start.astimezone(ZONE).strftime("%H:%M") for slot in found]

    assert starts("example_stone") == ["09:40", "10:20", "10:40", "11:00", "11:20", "11:40"]
    assert starts("example_rivers")[:3] == ["09:00", "09:20", "09:40"]
    friday = thursday + timedelta(days=1)
    day = {**day, "earliest": friday, "latest": friday + timedelta(days=1)}
    assert starts("example_stone") == []


def test_a_day_with_other_hours_replaces_the_week_and_the_holiday(clinic: ClinicSettings):
    special = {date(2026, 11, 26): ((time(9), time(10)),), date(2026, 11, 27): ()}
    changed = clinic.copy(update={"special_hours": special})
    now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    found = slots(changed, now, latest=datetime(2026, 11, 28, 0, 0, tzinfo=ZONE))
    by_day = {slot.start.astimezone(ZONE).date() for slot in found}
    assert date(2026, 11, 26) in by_day
    assert date(2026, 11, 27) not in by_day
    assert Availability(changed).hours_on(date(2026, 11, 27)).closed == "closed that day"


def test_a_kind_of_visit_may_have_its_own_notice_and_horizon(clinic: ClinicSettings, now: datetime):
    kinds = tuple(
        kind.copy(update={"minimum_notice_hours": 48, "horizon_days": 5})
        if kind.id == "telehealth"
        else kind
        for kind in clinic.visit_types
    )
    changed = clinic.copy(update={"visit_types": kinds})
    found = slots(changed, now, visit_type="telehealth")
    assert found[0].start >= now + timedelta(hours=48)
    assert found[-1].start < now + timedelta(days=5)
    assert slots(changed, now)[-1].start > now + timedelta(days=50)


def test_days_that_were_ruled_out_are_left_out(clinic: ClinicSettings, now: datetime):
    found = slots(clinic, now, except_days=frozenset({date(2026, 6, 12)}))
    days = {slot.start.astimezone(ZONE).date() for slot in found}
    assert date(2026, 6, 12) not in days
    assert date(2026, 6, 11) in days
