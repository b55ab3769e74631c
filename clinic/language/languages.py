"""The languages besides English that Atlas has texts in, loaded and checked once a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic.clinical import ClinicalData, get_clinical_data
from clinic.datafiles import DataFileError, load_yaml
from clinic.history.findings import Finding
from clinic.history.words import Word, split_words
from clinic.language.detector import Count, Detector
from clinic.language.emergencies import EmergencyReader
from clinic.language.files import load_translation, word_list
from clinic.language.phrases import PhraseError, Phrases
from clinic.language.rendering import Renderer, Rendering
from clinic.language.responses import Original, Response, load_originals, load_responses
from clinic.language.values import Values

ENGLISH = "en"
# What Atlas reads in the place of a message that it does not understand: no words at all.
UNREAD = "\u2026"

_ROOT = Path(__file__).resolve().parents[2]
FOLDER = _ROOT / "data" / "translations"
_DOMAIN = _ROOT / "domain.yml"
_KEYS = frozenset(
    {"name", "only_in_english", "words", "english_words", "common_words", "marks", "shared"}
    | {"asks_for_it", "asks_for_english"}
)
_NO_RESPONSES = frozenset(
    {"language.yml", "emergencies.yml", "answers.yml", "when.yml", "values.yml", "clinical.yml"}
)


@dataclass(frozen=True, slots=True)
class MessageReading:
    """What a message is in its own language.

    Attributes:
        written_in: Code of the language that it is clearly written in, "en" too; None if unclear.
        asks_for: Code of the language in which it asks to be answered.
        rendering: The message in English, where it was understood.
        findings: The warning signs that it names.
        is_unread: Whether it is in another language and was not understood.
        is_complaint: Whether it is about a pain or another complaint.
    """

    written_in: str | None = None
    asks_for: str | None = None
    rendering: Rendering | None = None
    findings: tuple[Finding, ...] = ()
    is_unread: bool = False
    is_complaint: bool = False

    @property
    def english(self) -> str | None:
        """What the rest of Atlas reads in its place; None where it stays as it is."""
        if self.rendering is not None:
            return self.rendering.english
        return UNREAD if self.is_unread else None


class Language:
    """One language: how it is read, and what is said in it.

    Args:
        folder: Its folder in data/translations; the name is its code.
        clinical: What its files may name of the clinical data.
        originals: The English texts.
        required: The texts that it must cover.

    Raises:
        DataFileError: A file is not usable; the message names file, entry and field.
    """

    def __init__(
        self,
        folder: Path,
        clinical: ClinicalData,
        originals: Mapping[str, Original],
        required: list[str],
    ) -> None:
        path = folder / "language.yml"
        data = load_translation(path, _KEYS)
        self.code = folder.name
        self.name = str(data["name"])
        self.only_in_english = str(data["only_in_english"])
        texts = sorted(one for one in folder.glob("*.yml") if one.name not in _NO_RESPONSES)
        self.responses: Mapping[str, Response] = load_responses(texts, originals, required, folder)
        self.values = Values(folder, clinical)
        self._detector = Detector(
            data["words"], data["english_words"], data["common_words"], data["marks"]
        )
        self._shared = word_list(data, "shared", path)
        titles = {
            title: payload
            for response in self.responses.values()
            for payload, title in response.buttons.items()
        }
        self._payloads = frozenset(
            payload for original in originals.values() for payload in original.buttons
        )
        self._renderer = Renderer(folder, titles)
        self._emergencies = EmergencyReader(
            folder / "emergencies.yml", clinical, self._renderer.numbers
        )
        self._requests: Phrases[str] = Phrases()
        for key, code in (("asks_for_it", self.code), ("asks_for_english", ENGLISH)):
            for text in data[key]:
                try:
                    self._requests.add(str(text), code)
                except PhraseError as error:
                    raise DataFileError(path, key, str(error)) from error

    def read(self, text: str) -> MessageReading:
        """Read a message.

        Args:
            text: As it arrived.
        """
        words = split_words(text)
        asked = self._asked_for(words) if words else None
        if asked is not None:
            return MessageReading(asks_for=asked)
        if not words or self._is_pressed(text):
            return MessageReading()
        count = self._detector.count(text, words)
        if count.is_english:
            return MessageReading(written_in=ENGLISH)
        findings = self._emergencies.read(words) if count.may_be_other else []
        rendering = self._rendering(text, words, count)
        is_other = count.is_other or bool(findings) or _says(rendering)
        return MessageReading(
            written_in=self.code if is_other else None,
            rendering=rendering,
            findings=tuple(findings),
            is_unread=is_other and rendering is None,
            is_complaint=is_other and self._renderer.is_complaint(words),
        )

    def _is_pressed(self, text: str) -> bool:
        """Tell whether a message is what buttons send, which is English in every language."""
        parts = text.split(". ")  # a checklist sends several
        return text in self._payloads or all(part in self._payloads for part in parts)

    def _rendering(self, text: str, words: list[Word], count: Count) -> Rendering | None:
        """Put the message into English unless its words are English, too."""
        own = [w for w in words if w.norm not in self._shared and not w.norm[:1].isdigit()]
        if not own or not count.may_be_other:
            return None
        return self._renderer.read(text, words)

    def _asked_for(self, words: list[Word]) -> str | None:
        for match in self._requests.scan(words)(0):
            if match.last == len(words):
                return match.value
        return None


def _says(rendering: Rendering | None) -> bool:
    """Tell whether more was understood than a day, which may be a name: "Domingo"."""
    return rendering is not None and rendering.says_something


def load_languages(
    folder: Path = FOLDER, domain: Path = _DOMAIN, clinical: ClinicalData | None = None
) -> dict[str, Language]:
    """Load and check every language.

    Args:
        folder: Where they are, a folder each.
        domain: The English texts.
        clinical: The clinical data; the process's own when None.

    Returns:
        The languages by code.

    Raises:
        DataFileError: A file is not usable; the message names file, entry and field.
    """
    originals = load_originals(domain)
    required = _required(folder / "must_cover.yml", originals)
    return {
        one.name: Language(one, clinical or get_clinical_data(), originals, required)
        for one in sorted(folder.iterdir())
        if one.is_dir()
    }


def _required(path: Path, originals: Mapping[str, Original]) -> list[str]:
    data = load_yaml(path)
    if not isinstance(data, dict):
        raise DataFileError(path, "", "expected lists of responses")
    required: list[str] = []
    for key, names in data.items():
        for name in names:
            if name not in originals:
                raise DataFileError(path, f"{key}.{name}", "is no response of domain.yml")
            required.append(str(name))
    return required


@lru_cache(maxsize=1)
def get_languages() -> Mapping[str, Language]:
    """Return the languages, loaded on first use."""
    return load_languages()


def read_message(text: str) -> MessageReading:
    """Read a message in whichever language it is written.

    Args:
        text: As it arrived.
    """
    reading = MessageReading()
    for language in get_languages().values():
        reading = language.read(text)
        if reading.written_in or reading.asks_for or reading.rendering:
            return reading
    return reading


def choose_language(
    now: str | None, *, asked_before: bool, reading: Mapping[str, Any], preferred: str | None
) -> tuple[str | None, bool]:
    """Choose in which language a conversation goes on.

    What is asked for comes first, then what is typed, then what was spoken, then what the
    visitor's device prefers. English that is typed does not undo a request.

    Args:
        now: The language so far; None for English that nobody chose.
        asked_before: Whether the language so far was asked for.
        reading: The message, as `bot.nlu.language_reader` put it into the parse result.
        preferred: The language that the channel names.

    Returns:
        The language, and whether it was asked for.
    """
    asked, written = reading.get("asks_for"), reading.get("written_in")
    if asked:
        return str(asked), True
    if written and written != ENGLISH:
        return str(written), asked_before and written == now
    if written == ENGLISH and (now or preferred) and not asked_before:
        return ENGLISH, False
    if now:
        return now, asked_before
    known = (preferred or "").partition("-")[0].lower()
    return (known, False) if known in get_languages() else (None, False)
