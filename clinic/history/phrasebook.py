"""Say a history back in plain words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml

_DENIED = "denied"
_NOTHING: tuple[object, ...] = ([], False, "never")


class Phrasebook:
    """Words for the values of attributes.

    Args:
        phrases: Attribute, value, words, in the order of saying; under "denied" the words for
            an attribute that was denied.
    """

    def __init__(self, phrases: Mapping[str, Mapping[Any, str]]) -> None:
        self._phrases = phrases

    @classmethod
    def load(cls, path: Path) -> Phrasebook:
        """Load `phrases.yml`.

        Raises:
            DataFileError: The file holds something else than words by attribute and value.
        """
        data = load_yaml(path)
        if not isinstance(data, dict) or not all(isinstance(item, dict) for item in data.values()):
            raise DataFileError(path, "", "expected words by attribute and value")
        return cls(data)

    def describe(self, history: Mapping[str, Any], only: Iterable[str] | None = None) -> list[str]:
        """Say what is known, first what is so and then what is not.

        Args:
            history: Values by attribute.
            only: Attributes to name; all when None.
        """
        wanted = None if only is None else set(only)
        return [*self.present(history, wanted), *self.denied(history, wanted)]

    def present(self, history: Mapping[str, Any], only: Collection[str] | None = None) -> list[str]:
        """Say what was told, in the order of the file.

        Args:
            history: Values by attribute.
            only: Attributes to name; all when None.
        """
        return [
            phrase
            for name in self._phrases
            if name != _DENIED and (only is None or name in only)
            for phrase in self._one(name, history)
        ]

    def denied(self, history: Mapping[str, Any], only: Collection[str] | None = None) -> list[str]:
        """Say what was denied.

        Args:
            history: Values by attribute.
            only: Attributes to name; all when None.
        """
        return [
            str(words)
            for name, words in self._phrases.get(_DENIED, {}).items()
            if (only is None or name in only) and history.get(name) in _NOTHING
        ]

    def _one(self, name: str, history: Mapping[str, Any]) -> list[str]:
        value = history.get(name)
        if value is None or value == []:
            return []
        if name == "duration_days":
            return [f"for {describe_days(float(value))}"]
        if name == "injury_days_ago":
            return [f"the injury was {describe_days(float(value))} ago"]
        if name == "severity":
            return [f"{float(value):g} out of 10"]
        if name == "injury" and history.get("injury_mechanism"):
            return []  # a fall says it better
        words = self._phrases[name]
        if name == "meningism" and "stiff" in (history.get("character") or ()):
            words = {sign: said for sign, said in words.items() if sign != "stiff_neck"}
        values = value if isinstance(value, list) else [value]
        return [str(words[item]) for item in values if item in words]


def describe_days(days: float) -> str:
    """Say a time span in the unit that fits.

    Args:
        days: The span in days.
    """
    if days < 1:
        return "less than a day"
    for unit, length in (("year", 365.0), ("month", 30.4), ("week", 7.0), ("day", 1.0)):
        count = days / length
        if count >= 0.95 and (unit != "week" or days >= 13.5 or round(days) == 7):
            number = round(count)
            return f"about {number} {unit}{'' if number == 1 else 's'}"
    return "about a day"
