"""Put a short message of another language into the English that the rest of Atlas reads.

Nothing is guessed: only phrases of the data files are put into English, and a message of which too
much is left over is not understood at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError
from clinic.history.words import NO_BREAK, PAUSE, SENTENCE_END, Word, split_words, word_set
from clinic.language import wildcards
from clinic.language.files import check_keys, load_translation, word_list
from clinic.language.phrases import Match, PhraseError, Phrases

_ANSWER_KEYS = frozenset({"fillers", "complaint", "own", "questions", "answers", "wishes"})
_TIME_KEYS = frozenset({"numbers", "weekdays", "months", "times"})
_FIELD = re.compile(r"<(\w+)>")
_CLOCK_OR_CONTACT = re.compile(r"[\d+@]")
_WHEN_ONE_IS_LEFT = 3
_DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
_MARKS = {NO_BREAK: " ", PAUSE: ", ", SENTENCE_END: ". "}


class Kind(Enum):
    """What a phrase does in a message."""

    ANSWER = "answer"
    WISH = "wish"
    TIME = "time"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Rendering:
    """A message in English.

    Attributes:
        english: What Atlas reads.
        kinds: What its phrases do.
    """

    english: str
    kinds: frozenset[Kind]

    @property
    def says_something(self) -> bool:
        """Whether it is more than the name of a day, which may be a person's: "Domingo"."""
        return bool(self.kinds - {Kind.TIME}) or self.english.lower() not in _DAYS


@dataclass(frozen=True, slots=True)
class _Meaning:
    english: str
    kind: Kind


class Renderer:
    """Reads what answers.yml and when.yml of a language cover.

    Args:
        folder: The language's folder.
        titles: Buttons' titles in the language, and what each sends.

    Raises:
        DataFileError: A file is not usable; the message names file, entry and field.
    """

    def __init__(self, folder: Path, titles: Mapping[str, str]) -> None:
        times_path, answers_path = folder / "when.yml", folder / "answers.yml"
        times = load_translation(times_path, _TIME_KEYS)
        answers = load_translation(answers_path, _ANSWER_KEYS)
        self.numbers = {_norm(word): int(value) for word, value in times["numbers"].items()}
        self._weekdays = {_norm(word): str(day) for word, day in times["weekdays"].items()}
        self._months = {_norm(word): str(month) for word, month in times["months"].items()}
        self._fillers = word_list(answers, "fillers", answers_path)
        self._complaint = word_list(answers, "complaint", answers_path)
        self._own = word_list(answers, "own", answers_path)
        self._questions: Phrases[None] = Phrases()
        for text in answers["questions"]:
            self._questions.add(str(text), None)
        self._titles = {_whole(title): payload for title, payload in titles.items()}
        self._phrases: Phrases[_Meaning] = Phrases(
            {
                "n": wildcards.number(self.numbers),
                "m": wildcards.number(self.numbers),
                "weekday": wildcards.one_of(self._weekdays),
                "month": wildcards.one_of(self._months),
                "name": wildcards.name,
                "surname": wildcards.word,
            }
        )
        for path, entries, kind in (
            (answers_path, answers["answers"], Kind.ANSWER),
            (answers_path, answers["wishes"], Kind.WISH),
            (times_path, times["times"], Kind.TIME),
        ):
            for entry in entries:
                self._add(entry, kind, path)

    def read(self, text: str, words: Sequence[Word]) -> Rendering | None:
        """Return a message in English, or None where it is not understood.

        Args:
            text: The message.
            words: Its words.
        """
        payload = self._pressed(text)
        if payload is not None:
            return Rendering(payload, frozenset({Kind.ANSWER}))
        pieces: list[str] = []
        kinds: set[Kind] = set()
        read, left = 0, 0
        phrases_at = self._phrases.scan(words)
        index = 0
        while index < len(words):
            match = next(iter(phrases_at(index)), None)
            if match is not None and match.value.kind is Kind.ANSWER and not _begins(words, index):
                match = None  # "para" is "stop" at the beginning, and "for" anywhere else
            if match is None:
                norm = words[index].norm
                if _CLOCK_OR_CONTACT.search(norm):
                    _append(pieces, text[words[index].start : words[index].end], words, index)
                elif norm not in self._fillers:
                    left += 1
                index += 1
                continue
            _append(pieces, _filled(match, text, words), words, index)
            kinds.add(match.value.kind)
            read += match.last - match.first
            index = match.last
        if not kinds or not self._is_enough(kinds, read, left):
            return None
        return Rendering("".join(pieces).strip(), frozenset(kinds))

    def is_complaint(self, words: Sequence[Word]) -> bool:
        """Tell whether a message is about a pain or another complaint."""
        about = any(word.norm in self._complaint for word in words)
        own = any(word.norm in self._own for word in words)
        return about and (own or not self._questions.scan(words)(0))

    def _is_enough(self, kinds: set[Kind], read: int, left: int) -> bool:
        """A wish is heard in any message; of a shorter answer nothing may be left over."""
        if Kind.WISH in kinds:
            return True
        return left == 0 or (Kind.TIME in kinds and read >= _WHEN_ONE_IS_LEFT * left)

    def _pressed(self, text: str) -> str | None:
        """Return what the titles send that a message is made of; a checklist sends several."""
        whole = self._titles.get(_whole(text))
        if whole is not None:
            return whole
        parts = [part for part in re.split(r"\.\s+|;\s*|\n+", text.strip()) if part.strip()]
        sent = [self._titles.get(_whole(part)) for part in parts]
        if len(sent) > 1 and all(part is not None for part in sent):
            return ". ".join(str(part) for part in sent)
        return None

    def _add(self, entry: Any, kind: Kind, path: Path) -> None:
        if not isinstance(entry, dict) or not isinstance(entry.get("es"), list):
            raise DataFileError(path, str(entry)[:40], "expected en and a list of phrases es")
        check_keys(entry, frozenset({"en", "es"}), path, str(entry.get("en")))
        english = str(entry["en"])
        meaning = _Meaning(english, Kind.NAME if "<name>" in english else kind)
        for text in entry["es"]:
            try:
                self._phrases.add(str(text), meaning)
            except PhraseError as error:
                raise DataFileError(path, english, str(error)) from error


def _filled(match: Match[_Meaning], text: str, words: Sequence[Word]) -> str:
    """Put what the wildcards took into the English; names as they were written."""

    def fill(field: re.Match[str]) -> str:
        name = "n" if field[1] == "nth" else field[1]
        taken = match.captured[name]
        if name in ("name", "surname"):
            return text[words[taken.first].start : words[taken.last - 1].end]
        return taken.value + ("th" if field[1] == "nth" else "")

    english = _FIELD.sub(fill, match.value.english)
    # A time in digits brings its own minutes: "a las 15:30 y media" is nothing anybody says.
    return re.sub(r"(\d:\d\d):\d\d", r"\1", english)


def _begins(words: Sequence[Word], index: int) -> bool:
    return index == 0 or words[index].break_before != NO_BREAK


def _append(pieces: list[str], english: str, words: Sequence[Word], index: int) -> None:
    if pieces:
        pieces.append(_MARKS[words[index].break_before])
    pieces.append(english)


def _norm(text: str) -> str:
    return split_words(text)[0].norm


def _whole(text: str) -> str:
    return " ".join(word.norm for word in split_words(text))
