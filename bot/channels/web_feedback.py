"""Keep what visitors thought of an outcome: the day, the outcome and a tick, and nothing else."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

from bot.stores.bus import Bus
from clinic.clock import now

_TOPIC = "feedback"
_MOST = 20_000


class FeedbackBook:
    """Appends opinions to a file, one JSON object a line.

    No id, no words and no time of day are kept, so that no line leads back to a conversation.

    Args:
        path: The file; made when missing.
        bus: Tells the other processes what was counted here.
    """

    def __init__(self, path: Path, bus: Bus) -> None:
        self._path = path
        self._bus = bus
        bus.subscribe(_TOPIC, lambda news: self._remember(tuple(news["key"])))
        self._given: OrderedDict[tuple[Any, ...], None] = OrderedDict()

    def record(
        self, conversation_id: str, message: dict[str, Any], helpful: bool, reason: str | None
    ) -> bool:
        """Keep one opinion; the second one on the same message is not counted.

        Args:
            conversation_id: Whose, kept in memory only, against counting twice.
            message: The message of the transcript that it is about.
            helpful: The verdict.
            reason: What was wrong; comes after the verdict.

        Returns:
            Whether it was counted.
        """
        key = (conversation_id, str(message["id"]), reason is None)
        if key in self._given:
            return False
        self._remember(key)
        self._bus.tell(_TOPIC, key=key)
        line: dict[str, Any] = {"day": f"{now():%Y-%m-%d}", "outcome": outcome_of(message)}
        line |= {"helpful": helpful} if reason is None else {"reason": reason}
        # One write of less than a page: lines of several processes do not mix.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return True

    def _remember(self, key: tuple[Any, ...]) -> None:
        self._given[key] = None
        if len(self._given) > _MOST:
            self._given.popitem(last=False)


def outcome_of(message: dict[str, Any]) -> str:
    """Return what a message concluded: a level, a booking, or "" when it was no outcome."""
    custom = message.get("custom")
    if not isinstance(custom, dict):
        return ""
    if custom.get("kind") == "level":
        return str(custom.get("level", ""))
    return "appointment" if custom.get("kind") == "appointment" else ""
