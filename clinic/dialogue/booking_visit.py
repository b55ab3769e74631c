"""Which kind of visit somebody wants: first visit, follow-up, by video, or as a clinic names it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from clinic.datafiles import DataFileError, load_yaml
from clinic.phrases import pattern_of
from clinic.settings import ClinicSettings
from clinic.settings.clinic_file import VisitType

FILE = Path(__file__).resolve().parents[2] / "data" / "booking" / "visit_words.yml"

# How a clinic's own id or name says what kind of visit it is
_AGAIN_KIND = re.compile(r"follow|return|review|re-?visit|check", re.IGNORECASE)
_FIRST_KIND = re.compile(r"\bnew\b|^new|first|initial|intake", re.IGNORECASE)
# "Not a video call", "I don't want it online", "no follow-up"
_NOT = re.compile(
    r"\b(?:not|no|never|don'?t|do not|doesn'?t|isn'?t|can'?t|cannot|rather than|instead of|without)"
    r"(?: \w+){0,3} ?$"
)
_NOT_HERE_BEFORE = re.compile(r"\b(?:not|never|haven'?t|have not|hasn'?t)\b(?: \w+){0,4} before\b")
_CHANGE = re.compile(
    r"\b(?:change|different|another|other|wrong|correct|switch)\b.{0,25}"
    r"\b(?:kind|type|sort) of (?:visit|appointment)\b|\b(?:visit|appointment) (?:type|kind)\b"
    r"|\W*(?:the )?(?:kind|type|sort) of (?:visit|appointment)\W*$|\bchange the visit\W*$"
)
_UNSURE = re.compile(
    r"\b(?:not sure|unsure|don'?t know|no idea|dunno|whichever|you (?:choose|decide|pick)|any\b"
    r"|either|doesn'?t matter|don'?t (?:mind|care))"
)
_FILLED = ("{kind}", "{minutes}", "{others}")
_PLACES = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1}


@dataclass(frozen=True)
class VisitWords:
    """The words of `data/booking/visit_words.yml`.

    Args:
        video: Says that it is to be by video.
        in_person: Says that it is to be at the clinic.
        again: Says that they have been here before.
        first: Says that they have not.
        question: Asks for the kind beside the times of the first one.
    """

    video: re.Pattern[str]
    in_person: re.Pattern[str]
    again: re.Pattern[str]
    first: re.Pattern[str]
    question: str

    @classmethod
    def load(cls, path: Path = FILE) -> VisitWords:
        """Read and check the word lists.

        Args:
            path: The file.

        Raises:
            DataFileError: A list is missing or an entry is no text.
        """
        content = load_yaml(path)
        if not isinstance(content, dict):
            raise DataFileError(path, "", "expected the lists video, in_person, again and first")
        question = content.get("question")
        if not isinstance(question, str) or not all(part in question for part in _FILLED):
            raise DataFileError(path, "question", f"expected a sentence with {', '.join(_FILLED)}")
        return cls(
            video=pattern_of(path, content, "video"),
            in_person=pattern_of(path, content, "in_person"),
            again=pattern_of(path, content, "again"),
            first=pattern_of(path, content, "first"),
            question=question,
        )

    def ask(self, kind: VisitType, others: Sequence[VisitType]) -> str:
        """Return the question for the kind of visit; "" where there is nothing to ask.

        Args:
            kind: What the offered times are for.
            others: What else there is.
        """
        if not others:
            return ""
        names = " or ".join(f'"{other.name.lower()}"' for other in others)
        asked = self.question.format(kind=kind.name.lower(), minutes=kind.minutes, others=names)
        return f"{asked}\n\n"


@lru_cache(maxsize=1)
def get_visit_words() -> VisitWords:
    """Return the words, loaded on first use."""
    return VisitWords.load()


def said_visit_types(text: str, clinic: ClinicSettings) -> tuple[VisitType, ...]:
    """Return the kinds of visit that fit what was said; none when nothing was said about it.

    Args:
        text: Such as "a video call", "it's a follow-up", "I've never been", a kind's own name.
        clinic: Which kinds there are.
    """
    said = _plain(text)
    named = _named(said, clinic.visit_types)
    if named:
        return named
    words = get_visit_words()
    video, here = _says(words.video, said), _says(words.in_person, said)
    refuses_video = not video and bool(words.video.search(said))
    first = _says(words.first, said) or bool(_NOT_HERE_BEFORE.search(said))
    again = not first and _says(words.again, said)
    if not (video or here or refuses_video or first or again):
        return ()
    kinds = clinic.visit_types
    if video != (here or refuses_video):
        kinds = _keep(kinds, [kind for kind in kinds if kind.telehealth == video])
    if again:
        kinds = _keep(kinds, [kind for kind in kinds if _is(_AGAIN_KIND, kind)])
    if first:
        kinds = _keep(kinds, [kind for kind in kinds if _is(_FIRST_KIND, kind)])
    return kinds if len(kinds) < len(clinic.visit_types) else ()


def chosen_visit_type(text: str, offered: Sequence[VisitType], clinic: ClinicSettings) -> str:
    """Return the id of the kind that answers "which kind of visit?"; "" when none is meant.

    Args:
        text: The answer: words, a button's title, "the second one", "not sure".
        offered: The kinds that were named, in order.
        clinic: Which kinds there are.
    """
    said = _plain(text)
    fitting = [kind for kind in said_visit_types(text, clinic) if kind in offered]
    if len(fitting) == 1:
        return fitting[0].id
    number = re.fullmatch(r"\W*(?:number |option |the )?(\d)\W*", said)
    if number and 1 <= int(number[1]) <= len(offered):
        return offered[int(number[1]) - 1].id
    places = {place for word, place in _PLACES.items() if re.search(rf"\b{word}\b", said)}
    if len(places) == 1 and re.search(r"\b(?:one|option|kind)\b|^\W*(?:the )?\w+\W*$", said):
        place = places.pop()
        return offered[place].id if place < len(offered) else ""
    return offered[0].id if offered and _UNSURE.search(said) else ""


def wants_other_kind(text: str) -> bool:
    """Tell whether somebody wants to change the kind of visit without saying to which."""
    return bool(_CHANGE.search(_plain(text)))


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("\u2019", "'").split())


def _named(said: str, kinds: Sequence[VisitType]) -> tuple[VisitType, ...]:
    """Return the kinds whose own name stands in the text; a longer name wins over a shorter."""
    found = [
        (len(name), kind)
        for kind in kinds
        for name in (_plain(kind.name), *(_plain(other) for other in kind.also_called))
        if (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said))
        and not _NOT.search(said[: match.start()])
    ]
    longest = max((length for length, _ in found), default=0)
    return tuple(dict.fromkeys(kind for length, kind in found if length == longest))


def _says(pattern: re.Pattern[str], said: str) -> bool:
    """Tell whether one of the words stands in the text and is not denied."""
    return any(not _NOT.search(said[: match.start()]) for match in pattern.finditer(said))


def _is(pattern: re.Pattern[str], kind: VisitType) -> bool:
    return bool(pattern.search(kind.id) or pattern.search(kind.name))


def _keep(kinds: tuple[VisitType, ...], fitting: list[VisitType]) -> tuple[VisitType, ...]:
    """Narrow the kinds, unless none would be left: a clinic may not tell them apart."""
    return tuple(fitting) or kinds
