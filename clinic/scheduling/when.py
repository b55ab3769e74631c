"""Understand when a visitor would like to come: a small grammar with no guessing in it.

`when_words` finds the words for days and times; this module reads how they belong together
("not Monday", "between the 10th and the 14th", "after 3"). The same words at the same moment
always give the same answer, and what was understood can be said back (`When.echo`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from clinic.scheduling.port import SlotQuery
from clinic.scheduling.when_words import (
    DAY,
    END_OF_DAY,
    WEEK,
    WEEKDAY_NAMES,
    Found,
    Part,
    Span,
    Weekdays,
    read,
)

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
            said = f"{earlier.days_said}, but {self.days_said}" if earlier.days_said else ""
            said = said or self.days_said
        else:
            days = self if self.days_said else earlier
            said = days.days_said
        hours = self if self.time_said else earlier
        exact = None
        if hours.at and days.earliest and days.latest and days.latest - days.earliest <= _A_DAY:
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
            doubt=self.doubt,
            days_said=said,
            time_said=time_said,
            echo=_in_words(said, time_said),
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
    wish = _Wish(found, local)
    wish.read()
    return wish.answer(zone)


_SOONEST = (
    r"\b(?:asap|a\.s\.a\.p|as (?:soon|early|quick|quickly) as (?:possible|poss|you can|i can|u can)"
    r"|soonest|earliest|(?:first|next) (?:available|free|possible|open(?:ing)?|appointment|slot)"
    r"|(?:right|straight) away|right now|immediately|urgently|sooner the better)\b"
)
_ANY = (
    r"\b(?:any ?time|any ?day|whenever|no preference|(?:do not|don'?t|dont) (?:mind|care)"
    r"|(?:doesn'?t|doesnt|does not) matter|i'?m (?:easy|flexible)|not fuss(?:ed|y))\b"
    r"|^\W*(?:any|anything|whatever|either|flexible)"
    r"(?: (?:is|will|works|goes|you have|suits).*)?\W*$"
)
_SOON_ALONE = r"^\W*(?:very |quite )?(?:soon|now|quickly)(?: please)?\W*$"

_NOT = (
    r"\b(?:rather not(?: come)?|but not|not|no|never|except(?: for)?|excluding|other than"
    r"|apart from|avoid"
    r"|(?:anything|any ?day|any ?time|every ?day|all days) (?:but|except(?: for)?)"
    r"|(?:can'?t|cannot|can not|couldn'?t)"
    r"(?: do| make| come| manage| be there)?|(?:don'?t|do not) (?:want|like|do)"
    r"|i(?:'m| am)? (?:work(?:ing)?|busy|away|unavailable|out of town|travell?ing"
    r"|on (?:holiday|vacation|leave)))"
    r"(?: it)?(?: on| in| at| any| a| the| this)* ?"
)
_IS_NOT = (
    r" ?(?:(?:doesn'?t|don'?t|won'?t|wouldn'?t|does not|do not|will not|can'?t|isn'?t|aren'?t)\b"
    r"|(?:is|are|'s)? ?(?:no good|not (?:good|possible|ok|okay|great|ideal|free|an option)"
    r"|out\b|bad\b|impossible))"
)
_FROM = (
    r"(?:any ?time |some ?time )?\b(?:from|starting(?: on| from| at)?|not before|not until|not till"
    r"|no earlier than|not earlier than|on or after|as of|(?<!no )(?<!not )later than"
    r"|after|past) (?:on )?"
)
_TO = (
    r"(?:any ?time |some ?time )?\b(?:before|by|until|till|til|up to|no later than"
    r"|not later than|not after|(?<!no )(?<!not )(?:earlier|sooner) than|no later then) (?:on )?"
)
_AND_ON = r"(?: (?:onwards?|on|or later|or after|and later)\b)?"


@dataclass
class _Wish:
    """The pieces of a wish while it is put together."""

    found: Found
    now: datetime
    spans: list[Span] = field(default_factory=list)
    weekdays: frozenset[int] | None = None
    barred: set[int] = field(default_factory=set)
    first: date | None = None
    end: date | None = None
    begin_time: time | None = None
    end_time: time | None = None
    single_days: list[date] = field(default_factory=list)
    mismatch: str = ""
    any_words: str = ""
    barred_dates: list[date] = field(default_factory=list)
    doubt: str = ""

    @property
    def today(self) -> date:
        """The clinic's date."""
        return self.now.date()

    def read(self) -> None:
        """Take one kind of phrase after another out of the marked sentence."""
        self.found.replace(
            r"\b(?:instead of|rather than) (?:the |on |at )*(?:<[WDPT]\d+>|\d+)",
            lambda m: " instead ",
        )
        self._bound()
        self._join()
        self._count_from()
        self._choose_week()
        self._bar()
        self._limit_times()
        self._limit_days()
        self._collect()

    # Phrases, in the order in which they are read

    def _bound(self) -> None:
        """Read "I'm away until the 20th" and "I work till 4": what follows is free."""
        self.found.replace(
            r"\b(?:i(?:'m| am)?|we(?:'re| are)?) (?:only )?(?:at )?(?:work(?:ing)?|school|busy|away"
            r"|out|unavailable|not (?:free|available|here|back)|on (?:holiday|vacation|leave)"
            r"|in (?:meetings?|class|school))[^.;,]{0,15}?\b(?:until|till|til|to|through) (?:the )?"
            r"(?=<[DWT])",
            lambda m: " from ",
        )
        self.found.replace(
            r"\b(?:i(?:'m| am|'ll be| will be|'ll)?|we(?:'re| are|'ll be)?) (?:be )?back (?:home )?"
            r"(?:on |from |by )?(?:the )?(?=<[DW])",
            lambda m: " from ",
        )
        self.found.replace(
            r"\bi (?:finish|get off|get out|get home|am done|clock off)(?: work| school)?"
            r"(?: at| by)? (?=<T)",
            lambda m: " after ",
        )

    def _join(self) -> None:
        """Read ranges and lists: "Monday to Thursday", "the 3rd to the 5th", "Tue or Thu"."""
        found = self.found
        found.replace(
            r"<W(\d+)> ?(?:-|to|thru|through|till|until) ?<W(\d+)>",
            lambda m: found.mark_weekdays(_from_to(self._weekday(m[1]), self._weekday(m[2])), True),
        )
        found.replace(
            r"(?:\b(?:between|from) )?(?:the )?<D(\d+)> ?(?:-|to|thru|through|till|until) ?<D(\d+)>"
            r"|\bbetween (?:the )?<D(\d+)> and <D(\d+)>",
            lambda m: self._stretch(int(m[1] or m[3]), int(m[2] or m[4])),
        )
        # "Tuesday the 8th", "Mon 14 December": the date counts, if they agree.
        found.replace(r"<W(\d+)>,? ?(?:the )?<D(\d+)>", self._dated_weekday)
        more = 1
        while more:
            found.text, more = re.subn(
                r"<W(\d+)>\s*(?:,|/|&|\bor\b|\band\b|\bnor\b)[ ,]*(?:or |and )?(?:maybe |even )?"
                r"(?:on )?(?:a )?<W(\d+)>",
                lambda m: self._either(int(m[1]), int(m[2])),
                found.text,
            )

    def _count_from(self) -> None:
        """Read "a week on Friday", "Friday week", "the week of the 14th"."""
        found = self.found
        weeks = {"a": 1, "1": 1, "2": 2, "3": 3, "4": 4, "a fortnight": 2, "week": 1}
        found.replace(
            r"\b(a|1|2|3|4) weeks? (?:on|from|after|this|from this) ?<([WD])(\d+)>"
            r"|\b(a fortnight) (?:on|from) <([WD])(\d+)>",
            lambda m: self._later(m[2] or m[5], m[3] or m[6], weeks[m[1] or m[4]]),
        )
        found.replace(
            r"<([WD])(\d+)> in (a|1|2|3|4) weeks?(?: time)?\b",
            lambda m: self._later(m[1], m[2], weeks[m[3]]),
        )
        found.replace(
            r"<([WD])(\d+)> (week|fortnight)\b",
            lambda m: self._later(m[1], m[2], 1 if m[3] == "week" else 2),
        )
        found.replace(
            r"\b(?:the )?week (of|commencing|beginning|starting|after)(?: on)?(?: the)? "
            r"<([WD])(\d+)>",
            lambda m: self._whole_week(
                self._day_of(m[2], m[3]) + (WEEK if m[1] == "after" else 0 * DAY)
            ),
        )

    def _choose_week(self) -> None:
        """Read "next Tuesday", "this Friday", "a Monday", "every morning"."""
        found = self.found
        found.replace(r"<W(\d+)> after next\b", lambda m: self._in_week(int(m[1]), 2))
        found.replace(
            r"\b(?:on )?(next|the following) <W(\d+)>", lambda m: self._in_week(int(m[2]), 1)
        )
        found.replace(
            r"\b(?:on )?(?:this(?: coming)?|coming|the coming|the) <W(\d+)>",
            lambda m: found.mark_days(self._coming(int(m[1]))),
        )
        found.replace(
            r"\b(?:on )?(?:an?|any|every|each|most) <W(\d+)>",
            lambda m: found.mark_weekdays(found.weekdays[int(m[1])].days, True),
        )
        # "Tuesday 3", "can you do 4 tomorrow", "5 in the morning": an hour is meant.
        found.replace(
            r"(<[WD]\d+>),? (1[0-2]|[1-9])(?=\s*(?:$|[,.!?;]|please|pls))",
            lambda m: m[1] + found.mark_clock(int(m[2]), 0),
        )
        found.replace(
            r"(^\W*|\b(?:do|say|maybe|like|for|or) )(1[0-2]|[1-9])(?= (?:(?:on )?<[WD]|instead))"
            r"|()\b(1[0-2]|[1-9])(?= <P)",
            lambda m: (m[1] or "") + found.mark_clock(int(m[2] or m[4]), 0),
        )

    def _bar(self) -> None:
        """Read "not Monday", "anything but Fridays", "mornings don't work"."""
        found = self.found
        kept = r"(?!(?:before|after|until|till|later|earlier)\b)"
        found.replace(rf"{_NOT}{kept}<([WDPT])(\d+)>(?: (?:or|and|nor) <P(\d+)>)?", self._barred)
        found.replace(rf"<([WDP])(\d+)>(){_IS_NOT}", self._barred)

    def _limit_times(self) -> None:
        """Read "between 2 and 4", "after 3", "before noon"."""
        found = self.found
        found.replace(
            r"\b(between|from) (1[0-2]|[1-9])(?= (?:and|to|-|until|till) ?<T)",
            lambda m: f"{m[1]} " + found.mark_clock(int(m[2]), 0),
        )
        found.replace(r"\b(?:between|from) <T(\d+)> and <T(\d+)>", self._between)
        found.replace(r"(?:\bfrom )?<T(\d+)> ?(?:-|to|until|till) ?<T(\d+)>", self._between)
        found.replace(rf"{_FROM}(?:about |around )?<T(\d+)>{_AND_ON}", self._after)
        found.replace(r"<T(\d+)> (?:onwards?|or later|or after|at the earliest)\b", self._after)
        found.replace(r"\b(?:at the )?earliest <T(\d+)>", self._after)
        found.replace(rf"{_TO}(?:about |around )?<T(\d+)>", self._before)
        found.replace(r"<T(\d+)> (?:or earlier|or before|at the latest|latest)\b", self._before)

    def _limit_days(self) -> None:
        """Read "after the 20th", "before Friday", "from Monday on", "by tomorrow"."""
        found = self.found

        def begin(match: re.Match[str]) -> str:
            span = self._span_of(match[2], match[3])
            excluded = re.search(r"(?:(?<!on or )after|later than|past) $", match[1] or "")
            self.first = span.end if excluded else span.first
            return " ; "

        def end(match: re.Match[str]) -> str:
            span = self._span_of(match[2], match[3])
            excluded = re.match(r".*\b(?:before|earlier|sooner)", match[1])
            self.end = span.first if excluded else span.end
            return " ; "

        found.replace(rf"({_FROM})(?:the )?<([WD])(\d+)>{_AND_ON}", begin)
        found.replace(r"()<([WD])(\d+)> (?:onwards?|or later|or after|at the earliest)\b", begin)
        found.replace(rf"({_TO})(?:the )?<([WD])(\d+)>", end)
        found.replace(r"()<([WD])(\d+)> (?:at the latest|latest|or earlier|or before)\b", end)

    def _collect(self) -> None:
        """Take the marks that are left as they stand."""
        text = self.found.text
        self.spans += [self.found.days[int(n)] for n in re.findall(r"<D(\d+)>", text)]
        said = [self.found.weekdays[int(n)] for n in re.findall(r"<W(\d+)>", text)]
        named = frozenset[int]().union(*(weekdays.days for weekdays in said))
        in_one_week = len(self.spans) == 1 and self.spans[0].end - self.spans[0].first <= WEEK
        if len(named) == 1 and in_one_week and not any(one.any_week for one in said):
            # "Tuesday of next week" is one day.
            span = self.spans[0]
            day = span.first + ((min(named) - span.first.weekday()) % 7) * DAY
            if day < span.end:
                self.spans, named = [Span(day, day + DAY)], frozenset()
        ranged = any(not span.single for span in self.spans) or self.first or self.end
        if named and (ranged or any(weekdays.any_week for weekdays in said)):
            self.weekdays = named
        elif named:
            coming = [self._coming_day(day) for day in named]
            self.spans += [Span(day, day + DAY) for day in coming]
        if re.search(_SOONEST, text) or re.search(_SOON_ALONE, text):
            self.any_words = "the first free time"
        elif re.search(_ANY, text):
            self.any_words = "any time"

    # The answer

    def answer(self, zone: ZoneInfo) -> When | None:
        """Put the pieces together; None when there are none."""
        if self.mismatch:
            return When(echo=self.mismatch, problem="weekday_mismatch")
        ahead = [span for span in self.spans if span.end > self.today]
        if self.spans and not ahead:
            return When(echo=_say_span(self.spans[0], self.today), problem="past")
        self.spans = ahead
        if self.found.other_date and len(ahead) == 1 and ahead[0].single:
            self.doubt = _say_day(self.found.other_date, self.today)
        parts = [self.found.parts[int(n)] for n in re.findall(r"<P(\d+)>", self.found.text)]
        part = _widest(parts)
        clocks = [
            self.found.clocks[int(n)].resolved(part)
            for n in re.findall(r"<T(\d+)>", self.found.text)
        ]
        days_said = self._settle_days()
        if self.weekdays is not None and not self.weekdays:
            return When(echo="any day except " + _or(sorted(self.barred)), problem="contradiction")
        day = self.first if self.first and self.end == self.first + DAY else None
        window, words = self._window(part, clocks, day is not None)
        if not (days_said or window or clocks or self.any_words):
            return None
        if self.first and self.end and self.first >= self.end:
            return When(echo=self._echo(""), problem="contradiction")
        if window and window[0] >= window[1]:
            return When(echo=words, problem="contradiction")
        echo = self._echo(words)
        exact = None
        if day is not None and len(clocks) == 1 and window is None:
            local = datetime.combine(day, clocks[0], zone)
            exact = local.astimezone(UTC)
            if exact.astimezone(zone).time() != clocks[0]:
                return When(echo=echo, problem="no_such_time")
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
            at=clocks[0] if len(clocks) == 1 and not (self.begin_time or self.end_time) else None,
            bars=bool(self.barred or self.barred_dates),
        )

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
            return (_shift(min(clocks), -AROUND), _shift(max(clocks), AROUND)), words
        if part:
            return (part.begin, part.end), part.words
        return None, ""

    def _echo(self, time_words: str) -> str:
        days = self._day_words()
        if not days:
            return time_words.removeprefix("at ") or self.any_words
        return _in_words(days, time_words)

    def _day_words(self) -> str:
        first, end = self.first, self.end
        stretch = ""
        if first and end:
            stretch = _say_span(Span(first, end), self.today)
        elif first:
            stretch = f"from {_say_day(first, self.today)} on"
        elif end:
            stretch = f"by {_say_day(end - DAY, self.today)}"
        if self.single_days:
            return " or ".join(_say_day(day, self.today) for day in self.single_days)
        if first and end and end - first == DAY:
            return stretch
        listed = self._listed_weekdays()
        if self.barred_dates:
            days = " or ".join(_say_day(day, self.today) for day in self.barred_dates)
            return ", ".join(piece for piece in (listed, stretch, f"not {days}") if piece)
        if listed and not stretch and not listed.startswith("any "):
            return f"any {listed}"
        return ", ".join(piece for piece in (listed, stretch) if piece)

    def _listed_weekdays(self) -> str:
        if self.weekdays is None:
            return ""
        if self.barred and len(self.weekdays) > 3:
            return "any day except " + _or(sorted(self.barred))
        if self.weekdays == frozenset(range(5)):
            return "any weekday"
        return _or(sorted(self.weekdays))

    # Helpers of the phrases

    def _weekday(self, index: str) -> frozenset[int]:
        return self.found.weekdays[int(index)].days

    def _coming_day(self, weekday: int) -> date:
        """The next such weekday after today."""
        return self.today + ((weekday - self.today.weekday() - 1) % 7 + 1) * DAY

    def _coming(self, index: int) -> date:
        return min(self._coming_day(day) for day in self.found.weekdays[index].days)

    def _day_of(self, kind: str, index: str) -> date:
        return self.found.days[int(index)].first if kind == "D" else self._coming(int(index))

    def _span_of(self, kind: str, index: str) -> Span:
        if kind == "D":
            return self.found.days[int(index)]
        day = self._coming(int(index))
        return Span(day, day + DAY)

    def _stretch(self, first: int, last: int) -> str:
        start, end = self.found.days[first].first, self.found.days[last].end
        return self.found.mark_days(start, max(end, start + DAY))

    def _dated_weekday(self, match: re.Match[str]) -> str:
        weekdays, span = self.found.weekdays[int(match[1])], self.found.days[int(match[2])]
        if not span.single:
            return match[0]
        if span.first.weekday() not in weekdays.days:
            said = _or(sorted(weekdays.days))
            self.mismatch = f"{_say_day(span.first, self.today)} (not a {said})"
        return f"<D{match[2]}>"

    def _either(self, one: int, other: int) -> str:
        first, second = self.found.weekdays[one], self.found.weekdays[other]
        both = Weekdays(first.days | second.days, first.any_week or second.any_week)
        return self.found.mark_weekdays(both.days, both.any_week)

    def _later(self, kind: str, index: str, weeks: int) -> str:
        return self.found.mark_days(self._day_of(kind, index) + weeks * WEEK)

    def _whole_week(self, day: date) -> str:
        monday = day - day.weekday() * DAY
        return self.found.mark_days(max(monday, self.today), monday + WEEK)

    def _in_week(self, index: int, weeks: int) -> str:
        monday = self.today - self.today.weekday() * DAY + weeks * WEEK
        soon = self._coming(index)
        if weeks == 1 and len(self.found.weekdays[index].days) == 1 and soon < monday:
            # Said on a Wednesday, "next Friday" is for many in two days.
            self.doubt = _say_day(soon, self.today)
        marks = [
            self.found.mark_days(monday + day * DAY)
            for day in sorted(self.found.weekdays[index].days)
        ]
        return " ".join(marks)

    def _barred(self, match: re.Match[str]) -> str:
        kind, index = match[1], int(match[2])
        if kind == "W":
            self.barred |= self.found.weekdays[index].days
        elif kind == "D":
            self._bar_days(self.found.days[index])
        elif kind == "P":
            part = self.found.parts[index]
            if part.end <= time(12):
                self.begin_time = part.end
            else:
                self.end_time = part.begin
        return " ; "

    def _bar_days(self, span: Span) -> None:
        if span.first <= self.today + DAY or not span.single:
            self.first = span.end
        else:
            self.barred_dates.append(span.first)

    def _between(self, match: re.Match[str]) -> str:
        first, last = self.found.clocks[int(match[1])], self.found.clocks[int(match[2])]
        end = last.resolved()
        # "2-4pm": the half said at the end counts for both where that is possible.
        shared = Part(time(12), end, "") if last.half == "pm" else None
        begin = first.resolved(shared)
        if begin >= end and not last.half and end.hour < 12:
            end = end.replace(hour=end.hour + 12)
        self.begin_time, self.end_time = begin, end
        return " ; "

    def _after(self, match: re.Match[str]) -> str:
        self.begin_time = self.found.clocks[int(match[1])].resolved(self._any_part())
        return " ; "

    def _before(self, match: re.Match[str]) -> str:
        self.end_time = self.found.clocks[int(match[1])].resolved(self._any_part())
        return " ; "

    def _any_part(self) -> Part | None:
        return self.found.parts[0] if self.found.parts else None


