"""Read how days and times belong together: "not Monday", "from the 10th to the 14th", "after 3".

The same words at the same moment always give the same answer; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time

from clinic.scheduling.when.marks import DAY, WEEK, Found, Part, Span, Weekdays
from clinic.scheduling.when.said import or_weekdays, say_day

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
    r"|(?:a )?no[- ]go\b|not on\b"
    r"|out\b|bad\b|impossible))"
)
_FROM = (
    r"(?:any ?time |some ?time )?\b(?:nothing before|none before|gone|from"
    r"|starting(?: on| from| at)?|not before|not until|not till|no earlier than|not earlier than"
    r"|on or after|as of|(?<!no )(?<!not )later than"
    r"|(?:can'?t|cannot|couldn'?t)(?: do| make| come| manage)?(?: it| anything)? before"
    r"|(?<!not )(?<!can't )(?<!cannot )after|past) (?:on )?"
)
_TO = (
    r"(?:any ?time |some ?time )?\b(?:before|by|until|till|til|up to|no later than"
    r"|not later than|not after"
    r"|(?:can'?t|cannot|couldn'?t)(?: do| make| come| manage)?(?: it| anything)? after"
    r"|(?<!no )(?<!not )(?:earlier|sooner) than|no later then) (?:on )?"
)
_AND_ON = r"(?: (?:onwards?|on|or later|or after|and later)\b)?"


@dataclass
class Pieces:
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
        # "The first Monday of December": the month bounds the weekdays of that name.
        found.replace(
            r"\b(?:the )?(first|second|third|fourth|last|1st|2nd|3rd|4th) <W(\d+)> (?:of |in )?"
            r"<D(\d+)>",
            self._nth_weekday,
        )
        # "Tuesday the 8th", "Mon 14 December": the date counts, if they agree.
        found.replace(r"<W(\d+)>,? ?(?:the )?<D(\d+)>", self._dated_weekday)
        more = 1
        while more:
            more = found.replace(
                r"<W(\d+)>\s*(?:,|/|&|\bor\b|\band\b|\bnor\b)[ ,]*(?:or |and )?(?:maybe |even )?"
                r"(?:on )?(?:a )?<W(\d+)>",
                lambda m: self._either(int(m[1]), int(m[2])),
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
            r"(<[WD]\d+>) ?,? (?:say |maybe |about |around )?(1[0-2]|[1-9])"
            r"(?=\s*(?:$|[,.!?;]|please|pls))",
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
        found.replace(r"\b(before )(?:i|we|my|our)\b[^.,;<]{0,30}<([WD])(\d+)>", end)
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
        other = self.found.other_date
        if span.first.weekday() not in weekdays.days and other:
            if other.weekday() in weekdays.days:  # "Fri 4/12" tells which of the two it is
                self.found.other_date = None
                return self.found.mark_days(other)
        elif span.first.weekday() in weekdays.days:
            self.found.other_date = None
        if span.first.weekday() not in weekdays.days:
            said = or_weekdays(sorted(weekdays.days))
            self.mismatch = f"{say_day(span.first, self.today)} (not a {said})"
        return f"<D{match[2]}>"

    def _nth_weekday(self, match: re.Match[str]) -> str:
        weekdays, span = self.found.weekdays[int(match[2])], self.found.days[int(match[3])]
        if span.single or len(weekdays.days) != 1:
            return match[0]
        first = span.first.replace(day=1)
        day = first + ((min(weekdays.days) - first.weekday()) % 7) * DAY
        every = [day + number * WEEK for number in range(5) if day + number * WEEK < span.end]
        if match[1] == "last":
            return self.found.mark_days(every[-1])
        place = "1234".find(match[1][0])
        if place < 0:
            place = ("first", "second", "third", "fourth").index(match[1])
        return self.found.mark_days(every[min(place, len(every) - 1)])

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
            self.doubt = say_day(soon, self.today)
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


def _from_to(first: frozenset[int], last: frozenset[int]) -> frozenset[int]:
    start = min(first)
    return frozenset((start + step) % 7 for step in range((max(last) - start) % 7 + 1))
