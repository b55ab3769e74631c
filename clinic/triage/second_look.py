"""Look again at what a level of "today" rests on, where it may only have been said in passing.

"Lost three stone since January, and now my back aches" is a reason to be seen today, unless it is a
diet's success. What stands in a message that sounds harmless to the second safety net is noted and
counts, but before it alone decides the level the patient is asked. Only a "no" takes it back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from clinic.triage.conditions import History
from clinic.triage.engine import assess
from clinic.triage.interview import Interview, Question
from clinic.triage.rules import Level, RuleBook

SECOND_LOOK = "second_look"
# An attribute, and the value that was noted.
Noted = tuple[str, Any]


def held(history: History, doubted: Iterable[Noted]) -> list[Noted]:
    """Return what is doubted and still stands.

    Args:
        history: What is known.
        doubted: What was said in passing at any time.
    """
    return [
        (name, value)
        for name, value in doubted
        if (value in said if isinstance(said := history.get(name), list) else value == said)
    ]


def taken_back(history: History, noted: Iterable[Noted]) -> dict[str, Any]:
    """Return what of a history is another where some of what was noted was never said."""
    changes: dict[str, Any] = {}
    for name, value in noted:
        said = changes.get(name, history.get(name))
        left = [item for item in said if item != value] if isinstance(said, list) else None
        changes[name] = left
    return changes


def as_history(noted: Iterable[Noted]) -> dict[str, Any]:
    """Return a history that holds nothing but what was noted, to be said in words."""
    history: dict[str, Any] = {}
    for name, value in noted:
        history.setdefault(name, []).append(value)
    return history


def in_question(history: History, doubted: Iterable[Noted], rules: RuleBook) -> list[Noted]:
    """Return the doubted findings on which a level of "today" rests.

    Args:
        history: What is known.
        doubted: What was said in passing at any time.
        rules: The rule book.

    Returns:
        Each one without which the level would be lower; or, where no single one decides, those that
        would each make it "today" alone. Empty where the level is another or stands without them.
    """
    said = held(history, doubted)
    if not said or assess(history, rules).level is not Level.CONSULTATION_24:
        return []
    if _is_today(_without(history, said), rules):
        return []
    alone = [item for item in said if not _is_today(_without(history, [item]), rules)]
    return alone or [
        item
        for item in said
        if _is_today(_without(history, [other for other in said if other != item]), rules)
    ]


def questions_left(
    interview: Interview,
    rules: RuleBook,
    history: History,
    asked: Collection[str],
    skipped: Collection[str],
    doubted: Iterable[Noted],
    current: str | None = None,
) -> list[Question]:
    """Return the questions still to be asked; the second look comes after all others.

    Args:
        interview: The interview.
        rules: The rule book.
        history: What is known.
        asked: The questions that were asked already.
        skipped: Questions that the patient passed over or could not answer.
        doubted: What was said in passing at any time.
        current: The open one of those asked.
    """
    before = len(set(asked) - {current})
    left = interview.remaining(history, before, [*skipped, *interview.covered_by(asked)])
    if left or history.get(SECOND_LOOK) is not None or SECOND_LOOK in skipped:
        return left
    may_be_asked = before < interview.most_questions
    return [interview[SECOND_LOOK]] if may_be_asked and in_question(history, doubted, rules) else []


def _is_today(history: History, rules: RuleBook) -> bool:
    return assess(history, rules).level.urgency >= Level.CONSULTATION_24.urgency


def _without(history: History, noted: Iterable[Noted]) -> History:
    return {**history, **taken_back(history, noted)}
