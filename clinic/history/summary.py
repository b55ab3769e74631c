"""Say a history back in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from clinic.datafiles import DataFileError, load_yaml

_ORDER = (
    "site",
    "side",
    "character",
    "radiation",
    "duration_days",
    "severity",
    "onset_how",
    "injury_mechanism",
    "timing",
    "function",
    "neuro_arm",
    "hand_dexterity",
    "neuro_leg",
    "systemic",
    "age_band",
)


class Phrasebook:
    """Words for the values of attributes.

    Args:
        phrases: Attribute, value, words; under "denied" the words for an attribute that
            was denied.
    """

    def __init__(self, phrases: Mapping[str, Mapping[str, str]]) -> None:
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
        """Say what is known.

        Args:
            history: Values by attribute.
            only: Attributes to name; all when None.

        Returns:
            Short phrases in a fixed order.
        """
        wanted = set(_ORDER if only is None else only)
        said = [
            phrase
            for name in _ORDER
            if name in wanted
            for phrase in self._one(name, history.get(name))
        ]
        denied = [
            words
            for name, words in self._phrases.get("denied", {}).items()
            if (only is None or name in wanted) and history.get(name) in ([], False)
        ]
        return said + denied

    def _one(self, name: str, value: Any) -> list[str]:
        if value is None or value == []:
            return []
        if name == "duration_days":
            return [f"for {describe_days(float(value))}"]
        if name == "severity":
            return [f"{float(value):g} out of 10"]
        words = self._phrases.get(name, {})
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
