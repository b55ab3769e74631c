"""Say in another language what actions put into a text: days, times, reasons, short words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from clinic.clinical import ClinicalData
from clinic.datafiles import DataFileError
from clinic.language.files import check_keys, load_translation

_MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
_MONTHS += ["August", "September", "October", "November", "December"]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_SHORT = 3
_DAY = "|".join(f"{day}|{day[:_SHORT]}" for day in _DAYS)
_MONTH = "|".join(f"{month}|{month[:_SHORT]}" for month in _MONTHS)
_DATE = re.compile(rf"\b(?:({_DAY}),? )?({_MONTH}) (\d{{1,2}})\b(?:, (\d{{4}}))?")
_WEEKDAY = re.compile(rf"\b({_DAY})\b(?!\.)")
_TIME = re.compile(r"\b(\d{1,2})(?::(\d\d))? ?([ap]m)\b", re.IGNORECASE)
_KEYS = frozenset({"weekdays", "months", "day", "day_with_weekday", "year", "words", "texts"})
_CLINICAL_KEYS = frozenset({"reasons", "questions", "labels"})
# What of a custom object a visitor reads.
_SHOWN = frozenset({"label", "hint", "day", "time", "summary"})
# So many letters of a beginning are no accident.
_OPENING = 10
_LISTS = ("; ", " or ")


class Values:
    """Translates what fills the placeholders of a text.

    Args:
        folder: The language's folder, with values.yml and clinical.yml.
        clinical: The rules and signs whose texts must be covered.

    Raises:
        DataFileError: A day, month, reason or question is missing, or one is unknown.
    """

    def __init__(self, folder: Path, clinical: ClinicalData) -> None:
        path = folder / "values.yml"
        data = load_translation(path, _KEYS)
        self._weekdays = _table(data, "weekdays", _DAYS, path)
        self._months = _table(data, "months", _MONTHS, path)
        self._date, self._dated_weekday = str(data["day"]), str(data["day_with_weekday"])
        self._year = str(data["year"])
        self._words = {str(english): str(said) for english, said in data["words"].items()}
        longest_first = sorted(self._words, key=len, reverse=True)
        self._word = re.compile(
            r"(?<![\w@.])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w@])"
        )
        self._texts = {str(english): str(said) for english, said in data["texts"].items()}
        self._texts.update(_clinical_texts(folder / "clinical.yml", clinical))

    def say(self, english: str) -> str:
        """Return a value in the language; what is not known stays as it is.

        Args:
            english: What an action would put into the English text.
        """
        if (whole := self._whole(english)) is not None:
            return whole
        said = _DATE.sub(self._say_date, english)
        said = _WEEKDAY.sub(lambda match: self._weekdays[match[1][:_SHORT]], said)
        said = _TIME.sub(_say_time, said)
        return self._word.sub(lambda match: self._words[match[0]], said)

    def say_whole(self, english: str) -> str:
        """Return a value that is known as a whole; a name or a remark stays as it is."""
        return self._whole(english) or english

    def say_card(self, card: Any) -> Any:
        """Return a custom object with its labels in the language; what it sends stays English.

        Args:
            card: The object of a reply that docs/web_chat.md describes, or a part of it.
        """
        if isinstance(card, list):
            return [self.say_card(part) for part in card]
        if not isinstance(card, dict):
            return card
        return {
            key: self.say(value)
            if key in _SHOWN and isinstance(value, str)
            else self.say_card(value)
            for key, value in card.items()
        }

    def covers(self, english: str) -> bool:
        """Tell whether a text begins with words that are known."""
        match = self._word.match(english)
        return match is not None and len(match[0]) >= _OPENING

    def _whole(self, english: str) -> str | None:
        """Return a text that is known as a whole, or a list of such texts."""
        body = english.strip()
        if body in self._texts:
            return english.replace(body, self._texts[body])
        for mark in (*_LISTS, "\n\n"):
            parts = body.split(mark)
            if len(parts) > 1 and all(part in self._texts for part in parts):
                joined = self._words.get(mark.strip(), mark.strip())
                glue = f" {joined} " if joined.isalpha() else mark
                return english.replace(body, glue.join(self._texts[part] for part in parts))
        return None

    def _say_date(self, match: re.Match[str]) -> str:
        said = self._date.format(day=match[3], month=self._months[match[2][:_SHORT]])
        if match[4]:
            said += self._year.format(year=match[4])
        if match[1]:
            said = self._dated_weekday.format(weekday=self._weekdays[match[1][:_SHORT]], day=said)
        return said


def _say_time(match: re.Match[str]) -> str:
    hour = int(match[1]) % 12 + (12 if match[3].lower() == "pm" else 0)
    return f"{hour}:{match[2] or '00'}"


def _table(data: Mapping[str, Any], key: str, names: Iterable[str], path: Path) -> dict[str, str]:
    """Return the words for days or months by the first three letters of the English."""
    table = {}
    for name in names:
        said = data[key].get(name)
        if not isinstance(said, str):
            raise DataFileError(path, f"{key}.{name}", "is missing")
        table[name[:_SHORT]] = said
    return table


def _clinical_texts(path: Path, clinical: ClinicalData) -> dict[str, str]:
    """Return reasons, questions and labels by their English text."""
    data = load_translation(path, _CLINICAL_KEYS)
    rules = {rule.id: rule for rule in (*clinical.rules.red_flags, *clinical.rules.scoring)}
    signs = {sign.id: sign for sign in clinical.signs}
    labels = {attribute.name: attribute.label for attribute in clinical.attributes}
    check_keys(data["reasons"], frozenset(rules), path, "reasons")
    check_keys(data["questions"], frozenset(signs), path, "questions")
    check_keys(data["labels"], frozenset(labels), path, "labels")
    for rule in rules.values():
        urgent = any(grade.level.is_emergency for grade in rule.levels)
        if urgent and rule.id not in data["reasons"]:
            raise DataFileError(path, f"reasons.{rule.id}", "is missing: an emergency's reason")
    for name in signs:
        if name not in data["questions"]:
            raise DataFileError(path, f"questions.{name}", "is missing: a warning sign's question")
    texts = {rules[name].reason: str(said) for name, said in data["reasons"].items()}
    texts.update({signs[name].question: str(said) for name, said in data["questions"].items()})
    texts.update({labels[name]: str(said) for name, said in data["labels"].items()})
    return texts
