"""Understand which of some offered times a visitor takes."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from clinic import clock
from clinic.scheduling.port import Slot
from clinic.scheduling.when.marks import Clock, Found
from clinic.scheduling.when.words import read

_REFUSAL = (
    r"\b(?:none|neither|nothing|not|never|nope|don'?t|doesn'?t|can'?t|cannot|isn'?t|aren'?t|won'?t"
    r"|no good|other times?|another|different|else)\b"
)
_ANY = (
    r"\b(?:any(?: (?:of (?:them|those|these)|one|time|is|will|works?))?|either|whichever|whatever"
    r"|you (?:choose|pick|decide))\b"
)
_CAREFREE = r"\b(?:(?:don'?t|do not) (?:mind|care)|(?:doesn'?t|does not) matter|not fussed)\b"
_YES = (
    r"\W*(?:yes|yeah|yep|yup|ok|okay|sure|fine|great|perfect|please|book it|i'?ll take (?:it|that)"
    r"|that(?: one|'?s (?:fine|good|great|perfect)| works| is (?:fine|good|great|perfect)| suits)?"
    r"|sounds good|that one|it works|works)\b.*"
)
_ORDER = {
    **{"first": 0, "1st": 0, "earliest": 0, "earlier": 0, "soonest": 0, "sooner": 0, "top": 0},
    **{"second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4},
    **{"sixth": 5, "6th": 5, "seventh": 6, "7th": 6, "eighth": 7, "8th": 7, "ninth": 8, "9th": 8},
    **{"last": -1, "latest": -1, "later": -1, "final": -1, "bottom": -1},
}
_NUMBERED = r"(?:option|number|no\.?|nr\.?|slot|choice|#) ?(\d|[a-h])\b"
_BARE = (
    r"\W*(?:i'?ll (?:take|have|go (?:for|with))|i'?d like|let'?s (?:do|go with)|yes|ok|okay|maybe)?"
    r"\W*(?:the )?(\d{1,2}|one)(?: one)?"
    r"(?: (?:please|pls|thanks|thank you|works|is (?:fine|good)))*\W*"
)


def understand_choice(text: str, offered: list[Slot], zone: ZoneInfo) -> int | None:
    """Read which offered time is meant.

    Args:
        text: What was said, such as "the second one", "2", "3:30", "Tuesday", "the last one".
        offered: The times in the order in which they were shown.
        zone: The clinic's time zone.

    Returns:
        The index in `offered`; None when no single one is meant, or all are refused.
    """
    if not offered:
        return None
    local = [slot.start.astimezone(zone) for slot in offered]
    found = read(text, clock.now().astimezone(zone), day_first=False)
    said = re.sub(_CAREFREE, "any", found.text)
    if re.search(_REFUSAL, said):
        return None
    fitting = _fitting(found, local)
    if fitting is not None:
        if not fitting:
            return _ordinal_day(text, len(offered))
        return fitting[0] if len(fitting) == 1 else _ordered(said, fitting)
    everything = list(range(len(offered)))
    numbered = re.search(_NUMBERED, said)
    if numbered:
        mark = numbered[1]
        return _at(everything, int(mark) - 1 if mark.isdigit() else ord(mark) - ord("a"))
    bare = re.fullmatch(_BARE, said)
    if bare:
        return _bare_number(1 if bare[1] == "one" else int(bare[1]), local)
    chosen = _ordered(said, everything)
    if chosen is not None:
        return chosen
    if re.search(r"\bmiddle\b", said) and len(offered) % 2:
        return len(offered) // 2
    if re.search(_ANY, said) or (len(offered) == 1 and re.fullmatch(_YES, said)):
        return 0
    return None


def two_meanings(text: str, offered: list[Slot], zone: ZoneInfo) -> tuple[int, int] | None:
    """Return the place and the hour that a bare number may mean, such as "3" for the third or 3 pm.

    Args:
        text: What was said.
        offered: The times in the order in which they were shown.
        zone: The clinic's time zone.

    Returns:
        Two indices in `offered`; None where one meaning or none is possible.
    """
    found = read(text, clock.now().astimezone(zone), day_first=False)
    bare = re.fullmatch(_BARE, found.text)
    number = int(bare[1]) if bare and bare[1].isdigit() else 0
    if not 1 <= number <= len(offered):
        return None
    local = [slot.start.astimezone(zone) for slot in offered]
    hours = [i for i, one in enumerate(local) if one.hour % 12 == number % 12 and not one.minute]
    return (number - 1, hours[0]) if len(hours) == 1 and hours[0] != number - 1 else None


def bare_hour(text: str, offered: list[Slot], zone: ZoneInfo) -> str:
    """Return "at 7" for a "7" that is no place among the offers; "" for anything else."""
    found = read(text, clock.now().astimezone(zone), day_first=False)
    bare = re.fullmatch(_BARE, found.text)
    number = int(bare[1]) if bare and bare[1].isdigit() else 0
    return f"at {number}" if len(offered) < number <= 12 else ""


def _fitting(found: Found, local: list[datetime]) -> list[int] | None:
    """Return the offers that fit what was said of day and time; None when nothing was."""
    marks = {
        kind: [int(number) for number in re.findall(rf"<{kind}(\d+)>", found.text)]
        for kind in "DWTP"
    }
    if not any(marks.values()):
        return None
    spans = [found.days[n] for n in marks["D"]]
    weekdays = frozenset[int]().union(*(found.weekdays[n].days for n in marks["W"]))
    parts = [found.parts[n] for n in marks["P"]]
    clocks = [found.clocks[n] for n in marks["T"]]

    def day_fits(day: date) -> bool:
        return not spans or any(span.first <= day < span.end for span in spans)

    fitting = [
        index
        for index, moment in enumerate(local)
        if day_fits(moment.date())
        and (not weekdays or moment.weekday() in weekdays)
        and (not parts or any(part.begin <= moment.time() < part.end for part in parts))
    ]
    if not clocks:
        return fitting
    exact = [i for i in fitting if any(_same_time(one, local[i]) for one in clocks)]
    if exact:
        return exact
    # "The 3 o'clock one" for 3:20, when no other offer lies in that hour.
    return [
        i
        for i in fitting
        if any(
            one.minute == 0 and _same_time(Clock(one.hour, local[i].minute, one.half), local[i])
            for one in clocks
        )
    ]


def _same_time(said: Clock, moment: datetime) -> bool:
    """Compare as a reader of "3:30 pm" would: without am or pm either half may be meant."""
    if said.hour > 12:
        return (said.hour, said.minute) == (moment.hour, moment.minute)
    if said.half and said.half != ("am" if moment.hour < 12 else "pm"):
        return False
    return (said.hour % 12, said.minute) == (moment.hour % 12, moment.minute)


def _bare_number(number: int, local: list[datetime]) -> int | None:
    """A number alone is a place in the list or an hour; when it could be two, none."""
    hours = {i for i, moment in enumerate(local) if moment.hour % 12 == number % 12}
    place = {number - 1} if 1 <= number <= len(local) else set()
    on_the_hour = {i for i in hours if local[i].minute == 0}
    meant = place | on_the_hour if place else on_the_hour or hours
    return meant.pop() if len(meant) == 1 else None


def _ordinal_day(text: str, count: int) -> int | None:
    """Read "the 2nd" as a place in the list when no offer lies on the 2nd of a month."""
    match = re.fullmatch(r"\W*(?:the )?(\d)(?:st|nd|rd|th)(?: please)?\W*", text.lower())
    return int(match[1]) - 1 if match and 1 <= int(match[1]) <= count else None


def _ordered(said: str, among: list[int]) -> int | None:
    places = {place for word, place in _ORDER.items() if re.search(rf"\b{word}\b", said)}
    return _at(among, places.pop()) if len(places) == 1 else None


def _at(among: list[int], place: int) -> int | None:
    return among[place] if -len(among) <= place < len(among) else None
