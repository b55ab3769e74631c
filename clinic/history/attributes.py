"""The attributes of a pain history and the values each may have.

They are data (`data/clinical/history.yml`), because a clinician decides what is asked;
code asks this catalogue whether a value is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from clinic.datafiles import DataFileError, load_yaml

Kind = Literal["list", "choice", "number", "flag"]
_KINDS = ("list", "choice", "number", "flag")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the history.

    Attributes:
        name: Its name, also the name of its Rasa slot.
        kind: "list" (several values), "choice" (one value), "number" or "flag".
        values: Allowed values of a list or choice.
        minimum: Smallest allowed number.
        maximum: Largest allowed number.
        label: What a patient would call it.
        past_counts: Whether something said of the past still holds (a cancer does, a
            fever does not).
        settles: Whether it no longer counts once it is said to be over (a fever does; a
            passing loss of sight is as urgent afterwards).
        asked_when_over: Whether it is asked about once it is said to be over.
        yields: A value of a choice that gives way to any other that is known.
        explainable: Whether a harmless cause in the same breath ("legs like jelly from leg
            day") explains it.
        passes: After so many days it counts no more when it is told of in the past ("a fever in
            March"); 0 for never.
        played_down: Whether words that make little of it ("gently", "at zero speed") leave it
            uncertain.
        rises: Whether its values stand from least to most, and of several in one message ("hurts
            bad, really bad") the greatest counts.
    """

    name: str
    kind: Kind
    values: tuple[str, ...]
    minimum: float
    maximum: float
    label: str
    past_counts: bool = False
    settles: bool = False
    asked_when_over: bool = False
    yields: str | None = None
    explainable: bool = False
    passes: int = 0
    played_down: bool = False
    rises: bool = False


class AttributeCatalogue:
    """All attributes by name."""

    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self._attributes = dict(attributes)

    @classmethod
    def load(cls, path: Path) -> AttributeCatalogue:
        """Load and check `history.yml`.

        Raises:
            DataFileError: An attribute of unknown kind, or a list or choice without values.
        """
        data = load_yaml(path)
        if not isinstance(data, dict) or not isinstance(data.get("attributes"), dict):
            raise DataFileError(path, "", "expected the key attributes")
        attributes = {}
        for name, entry in data["attributes"].items():
            if not isinstance(entry, dict) or entry.get("kind") not in _KINDS:
                raise DataFileError(path, str(name), f"kind must be one of {', '.join(_KINDS)}")
            values = tuple(str(value) for value in entry.get("values", ()))
            if entry["kind"] in ("list", "choice") and not values:
                raise DataFileError(path, str(name), "values are missing")
            attributes[str(name)] = Attribute(
                name=str(name),
                kind=entry["kind"],
                values=values,
                minimum=float(entry.get("minimum", 0)),
                maximum=float(entry.get("maximum", 0)),
                label=str(entry.get("label", name)),
                past_counts=bool(entry.get("past_counts", False)),
                settles=bool(entry.get("settles", False)),
                asked_when_over=bool(entry.get("asked_when_over", False)),
                yields=entry.get("yields"),
                explainable=bool(entry.get("explainable", False)),
                passes=int(entry.get("passes", 0)),
                played_down=bool(entry.get("played_down", False)),
                rises=bool(entry.get("rises", False)),
            )
        return cls(attributes)

    def __iter__(self) -> Any:
        return iter(self._attributes.values())

    def __contains__(self, name: object) -> bool:
        return name in self._attributes

    def __getitem__(self, name: str) -> Attribute:
        return self._attributes[name]

    def check(self, name: str, value: Any) -> None:
        """Check that an attribute may have a value.

        Raises:
            ValueError: It may not; the message says what is expected.
        """
        if name not in self._attributes:
            raise ValueError(f"unknown attribute {name!r}")
        attribute = self._attributes[name]
        if attribute.kind in ("list", "choice"):
            if value not in attribute.values:
                raise ValueError(
                    f"{value!r} is no value of {name}; expected one of "
                    + ", ".join(attribute.values)
                )
        elif attribute.kind == "flag":
            if not isinstance(value, bool):
                raise ValueError(f"{name} is true or false, not {value!r}")
        elif not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError(f"{name} is a number, not {value!r}")
        elif not attribute.minimum <= value <= attribute.maximum:
            limits = f"{attribute.minimum:g} and {attribute.maximum:g}"
            raise ValueError(f"{name} lies between {limits}, not {value!r}")
