"""Find times on the clock in a sentence: "half two", "9-11", "at 3", "in two hours"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from clinic.scheduling.when.days import FEW
from clinic.scheduling.when.marks import Found

_DAY_WORD = r"mon|tue|wed|thu|fri|sat|sun|today|tomorrow|next|this|<D"
_HOUR = r"(2[0-3]|1\d|0?\d)"
_HALF = r"(?: ?(am|pm)\b)?"
_NO_UNIT = (
    r"(?![\d:/%]|\.\d|st\b|nd\b|rd\b|th\b|-\d| ?(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?"
    r"|years?|times|out of|people|of us|percent|appointments?|visits?|or so)\b)"
)


def mark_clocks(found: Found) -> None:
    """Put marks in the place of times on the clock."""

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
    # "10 to 12" and nothing else: ten minutes to twelve would be no wish to come at.
    found.replace(rf"^\W*(){_HOUR}()() ?(?:-|to|till|until) ?{_HOUR}()()\W*$", two_hours)
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
        rf"(@|\b(?:at|by|before|around|after|from|until|till|than|about|past|gone|earliest))"
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


def mark_soon(found: Found, now: datetime) -> None:
    """Put marks in the place of "in an hour"."""

    def later(match: re.Match[str]) -> str:
        number = {"half an": 0.5}.get(match[1]) or FEW.get(match[1]) or int(match[1])
        number += 0.5 if match[2] else 0
        # Wall-clock arithmetic would be wrong in a night that changes the clock.
        moment = (now.astimezone(UTC) + timedelta(hours=number)).astimezone(now.tzinfo)
        half = "am" if moment.hour < 12 else "pm"
        return found.mark_days(moment.date()) + found.mark_clock(
            moment.hour % 12 or 12, moment.minute, half
        )

    found.replace(
        r"\bin (?:about )?(half an|an?|a couple of|a few|\d{1,2}) hours?( and a half)?\b", later
    )
