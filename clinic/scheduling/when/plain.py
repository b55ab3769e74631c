"""Write a sentence about days and times in one plain way: small letters, digits, whole words."""

from __future__ import annotations

import re
import unicodedata

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
ORDINAL_WORDS = {
    **{word: number for number, word in enumerate(_ORDINALS, start=1)},
    **{f"twenty-{word}": number for number, word in enumerate(_ORDINALS[:9], start=21)},
    **{"thirtieth": 30, "thirty-first": 31},
}


# "Good morning, anything on Tuesday after two?" wants no morning.
_GREETING = re.compile(
    r"^\W*(?:(?:hi|hello|hey)\W+(?:there\W+)?)?good (?:morning|afternoon|evening|day)\b"
    r"|\b(?:have a|enjoy your) (?:good|nice|lovely|great)? ?(?:day|morning|afternoon|evening|week"
    r"|weekend)\b"
)
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


def plain(text: str) -> str:
    """Return a sentence in small letters, with digits and whole words."""
    said = unicodedata.normalize("NFKC", text[:1000]).lower()
    for ugly, clean in (("\u2019", "'"), ("\u2018", "'"), ("\u2013", "-"), ("\u2014", " - ")):
        said = said.replace(ugly, clean)
    said = re.sub(r"[<>]", " ", said)
    said = _GREETING.sub(" ", said)
    for short, whole in _SHORT_FORMS:
        said = re.sub(rf"\b{short}\b", whole, said)
    said = re.sub(r"\b([ap])\s?\.\s?m\b\.?|(?<=\d)([ap])\b(?!')", r"\1\2m", said)
    said = re.sub(r"\bo ?'? ?clock\b", "oclock", said)
    said = re.sub(r"(?<=-\d\d)t(?=\d\d:\d\d)", " ", said)
    said = re.sub(rf"\b(twenty|thirty) (?=(?:{'|'.join(_ORDINALS[:9])})\b)", r"\1-", said)
    # Spelled out, "ten to four" is a moment; "10 to 4" are two hours.
    said = re.sub(
        rf"\b(five|ten|twenty(?:[- ]five)?) (to|past|before|after) (?={_SPELLED_HOUR}\b)",
        r"\1 minutes \2 ",
        said,
    )
    said = re.sub(rf"\b({_SPELLED_HOUR})-?ish\b", r"\1 ish", said)
    said = _NUMBER.sub(_digits, said)
    said = re.sub(r"\bone(?= (?:week|day|month|hour|oclock|am|pm|15|30|45)\b)", "1", said)
    said = re.sub(rf"\b({_BEFORE_HOUR}) one\b", r"\1 1", said)
    # ASCII digits only: "²" is a digit to Python but no number.
    return re.sub(r"\s+", " ", "".join(c for c in said if c.isascii() or not c.isnumeric()))


def _digits(match: re.Match[str]) -> str:
    tens, unit, plain = match.groups()
    if plain:
        return str(_UNITS.index(plain))
    return str(_TENS[tens] + (_UNITS.index(unit) if unit else 0))
