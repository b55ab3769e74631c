"""Measure what sealing costs: a long conversation in Rasa's own SQL store and in Atlas's.

Usage: python -W ignore -m bench.conversations
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import clinic.settings.environment as environment
from bot.stores.tracker_store import EncryptedTrackerStore
from clinic.privacy.conversations import Conversations
from clinic.settings import load_settings

logging.disable(logging.CRITICAL)

from rasa.core.tracker_store import SQLTrackerStore, TrackerStore  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import (  # noqa: E402
    ActionExecuted,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)

TURNS, CONVERSATIONS = 30, 6


def turn(number: int) -> list[Event]:
    """Return the events of one turn, about as many and as long as in a real one."""
    ranking = [{"name": f"intent_{place}", "confidence": 0.1} for place in range(10)]
    parsed = {"intent": ranking[0], "intent_ranking": ranking, "entities": [], "text": "…"}
    return [
        UserUttered(f"my neck hurts, message {number}", parse_data=parsed),
        *(SlotSet(f"slot_{place}", [number]) for place in range(6)),
        ActionExecuted("action_ask", "AgendaPolicy", 1.0),
        BotUttered(
            "A question of some length. " * 6, {"buttons": [{"title": "a", "payload": "b"}]}
        ),
        ActionExecuted("action_listen"),
    ]


async def play(store: TrackerStore, name: str) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each reading and each writing."""
    reading, writing = [], []
    for number in range(TURNS):
        began = time.perf_counter()
        tracker = await store.get_or_create_tracker(name, append_action_listen=False)
        read = time.perf_counter()
        for event in [*([] if number else [SessionStarted()]), *turn(number)]:
            tracker.update(event)
        changed = time.perf_counter()
        await store.save(tracker)
        reading.append((read - began) * 1000)
        writing.append((time.perf_counter() - changed) * 1000)
    return reading, writing


def main() -> None:
    """Print the medians of both stores, and of opening a conversation anew."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(
            load_settings(), var=Path(folder), database_url=f"sqlite:///{folder}/atlas.db"
        )
        environment._cached = settings
        stores = {
            "Rasa's SQL store, in the clear": SQLTrackerStore(
                Domain.empty(), host=f"sqlite:///{folder}/rasa.db"
            ),
            "Atlas's store, sealed": EncryptedTrackerStore(Domain.empty()),
        }
        for title, store in stores.items():
            reads, writes = [], []
            for number in range(CONVERSATIONS):
                reading, writing = asyncio.run(play(store, f"visitor {number}"))
                reads += reading[TURNS // 2 :]
                writes += writing[TURNS // 2 :]
            print(
                f"{title}: reading {statistics.median(reads):.2f} ms, "
                f"writing {statistics.median(writes):.2f} ms (medians of the later turns)"
            )
        kept = Conversations(settings)
        opened, sealed = [], []
        for number in range(CONVERSATIONS):
            began = time.perf_counter()
            found = kept.read(f"visitor {number}")
            opened.append((time.perf_counter() - began) * 1000)
            assert found is not None
            content = str(found.events).encode()
            with kept.reading() as (_, vault):
                began = time.perf_counter()
                vault.open(vault.seal(content, "here"), "here")
                sealed.append((time.perf_counter() - began) * 1000)
        print(f"reading {TURNS} turns that are not decoded yet: {statistics.median(opened):.2f} ms")
        print(f"sealing and opening their {len(content)} bytes: {statistics.median(sealed):.2f} ms")
        kept.close()


if __name__ == "__main__":
    main()
