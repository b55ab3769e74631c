"""The table of web chats that were ended before their token expired."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from clinic import clock
from clinic.moments import UtcDateTime
from clinic.privacy.conversations import Conversations, metadata

_table = sa.Table(
    "ended_chats",
    metadata,
    # A hash of the conversation's id
    sa.Column("chat", sa.String(64), primary_key=True),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)


def ended_chats(conversations: Conversations) -> dict[str, datetime]:
    """Return the ended chats whose tokens would still hold, and when each expires.

    Args:
        conversations: The database.

    Raises:
        ConversationsUnavailable: It cannot be used now.
    """
    with conversations.reading() as (connection, _):
        rows = connection.execute(sa.select(_table).where(_table.c.expires_at > clock.now()))
        return {row.chat: row.expires_at for row in rows}


def end_chat(conversations: Conversations, chat: str, expires_at: datetime) -> None:
    """Remember an ended chat, and forget those whose tokens have expired.

    Args:
        conversations: The database.
        chat: A hash of the conversation's id.
        expires_at: When its token expires.

    Raises:
        ConversationsUnavailable: It cannot be used now; nothing was changed.
    """
    with conversations.writing() as (connection, _):
        connection.execute(sa.delete(_table).where(_table.c.expires_at <= clock.now()))
        if connection.scalar(sa.select(_table.c.chat).where(_table.c.chat == chat)) is None:
            connection.execute(sa.insert(_table).values(chat=chat, expires_at=expires_at))
