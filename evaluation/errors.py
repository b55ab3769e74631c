"""Find the worst remaining errors: by the harm they may do, then by how sure Atlas was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clinic.triage.rules import Level
from evaluation.groups import Result
from evaluation.scoring import BenignResult, FlagResult, IntentResult, SlotResult

_WORST = 10
# A page of missed emergencies alone would hide what else is wrong.
_MOST_OF_A_KIND = {"missed": 4, "raised": 2, "intent": 2, "slots": 2}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One error.

    Attributes:
        kind: "missed", "raised", "intent" or "slots".
        text: The message.
        wanted: What it says.
        found: What Atlas made of it.
        harm: The higher, the worse; comparable within a kind.
    """

    kind: str
    text: str
    wanted: str
    found: str
    harm: float


def worst(results: Iterable[Result]) -> list[Mistake]:
    """Return the ten worst errors, the most harmful kind first."""
    found = [mistake for item in results if (mistake := _mistake(item)) is not None]
    found.sort(key=lambda mistake: -mistake.harm)
    kinds = list(_MOST_OF_A_KIND)
    chosen = [
        mistake
        for kind, most in _MOST_OF_A_KIND.items()
        for mistake in [item for item in found if item.kind == kind][:most]
    ]
    rest = [item for item in found if item not in chosen]
    rest.sort(key=lambda mistake: kinds.index(mistake.kind))
    chosen += rest[: _WORST - len(chosen)]
    return sorted(chosen, key=lambda mistake: (kinds.index(mistake.kind), -mistake.harm))


def _mistake(item: Result) -> Mistake | None:
    if isinstance(item, FlagResult):
        return _missed(item)
    if isinstance(item, BenignResult):
        return _raised(item)
    if isinstance(item, IntentResult):
        return _wrong_intent(item)
    if isinstance(item, SlotResult):
        return _wrong_slots(item)
    return None


def _missed(item: FlagResult) -> Mistake | None:
    if item.is_heard or not item.sample.level.is_emergency:
        return None
    gap = item.sample.level.urgency - item.found.level.urgency
    return Mistake(
        kind="missed",
        text=item.sample.text,
        wanted=f"{item.sample.flag}, {item.sample.level.value}",
        found=f"{item.found.level.value}{', asked about' if item.is_asked else ''}",
        harm=gap - 10 * item.is_asked - 5 * item.is_announced,
    )


def _raised(item: BenignResult) -> Mistake | None:
    if item.found.disposition is None:
        return None
    return Mistake(
        kind="raised",
        text=item.sample.text,
        wanted=f"no emergency ({item.sample.kind})",
        found=f"{item.found.disposition.value}, {', '.join(item.found.red_flags)}",
        harm=float(item.found.disposition is Level.EMERGENCY_AMBULANCE),
    )


def _wrong_intent(item: IntentResult) -> Mistake | None:
    if item.is_right:
        return None
    return Mistake(
        kind="intent",
        text=item.sample.text,
        wanted=" + ".join(item.sample.intents),
        found=f"{item.found.intent} (best {item.found.top_intent}, {item.found.confidence:.2f})",
        harm=-1.0 if item.is_fallback else item.found.confidence,
    )


def _wrong_slots(item: SlotResult) -> Mistake | None:
    total = item.total
    if total.is_perfect:
        return None
    wrong = [name for name, match in item.matches.items() if not match.is_perfect]
    return Mistake(
        kind="slots",
        text=item.sample.text,
        wanted=", ".join(f"{name}: {item.sample.slots.get(name)}" for name in wrong),
        found=", ".join(f"{name}: {item.found.slots.get(name)}" for name in wrong),
        harm=float(total.extra + total.missing),
    )
