"""Conditions over a pain history, written as data.

A condition is one of

- `{attribute: any}`: the attribute is true, or has any value;
- `{attribute: value}` or `{attribute: [value, value]}`: it has that, or one of those;
- `{attribute: {at_least: 8}}` or `{attribute: {at_most: 3}}`: a number;
- `{all: […]}`, `{any: […]}`, `{not: condition}`;
- `{at_least: 2, of: […]}`: that many of the conditions hold.

An attribute that is unknown satisfies no condition, except under `not`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from clinic.history.attributes import AttributeCatalogue

History = Mapping[str, Any]
Condition = Callable[[History], bool]


# An attribute, and whether it is enough that it is known, be it false, empty or nought.
Need = tuple[str, bool]


class ConditionError(ValueError):
    """A condition cannot be read; the message says what is wrong with it."""


def compile_condition(data: Any, attributes: AttributeCatalogue) -> Condition:
    """Turn a condition into a function of the history.

    Args:
        data: The condition as loaded from YAML.
        attributes: The known attributes and values.

    Raises:
        ConditionError: Unknown attribute, value or form.
    """
    if not isinstance(data, dict) or not data:
        raise ConditionError(f"{data!r} is no condition")
    if set(data) == {"at_least", "of"}:
        return _at_least(data["at_least"], data["of"], attributes)
    if len(data) != 1:
        raise ConditionError(f"expected one key, found {', '.join(map(str, data))}")
    ((key, value),) = data.items()
    if key in ("all", "any"):
        return _joined(key, value, attributes)
    if key == "not":
        part = compile_condition(value, attributes)
        return lambda history: not part(history)
    return _about_attribute(str(key), value, attributes)


def needs(data: Any) -> frozenset[Need] | None:
    """Return of what a history must have at least one, or else the condition cannot hold.

    Args:
        data: A condition that can be compiled.

    Returns:
        Attributes with a value, or that are known; None: it may hold without any.
    """
    if "of" in data:
        return _one_of(data["of"]) if data["at_least"] > 0 else None
    ((key, value),) = data.items()
    if key == "not":
        return None
    if key == "any":
        return _one_of(value)
    if key == "all":
        found = [need for need in map(needs, value) if need is not None]
        return min(found, key=len) if found else None
    wanted = value if isinstance(value, list) else [value]
    return frozenset({(str(key), any(isinstance(item, dict) or not item for item in wanted))})


def known_in(history: History) -> set[Need]:
    """Return everything that a condition could need and a history has.

    Args:
        history: Values by attribute.
    """
    known = {(name, True) for name, value in history.items() if value is not None}
    return known | {(name, False) for name, _ in known if history[name]}


def _one_of(parts: list[Any]) -> frozenset[Need] | None:
    each = [needs(part) for part in parts]
    if None in each:
        return None
    return frozenset[Need]().union(*(need for need in each if need is not None))


def _joined(key: str, value: Any, attributes: AttributeCatalogue) -> Condition:
    if not isinstance(value, list) or not value:
        raise ConditionError(f"{key} needs a list of conditions")
    parts = [compile_condition(part, attributes) for part in value]

    # Loops, since a turn weighs over a thousand conditions and a generator takes twice as long.
    def all_hold(history: History) -> bool:
        for part in parts:  # noqa: SIM110 - see above
            if not part(history):
                return False
        return True

    def any_holds(history: History) -> bool:
        for part in parts:  # noqa: SIM110 - see above
            if part(history):
                return True
        return False

    return all_hold if key == "all" else any_holds


def _at_least(wanted: Any, value: Any, attributes: AttributeCatalogue) -> Condition:
    if not isinstance(wanted, int) or not isinstance(value, list) or not value:
        raise ConditionError("at_least needs a whole number, and of a list of conditions")
    parts = [compile_condition(part, attributes) for part in value]
    return lambda history: sum(part(history) for part in parts) >= wanted


def _about_attribute(name: str, value: Any, attributes: AttributeCatalogue) -> Condition:
    if name not in attributes:
        raise ConditionError(f"unknown attribute {name!r}")
    if value == "any":
        return lambda history: bool(history.get(name))
    if isinstance(value, dict):
        return _about_number(name, value)
    wanted = value if isinstance(value, list) else [value]
    for item in wanted:
        try:
            attributes.check(name, item)
        except ValueError as error:
            raise ConditionError(str(error)) from error

    def holds(history: History) -> bool:
        said = history.get(name)
        if said is None:
            return False
        if isinstance(said, list):
            return any(item in said for item in wanted)
        return said in wanted

    return holds


def _about_number(name: str, value: dict[str, Any]) -> Condition:
    if not value or set(value) - {"at_least", "at_most"}:
        raise ConditionError(f"{name}: expected at_least or at_most")
    if not all(isinstance(limit, int | float) for limit in value.values()):
        raise ConditionError(f"{name}: expected a number")
    low = float(value.get("at_least", float("-inf")))
    high = float(value.get("at_most", float("inf")))

    def holds(history: History) -> bool:
        said = history.get(name)
        return said is not None and low <= float(said) <= high

    return holds
