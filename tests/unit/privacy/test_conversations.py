"""Conversations are kept sealed, turn by turn, and can be deleted."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from support.stores import dump

from clinic.privacy.conversations import Conversations, conversations, conversations_url, turns
from clinic.privacy.master_key import KeyProblem
from clinic.scheduling.database import make_engine
from clinic.settings import Settings

SECRET = "my-neck-secret-3141"


def said(text: str) -> dict[str, Any]:
    return {"event": "user", "text": text, "timestamp": 1.0}


def test_what_was_written_is_read_again_in_order(conversations: Conversations):
    conversations.append("one", [[said("a")], [said("b"), said("c")]])
    before, after = conversations.append("one", [[said("d")]])
    assert before is not None
    assert (before.turns, after.turns) == (2, 3)
    kept = conversations.read("one")
    assert kept is not None
    assert [event["text"] for event in kept.events] == ["b", "c", "d"]
    whole = conversations.read("one", all_sessions=True)
    assert whole is not None
    assert [event["text"] for event in whole.events] == ["a", "b", "c", "d"]
    assert conversations.read("two") is None
    assert conversations.ids() == ["one"]


def test_only_what_was_written_since_is_read(conversations: Conversations) -> None:
    assert conversations.since("one") is None
    _, first = conversations.append("one", [[said("a")]])
    _, second = conversations.append("one", [[said("b")], [said("c")]])
    found = conversations.since("one", second)
    assert found is not None
    assert (found.version, found.goes_on, found.events) == (second, True, [])
    conversations.append("one", [[said("d")]])
    found = conversations.since("one", second)
    assert found is not None
    assert (found.goes_on, [event["text"] for event in found.events]) == (True, ["d"])
    # Another session began, or another conversation under the same name: all of it is new.
    for known in (first, None):
        found = conversations.since("one", known)
        assert found is not None
        assert (found.goes_on, [event["text"] for event in found.events]) == (False, ["c", "d"])
    conversations.delete("one")
    assert conversations.since("one", second) is None
    conversations.append("one", [[said("e")]] * 9)
    found = conversations.since("one", second)
    assert found is not None
    assert (found.goes_on, [event["text"] for event in found.events]) == (False, ["e"])


def test_ids_may_be_any_text(conversations: Conversations):
    for name in ("s" * 5000, "né 🦴", "half a character \ud800", "", "'; DROP TABLE x; --"):
        conversations.append(name, [[said(name)]])
        kept = conversations.read(name)
        assert kept is not None
        assert kept.events == [said(name)]
        assert name in conversations.ids()


def test_no_word_and_no_id_stands_in_the_clear(conversations: Conversations, settings: Settings):
    conversations.append(f"+1-{SECRET}", [[said(SECRET)]])
    assert SECRET.encode() not in dump(settings.database_url, settings.var)


def test_what_was_deleted_is_gone_also_from_the_files(
    conversations: Conversations, settings: Settings
):
    conversations.append("one", [[said("x")]])
    engine = make_engine(conversations_url(settings.database_url))
    with engine.connect() as connection:
        sealed = bytes(connection.execute(sa.select(turns.c.sealed_events)).scalar_one())
    engine.dispose()
    assert sealed in dump(settings.database_url, settings.var)
    assert conversations.delete("one") == 1
    assert conversations.read("one") is None
    assert conversations.extent() == (0, None)
    assert sealed not in dump(settings.database_url, settings.var)
    assert conversations.delete("one") == 0


def test_a_turn_put_into_another_conversation_is_refused(
    conversations: Conversations, settings: Settings
):
    conversations.append("mine", [[said(SECRET)]])
    conversations.append("theirs", [[said("x")]])
    engine = make_engine(conversations_url(settings.database_url))
    with engine.begin() as connection:
        rows = connection.execute(sa.select(turns).order_by(turns.c.sealed_events)).all()
        for row, other in zip(rows, reversed(rows), strict=True):
            connection.execute(
                sa.update(turns)
                .where(turns.c.conversation_id == row.conversation_id)
                .values(sealed_events=other.sealed_events)
            )
    engine.dispose()
    for name in ("mine", "theirs"):
        with pytest.raises(KeyProblem, match="changed or moved"):
            conversations.read(name)


def test_many_writers_lose_no_turn(conversations: Conversations, settings: Settings):
    with closing(Conversations(settings)) as other, ThreadPoolExecutor(8) as pool:
        stores = (conversations, other)
        calls = [
            pool.submit(stores[number % 2].append, f"c{number % 3}", [[said(str(number))]])
            for number in range(60)
        ]
        for call in calls:
            call.result()
    heard = set()
    for name in ("c0", "c1", "c2"):
        kept = conversations.read(name)
        assert kept is not None
        assert kept.version.turns == 20
        heard |= {event["text"] for event in kept.events}
    assert heard == {str(number) for number in range(60)}


def test_only_what_is_idle_is_found_and_what_came_alive_meanwhile_stays(
    conversations: Conversations, now: Any, monkeypatch: pytest.MonkeyPatch
):
    conversations.append("old", [[said("a")]])
    conversations.append("alive", [[said("a")]])
    later = now + timedelta(days=31)
    monkeypatch.setenv("ATLAS_NOW", later.isoformat())
    conversations.append("new", [[said("a")]])
    cutoff = later - timedelta(days=30)
    assert {one.conversation_id for one in conversations.idle(cutoff)} == {"old", "alive"}
    conversations.append("alive", [[said("b")]])
    assert not conversations.delete_idle("alive", cutoff)
    assert conversations.delete_idle("old", cutoff)
    assert sorted(conversations.ids()) == ["alive", "new"]


def test_what_an_earlier_atlas_kept_in_the_clear_is_sealed_and_its_table_is_gone(
    settings: Settings,
):
    engine = make_engine(conversations_url(settings.database_url))
    events = [
        {"event": "action", "name": "action_session_start", "timestamp": 1.0},
        {"event": "session_started", "timestamp": 2.0},
        {"event": "user", "text": SECRET, "timestamp": 3.0},
    ]
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255), data TEXT)"
        )
        for number, event in enumerate(events):
            connection.execute(
                sa.text("INSERT INTO events VALUES (:id, :sender, :data)"),
                {"id": number, "sender": f"+1{SECRET}", "data": json.dumps(event)},
            )
    engine.dispose()
    with closing(Conversations(settings)) as opened:
        kept = opened.read(f"+1{SECRET}")
        assert kept is not None
        assert kept.events == events[1:]
        assert kept.active_at.timestamp() == 3.0
    assert SECRET.encode() not in dump(settings.database_url, settings.var)


def test_the_tables_tell_neither_intents_nor_actions():
    columns = {column.name for table in (conversations, turns) for column in table.columns}
    assert columns == {
        *("id", "sealed_id", "incarnation", "began_at", "active_at", "turns", "session"),
        *("conversation_id", "number", "sealed_events"),
    }
