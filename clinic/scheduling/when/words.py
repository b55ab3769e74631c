"""Find the words for days and times in a sentence: the lower half of `understand_when`."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from functools import lru_cache

from clinic.scheduling.when.clocks import mark_clocks, mark_soon
from clinic.scheduling.when.dates import mark_dates
from clinic.scheduling.when.days import mark_near_days, mark_weekdays
from clinic.scheduling.when.marks import Found
from clinic.scheduling.when.parts import mark_parts
from clinic.scheduling.when.plain import plain
from clinic.scheduling.when.weeks import mark_weeks_and_months

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
    # A turn reads its message, and the wishes before it, several times within a minute.
    return _read(text, now.replace(second=0, microsecond=0), now.tzinfo, day_first).copy()


@lru_cache(maxsize=16)
def _read(text: str, now: datetime, _zone: tzinfo | None, day_first: bool) -> Found:
    """Read at a minute; the zone tells the same moment on two clocks apart."""
    found = Found(re.sub(r"\s+", " ", plain(text)))
    for pattern in _NOT_A_WISH:
        # A date such as "on 7/10", or the whole answer, looks like a score but is none.
        if "out of" in pattern and re.fullmatch(
            r"\s*(?:.*\b)?on \d+/10\s*|\s*\d+/10\s*", found.text
        ):
            continue
        found.replace(pattern, lambda match: " ; ")
    today = now.date()
    mark_soon(found, now)
    mark_dates(found, today, day_first)
    mark_clocks(found)
    mark_near_days(found, today)
    mark_weeks_and_months(found, today)
    mark_weekdays(found)
    mark_parts(found)
    return found
