"""When a visitor would like to come: what was understood, to say back and to search by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from clinic.scheduling.port import SlotQuery
from clinic.scheduling.when.said import in_words, say_time

Problem = Literal["past", "no_such_date", "no_such_time", "weekday_mismatch", "contradiction"]

# "At 3:30" without a day means about then.
AROUND = timedelta(minutes=30)
_A_DAY = timedelta(hours=25)  # as long as the day on which summer time ends
_EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True)
class When:
    """What was understood about the time of a visit.

    Args:
        echo: The understanding in words, such as "Tuesday, November 24 at 3:30 pm"; with a
            problem, the words that have it.
        earliest: First acceptable start, UTC; None is open.
        latest: Starts lie before this moment, UTC; None is open.
        weekdays: 0 for Monday to 6 for Sunday; None is any.
        part_of_day: Wall-clock start from (included) and to (excluded); None is any.
        except_days: Days that were ruled out.
        exact: The one moment that was asked for, UTC.
        doubt: The other way to read it, in words, where there are two; `echo` is the likelier.
        days_said: The days in words; "" when none were said.
        time_said: The time of day in words; "" when none was said.
        at: The one time on the clock that was said.
        other_at: The same hour in the other half of the day, where neither am nor pm was said.
        bars: Whether days were ruled out.
        problem: Why this can be no wish: it is past, there is no such date or time, the
            weekday is not the date's, or its pieces contradict each other.
    """

    echo: str
    earliest: datetime | None = None
    latest: datetime | None = None
    weekdays: frozenset[int] | None = None
    part_of_day: tuple[time, time] | None = None
    except_days: frozenset[date] = frozenset()
    exact: datetime | None = None
    doubt: str = ""
    days_said: str = ""
    time_said: str = ""
    at: time | None = None
    other_at: time | None = None
    bars: bool = False
    problem: Problem | None = None

    def refining(self, earlier: When, zone: ZoneInfo) -> When:
        """Return this wish with what an earlier one said and this one leaves open.

        "Thursday", then "in the afternoon", is Thursday afternoon; "any time" starts anew.

        Args:
            earlier: What was understood before.
            zone: The clinic's time zone.
        """
        only_bars = self.bars and self.earliest is None and self.latest is None
        whole = bool(self.days_said) == bool(self.time_said) and not only_bars
        if self.problem or earlier.problem or whole:
            return self
        if only_bars:
            wanted = (earlier.weekdays or _EVERY_DAY) & (self.weekdays or _EVERY_DAY)
            if not wanted:
                return self
            days = replace(earlier, weekdays=None if wanted == _EVERY_DAY else wanted)
            said = earlier.days_said or self.days_said
            if earlier.days_said and not _is_one_day(earlier):
                said += ", " + self.days_said.replace("any day except", "not")
        else:
            days = self if self.days_said else earlier
            said = days.days_said
        hours = self if self.time_said else earlier
        exact = None
        if hours.at and days.earliest and _is_one_day(days):
            day = days.earliest.astimezone(zone).date()
            exact = datetime.combine(day, hours.at, zone).astimezone(UTC)
        window = None if exact else hours.part_of_day or _around(hours.at)
        time_said = hours.time_said
        if hours.at:
            time_said = f"{'at' if exact else 'around'} {say_time(hours.at)}"
        return replace(
            days,
            except_days=self.except_days | earlier.except_days,
            part_of_day=window,
            exact=exact,
            at=hours.at,
            other_at=hours.other_at,
            doubt=self.doubt or (days.doubt if days is earlier else ""),
            days_said=said,
            time_said=time_said,
            echo=in_words(said, time_said),
        )

    def in_other_half(self, zone: ZoneInfo) -> When:
        """Return this wish with "7" read as the other one of 7 am and 7 pm; itself if am or pm.

        Args:
            zone: The clinic's time zone.
        """
        if self.at is None or self.other_at is None:
            return self
        exact = self.exact
        if exact is not None:
            day = exact.astimezone(zone).date()
            exact = datetime.combine(day, self.other_at, zone).astimezone(UTC)
        said = f"{'around' if exact is None else 'at'} {say_time(self.other_at)}"
        return replace(
            self,
            at=self.other_at,
            other_at=self.at,
            exact=exact,
            part_of_day=None if exact else _around(self.other_at),
            time_said=said,
            echo=in_words(self.days_said, said),
        )

    def query(
        self, visit_type: str, *, practitioner_id: str | None = None, gender: str | None = None
    ) -> SlotQuery:
        """Return the slots to look for; those near an exact moment come first.

        Args:
            visit_type: Id of the visit type.
            practitioner_id: Only this practitioner.
            gender: Only practitioners of this gender.
        """
        return SlotQuery(
            visit_type=visit_type,
            earliest=self.earliest,
            latest=self.latest,
            weekdays=self.weekdays,
            part_of_day=self.part_of_day,
            practitioner_id=practitioner_id,
            gender=gender,
            except_days=self.except_days,
            near=self.exact,
        )


def _around(moment: time | None) -> tuple[time, time] | None:
    return None if moment is None else (shift(moment, -AROUND), shift(moment, AROUND))


def shift(moment: time, by: timedelta) -> time:
    """Move a wall-clock time without leaving its day."""
    minutes = moment.hour * 60 + moment.minute + by // timedelta(minutes=1)
    minutes = min(max(minutes, 0), 24 * 60 - 1)
    return time(minutes // 60, minutes % 60)


def _is_one_day(wish: When) -> bool:
    return bool(wish.earliest and wish.latest and wish.latest - wish.earliest <= _A_DAY)
