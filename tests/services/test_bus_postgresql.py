"""News between processes, on a real PostgreSQL: each bus stands for a process."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.stores import postgresql_server
from support.waiting import until

from bench.postgresql import Server
from bot.channels.ended_chats import EndedTable
from bot.channels.web_limits import Rate, TokenBuckets
from bot.stores.bus import Bus
from bot.stores.postgres_link import PostgresLink, connect
from clinic.clock import now
from clinic.privacy.conversations import Conversations
from clinic.settings import load_settings

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    yield from postgresql_server()


@pytest.fixture
def conversations(postgresql: Server, tmp_path: Path) -> Iterator[Conversations]:
    postgresql.empty()
    settings = replace(load_settings(), database_url=postgresql.url("atlas"), var=tmp_path)
    made = Conversations(settings)
    yield made
    made.close()


@pytest.fixture
async def buses(postgresql: Server, conversations: Conversations) -> AsyncIterator[list[Bus]]:
    links = [PostgresLink(postgresql.url("atlas"), "news") for _ in range(2)]
    made = [Bus(link, conversations.vault) for link in links]
    for bus in made:
        await bus.start()
    yield made
    for link in links:
        await asyncio.to_thread(link.close)


async def test_news_reach_the_others_sealed_and_not_oneself(
    postgresql: Server, buses: list[Bus]
) -> None:
    heard: list[list[dict[str, Any]]] = [[], []]
    for bus, news in zip(buses, heard, strict=True):
        bus.subscribe("pain", news.append)
    connection = await asyncio.to_thread(connect, postgresql.url("atlas"))
    connection.cursor().execute("LISTEN news")
    for number in range(5):
        buses[0].tell("pain", text="my neck hurts", number=number)
    await until(lambda: len(heard[1]) == 5)
    assert [news["number"] for news in heard[1]] == list(range(5))
    assert heard[0] == []
    # This listener may be told later than the other one.
    await until(lambda: connection.poll() or bool(connection.notifies))
    [carried] = [notice.payload for notice in connection.notifies]
    assert "neck" not in carried
    connection.close()


async def test_news_that_do_not_fit_are_given_back(buses: list[Bus]) -> None:
    heard: list[dict[str, Any]] = []
    too_long: list[dict[str, Any]] = []
    buses[0].subscribe("page", heard.append, too_long.append)
    buses[1].subscribe("page", heard.append)
    buses[0].tell("page", content="short")
    buses[0].tell("page", content=secrets.token_hex(12_000))
    await until(lambda: bool(heard and too_long))
    assert [news["content"] for news in heard] == ["short"]
    assert len(too_long) == 1


async def test_a_lost_connection_is_made_again_and_what_was_missed_is_read(
    postgresql: Server, conversations: Conversations, buses: list[Bus]
) -> None:
    tables = [EndedTable(conversations, bus) for bus in buses]
    later = now() + timedelta(hours=1)
    await asyncio.to_thread(tables[0].add, "first", later)
    await until(lambda: tables[1].has("first"))
    await asyncio.to_thread(postgresql.stop)
    await until(lambda: not any(bus.is_up for bus in buses))
    await asyncio.to_thread(postgresql.start)
    # Written while nobody may be listening yet.
    await asyncio.to_thread(tables[0].add, "second", later)
    await until(lambda: tables[1].has("second"))
    assert all(table.has("first") for table in tables)


async def test_what_one_process_lets_through_counts_in_the_other(buses: list[Bus]) -> None:
    buckets = [TokenBuckets(Rate(burst=4, per_second=0.001), bus=bus, name="x") for bus in buses]
    assert [one.take("address") for one in buckets] == [0, 0]
    await until(lambda: all(one._buckets["address"][0] < 3 for one in buckets))
    assert [one.take("address") for one in buckets] == [0, 0]
    await until(lambda: all(one._buckets["address"][0] < 1 for one in buckets))
    assert all(one.take("address") > 0 for one in buckets)
