"""Within one process: one message of a conversation at a time, in order, woken at once."""

from __future__ import annotations

import asyncio

import pytest
from rasa.core.lock_store import LockError

from bot.stores import lock_store
from bot.stores.lock_store import ConversationLocks


async def test_messages_are_answered_in_the_order_in_which_they_came() -> None:
    store = ConversationLocks()
    order: list[int] = []

    async def turn(number: int) -> None:
        async with store.lock("a"):
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(turn(number) for number in range(50)))
    assert order == list(range(50))


async def test_who_holds_a_lock_may_take_it_again_and_nobody_else_may() -> None:
    store = ConversationLocks()
    entered = asyncio.Event()

    async def other() -> None:
        async with store.lock("a"):
            entered.set()

    async with store.lock("a"):
        waiting = asyncio.create_task(other())
        async with store.lock("a"):
            await asyncio.sleep(0.01)
        assert store.is_someone_waiting("a")
        assert not entered.is_set()
    await waiting


async def test_who_waits_for_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_store, "WAIT_SECONDS", 0.01)
    store = ConversationLocks()

    async def other() -> None:
        async with store.lock("a"):
            raise AssertionError("it was held")

    async with store.lock("a"):
        with pytest.raises(LockError):
            await asyncio.create_task(other())


async def test_nothing_is_kept_of_a_conversation_that_nobody_holds() -> None:
    store = ConversationLocks()
    async with store.lock("a"):
        assert store._queues
    assert not store._queues
