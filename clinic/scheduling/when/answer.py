"""Put what was read in a sentence together into one wish, or say why it can be none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from clinic.scheduling.when.grammar import Pieces
from clinic.scheduling.when.marks import DAY, END_OF_DAY, WEEK, Part, Span
from clinic.scheduling.when.said import in_words, or_weekdays, say_day, say_span, say_time
from clinic.scheduling.when.wish import AROUND, When, shift

# "Tomorrow at 25:00", "Friday 3:75"
_NO_TIME = re.compile(r"(?<![\d:.])(?:(?:2[4-9]|[3-9]\d):\d\d|\d{1,2}:[6-9]\d)(?![\d:])")


@dataclass
class Wish(Pieces):
    """The pieces of a sentence, and the one wish that they make."""

    def answer(self, zone: ZoneInfo) -> When | None:
        """Put the pieces together; None when there are none."""
        if self.mismatch:
            return When(echo=self.mismatch, problem="weekday_mismatch")
        other = self.found.other_date
        if other and len(self.spans) == 1 and self.spans[0].end <= self.today <= other:
            # "02/12/2026" said in November can only be the second of December.
            self.spans, self.found.other_date = [Span(other, other + DAY)], None
        ahead = [span for span in self.spans if span.end > self.today]
        if self.spans and not ahead:
            return When(echo=say_span(self.spans[0], self.today), problem="past")
        self.spans = ahead
        if self.found.other_date and len(ahead) == 1 and ahead[0].single:
            self.doubt = say_day(self.found.other_date, self.today)
        parts = [self.found.parts[int(n)] for n in re.findall(r"<P(\d+)>", self.found.text)]
        part = _widest(parts)
        clocks = [
            self.found.clocks[int(n)].resolved(part)
            for n in re.findall(r"<T(\d+)>", self.found.text)
        ]
        days_said = self._settle_days()
        if self.weekdays is not None and not self.weekdays:
            return When(
                echo="any day except " + or_weekdays(sorted(self.barred)), problem="contradiction"
            )
        day = self.first if self.first and self.end == self.first + DAY else None
        window, words = self._window(part, clocks, day is not None)
        if not (days_said or window or clocks or self.any_words):
            return None
        if self.first and self.end and self.first >= self.end:
            return When(echo=self._echo(""), problem="contradiction")
        if window and window[0] >= window[1]:
            return When(echo=words, problem="contradiction")
        echo = self._echo(words)
        if _NO_TIME.search(self.found.text):
            return When(
                echo=f"{echo}, {_NO_TIME.findall(self.found.text)[0]}", problem="no_such_time"
            )
        exact = None
        if day is not None and len(clocks) == 1 and window is None:
            local = datetime.combine(day, clocks[0], zone)
            exact = local.astimezone(UTC)
            if exact.astimezone(zone).time() != clocks[0]:
                return When(echo=echo, problem="no_such_time")
        at = clocks[0] if len(clocks) == 1 and not (self.begin_time or self.end_time) else None
        over = datetime.combine(day, window[1], zone) if day and window else None
        if (exact or over or self.now) < self.now:
            return When(echo=echo, problem="past")
        return When(
            echo=echo,
            earliest=_midnight(self.first, zone),
            latest=_midnight(self.end, zone),
            weekdays=self.weekdays,
            part_of_day=window,
            except_days=frozenset(self.barred_dates),
            exact=exact,
            doubt=self.doubt,
            days_said=self._day_words(),
            time_said=words,
            at=at,
            other_at=self._other_half(at),
            bars=bool(self.barred or self.barred_dates),
        )

    def _other_half(self, at: time | None) -> time | None:
        """Return 7 pm for "7" that was taken for 7 am; None where am, pm or "morning" was said."""
        said = [self.found.clocks[int(n)] for n in re.findall(r"<T(\d+)>", self.found.text)]
        if at is None or len(said) != 1 or said[0].half or not 1 <= said[0].hour < 12:
            return None
        part_said = re.search(r"<P\d+>", self.found.text)
        return None if part_said else at.replace(hour=(at.hour + 12) % 24)

    def _settle_days(self) -> bool:
        """Turn spans and limits into first, end and weekdays; tell whether days were said."""
        said = bool(
            self.spans
            or self.first
            or self.end
            or self.weekdays
            or self.barred
            or self.barred_dates
        )
        if self.spans:
            first = min(span.first for span in self.spans)
            end = max(span.end for span in self.spans)
            several = len({span.first for span in self.spans}) > 1
            if several and end - first <= WEEK and all(span.single for span in self.spans):
                self.weekdays = frozenset(span.first.weekday() for span in self.spans)
                self.single_days = sorted({span.first for span in self.spans})
            self.first = max(first, self.first or first)
            self.end = min(end, self.end or end)
        if self.barred:
            self.weekdays = (self.weekdays or frozenset(range(7))) - self.barred
        return said

    def _window(
        self, part: Part | None, clocks: list[time], has_day: bool
    ) -> tuple[tuple[time, time] | None, str]:
        """Return the part of day to look in and the words for the time."""
        begin, end = self.begin_time, self.end_time
        if begin or end:
            if part:
                begin = max(begin or part.begin, part.begin)
                end = min(end or part.end, part.end)
            if begin and end and end != END_OF_DAY:
                words = f"between {say_time(begin)} and {say_time(end)}"
            else:
                words = (
                    f"after {say_time(begin)}" if begin else f"before {say_time(end or time(0))}"
                )
            return (begin or time(0), end or END_OF_DAY), words
        if len(clocks) == 1 and has_day:
            return None, f"at {say_time(clocks[0])}"
        if clocks:
            words = "around " + " or ".join(say_time(clock) for clock in clocks)
            return (shift(min(clocks), -AROUND), shift(max(clocks), AROUND)), words
        if part:
            return (part.begin, part.end), part.words
        return None, ""

    def _echo(self, time_words: str) -> str:
        days = self._day_words()
        if not days:
            return time_words.removeprefix("at ") or self.any_words
        return in_words(days, time_words)

    def _day_words(self) -> str:
        first, end = self.first, self.end
        stretch = ""
        if first and end:
            stretch = say_span(Span(first, end), self.today)
        elif first:
            stretch = f"from {say_day(first, self.today)} on"
        elif end:
            stretch = f"by {say_day(end - DAY, self.today)}"
        if self.single_days:
            return " or ".join(say_day(day, self.today) for day in self.single_days)
        if first and end and end - first == DAY:
            return stretch
        listed = self._listed_weekdays()
        if self.barred_dates:
            days = " or ".join(say_day(day, self.today) for day in self.barred_dates)
            return ", ".join(piece for piece in (listed, stretch, f"not {days}") if piece)
        if listed and not stretch and not listed.startswith("any "):
            return f"any {listed}"
        return ", ".join(piece for piece in (listed, stretch) if piece)

    def _listed_weekdays(self) -> str:
        if self.weekdays is None:
            return ""
        if self.barred and len(self.weekdays) > 3:
            return "any day except " + or_weekdays(sorted(self.barred))
        if self.weekdays == frozenset(range(5)):
            return "any weekday"
        return or_weekdays(sorted(self.weekdays))


def _widest(parts: list[Part]) -> Part | None:
    if not parts:
        return None
    words = " or ".join(dict.fromkeys(part.words for part in parts))
    return Part(min(part.begin for part in parts), max(part.end for part in parts), words)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(0), zone).astimezone(UTC)
