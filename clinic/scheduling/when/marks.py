"""What is found in a sentence about days and times, and the marks that stand for it.

Each phrase found is replaced by a mark such as "<D0>", so that the grammar can read
"between <D0> and <D1>" or "not <W0>" without knowing how a day may be written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
END_OF_DAY = time(23, 59, 59)

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(frozen=True)
class Span:
    """Days from `first` up to, not including, `end`."""

    first: date
    end: date

    @property
    def single(self) -> bool:
        """Whether it is one day."""
        return self.end - self.first == DAY


@dataclass(frozen=True)
class Weekdays:
    """Days of the week; `any_week` when said in general, such as "Tuesdays"."""

    days: frozenset[int]
    any_week: bool = False


@dataclass(frozen=True)
class Clock:
    """A time on the clock; `half` is "am", "pm" or, where neither was said, ""."""

    hour: int
    minute: int
    half: str = ""

    def resolved(self, part: Part | None = None) -> time:
        """Return the wall-clock time that is meant.

        Without am or pm, what was said of the part of day decides; else the reading that
        falls in a working day: 1 to 6 are in the afternoon.
        """
        hour = self.hour
        if self.half:
            return time(hour % 12 + (12 if self.half == "pm" else 0), self.minute)
        if 1 <= hour < 12 and part is not None:
            as_said, later = time(hour, self.minute), time(hour + 12, self.minute)
            if part.begin <= as_said < part.end:
                return as_said
            if part.begin <= later < part.end:
                return later
        return time(hour + 12 if 1 <= hour <= 6 else hour, self.minute)


@dataclass(frozen=True)
class Part:
    """A part of the day, with the words that say it back."""

    begin: time
    end: time
    words: str


@dataclass
class Found:
    """The sentence with marks, and what the marks stand for; no two spaces stand together."""

    text: str
    days: list[Span] = field(default_factory=list)
    weekdays: list[Weekdays] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    # 3/4 with day and month the other way round
    other_date: date | None = None

    def replace(self, pattern: str, handle: Callable[[re.Match[str]], str]) -> int:
        """Replace each match of a pattern by what a function returns for it; tell how many."""
        text, count = re.subn(pattern, handle, self.text)
        if count:
            self.text = re.sub(r"\s+", " ", text)
        return count

    def copy(self) -> Found:
        """Return the same, so that what is marked further does not show here."""
        return replace(
            self,
            days=[*self.days],
            weekdays=[*self.weekdays],
            clocks=[*self.clocks],
            parts=[*self.parts],
            impossible=[*self.impossible],
        )

    def put_days(self, pattern: str, first: date, end: date | None = None) -> None:
        """Replace each match of a pattern by the mark of the same days."""
        self.replace(pattern, lambda match: self.mark_days(first, end))

    def mark_days(self, first: date, end: date | None = None) -> str:
        """Remember days and return their mark."""
        self.days.append(Span(first, end or first + DAY))
        return f" <D{len(self.days) - 1}> "

    def mark_weekdays(self, days: frozenset[int], any_week: bool = False) -> str:
        """Remember days of the week and return their mark."""
        self.weekdays.append(Weekdays(days, any_week))
        return f" <W{len(self.weekdays) - 1}> "

    def mark_clock(self, hour: int, minute: int, half: str | None = None) -> str:
        """Remember a time on the clock and return its mark."""
        self.clocks.append(Clock(hour, minute, half or ""))
        return f" <T{len(self.clocks) - 1}> "

    def put_part(self, pattern: str, part: Part) -> None:
        """Replace each match of a pattern by the mark of a part of the day."""

        def mark(match: re.Match[str]) -> str:
            self.parts.append(part)
            return f" <P{len(self.parts) - 1}> "

        self.replace(pattern, mark)
