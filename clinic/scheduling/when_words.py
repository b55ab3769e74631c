"""Find the words for days and times in a sentence: the lower half of `when`.

Each phrase found is replaced by a mark such as "<D0>", so that the upper half can read
"between <D0> and <D1>" or "not <W0>" without knowing how a day may be written.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from rapidfuzz.distance import DamerauLevenshtein

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
    """The sentence with marks, and what the marks stand for."""

    text: str
    days: list[Span] = field(default_factory=list)
    weekdays: list[Weekdays] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)
    # 3/4 with day and month the other way round
    other_date: date | None = None

    def replace(self, pattern: str, handle: Callable[[re.Match[str]], str]) -> None:
        """Replace each match of a pattern by what a function returns for it."""
        self.text = re.sub(r"\s+", " ", re.sub(pattern, handle, self.text))

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


_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_NUMBER = re.compile(
    rf"\b(?:({'|'.join(_TENS)})(?:[ -]({'|'.join(_UNITS[1:10])}))?|({'|'.join(_UNITS[2:])}))\b"
    r"(?!-[a-z])"
)
_BEFORE_HOUR = "at|half|past|to|by|until|till|and|from|between|about|around|after|before"
_SPELLED_HOUR = f"(?:{'|'.join(_UNITS[1:13])})"
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth"),
)
_ORDINAL_WORDS = {
    **{word: number for number, word in enumerate(_ORDINALS, start=1)},
    **{f"twenty-{word}": number for number, word in enumerate(_ORDINALS[:9], start=21)},
    **{"thirtieth": 30, "thirty-first": 31},
}

# Days and times that are no wish for a visit: how long it has hurt, since when, how much.
_NOT_A_WISH = (
    r"\S+@\S+",
    r"(?<![\d-])(?!20\d\d-\d\d?-)\+?\d(?:[ ().-]*\d){8,}",
    r"\b(?:about |around |maybe )?(?:\d+|a|an|a couple of|a few|several) "
    r"(?:minutes?|hours?|days?|weeks?|months?|years?) ago\b",
    r"\b(?<!in )(?:for|over|past|last|about) (?:about |around |the (?:past|last) |over )?"
    r"(?:\d+|a couple of|a few|several)(?: or \d+)? "
    r"(?:minutes?|hours?|days?|weeks?|months?|years?)\b(?! from| on\b)",
    r"\b(?:since|started|began|happened|ever since)(?: on| about| around| in)? "
    r"(?:the )?(?:last |this )?(?:yesterday|today|morning|afternoon|evening|night|week|weekend"
    r"|month|year|mon\w*|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*)\b"
    r"(?: morning| afternoon| evening| night)?",
    r"\b(?:woke|fell|crash\w*|slipped|twisted|lifted|accident|injury|injured|hurt myself)\b"
    r"[^.,;?!]{0,30}?\b(?:on|last|this|yesterday|today)\b(?: \w+)?",
    r"\b(?:hurts?|pains?|painful|aches?|aching|sore|stiff|worse|worst)\b"
    r"(?:(?!\b(?:can|could|come|see|book|appoint\w*|visit|please)\b)[^.,;?!]){0,30}?"
    r"\b(?:in the |at |every |each )(?:mornings?|evenings?|nights?|afternoons?)\b",
    r"\b\d+(?:\.5)? ?(?:/ ?10|out of (?:10|ten))\b(?! ?[/.]\d)",
    r"\b(?:aged? |i'?m |i am )\d{1,3}\b(?! ?(?:am|pm|:))",
    r"\b\d{1,3}[- ]years?(?:[- ]old)?\b",
)


def read(text: str, now: datetime, *, day_first: bool) -> Found:
    """Mark the days and times in a sentence.

    Args:
        text: What was said.
        now: The present moment on the clinic's wall clock.
        day_first: Whether 3/4 is the third of April.

    Returns:
        The sentence in lower case with marks.
    """
    found = Found(_plain(text))
    for pattern in _NOT_A_WISH:
        # A date such as "on 7/10", or the whole answer, looks like a score but is none.
        if "out of" in pattern and re.fullmatch(
            r"\s*(?:.*\b)?on \d+/10\s*|\s*\d+/10\s*", found.text
        ):
            continue
        found.replace(pattern, lambda match: " ; ")
    today = now.date()
    _mark_soon(found, now)
    _mark_dates(found, today, day_first)
    _mark_clocks(found)
    _mark_near_days(found, today)
    _mark_weeks_and_months(found, today)
    _mark_weekdays(found)
    _mark_parts(found)
    return found


_SHORT_FORMS = (
    ("n(?:e)?xt", "next"),
    ("wks", "weeks"),
    ("wk", "week"),
    ("arvo", "afternoon"),
    ("-ish", " ish"),
    ("(?:during|in) the week(?! (?:of|after|beginning|commencing|starting))", "on weekdays"),
    ("before (?:the )?end of", "by the end of"),
    ("(next|coming) fortnight", r"\1 2 weeks"),
)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[:1000]).lower()
    for ugly, clean in (("\u2019", "'"), ("\u2018", "'"), ("\u2013", "-"), ("\u2014", " - ")):
        plain = plain.replace(ugly, clean)
    plain = re.sub(r"[<>]", " ", plain)
    for short, whole in _SHORT_FORMS:
        plain = re.sub(rf"\b{short}\b", whole, plain)
    plain = re.sub(r"\b([ap])\s?\.\s?m\b\.?|(?<=\d)([ap])\b(?!')", r"\1\2m", plain)
    plain = re.sub(r"\bo ?'? ?clock\b", "oclock", plain)
    plain = re.sub(r"(?<=-\d\d)t(?=\d\d:\d\d)", " ", plain)
    plain = re.sub(rf"\b(twenty|thirty) (?=(?:{'|'.join(_ORDINALS[:9])})\b)", r"\1-", plain)
    # Spelled out, "ten to four" is a moment; "10 to 4" are two hours.
    plain = re.sub(
        rf"\b(five|ten|twenty(?:[- ]five)?) (to|past|before|after) (?={_SPELLED_HOUR}\b)",
        r"\1 minutes \2 ",
        plain,
    )
    plain = _NUMBER.sub(_digits, plain)
    plain = re.sub(r"\bone(?= (?:week|day|month|hour|oclock|am|pm|15|30|45)\b)", "1", plain)
    plain = re.sub(rf"\b({_BEFORE_HOUR}) one\b", r"\1 1", plain)
    # ASCII digits only: "²" is a digit to Python but no number.
    return re.sub(r"\s+", " ", "".join(c for c in plain if c.isascii() or not c.isnumeric()))


def _digits(match: re.Match[str]) -> str:
    tens, unit, plain = match.groups()
    if plain:
        return str(_UNITS.index(plain))
    return str(_TENS[tens] + (_UNITS.index(unit) if unit else 0))


_MONTH = (
    r"(jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL = r"(\d{1,2}(?:st|nd|rd|th)?|" + "|".join(sorted(_ORDINAL_WORDS, key=len)[::-1]) + r")\b"
_YEAR = r"(?:,? (20\d\d))?"


def _mark_dates(found: Found, today: date, day_first: bool) -> None:
    def of_month(day: str, month: str, year: str | None, said: str) -> str:
        return _dated(found, today, year, _month_number(month), _ordinal_number(day), said)

    def numeric(match: re.Match[str]) -> str:
        first, second, year = int(match[1]), int(match[2]), match[3]
        month, day = (second, first) if day_first else (first, second)
        if month > 12 >= day:
            month, day = day, month
        elif month <= 12 and day <= 12 and month != day:
            with suppress(ValueError):
                found.other_date = _next_of(today, year, day, month)
        return _dated(found, today, year, month, day, match[0])

    def of_this_month(match: re.Match[str]) -> str:
        number = _ordinal_number(match[1])
        year, month = today.year, today.month
        if match[2] == "next":
            year, month = year + month // 12, month % 12 + 1
        # The next month that has such a day; two steps reach past any short month.
        for _ in range(3):
            if number <= calendar.monthrange(year, month)[1]:
                day = date(year, month, number)
                if day >= today:
                    return found.mark_days(day)
            year, month = year + month // 12, month % 12 + 1
        found.impossible.append(match[0].strip())
        return " ; "

    found.replace(
        r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b",
        lambda m: _dated(found, today, m[1], int(m[2]), int(m[3]), m[0]),
    )
    found.replace(r"(?<![\d./:])(\d{1,2})/(\d{1,2})(?:/((?:20)?\d\d))?(?![\d/])", numeric)
    found.replace(r"(?<![\d./:])(\d{1,2})\.(\d{1,2})\.((?:20)?\d\d)?(?!\d)", numeric)
    # "10 to 14 December", "10th-14th of December": the month counts for both.
    found.replace(
        rf"\b{_ORDINAL} ?(-|to|and|or|until|till|through) ?(?:the )?{_ORDINAL} (?:of )?{_MONTH}",
        lambda m: of_month(m[1], m[4], None, m[0]) + m[2] + of_month(m[3], m[4], None, m[0]),
    )
    found.replace(
        rf"\b(?:the )?{_ORDINAL} (?:day )?(?:of )?{_MONTH}{_YEAR}",
        lambda m: of_month(m[1], m[2], m[3], m[0]),
    )
    found.replace(
        rf"\b{_MONTH} (?:the )?{_ORDINAL}(?! ?(?:am|pm|:))" + _YEAR,
        lambda m: of_month(m[2], m[1], m[3], m[0]),
    )
    month = r"(?: of (?:the|this|(next)) month)?"
    choice = r"(?! (?:one|option|slot|choice|time|appointment|of those|of these)\b)"
    found.replace(rf"\b(?:the )?(\d{{1,2}}(?:st|nd|rd|th))\b{choice}{month}", of_this_month)
    found.replace(
        r"\b(?:on|for|by|before|after|until|till|from) the (\d{1,2})\b(?! ?(?:[:.]\d|am|pm|oclock"
        r"|(?:st|nd|rd|th|minutes?|hours?|days?|weeks?)\b|of (?!the\b|this\b|next\b)))" + month,
        of_this_month,
    )
    # "the third" alone is more often the third of a list.
    late = "|".join(word for word, number in _ORDINAL_WORDS.items() if number > 9)
    found.replace(rf"\bthe ({late})\b{choice}{month}", of_this_month)
    words = "|".join(_ORDINAL_WORDS)
    found.replace(rf"\bthe ({words}) of (?:the|this|(next)) month\b", of_this_month)


def _next_of(today: date, year: str | None, month: int, day: int) -> date:
    number = int(year) if year else today.year
    number += 2000 if number < 100 else 0
    moment = date(number, month, day)
    # Without a year, a day some weeks back is a slip; one months back is next year's.
    if year is None and (today - moment).days > 60:
        return date(number + 1, month, day)
    return moment


def _dated(found: Found, today: date, year: str | None, month: int, day: int, said: str) -> str:
    try:
        moment = _next_of(today, year, month, day)
    except ValueError:
        if year is None and (month, day) == (2, 29):
            leap = next(n for n in range(today.year, today.year + 9) if calendar.isleap(n))
            return found.mark_days(date(leap, 2, 29))
        found.impossible.append(said.strip())
        return " ; "
    return found.mark_days(moment)


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(MONTH_NAMES, 1) if month.startswith(name[:3]))


def _ordinal_number(said: str) -> int:
    return _ORDINAL_WORDS.get(said) or int(re.sub(r"\D", "", said))


_DAY_WORD = r"mon|tue|wed|thu|fri|sat|sun|today|tomorrow|next|this|<D"
_HOUR = r"(2[0-3]|1\d|0?\d)"
_HALF = r"(?: ?(am|pm)\b)?"
_NO_UNIT = (
    r"(?![\d:/%]|\.\d|st\b|nd\b|rd\b|th\b|-\d| ?(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?"
    r"|years?|times|out of|people|of us|percent|appointments?|visits?|or so)\b)"
)


def _mark_clocks(found: Found) -> None:
    def past(match: re.Match[str]) -> str:
        minutes = {"half": 30, "quarter": 15, "a quarter": 15}.get(match[1])
        minutes = int(match[1]) if minutes is None else minutes
        hour = int(match[3])
        if match[2] in ("to", "before", "til", "till", "of"):
            hour, minutes = (hour - 1) % 24 or 12, 60 - minutes
        return found.mark_clock(hour, minutes, match[4])

    def two_hours(match: re.Match[str]) -> str:
        joined = " and " if match[1].strip() == "between" else " - "
        return (
            f" {match[1]} "
            + found.mark_clock(int(match[2]), int(match[3] or 0), match[4])
            + joined
            + found.mark_clock(int(match[5]), int(match[6] or 0), match[7])
        )

    def simple(match: re.Match[str]) -> str:
        return found.mark_clock(int(match[1]), int(match[2]), match[3])

    hour_minute = rf"{_HOUR}(?:[:.]([0-5]\d))?"
    found.replace(
        rf"\b(between|from) {hour_minute}{_HALF} ?(?:and|to|-|until|till) ?"
        rf"{hour_minute}{_NO_UNIT}{_HALF}",
        two_hours,
    )
    found.replace(
        rf"(?<![\d/:.-])()\b{hour_minute}{_HALF} ?(?:-|to) ?{hour_minute} ?(am|pm)\b", two_hours
    )
    # "9-11 Friday", "tomorrow 10 to 12"
    hours = rf"{hour_minute}() ?(?:-|to) ?{hour_minute}()"
    found.replace(rf"(?<![\d/:.-])()\b{hours}(?=,? (?:on )?(?:{_DAY_WORD}))", two_hours)
    found.replace(rf"(?<=(?:day|row) )()\b{hours}{_NO_UNIT}(?=\W*$)", two_hours)
    found.replace(
        rf"\b(half|(?:a )?quarter|5|10|20|25)(?: minutes)? (past|after|to|before|til|till|of) "
        rf"{_HOUR}{_NO_UNIT}(?: oclock)?{_HALF}",
        past,
    )
    found.replace(rf"\b(half)() {_HOUR}{_NO_UNIT}{_HALF}", past)
    found.replace(rf"(?<![\d/:.]){_HOUR}()h\b", lambda m: found.mark_clock(int(m[1]), 0))
    found.replace(rf"(?<![\d/:.]){_HOUR}[:.h]([0-5]\d)(?![\d/:])(?:h|hrs)?{_HALF}", simple)
    found.replace(rf"(?<![\d/:.]){_HOUR} ([0-5]\d) ?(am|pm)\b", simple)
    found.replace(
        rf"\b(at|for|by) {_HOUR} (00|05|10|15|20|25|30|35|40|45|50|55)\b{_NO_UNIT}",
        lambda m: f"{m[1]} " + found.mark_clock(int(m[2]), int(m[3])),
    )
    found.replace(r"^\W*(1[0-2]|[1-9]) ([0-5][05])()\W*$", simple)
    # "9 30 on Monday", "Monday 9 15", "1430 Thursday"
    day = rf"(?:on )?(?:{_DAY_WORD})"
    found.replace(rf"\b(1[0-2]|[1-9]) ([0-5][05])()\b(?=,? {day})", simple)
    found.replace(r"(?<=day )(1[0-2]|[1-9]) ([0-5][05])()\b(?! ?[\d/])", simple)
    found.replace(r"(?<=day )([01]\d|2[0-3])([0-5][05])()\b(?! ?[\d/])", simple)
    found.replace(rf"(?<![\d/:.-])([01]\d|2[0-3])([0-5][05])()(?=,? {day})", simple)
    found.replace(r"(?<![\d/:.])([01]\d|2[0-3])([0-5]\d) ?()(?:hours|hrs)\b", simple)
    found.replace(r"^\W*([01]\d)([0-5]\d)()\W*$", simple)
    found.replace(r"(?<=at )([01]\d|2[0-3])([0-5]\d)()\b(?! ?[a-z]*street)", simple)
    found.replace(
        rf"(?<![\d/:.]){_HOUR}(?:()(?: ?oclock){_HALF}|() ?(am|pm)\b)",
        lambda m: found.mark_clock(int(m[1]), 0, m[3] or m[5]),
    )
    found.replace(
        rf"(?<![\d/:.]){_HOUR} ?-?ish\b{_HALF}", lambda m: found.mark_clock(int(m[1]), 0, m[2])
    )
    found.replace(
        r"\b(?:12 )?(?:noon|midday|mid-day)(?:ish)?\b", lambda m: found.mark_clock(12, 0, "pm")
    )
    found.replace(r"\b(?:12 )?midnight\b", lambda m: found.mark_clock(12, 0, "am"))
    found.replace(
        rf"(@|\b(?:at|by|before|around|after|from|until|till|than|about|past|earliest))"
        rf"(?: about| around| like| say)? ?{_HOUR}{_NO_UNIT}\b",
        lambda m: f"{m[1]} " + found.mark_clock(int(m[2]), 0),
    )
    found.replace(
        r"(?<![\d/:.])()\b(1[0-2]|[1-9])(?= (?:or (?:later|after|earlier|before)|onwards?)\b)",
        lambda m: found.mark_clock(int(m[2]), 0),
    )
    # "at 3 or 4"
    found.replace(
        rf"(<T\d+>\s*(?:or|and) ){_HOUR}{_NO_UNIT}\b",
        lambda m: m[1] + found.mark_clock(int(m[2]), 0),
    )


_FEW = {"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3}
_COUNT = r"(\d{1,3}|an?|a couple of|couple of|a few|few)"
_UNIT = r"(day|week|fortnight|month)s?"
_UNIT_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30}
_TOMORROW = r"(?:to[mn]+or+o?w|tomoz|tomo|tmrw|tmr|tmw|2mor+ow|2moro)"


def _mark_soon(found: Found, now: datetime) -> None:
    def later(match: re.Match[str]) -> str:
        number = {"half an": 0.5}.get(match[1]) or _FEW.get(match[1]) or int(match[1])
        # Wall-clock arithmetic would be wrong in a night that changes the clock.
        moment = (now.astimezone(UTC) + timedelta(hours=number)).astimezone(now.tzinfo)
        half = "am" if moment.hour < 12 else "pm"
        return found.mark_days(moment.date()) + found.mark_clock(
            moment.hour % 12 or 12, moment.minute, half
        )

    found.replace(r"\bin (?:about )?(half an|an?|a couple of|a few|\d{1,2}) hours?\b", later)


def _mark_near_days(found: Found, today: date) -> None:
    def counted(match: re.Match[str]) -> str:
        number = _FEW.get(match[1]) or int(match[1])
        if match[2] == "month":
            return found.mark_days(_months_later(today, number))
        first = today + number * _UNIT_DAYS[match[2]] * DAY
        # "In a few days" is no exact day.
        blur = 4 if "few" in match[1] and match[2] == "day" else 1
        return found.mark_days(first, first + blur * DAY)

    def within(match: re.Match[str]) -> str:
        number = _FEW.get(match[1]) or int(match[1])
        return found.mark_days(today, today + (number * _UNIT_DAYS[match[2]] + 1) * DAY)

    def this_part(match: re.Match[str]) -> str:
        return found.mark_days(today) + (match[1] or "evening")

    weeks = {"a week": 7, "1 week": 7, "2 weeks": 14, "a fortnight": 14, "3 weeks": 21}
    found.replace(
        rf"\b({'|'.join(weeks)}) (?:from )?(today|{_TOMORROW})\b",
        lambda m: found.mark_days(today + (weeks[m[1]] + (m[2] != "today")) * DAY),
    )
    found.replace(
        r"\b(?:in )?(?:(?:a|1) day or (?:2|so)|(\d{1,2}) ?(?:-|to|or) ?(\d{1,2}) days)\b(?: time)?",
        lambda m: found.mark_days(today + int(m[1] or 1) * DAY, today + (int(m[2] or 2) + 1) * DAY),
    )
    for phrase, offset in (
        (r"(?:the )?day before yesterday", -2),
        (r"yesterday", -1),
        (rf"(?:the )?day after {_TOMORROW}", 2),
        (_TOMORROW, 1),
        (r"(?:later )?(?:today|2day)", 0),
    ):
        found.put_days(rf"\b{phrase}\b", today + offset * DAY)
    found.put_days(
        r"\blast (?:night|week(?! (?:of|in)\b)|month|year|(?:mon|tue|wed|thu|fri|sat|sun)\w*)\b",
        today - WEEK,
        today,
    )
    found.replace(r"\b(?:tonight|this (morning|afternoon|evening))\b", this_part)
    found.replace(
        rf"\b(?:within|(?:in |over |during |for )?(?:the )?(?:next|coming)) {_COUNT} {_UNIT}\b",
        within,
    )
    found.replace(rf"\b(?:in )?{_COUNT} {_UNIT}'?s? (?:time|from now)\b", counted)
    # "Two weeks on Friday" counts from Friday: left to the upper half.
    found.replace(rf"(?<!day )\bin (?:about )?{_COUNT} {_UNIT}\b(?! (?:on|from)\b)", counted)


def _months_later(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + min(months, 120)
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


_PIECE = (
    r"(?:(?:the )?(early|midweek|beginning|start|first half|middle|mid|later|late|end|back end"
    r"|second half|rest)(?: part)?(?: in| of)?[ -])"
)
# First day and the day after the last, counted from Monday, or from the first of the month.
_PIECES_OF_WEEK = {
    **dict.fromkeys(("early", "beginning", "start"), (0, 2)),
    **dict.fromkeys(("middle", "mid", "midweek"), (1, 4)),
    **dict.fromkeys(("late", "end", "back end"), (3, 6)),
    "first half": (0, 3),
    "second half": (2, 6),
}
_PIECES_OF_MONTH = {
    **dict.fromkeys(("early", "beginning", "start"), (0, 10)),
    **dict.fromkeys(("middle", "mid", "midweek"), (10, 20)),
    **dict.fromkeys(("later", "late", "end", "back end"), (20, 31)),
    "first half": (0, 15),
    "second half": (15, 31),
}


def _mark_weeks_and_months(found: Found, today: date) -> None:
    monday = today - today.weekday() * DAY

    def week(match: re.Match[str]) -> str:
        begin, end = _PIECES_OF_WEEK.get(match[1] or "", (0, 7))
        which = match[2] or match[3]
        weeks = {"this": 0, "the": 0, "next": 1, "following": 1, "after next": 2}[which]
        first = monday + weeks * WEEK + begin * DAY
        after = monday + weeks * WEEK + end * DAY
        if which == "the" and after <= today:
            first, after = first + WEEK, after + WEEK
        if match[1] == "later" and weeks == 0:
            first = today + DAY
        return found.mark_days(max(first, today), max(after, first + DAY, today + DAY))

    def month(match: re.Match[str]) -> str:
        begin, end = _PIECES_OF_MONTH.get(match[1] or "", (0, 31))
        first = today.replace(day=1)
        if match[2] == "next":
            first = _months_later(first, 1)
        elif match[2] not in ("this", "the"):
            number = _month_number(match[2])
            first = date(today.year + (number < today.month), number, 1)
        after = min(first + end * DAY, _months_later(first, 1))
        first += begin * DAY
        return found.mark_days(max(first, today), max(after, today + DAY))

    def week_of_month(match: re.Match[str]) -> str:
        first = _months_later(today.replace(day=1), 1 if match[3] else 0)
        if match[2]:
            number = _month_number(match[2])
            first = date(today.year + (number < today.month), number, 1)
        after = _months_later(first, 1)
        if match[1] == "last":
            return found.mark_days(max(after - WEEK, today), max(after, today + DAY))
        place = _ordinal_number(match[1]) - 1
        begin = first + place * WEEK
        return found.mark_days(max(begin, today), max(begin + WEEK, today + DAY))

    def weekend(match: re.Match[str]) -> str:
        saturday = monday + 5 * DAY + (WEEK if match[1] == "next" else timedelta(0))
        return found.mark_days(max(saturday, today), saturday + 2 * DAY)

    found.replace(
        rf"\b(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th|last) (?:full )?week (?:of|in) "
        rf"(?:{_MONTH}|(?:the|(next)) month)",
        week_of_month,
    )
    found.replace(r"\b(?:at |on )?(this|next|the)(?: coming)? week-?end\b", weekend)
    found.replace(
        rf"\b{_PIECE}?(?:the week (after next)|(this|next|the)(?: coming| following)? week)\b"
        r"(?! (?:of|commencing|beginning|starting|from)\b| after (?:the|<)|, ?after next)",
        week,
    )
    found.replace(rf"\b{_PIECE}?(this|next|the) month\b", month)
    found.replace(rf"\b{_PIECE}{_MONTH}", month)
    found.replace(rf"\b(?:in|during|sometime in|this|next)() {_MONTH}", month)
    plain = "|".join(name for name in MONTH_NAMES if name not in ("march", "may"))
    found.replace(rf"\b()({plain})\b", month)


# What is said of the day, and how it is said back. The more exact come first.
_EARLY = Part(time(0), time(10), "before 10 am")
_MORNING = Part(time(0), time(12), "in the morning")
_AFTERNOON = Part(time(12), time(18), "in the afternoon")
_EVENING = Part(time(17), END_OF_DAY, "in the evening")
_LATE = Part(time(15, 30), END_OF_DAY, "after 3:30 pm")
_PARTS: tuple[tuple[str, Part], ...] = (
    (
        r"first thing(?: in the morning)?|early (?:in the )?morning|bright and early|early doors",
        _EARLY,
    ),
    (r"before (?:work|school|my shift)", Part(time(0), time(9, 30), "before 9:30 am")),
    (r"mid-? ?morning", Part(time(9, 30), time(11, 30), "in the middle of the morning")),
    (r"later? (?:in the )?morning", Part(time(10, 30), time(12), "late in the morning")),
    (
        r"early (?:in the )?afternoon|(?:straight |just )?after lunch",
        Part(time(12), time(14, 30), "early in the afternoon"),
    ),
    (r"mid-? ?afternoon", Part(time(14), time(16), "in the middle of the afternoon")),
    (
        r"later? (?:on )?(?:in the )?afternoon|(?:the )?(?:end of|late in) (?:the )?day|last thing",
        _LATE,
    ),
    (
        r"after (?:i finish |i get off )?(?:work|hours)|out of (?:office )?hours",
        Part(time(17), END_OF_DAY, "after 5 pm"),
    ),
    (r"after school", Part(time(15), END_OF_DAY, "after 3 pm")),
    (r"before lunch(?: ?time)?", Part(time(0), time(12), "before noon")),
    (
        r"(?:at |around |over |during |in )?(?:my |the )?lunch(?: ?time| ?break| ?hour)?",
        Part(time(12), time(14), "around lunchtime"),
    ),
    (r"(?:in the )?mornings?|(?<=[>y] )am", _MORNING),
    (r"(?:in the )?after ?noons?|(?<=[>y] )pm", _AFTERNOON),
    (r"(?:in the |at )?(?:evenings?|evenin|night ?time|nights?)", _EVENING),
    (r"early(?: on)?(?= <[DW])|(?<=> )early", _EARLY),
    (r"late(?: on)?(?= <[DW])|(?<=> )late", _LATE),
)


def _mark_parts(found: Found) -> None:
    found.text = re.sub(r"\b[a-z]{6,10}\b", _spelled_part, found.text)
    found.put_part(r"\b(?:not|nothing|none) too early\b", Part(time(10), END_OF_DAY, "after 10 am"))
    found.put_part(r"\b(?:not|nothing|none) too late\b", Part(time(0), time(16), "before 4 pm"))
    for pattern, part in _PARTS:
        found.put_part(rf"\b(?:{pattern})\b", part)


def _spelled_part(match: re.Match[str]) -> str:
    """Put right a part of the day with a slip of the keyboard."""
    word = match[0]
    for name in ("morning", "afternoon", "evening"):
        near = word[0] == name[0] and DamerauLevenshtein.distance(word, name) <= 2
        if near and word[-2:] != "ed":
            return name
    return word


_SHORT_WEEKDAYS = {
    **{"mon": 0, "tue": 1, "tues": 1, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4},
    **{"wed": 2, "sat": 5, "sun": 6},
}
_ALSO_PLAIN_WORDS = ("wed", "sat", "sun")


def _mark_weekdays(found: Found) -> None:
    found.replace(
        r"\b(?:(?:a|any|on|during the|in the) )?(?:week-?|work(?:ing)? ?|business )days?\b",
        lambda match: found.mark_weekdays(frozenset(range(5)), any_week=True),
    )
    found.replace(
        r"\b(?:(?:a|any|at|on) )?week-?ends?\b",
        lambda match: found.mark_weekdays(frozenset({5, 6}), any_week=True),
    )

    def weekday(match: re.Match[str]) -> str:
        word = match[0]
        number = _SHORT_WEEKDAYS.get(word.removesuffix("."))
        if number is not None:
            before = found.text[: match.start()].split()[-1:]
            after = found.text[match.end() :].split()[:1]
            if word in _ALSO_PLAIN_WORDS and not _reads_as_day(before, after):
                return word
            return found.mark_weekdays(frozenset({number}))
        number = _spelled_weekday(word)
        if number is None:
            return word
        in_general = re.match(r" (?:mornings|afternoons|evenings)\b", found.text[match.end() :])
        return found.mark_weekdays(
            frozenset({number}), any_week=word.endswith("s") or bool(in_general)
        )

    found.replace(r"\b(?<!<)[a-z]+\b(?!>)", weekday)


def _reads_as_day(before: list[str], after: list[str]) -> bool:
    """Tell "this sat" and "sun or mon" from "I sat down" and "in the sun"."""
    leads = {"on", "next", "this", "or", "and", "not", "any", "every", "until", "by", "from", "to"}
    follows = ("<", "or", "and", "at", "morning", "am", "pm", "please", "pls", "works", ",", "the")
    lead_fits = not before or before[0] in leads or before[0].startswith("<")
    lead_fits = lead_fits or before[0][-1] in "-/&"
    follow_fits = not after or after[0].startswith(follows)
    return lead_fits and (follow_fits or bool(before))


def _spelled_weekday(word: str) -> int | None:
    """Return the weekday a word spells, with up to two slips of the keyboard."""
    singular = word.removesuffix("s")
    if singular in WEEKDAY_NAMES:
        return WEEKDAY_NAMES.index(singular)
    if len(singular) < 5 or not singular.endswith(("ay", "dy", "ya", "da")):
        return None
    near = [
        (DamerauLevenshtein.distance(singular, name), name[:2] != singular[:2], number)
        for number, name in enumerate(WEEKDAY_NAMES)
        if name[0] == singular[0]
    ]
    if not near:
        return None
    distance, _, number = min(near)
    return number if distance <= (1 if len(singular) < 7 else 2) else None
