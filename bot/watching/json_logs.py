"""Log in JSON, a line an event, with a keyed hash in the place of the conversation.

A turn gets a line of its own: channel, time and outcome. What the patient said or has stays out,
also as an intent or a level.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.watching.conversation_key import ConversationKey
from bot.watching.stages import Stage, current_turn
from clinic.settings import SettingsError

SWITCH = "ATLAS_LOG"
_LOGGERS = ("", "sanic.root", "sanic.error", "sanic.access")
_turns = logging.getLogger("atlas.turns")


def wants_json() -> bool:
    """Return whether logs are wanted as JSON.

    Raises:
        SettingsError: ATLAS_LOG is neither "json" nor "text".
    """
    switch = os.environ.get(SWITCH, "").strip().lower()
    if switch not in ("", "json", "text"):
        raise SettingsError(Path("environment"), SWITCH, 'expected "json" or "text"')
    return switch == "json"


def log_in_json(key: ConversationKey) -> None:
    """Let every handler of this process write JSON from now on.

    Args:
        key: Names conversations.
    """
    formatter = JsonLines(key)
    for name in _LOGGERS:
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(formatter)
    _turns.setLevel(logging.INFO)


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON.

    Args:
        key: Names conversations.
    """

    def __init__(self, key: ConversationKey) -> None:
        super().__init__()
        self._key = key

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the records were redacted when they were made."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        note = current_turn.get()
        if note is not None:
            line["channel"] = note.channel
            if note.conversation_id is not None:
                line["conversation"] = self._key.of(note.conversation_id)
        line.update(getattr(record, "facts", {}))
        if record.exc_text or record.exc_info:
            line["error"] = record.exc_text or self.formatException(record.exc_info)  # type: ignore[arg-type]
        return json.dumps(line, ensure_ascii=False)


class TurnLog:
    """Writes a line a turn; a `bot.watching.stages.Watcher`."""

    def begin(self, stage: Stage) -> None:
        """Take no note."""

    def end(self, stage: Stage, token: Any, seconds: float, error: BaseException | None) -> None:
        """Write the line of a turn."""
        if stage.kind == "turn":
            outcome = "failed" if error else "answered"
            facts = {"duration_ms": round(seconds * 1000, 1), "outcome": outcome}
            _turns.info("turn", extra={"facts": facts})

    def happened(self, what: str, facts: Mapping[str, str]) -> None:
        """Take no note."""
