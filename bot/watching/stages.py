"""Time the stages of a turn, and tell whoever watches.

Nothing here runs unless something watches: `bot.watching.seams` puts the calls in place when the
first watcher comes. What is told names parts of Atlas and never quotes a patient.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol


@dataclass
class TurnNote:
    """What is known of the turn that is being answered.

    Args:
        channel: Where the message came from.
        began: When, on the monotonic clock.
        conversation_id: Whose; only its keyed hash may leave the process.
    """

    channel: str
    began: float
    conversation_id: str | None = None


@dataclass(frozen=True)
class Stage:
    """A stretch of work.

    Args:
        kind: Such as "turn", "nlu", "component", "policies", "action", "load", "save", "database".
        part: Which channel, component, action or statement; a name from code, never a text.
    """

    kind: str
    part: str = ""


class Watcher(Protocol):
    """Someone who is told what happens; must neither fail nor take long."""

    def begin(self, stage: Stage) -> Any:
        """Take note that a stage begins; what it returns comes back to `end`."""

    def end(self, stage: Stage, token: Any, seconds: float, error: BaseException | None) -> None:
        """Take note that a stage is over."""

    def happened(self, what: str, facts: Mapping[str, str]) -> None:
        """Take note of an event."""


current_turn: ContextVar[TurnNote | None] = ContextVar("current_turn", default=None)
_watchers: tuple[Watcher, ...] = ()


def add_watcher(watcher: Watcher) -> None:
    """Tell this one, too, from now on."""
    global _watchers
    _watchers = (*_watchers, watcher)


def remove_watcher(watcher: Watcher) -> None:
    """Tell this one nothing any more."""
    global _watchers
    _watchers = tuple(one for one in _watchers if one is not watcher)


def happened(what: str, **facts: str) -> None:
    """Tell of an event.

    Args:
        what: Its name.
        **facts: Words from code: names and outcomes.
    """
    for watcher in _watchers:
        watcher.happened(what, facts)


class timed:  # noqa: N801 - used like a function
    """Time what runs inside the context.

    Args:
        kind: See `Stage`.
        part: See `Stage`.
    """

    __slots__ = ("_began", "_stage", "_tokens")

    def __init__(self, kind: str, part: str = "") -> None:
        self._stage = Stage(kind, part)

    def __enter__(self) -> None:
        self._tokens = [(watcher, watcher.begin(self._stage)) for watcher in _watchers]
        self._began = time.perf_counter()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        seconds = time.perf_counter() - self._began
        for watcher, token in reversed(self._tokens):
            watcher.end(self._stage, token, seconds, error)
