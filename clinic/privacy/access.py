"""Note in the audit log that somebody of the clinic looked at patients' data."""

from __future__ import annotations

import logging
from typing import Any

from clinic.privacy import audit
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.privacy.master_key import KeyProblem
from clinic.privacy.provider import get_stores

logger = logging.getLogger(__name__)


def note_access(actor: str, detail: dict[str, Any], conversation_id: str | None = None) -> None:
    """Note an access; where that fails, the log says so and the access is not undone.

    Args:
        actor: Who.
        detail: How.
        conversation_id: At which conversation.
    """
    note(audit.Entry("access", actor, detail), conversation_id)


def note(entry: audit.Entry, conversation_id: str | None = None) -> None:
    """Write an audit entry of what was done already; where that fails, the log says so.

    Args:
        entry: What was done.
        conversation_id: With which conversation.
    """
    kept = get_stores().conversations
    try:
        with kept.writing() as (connection, vault):
            subject = None if conversation_id is None else kept.hashed(conversation_id)
            audit.append(connection, vault, entry, subject=subject)
    except (ConversationsUnavailable, KeyProblem) as error:
        logger.error("An access could not be noted in the audit log: %s", error)
