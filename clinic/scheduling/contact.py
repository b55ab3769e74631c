"""Read a name, a phone number or an e-mail address out of a sentence."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from clinic.scheduling.port import Contact

MAX_NAME = 80

ContactKind = Literal["phone", "email"]


class ContactProblem(Exception):  # noqa: N818 - a visitor's slip, not a fault of the program
    """A phone number or e-mail address was clearly meant but cannot be right.

    Args:
        kind: "phone" or "email".
        message: What is wrong, in plain words.
    """

    def __init__(self, kind: ContactKind, message: str) -> None:
        self.kind = kind
        self.message = message
        super().__init__(message)


_EMAIL = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]]*")
# "jane dot doe at example dot com", as a telephone or a voice keyboard writes it
_SPOKEN_EMAIL = re.compile(
    r"\b([a-z0-9_+-]+(?:(?: dot |\.)[a-z0-9_+-]+)*) at "
    r"([a-z0-9-]+(?:(?: dot |\.)[a-z0-9-]+)*"
    r"(?: dot |\.)(?:com|org|net|edu|gov|mil|info|me|io|us|ca|uk|ie|au|nz|eu|de|fr|es|it|nl))\b",
    re.IGNORECASE,
)
_PHONE_LIKE = re.compile(r"\+?\(?\d(?:[\s().\-/]*\d){6,17}")
# Fewer digits are a phone number only where that is what is being said.
_SHORT_PHONE = re.compile(
    r"(?:\b(?:phone|number|cell|mobile|tel)\b\D{0,20}|^\W*)(\d(?:[\s().-]*\d){3,5})\W*$",
    re.IGNORECASE,
)
_DATE_OR_TIME = re.compile(
    r"\b\d{4}-\d\d?-\d\d?\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{1,2}:\d\d\b"
)


def parse_contact(text: str, region: str) -> Contact | None:
    """Find a phone number and an e-mail address in what someone wrote.

    Args:
        text: Any text.
        region: Two letters, such as "US": how a number without "+" is read.

    Returns:
        What was found, the number in E.164, or None when there is neither.

    Raises:
        ContactProblem: One was clearly meant but cannot be right, and no other is there.
    """
    text = unicodedata.normalize("NFKC", text[:2000])
    problem: ContactProblem | None = None
    email: str | None = None
    phone: str | None = None
    try:
        email, text = _take_email(text)
    except ContactProblem as found:
        problem = found
        text = _EMAIL.sub(" ", text)
    try:
        phone = _find_phone(_DATE_OR_TIME.sub(" ; ", text), region)
    except ContactProblem as found:
        problem = problem or found
    if phone is None and email is None:
        if problem is not None:
            raise problem
        return None
    return Contact(phone=phone, email=email)


def _take_email(text: str) -> tuple[str | None, str]:
    match = _EMAIL.search(text)
    written = match[0] if match else ""
    if match is None:
        match = _SPOKEN_EMAIL.search(text)
        if match is None:
            return None, text
        written = re.sub(r" dot ", ".", f"{match[1]}@{match[2]}", flags=re.IGNORECASE)
    try:
        # No look-up of the domain: it would tell the network who writes to the clinic.
        address = validate_email(written.rstrip(".!?'"), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ContactProblem(
            "email", "that e-mail address is not complete or has a slip"
        ) from error
    return address, text[: match.start()] + " " + text[match.end() :]


def _find_phone(text: str, region: str) -> str | None:
    for match in phonenumbers.PhoneNumberMatcher(
        text, region, leniency=phonenumbers.Leniency.POSSIBLE
    ):
        if _usable(match.number, region):
            return str(
                phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            )
    like = _PHONE_LIKE.search(text) or _SHORT_PHONE.search(text)
    if like is None:
        return None
    if len(re.sub(r"\D", "", like[0])) < 10:
        raise ContactProblem("phone", "that phone number looks too short")
    raise ContactProblem(
        "phone",
        "that phone number does not look right (one from another country starts with + and its "
        "country code)",
    )


def _usable(number: phonenumbers.PhoneNumber, region: str) -> bool:
    if phonenumbers.is_valid_number(number):
        return True
    # Numbers kept free for examples, such as 555-0199, are how a demonstration is tried out.
    national = str(number.national_number)
    return (
        number.country_code == phonenumbers.country_code_for_region(region) == 1
        and len(national) == 10
        and (national.startswith("555") or national[3:6] == "555")
    )


_LEAD_IN = re.compile(
    r"^(?:(?:hi|hello|hey|yes|yeah|sure|ok|okay|well|um|so|oh|please)\b[\s,.!-]*)*"
    r"(?:(?:my|the|her|his|their)(?: (?:full|first|last|whole|daughter's|son's|patient's))* "
    r"name(?:'s| is| would be)|(?:the )?(?:full )?name(?: is)?\s*:?"
    r"|it(?:'s| is| would be)(?: for)?|its(?: for)?"
    r"|(?:please )?(?:change|correct|make|set) (?:it|that|(?:my |the )?name) to"
    r"|this is|that(?:'s| is| would be)"
    r"|i(?:'m| am)|im|i go by|call me|you can call me|they call me|under(?: the name(?: of)?)?"
    r"|put (?:me )?(?:down )?(?:it )?(?:as|under)|book it (?:for|under)|for)\b[\s:,-]*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:[\s,.!;:-]+(?:please|thanks|thank you|thx|pls|here|speaking|by the way|and you)\b.*"
    r"|[\s,.!;]+)$",
    re.IGNORECASE,
)
_CONTACT_AFTER = re.compile(
    r"[,;\n(]|\.\s|\s-\s|\b(?:and|my|phone|tel|e-?mail|cell|mobile)\b|\d|\S+@"
)
_PARTICLES = {
    *("de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "van", "von", "der"),
    *("den", "ter", "ten", "bin", "ibn", "al", "el", "st", "y", "e", "af", "av", "zu"),
}
# Words that no one is called and that open or fill other answers to "What is your name?"
_NO_NAME = frozenset(
    """
    a about after again all alone already also always am an and any anyone anything appointment are
    as ask asking at back bad be because been before being better bit book booking both but by call
    can can't cancel cannot change check could day did do doctor does doing don't done each else
    even ever every feel feeling fine first for from get getting go going good got had has have
    having he hello help her here hey hi him his hour how hurt hurting hurts i i'd i'll i'm i've if
    in injured into is isn't it it's its just know later let like little look looking lot me mine
    more most much must my name neck need needs never next no nobody none nope not nothing now numb
    may of off ok okay on one only open or other our out over own pain people please privacy private
    quit rather ready really repeat right same secret she should sick since skip so some someone
    something soon sorry start still stop such sure tell than thank thanks that that's the their
    them then there these they thing think this those time tired to today tomorrow too tuesday two
    under unsure until up us use very visit wait want was we week well were what when where which
    while who whose why will with without won't would yeah yep yes yesterday yet you your yours
    shoulder arm arms leg legs hand hands spine chest breathe breathing bleeding dying die suicide
    kill emergency ambulance weak weakness numbness tingling fever headache dizzy fell fall crash
    accident monday wednesday thursday friday saturday sunday morning afternoon evening
    confirm confirmed accept agree agreed proceed continue submit send edit update menu back hours
    perfect great cool awesome lovely excellent brilliant wonderful super alright correct nice
    anonymous human agent person nevermind forget restart goodbye bye maybe idk dunno nah
    """.split()  # noqa: SIM905 - a word list reads better as text
)
_WEEKDAYS = frozenset(
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
)
# The few of them that people are called too, when written with a capital
_ALSO_NAMES = frozenset({"will", "an", "al", "day", "may", "so", "do", "in", "you", "see", "van"})


def parse_name(text: str) -> str | None:
    """Read a person's name out of an answer to "What is your name?".

    Args:
        text: The answer, such as "my name is O'Brien-Lee", "it's José" or "Jane Doe".

    Returns:
        The name as it was written, first letters made capital where all were small; None for
        a question, a number, markup, a sentence, or more than 80 characters.
    """
    name = unicodedata.normalize("NFC", text[:400]).strip().replace("\u2019", "'")
    if "?" in name or len(text) > 400:
        return None
    name = _LEAD_IN.sub("", name, count=1).strip()
    if "@" in name or _PHONE_LIKE.search(name):
        name = _CONTACT_AFTER.split(name, maxsplit=1)[0]
    name = _TAIL.sub("", name).strip(" \t\"'")
    if not 1 < len(name) <= MAX_NAME or not _only_name_letters(name):
        return None
    words = name.split()
    if len(words) > 6 or not _may_be_called(words):
        return None
    return " ".join(_written(word, name.islower() or name.isupper()) for word in words)


_SURE_CUE = re.compile(
    r"\b(?:(?:my|the|her|his|their|(?:the )?patient'?s) (?:full |first |last )?name"
    r"(?:'s| is| would be|:)|name ?:|under the name(?: of)?"
    r"|(?:change|correct|make|set) (?:my |the )?name to)\s+",
    re.IGNORECASE,
)
# After these a name is meant only where it is written like one.
_WEAK_CUE = re.compile(
    r"\b(?:this is|i am|i'?m|it'?s|(?:book|put) (?:it|this|me|us) (?:down )?(?:for|under|as))\s+",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(
    r"[,;\n(!?\d]|\.(?:\s|$)|\s[-\u2013]\s|\S+@|\s(?:and|my|phone|tel|e-?mail|cell|mobile|number"
    r"|on|at|with|for|from|or|but|i|here|please|reach|call|thanks|thank|by the way|tomorrow)\b",
    re.IGNORECASE,
)


def find_name(text: str) -> str | None:
    """Find the name in a message that says more, such as "Thursday please, my name is Jo Lee".

    Args:
        text: Any text; a name counts only after a cue.

    Returns:
        The name, as `parse_name` writes it, or None.
    """
    text = unicodedata.normalize("NFC", text[:2000]).replace("\u2019", "'")
    for cue, sure in ((_SURE_CUE, True), (_WEAK_CUE, False)):
        for match in cue.finditer(text):
            said = _NAME_ENDS.split(text[match.end() :], maxsplit=1)[0].strip()
            words = said.split()
            written = bool(words) and all(
                word[0].isupper() for word in words if _bare(word) not in _PARTICLES
            )
            if 1 <= len(words) <= 5 and (sure or (written and words[0][0].isupper())):
                name = parse_name(said)
                if name:
                    return name
    return None


def _may_be_called(words: list[str]) -> bool:
    """Tell "Will Smith" and "An" from "will call" and "my neck hurts"."""
    plain = [_bare(word) for word in words]
    # Capitals say that a name is meant, but not where everything is in capitals.
    capital = not "".join(words).isupper() and all(
        word[0].isupper() for word in words if _bare(word) not in _PARTICLES
    )
    if capital and all(word in _ALSO_NAMES for word in plain):
        return True
    if all(word in _PARTICLES for word in plain):
        return False
    refused = [word for word in plain if word in _NO_NAME]
    if not refused:
        return True
    if capital and len(plain) > 1 and plain[0] in _WEEKDAYS and len(refused) == 1:
        return True  # Wednesday Addams
    return capital and (
        all(word in _ALSO_NAMES for word in refused) or 2 * len(refused) < len(plain)
    )


def _only_name_letters(name: str) -> bool:
    return all(
        unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc")
        or character in " '-."
        for character in name
    ) and any(character.isalpha() for character in name)


def _bare(word: str) -> str:
    return word.lower().strip(".'-")


def _written(word: str, one_case: bool) -> str:
    """Give a word capitals if the writer gave none, or only capitals."""
    if not one_case or (word.isupper() and len(word) <= 2):
        return word
    small = word.lower()
    if small in _PARTICLES:
        return small
    return re.sub(r"(^|[-'.])(\w)", lambda m: m[1] + m[2].upper(), small)