def say_time(moment: time) -> str:
    """Say a wall-clock time, such as "3:30 pm" or "noon"."""
    if (moment.hour, moment.minute) == (12, 0):
        return "noon"
    minutes = f":{moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes} {'am' if moment.hour < 12 else 'pm'}"


def _in_words(days: str, time_words: str) -> str:
    """Put the words for days and for the time of day together."""
    if not days or not time_words:
        return days or time_words.removeprefix("at ")
    return f"{days} {time_words}" if time_words.startswith("at ") else f"{days}, {time_words}"


def _around(moment: time | None) -> tuple[time, time] | None:
    return None if moment is None else (_shift(moment, -AROUND), _shift(moment, AROUND))


def _from_to(first: frozenset[int], last: frozenset[int]) -> frozenset[int]:
    start = min(first)
    return frozenset((start + step) % 7 for step in range((max(last) - start) % 7 + 1))


def _widest(parts: list[Part]) -> Part | None:
    if not parts:
        return None
    words = " or ".join(dict.fromkeys(part.words for part in parts))
    return Part(min(part.begin for part in parts), max(part.end for part in parts), words)


def _shift(moment: time, by: timedelta) -> time:
    """Move a wall-clock time without leaving its day."""
    minutes = moment.hour * 60 + moment.minute + by // timedelta(minutes=1)
    minutes = min(max(minutes, 0), 24 * 60 - 1)
    return time(minutes // 60, minutes % 60)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(0), zone).astimezone(UTC)


def _say_day(day: date, today: date) -> str:
    year = "" if day.year == today.year else f", {day.year}"
    return f"{day:%A}, {day:%B} {day.day}{year}"


def _say_span(span: Span, today: date) -> str:
    if span.single:
        return _say_day(span.first, today)
    return f"between {_say_day(span.first, today)} and {_say_day(span.end - DAY, today)}"


def _or(weekdays: list[int]) -> str:
    names = [WEEKDAY_NAMES[day].capitalize() for day in weekdays]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
