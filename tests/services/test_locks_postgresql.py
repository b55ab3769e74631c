"""Conversation locks between processes, on a real PostgreSQL: each store stands for a process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.stores import postgresql_server

from bench.postgresql import Server
from bot.stores.lock_store import ConversationLocks
from bot.stores.postgres_link import PostgresLink
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.settings import load_settings

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    yield from postgresql_server()


@pytest.fixture
def links(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[PostgresLink, PostgresLink]]:
    settings = replace(load_settings(), database_url=postgresql.url("atlas"))
    monkeypatch.setattr("clinic.settings.environment._cached", settings)
    made = PostgresLink(settings.database_url, "one"), PostgresLink(settings.database_url, "other")
    yield made
    for link in made:
        link.close()


@pytest.fixture
def stores(links: tuple[PostgresLink, PostgresLink]) -> tuple[ConversationLocks, ConversationLocks]:
    return ConversationLocks(link=links[0]), ConversationLocks(link=links[1])


async def test_one_at_a_time_holds_a_conversation(
    stores: tuple[ConversationLocks, ConversationLocks],
) -> None:
    inside = most = 0

    async def turn(store: ConversationLocks) -> None:
        nonlocal inside, most
        async with store.lock("a"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.002)
            inside -= 1

    await asyncio.gather(*(turn(store) for store in stores * 20))
    assert most == 1


async def test_conversations_do_not_wait_for_each_other(
    stores: tuple[ConversationLocks, ConversationLocks],
) -> None:
    async with stores[0].lock("a"), stores[1].lock("b"), stores[0].lock("c"):
        assert not stores[1].is_someone_waiting("a")


async def test_who_waits_gets_the_lock_that_a_broken_connection_left(
    postgresql: Server, stores: tuple[ConversationLocks, ConversationLocks]
) -> None:
    entered = asyncio.Event()

    async def wait() -> None:
        async with stores[1].lock("a"):
            entered.set()

    async with stores[0].lock("a"):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.2)
        assert not entered.is_set()
        holder = (
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        )
        await asyncio.to_thread(postgresql.sql, holder)
        await entered.wait()
        await waiting
    async with stores[0].lock("a"):  # on a new connection
        pass


async def test_who_gives_up_waiting_leaves_nothing_locked(
    stores: tuple[ConversationLocks, ConversationLocks],
) -> None:
    async def wait() -> None:
        async with stores[1].lock("a"):
            raise AssertionError("it was held")

    async with stores[0].lock("a"):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    for store in stores:
        async with store.lock("a"):
            pass


async def test_without_the_database_nobody_gets_a_lock(
    postgresql: Server, stores: tuple[ConversationLocks, ConversationLocks]
) -> None:
    postgresql.stop()
    try:
        with pytest.raises(ConversationsUnavailable):
            async with stores[0].lock("a"):
                raise AssertionError("it was given")
    finally:
        postgresql.start()
