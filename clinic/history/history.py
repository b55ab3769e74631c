"""Keep a pain history across messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from clinic.history.attributes import Attribute, AttributeCatalogue
from clinic.history.findings import Assertion, Finding

# Not being able to turn the neck says nothing of an injury; these do.
_VIOLENCE = frozenset({"high_energy", "head_load", "knocked_out"})
# What cannot happen without an injury; a lift or a match may only have strained.
_INJURING = frozenset({"car_crash", "blow"})
_STRAINING = frozenset({"posture_sleep", "lift", "sport"})


def merge(
    history: Mapping[str, Any],
    findings: Iterable[Finding],
    attributes: AttributeCatalogue,
    *,
    correcting: bool = False,
) -> dict[str, Any]:
    """Add the findings of a message to a history.

    A present finding adds a value to a list and replaces a choice or number. A denied one
    removes the value and, where nothing else is known, leaves an empty list or false. Other
    assertions (past, of somebody else, asked about, hypothetical, possible, explained) change
    nothing.

    Args:
        history: Values by attribute; unknown attributes are missing or None.
        findings: The findings of one message in order.
        attributes: The known attributes.
        correcting: The message corrects earlier ones, so a list is replaced, not added to.

    Returns:
        The attributes that changed, with their new values.
    """
    found = [finding for finding in findings if finding.attribute in attributes]
    denied = [finding for finding in found if finding.assertion is Assertion.ABSENT]
    present = [finding for finding in found if finding.assertion is Assertion.PRESENT]
    changes: dict[str, Any] = {}

    def now(name: str) -> Any:
        return changes[name] if name in changes else history.get(name)

    for finding in denied:
        kind = attributes[finding.attribute].kind
        said = now(finding.attribute)
        if kind == "list":
            changes[finding.attribute] = [item for item in said or [] if item != finding.value]
        elif kind == "flag":
            if said is None or correcting:
                changes[finding.attribute] = False
        elif said == finding.value and correcting:
            changes[finding.attribute] = None
    replaced: set[str] = set()
    for finding in present:
        name = finding.attribute
        if attributes[name].kind != "list":
            # A fall outweighs the chair that it was from.
            yields = finding.value == attributes[name].yields and not correcting
            yields |= name in changes and _is_less(finding.value, changes[name], attributes[name])
            if not (yields and now(name) is not None):
                changes[name] = finding.value
            continue
        said = [] if correcting and name not in replaced else list(now(name) or [])
        replaced.add(name)
        if finding.value not in said:
            changes[name] = [*said, finding.value]
        elif correcting:
            changes[name] = said
    _settle(changes, now, denied)
    return {name: value for name, value in changes.items() if value != history.get(name)}


def _is_less(value: Any, other: Any, attribute: Attribute) -> bool:
    if not attribute.rises or other not in attribute.values:
        return False
    return attribute.values.index(value) < attribute.values.index(other)


def _settle(changes: dict[str, Any], now: Callable[[str], Any], denied: list[Finding]) -> None:
    """Draw the few conclusions that the words imply."""
    if any(item.attribute == "skin" and item.value == "blisters" for item in denied):
        # Without blisters or a rash there is none that is on one side.
        skin = [item for item in now("skin") or () if item != "one_sided"]
        if not skin and now("skin"):
            changes["skin"] = skin
    mechanism = now("injury_mechanism")
    violent = bool(_VIOLENCE & set(now("injury_danger") or ()))
    hurt = mechanism in _INJURING and "injury_mechanism" in changes
    if (violent or hurt) and now("injury") is None:
        changes["injury"] = True
    injury_denied = any(item.attribute == "injury" for item in denied) and not violent
    if injury_denied and now("injury") is False and mechanism not in _STRAINING:
        changes["injury_mechanism"] = None
    if now("onset_how") is None and now("injury") is True:
        changes["onset_how"] = "after_injury"
