"""Retention and patients' rights inside the server, where conversations have locks.

The web chat calls `copy_conversation` and `delete_conversation`; the server runs `keep_purging`.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rasa.core.lock_store import LockError

from clinic.privacy import audit, rights
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.privacy.master_key import KeyProblem
from clinic.privacy.provider import get_stores
from clinic.privacy.purge_clock import ClockInDoubt, Watch, check
from clinic.privacy.retention import PurgeReport, conversations_before, finish_purge
from clinic.scheduling.port import SchedulerUnavailable
from clinic.settings import get_settings

logger = logging.getLogger(__name__)

# How long after the start the first purge runs, and then how often.
_FIRST_AFTER = timedelta(minutes=1)
_EVERY = timedelta(hours=1)
_PURGING = "atlas: the purge"


@dataclass(frozen=True)
class Receipt:
    """What was deleted.

    Args:
        number: The audit log tells of the deletion under it.
        turns: How many turns of the conversation.
        holds: How many times that were held.
        call_backs: How many wishes to be called.
    """

    number: str
    turns: int
    holds: int
    call_backs: int


async def copy_conversation(conversation_id: str) -> rights.Copy:
    """Return everything that is kept of a conversation, for programs and for people.

    Args:
        conversation_id: Whose; the caller has checked that it is the asker's own.

    Raises:
        ConversationsUnavailable: The database cannot be used now.
        SchedulerUnavailable: The calendar's cannot.
    """
    return await asyncio.to_thread(
        rights.copy_of, get_stores(), conversation_id, get_settings().clinic
    )


async def delete_conversation(agent: Any, conversation_id: str) -> Receipt:
    """Delete a conversation with what it left in the calendar; appointments stay.

    Waits until a message of that conversation that is being answered is done.

    Args:
        agent: Rasa's agent.
        conversation_id: Whose; the caller has checked that it is the asker's own.

    Raises:
        ConversationsUnavailable: The database cannot be used now.
        SchedulerUnavailable: The calendar's cannot; nothing was deleted.
    """
    number = rights.new_receipt()
    async with agent.lock_store.lock(conversation_id):
        counts = await asyncio.to_thread(rights.forget_in_calendar, get_stores(), conversation_id)
        entry = audit.Entry("delete", "patient", {"receipt": number, **counts})
        turns = await agent.tracker_store.forget(conversation_id, entry)
    return Receipt(number, turns, counts["holds"], counts["call_backs"])


async def purge(agent: Any, now: datetime) -> PurgeReport:
    """Delete what was kept for long enough, holding each conversation's lock.

    Args:
        agent: Rasa's agent.
        now: The present moment, which was checked (`clinic.privacy.purge_clock`).

    Raises:
        ConversationsUnavailable: The database cannot be used now.
        SchedulerUnavailable: The calendar's cannot.
    """
    stores, rules = get_stores(), get_settings().clinic.privacy
    before = conversations_before(rules, now)
    deleted = 0
    for one in await asyncio.to_thread(stores.conversations.idle, before):
        async with agent.lock_store.lock(one.conversation_id):
            deleted += await asyncio.to_thread(
                stores.conversations.delete_idle, one.conversation_id, before
            )
    report = await asyncio.to_thread(finish_purge, stores, rules, now, deleted)
    for line in report.lines():
        logger.info("Purge: %s", line)
    kept = report.classes[0].oldest
    if kept is not None and kept < before:
        logger.warning("A conversation is kept for longer than clinic.yml allows.")
    return report


def refused(error: ClockInDoubt) -> None:
    """Tell the log that nothing was purged."""
    logger.error("%s", error)


async def keep_purging(agent: Any) -> None:
    """Purge now and then, for as long as the server runs."""
    watch = Watch()
    await asyncio.sleep(_FIRST_AFTER.total_seconds())
    while True:
        try:
            # One process after the other.
            async with agent.lock_store.lock(_PURGING):
                now = await asyncio.to_thread(check, get_stores().conversations, watch)
                await purge(agent, now)
        except ClockInDoubt as error:
            refused(error)
        except (ConversationsUnavailable, SchedulerUnavailable, KeyProblem, LockError) as error:
            logger.error("The purge failed and is tried again in an hour: %s", error)
        await asyncio.sleep(_EVERY.total_seconds())
