"""Hold a wish against the clinic's hours: which half of the day is meant, and why it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain

from clinic.scheduling.port import DayHours
from clinic.scheduling.when import When, say_time
from clinic.scheduling.wording import say_hours
from clinic.settings import ClinicSettings
from clinic.settings.clinic_file import VisitType

_A_DAY = timedelta(hours=25)  # as long as the day on which summer time ends
_WEEK = 7
HoursOn = Callable[[date], DayHours]


@dataclass(frozen=True)
class Reason:
    """Why a wish cannot be had.

    Args:
        response: The response that says so.
        facts: What it fills in besides the wish itself.
        left: What still holds of the wish, in words that can be read again; None is all of it.
    """

    response: str
    facts: dict[str, str]
    left: str | None = None


def settle_half(wish: When, hours_on: HoursOn, clinic: ClinicSettings, now: datetime) -> When:
    """Decide whether "7" is in the morning or in the evening, by when the clinic is open.

    Args:
        wish: What was understood.
        hours_on: Opening hours of a day.
        clinic: For its zone.
        now: The present moment.

    Returns:
        The reading within opening hours; where both are, the wish with the other one as its
        doubt; where none is, the wish with both in its echo.
    """
    if wish.at is None or wish.other_at is None:
        return wish
    other = wish.in_other_half(clinic.zone)
    here, there = (_open_at(one, hours_on, clinic, now) for one in (wish, other))
    if here and there:
        also = f" or {say_time(wish.other_at)}" if wish.doubt else say_time(wish.other_at)
        return replace(wish, doubt=wish.doubt + also)
    if here:
        return wish
    if there:
        return other
    both = f" or {say_time(wish.other_at)}"
    return replace(wish, echo=wish.echo + both)


def reason_against(
    wish: When, kind: VisitType, hours_on: HoursOn, clinic: ClinicSettings, now: datetime
) -> Reason | None:
    """Return which of the clinic's rules stands against a wish; None where all is taken.

    Args:
        wish: What was understood.
        kind: The visit type; notice and horizon may be its own.
        hours_on: Opening hours of a day.
        clinic: Its rules.
        now: The present moment.
    """
    moment = wish.exact or wish.earliest
    last = now + timedelta(days=clinic.horizon_days(kind))
    if moment and moment >= last:
        said = f"{last.astimezone(clinic.zone):%A, %B %-d}"
        return Reason("utter_beyond_horizon", {"last": said}, wish.time_said)
    day = _one_day(wish, clinic)
    if day is None:
        days = _week_of(wish, clinic, now)
        closed = [hours_on(one).closed for one in days]
        if days and all(closed):
            return Reason("utter_closed_then", {"reason": closed[0]}, wish.time_said)
        spans = tuple(chain.from_iterable(hours_on(one).spans for one in days))
        if _within(wish, spans):
            return None
        return Reason("utter_never_open_then", {}, None if wish.days_said else "")
    hours = hours_on(day)
    if hours.closed:
        return Reason("utter_closed_then", {"reason": hours.closed}, wish.time_said)
    if not _within(wish, hours.spans):
        said = say_hours(hours.spans)
        return Reason("utter_outside_hours", {"hours": said}, f"{day:%Y-%m-%d}")
    notice = clinic.notice_hours(kind)
    if _latest_start(wish, day, clinic) < now + timedelta(hours=notice):
        left = "" if wish.at else wish.time_said
        return Reason("utter_too_soon", {"notice": f"{notice:g}"}, left)
    return None


def _one_day(wish: When, clinic: ClinicSettings) -> date | None:
    if wish.earliest and wish.latest and wish.latest - wish.earliest <= _A_DAY:
        return wish.earliest.astimezone(clinic.zone).date()
    return None


def _open_at(wish: When, hours_on: HoursOn, clinic: ClinicSettings, now: datetime) -> bool:
    day = _one_day(wish, clinic)
    days = [day] if day else _week_of(wish, clinic, now)
    spans = chain.from_iterable(hours_on(one).spans for one in days)
    return any(first <= wish.at < last for first, last in spans if wish.at)


def _week_of(wish: When, clinic: ClinicSettings, now: datetime) -> list[date]:
    """Return the days of a week from the first day of a wish on that it allows."""
    first = (max(wish.earliest, now) if wish.earliest else now).astimezone(clinic.zone).date()
    days = (first + timedelta(days=number) for number in range(_WEEK))
    return [day for day in days if wish.weekdays is None or day.weekday() in wish.weekdays]


def _within(wish: When, spans: tuple[tuple[time, time], ...]) -> bool:
    """Tell whether the wished time of day touches opening hours."""
    if wish.at is not None:
        return any(first <= wish.at < last for first, last in spans)
    if wish.part_of_day is None:
        return True
    begin, end = wish.part_of_day
    return any(first < end and begin < last for first, last in spans)


def _latest_start(wish: When, day: date, clinic: ClinicSettings) -> datetime:
    """Return the last moment at which a visit wished for one day could start."""
    if wish.exact:
        return wish.exact
    if wish.part_of_day:
        return datetime.combine(day, wish.part_of_day[1], clinic.zone)
    return wish.latest or datetime.combine(day, time(23, 59), clinic.zone)
