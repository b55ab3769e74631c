"""Rasa's trackers survive the sealed store unchanged, are cached rightly, and can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

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

from bot.stores.tracker_store import EncryptedTrackerStore
from clinic.privacy import audit
from clinic.privacy.conversations import ConversationChanged
from clinic.settings import Settings, load_settings

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [pain]
    actions: [action_delete_data]
    slots:
      site: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      disposition: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      data_deletion: {type: any, influence_conversation: false, mappings: [{type: custom}]}
    """
)
TURN: list[Event] = [
    UserUttered("my neck hurts", {"name": "pain"}, metadata={"a": 1}),
    SlotSet("site", ["neck"]),
    ActionExecuted("utter_x", "RulePolicy", 0.9),
    BotUttered("Since when?", {"buttons": [{"title": "a", "payload": "b"}]}),
    ActionExecuted("action_listen"),
]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = replace(load_settings(), var=tmp_path, database_url=f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.setattr("clinic.settings.environment._cached", made)
    monkeypatch.setattr("bot.stores.tracker_store.redact_logs", lambda demo: None)
    return made


@pytest.fixture
def store(settings: Settings) -> Iterator[EncryptedTrackerStore]:
    made = EncryptedTrackerStore(domain=DOMAIN)
    yield made
    made.conversations.close()


async def say(store: EncryptedTrackerStore, *events: Event) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker("one", append_action_listen=False)
    for event in events:
        tracker.update(event, DOMAIN)
    await store.save(tracker)
    return tracker


def told(tracker: DialogueStateTracker | None) -> list[dict[str, object]]:
    assert tracker is not None
    return [event.as_dict() for event in tracker.events]


async def test_a_tracker_comes_back_as_it_was(
    store: EncryptedTrackerStore, settings: Settings
) -> None:
    assert await store.retrieve("one") is None
    assert not await store.exists("one")
    saved = await say(store, SessionStarted(), *TURN)
    for reader in (store, EncryptedTrackerStore(domain=DOMAIN)):  # decoded already, and not
        tracker = await reader.retrieve("one")
        assert told(tracker) == told(saved)
        assert tracker is not None
        assert tracker.get_slot("site") == ["neck"]
    assert await store.exists("one")
    assert list(await store.keys()) == ["one"]


async def test_only_new_events_are_written_turn_after_turn(store: EncryptedTrackerStore) -> None:
    await say(store, SessionStarted(), *TURN)
    for _ in range(3):
        await say(store, *TURN)
    tracker = await store.retrieve("one")
    assert tracker is not None
    assert len(tracker.events) == 1 + 4 * len(TURN)
    await store.save(tracker)
    assert len(told(await store.retrieve("one"))) == 1 + 4 * len(TURN)


async def test_a_tracker_that_goes_on_after_it_was_saved_is_written_once(
    store: EncryptedTrackerStore,
) -> None:
    tracker = await say(store, SessionStarted(), *TURN)
    tracker.update(ActionExecuted("utter_late"), DOMAIN)
    await store.save(tracker)
    assert len(told(await store.retrieve("one"))) == 2 + len(TURN)


async def test_the_present_session_is_retrieved_and_all_are_kept(
    store: EncryptedTrackerStore,
) -> None:
    await say(store, SessionStarted(), *TURN)
    await say(store, ActionExecuted("action_session_start"), SessionStarted(), *TURN[:1])
    assert len(told(await store.retrieve("one"))) == 2
    assert len(told(await store.retrieve_full_tracker("one"))) == 1 + len(TURN) + 3


async def test_what_a_failed_turn_did_to_a_tracker_is_not_remembered(
    store: EncryptedTrackerStore,
) -> None:
    await say(store, SessionStarted(), *TURN)
    tracker = await store.retrieve("one")
    assert tracker is not None
    tracker.update(SlotSet("site", ["back"]), DOMAIN)
    again = await store.retrieve("one")
    assert again is not None
    assert again.get_slot("site") == ["neck"]


async def test_what_another_process_wrote_is_seen(store: EncryptedTrackerStore) -> None:
    await say(store, SessionStarted(), *TURN)
    other = EncryptedTrackerStore(domain=DOMAIN)
    await say(other, SlotSet("site", ["back"]))
    tracker = await store.retrieve("one")
    assert tracker is not None
    assert tracker.get_slot("site") == ["back"]
    other.conversations.close()


async def test_two_processes_that_take_turns_know_the_same(store: EncryptedTrackerStore) -> None:
    other = EncryptedTrackerStore(domain=DOMAIN)
    await say(store, SessionStarted(), *TURN)
    for turn in range(20):  # beyond where a conversation is shortened
        await say((other, store)[turn % 2], SlotSet("disposition", f"d{turn}"), *TURN)
        fresh = EncryptedTrackerStore(domain=DOMAIN)
        trackers = [await each.retrieve("one") for each in (store, other, fresh)]
        states = [
            (tracker.current_slot_values(), tracker.latest_action_name, tracker.latest_message)
            for tracker in trackers
            if tracker is not None
        ]
        assert states == [states[0]] * 3
        assert states[0][0]["disposition"] == f"d{turn}"
        sessions = [await each.session_events("one") for each in (store, other, fresh)]
        assert [len(events) for events in sessions] == [1 + (turn + 2) * len(TURN) + turn + 1] * 3
        fresh.conversations.close()
    await say(store, ActionExecuted("action_session_start"), SessionStarted(), *TURN[:1])
    assert len(told(await other.retrieve("one"))) == 2
    await store.forget("one")
    assert await other.retrieve("one") is None
    await say(store, SessionStarted(), *TURN, *TURN)
    assert len(told(await other.retrieve("one"))) == 1 + 2 * len(TURN)
    other.conversations.close()


async def test_a_conversation_that_asks_for_it_is_deleted_and_leaves_the_receipt(
    store: EncryptedTrackerStore,
) -> None:
    await say(store, SessionStarted(), *TURN)
    await say(
        store,
        UserUttered("delete it, I'm Jane", {"name": "pain"}),
        ActionExecuted("action_other"),
        BotUttered("Thanks Jane"),
        ActionExecuted("action_delete_data"),
        BotUttered("Deleted. Receipt ABC."),
        SlotSet("data_deletion", "ABC"),
        SlotSet("site", None),
        ActionExecuted("action_listen"),
    )
    everything = await store.retrieve_full_tracker("one")
    assert everything is not None
    assert "Jane" not in str(told(everything))
    assert [event.text for event in everything.events if isinstance(event, BotUttered)] == [
        "Deleted. Receipt ABC."
    ]
    assert everything.get_slot("data_deletion") is None
    await say(store, *TURN)
    assert len(told(await store.retrieve("one"))) == 4 + len(TURN)
    with store.conversations.reading() as (connection, vault):
        assert audit.verify(connection, vault).problem is None
        rows = connection.execute(audit.log.select()).all()
    assert [(row.kind, row.actor) for row in rows] == [("delete", "patient")]
    assert '"receipt": "ABC"' in rows[0].detail


async def test_an_outcome_is_told_to_the_audit_log_once_with_the_version_of_the_rules(
    store: EncryptedTrackerStore,
) -> None:
    await say(store, SessionStarted(), *TURN, SlotSet("disposition", "self_care"))
    await say(store, SlotSet("disposition", "self_care"))
    await say(store, SlotSet("disposition", "consultation"))
    with store.conversations.reading() as (connection, _):
        rows = connection.execute(audit.log.select()).all()
    assert [row.kind for row in rows] == ["outcome", "outcome"]
    assert '"rules": "20' in rows[0].detail
    assert "neck" not in str(rows)


async def test_what_another_process_wrote_is_read_and_never_overwritten(
    store: EncryptedTrackerStore, settings: Settings
) -> None:
    other = EncryptedTrackerStore(domain=DOMAIN)
    tracker = await say(store, *TURN)
    stale = await store.retrieve(tracker.sender_id)
    assert stale is not None
    seen = await other.retrieve(tracker.sender_id)
    assert seen is not None
    seen.update_with_events([UserUttered("from the other process")], DOMAIN)
    await other.save(seen)
    stale.update_with_events([UserUttered("too late")], DOMAIN)
    with pytest.raises(ConversationChanged):
        await store.save(stale)
    now = await store.retrieve(tracker.sender_id)
    assert now is not None
    assert [e.text for e in now.events if isinstance(e, UserUttered)][1:] == [
        "from the other process"
    ]
    other.conversations.close()


async def test_a_long_session_is_retrieved_short_and_kept_whole(
    store: EncryptedTrackerStore,
) -> None:
    await say(store, SessionStarted(), ActionExecuted("action_listen"))
    for _ in range(30):
        await say(store, *TURN)
    for reader in (store, EncryptedTrackerStore(domain=DOMAIN)):
        tracker = await reader.retrieve("one")
        assert tracker is not None
        assert len(tracker.events) < 20 * len(TURN)
        assert tracker.get_slot("site") == ["neck"]
        assert len(await reader.session_events("one")) == 2 + 30 * len(TURN)
        assert len(told(await reader.retrieve_full_tracker("one"))) == 2 + 30 * len(TURN)


@pytest.mark.parametrize("jump", ["2020-01-01T00:00:00+00:00", "2031-01-01T00:00:00+00:00"])
async def test_a_clock_that_jumps_changes_neither_order_nor_content(
    store: EncryptedTrackerStore, jump: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_NOW", "2027-03-03T15:00:00+00:00")
    await say(store, UserUttered("before"))
    monkeypatch.setenv("ATLAS_NOW", jump)
    await say(store, UserUttered("while the clock is wrong"))
    monkeypatch.setenv("ATLAS_NOW", "2027-03-03T15:01:00+00:00")
    await say(store, UserUttered("after"))
    store._decoded.drop("one")
    kept = await store.retrieve("one")
    assert kept is not None
    heard = [event.text for event in kept.events if isinstance(event, UserUttered)]
    assert heard == ["before", "while the clock is wrong", "after"]
