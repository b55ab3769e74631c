"""Describe a failure for the log without any words of the patient."""

from __future__ import annotations

import traceback
from collections.abc import Callable

# Who counts failures: told where one was caught ("action", "channel"), and the error.
listeners: list[Callable[[str, BaseException], None]] = []


def note_failure(where: str, error: BaseException) -> None:
    """Tell the listeners of a failure that was turned into a kind sentence.

    Args:
        where: What caught it.
        error: What was raised.
    """
    for listener in listeners:
        listener(where, error)


def describe_failure(error: BaseException) -> str:
    """Return the kinds of an error and its causes, and where in the code they arose.

    Messages of exceptions are left out: they can quote the text that caused them.

    Args:
        error: What was raised.
    """
    places: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        trail = "".join(traceback.format_tb(cause.__traceback__))
        places.append(f"{type(cause).__name__}\n{trail}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "caused by ".join(places).rstrip()
