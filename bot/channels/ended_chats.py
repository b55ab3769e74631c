"""Remember the web chats that were ended before their token expired, for every process.

With SQLite an empty file stands for each: that survives a restart and every process of the
machine sees it. With PostgreSQL a table does, which workers on other hosts see too; each keeps it
in memory, so that no message waits for it, and hears from the others what they add.
"""

from __future__ import annotations

import contextlib
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.stores.bus import Bus, News
from clinic.clock import now
from clinic.privacy.conversations import Conversations, ConversationsUnavailable
from clinic.privacy.ended_chats import end_chat, ended_chats

logger = logging.getLogger(__name__)

_TOPIC = "ended chat"


class EndedChats(Protocol):
    """The chats that were ended; each is known by a hash of its conversation."""

    def has(self, chat: str) -> bool:
        """Tell whether a chat was ended."""

    def add(self, chat: str, expires_at: datetime) -> None:
        """Remember a chat until its token would have expired anyway."""


class EndedFolder:
    """A file for each ended chat.

    Args:
        folder: Where they are; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        expired = now().timestamp()
        for marker in folder.iterdir():
            # Another process may be clearing up at the same moment.
            with contextlib.suppress(FileNotFoundError):
                if marker.stat().st_mtime <= expired:
                    marker.unlink()

    def has(self, chat: str) -> bool:
        """Tell whether a chat was ended."""
        return (self._folder / chat).exists()

    def add(self, chat: str, expires_at: datetime) -> None:
        """Remember a chat until its token would have expired anyway."""
        marker = self._folder / chat
        marker.touch()
        os.utime(marker, (expires_at.timestamp(), expires_at.timestamp()))


class EndedTable:
    """A row for each ended chat.

    Args:
        conversations: The database.
        bus: The other processes.
    """

    def __init__(self, conversations: Conversations, bus: Bus) -> None:
        self._conversations = conversations
        self._bus = bus
        self._known: dict[str, datetime] = {}
        bus.subscribe(_TOPIC, self._heed)
        bus.on_connection(self._read)

    def has(self, chat: str) -> bool:
        """Tell whether a chat was ended."""
        return chat in self._known

    def add(self, chat: str, expires_at: datetime) -> None:
        """Remember a chat until its token would have expired anyway.

        Raises:
            ConversationsUnavailable: The database cannot be used now.
        """
        end_chat(self._conversations, chat, expires_at)
        self._known[chat] = expires_at
        self._bus.tell_from_thread(_TOPIC, chat=chat, expires=expires_at.timestamp())

    def _heed(self, news: News) -> None:
        self._known[news["chat"]] = datetime.fromtimestamp(news["expires"], UTC)

    def _read(self) -> None:
        """Read what the others added while nothing of it could be heard."""
        try:
            self._known = ended_chats(self._conversations)
        except ConversationsUnavailable as error:
            logger.warning("Ended chats cannot be read: %s", error)
