"""Events reach a real RabbitMQ without a patient's words, and its failure holds up nobody."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bench.rabbitmq import Broker, is_installed, running_broker
from bot.stores.event_broker import RedactedEvents
from bot.stores.tracker_store import EncryptedTrackerStore
from clinic.settings import SettingsError, load_settings

pytestmark = pytest.mark.services

SECRETS = ("my neck hurts", "Jane Doe", "jane@example.com", "the-conversation", "Since when", "arm")
TURN: list[Event] = [
    SessionStarted(),
    UserUttered(
        "my neck hurts, I am Jane Doe",
        {"name": "describe_symptoms", "confidence": 0.9},
        [{"entity": "finding", "value": "arm"}],
        input_channel="web",
        metadata={"mail": "jane@example.com"},
    ),
    SlotSet("radiation", ["arm"]),
    ActionExecuted("utter_ask_duration", "RulePolicy", 1.0),
    BotUttered("Since when?", metadata={"utter_action": "utter_ask_duration"}),
]
KINDS = ["session_started", "user", "action", "bot"]


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[Broker]:
    if not is_installed():
        reason = "no RabbitMQ server is installed (Debian: apt-get install rabbitmq-server)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_broker() as made:
        yield made


@pytest.fixture
async def events(
    rabbitmq: Broker, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Any]:
    monkeypatch.setenv("ATLAS_BROKER_URL", rabbitmq.url)
    monkeypatch.setenv("ATLAS_BROKER_QUEUE", request.node.name)
    made = await RedactedEvents.from_endpoint_config(None)
    assert made is not None
    yield made
    await made.close()


@pytest.fixture
def store(
    events: RedactedEvents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EncryptedTrackerStore]:
    made = replace(load_settings(), var=tmp_path, database_url=f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.setattr("clinic.settings.environment._cached", made)
    monkeypatch.setattr("bot.stores.tracker_store.redact_logs", lambda demo: None)
    kept = EncryptedTrackerStore(Domain.empty(), events)
    yield kept
    kept.conversations.close()


async def say(store: EncryptedTrackerStore, conversation: str) -> None:
    tracker = DialogueStateTracker.from_events(conversation, TURN)
    await store.save(tracker)


class Reader:
    """Takes what arrives: every event at least once, and some twice.

    A broker that was killed delivers again what it had not yet noted as taken, and an event whose
    confirmation got lost is sent again.

    Args:
        url: Of the broker.
        queue: What is read.
    """

    def __init__(self, url: str, queue: str) -> None:
        self._url, self._queue = url, queue
        self._lines: list[str] = []
        self._known: set[str] = set()

    async def conversations(self, count: int) -> dict[str, list[dict[str, Any]]]:
        """Wait until so many conversations more have all their events; return them, by hash."""
        connection = await aio_pika.connect(self._url)
        async with connection, asyncio.timeout(60):
            channel = await connection.channel()
            queue = await channel.declare_queue(self._queue, durable=True)
            while len(found := self._whole()) < count:
                message = await queue.get(no_ack=True, fail=False)
                if message is None:
                    await asyncio.sleep(0.1)
                elif (line := message.body.decode()) not in self._lines:
                    self._lines.append(line)
        self._known |= found.keys()
        return found

    def _whole(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for event in map(json.loads, self._lines):
            found.setdefault(event["conversation"], []).append(event)
        return {
            name: events
            for name, events in found.items()
            if name not in self._known and {event["event"] for event in events} >= set(KINDS)
        }


@pytest.fixture
def reader(rabbitmq: Broker, events: RedactedEvents) -> Reader:
    return Reader(rabbitmq.url, os.environ["ATLAS_BROKER_QUEUE"])


async def test_events_arrive_without_a_word_of_the_patient(
    reader: Reader, store: EncryptedTrackerStore
) -> None:
    await say(store, "the-conversation")
    [(name, found)] = (await reader.conversations(1)).items()
    assert [event["event"] for event in found] == KINDS
    assert found[1]["intent"] == "describe_symptoms"
    assert found[3]["response"] == "utter_ask_duration"
    assert not [secret for secret in SECRETS if secret in json.dumps(found)]
    # The same conversation cannot be found by that name in the database.
    assert name != store.conversations.hashed("the-conversation")


async def test_events_wait_while_the_broker_is_away(
    rabbitmq: Broker, reader: Reader, store: EncryptedTrackerStore
) -> None:
    await say(store, "before")
    await reader.conversations(1)
    rabbitmq.stop()
    for number in range(5):
        await say(store, f"meanwhile {number}")
    rabbitmq.start()
    found = await reader.conversations(5)
    assert [len(events) for events in found.values()] == [4] * 5


async def test_without_an_address_nothing_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_BROKER_URL", raising=False)
    assert await RedactedEvents.from_endpoint_config(None) is None


@pytest.mark.parametrize("address", ["http://broker", "amqp://", "rabbit"])
async def test_an_address_that_is_none_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_BROKER_URL", address)
    with pytest.raises(SettingsError, match="ATLAS_BROKER_URL"):
        await RedactedEvents.from_endpoint_config(None)
