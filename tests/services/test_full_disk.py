"""PostgreSQL without room: nothing is half booked, and it goes on when there is room again."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from support.server import AtlasServer, Conversation
from support.small_disk import SmallDisk, small_disk
from support.stores import postgresql_server

from bench.postgresql import Server
from clinic.privacy import audit_check, keys
from clinic.settings import load_settings

pytestmark = [pytest.mark.server, pytest.mark.services]

SORRY = "Sorry, something went wrong"
NOW = "2027-03-03T15:00:00+00:00"


@pytest.fixture(scope="module")
def disk() -> Iterator[SmallDisk]:
    with small_disk() as made:
        yield made


@pytest.fixture(scope="module")
def postgresql(disk: SmallDisk) -> Iterator[Server]:
    yield from postgresql_server(disk.folder)


@pytest.fixture(scope="module")
def atlas(
    model: Path, postgresql: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AtlasServer]:
    folder = tmp_path_factory.mktemp("full")
    server = AtlasServer(folder, ATLAS_DATABASE_URL=postgresql.url("atlas"), ATLAS_NOW=NOW)
    yield server.start()
    server.kill()


@pytest.fixture(autouse=True)
def empty_again(disk: SmallDisk) -> Iterator[None]:
    yield
    disk.free()


def assert_logs_are_whole(postgresql: Server) -> None:
    settings = replace(load_settings(), database_url=postgresql.url("atlas"))
    with keys.open_stores(settings) as stores:
        found = audit_check.verify(stores)
    assert {name: verdict.problem for name, verdict in found.items()} == dict.fromkeys(found)


def test_a_full_disk_books_nothing_by_halves_and_still_hears_an_emergency(
    atlas: AtlasServer, postgresql: Server, disk: SmallDisk
) -> None:
    patient, other = (Conversation(atlas.base_url) for _ in range(2))
    patient.say("I'd like to book an appointment")
    patient.say("none of these")
    patient.say(patient.buttons[0]["payload"])
    patient.say("Jane Doe")
    patient.say("jane@example.com")
    disk.fill()
    patient.say("Yes, book it")
    assert "nothing was booked" in patient.text or SORRY in patient.text
    assert "911" in patient.text
    assert postgresql.sql("SELECT * FROM appointments") == []
    assert postgresql.sql("SELECT count(hold_id), count(*) FROM booked_ticks") == [(8, 8)]
    other.say("I can't feel my legs")
    assert "**Call 911 now.**" in other.text
    disk.free()
    patient.say("book the appointment please")
    assert "Jane Doe" in patient.text
    patient.say("Yes, book it")
    assert "**Booked.**" in patient.text
    assert postgresql.sql("SELECT status FROM appointments") == [("booked",)]
    assert postgresql.sql("SELECT count(appointment_id), count(*) FROM booked_ticks") == [(8, 8)]
    assert postgresql.sql("SELECT count(*) FROM holds") == [(0,)]
    assert_logs_are_whole(postgresql)


def test_a_database_that_a_full_disk_ended_comes_back_with_all_that_was_said(
    atlas: AtlasServer, postgresql: Server, disk: SmallDisk
) -> None:
    patient = Conversation(atlas.base_url)
    patient.say("aching pain in my neck for three weeks")
    disk.fill()
    # PostgreSQL ends itself where its log of changes finds no room.
    with pytest.raises(OperationalError):
        for _ in range(100):
            postgresql.sql("SELECT pg_logical_emit_message(true, '', repeat('x', 1000000))")
    patient.say("6/10")
    assert SORRY in patient.text
    assert "911" in patient.text
    disk.free()
    with suppress(subprocess.CalledProcessError):  # it may have come back by itself
        postgresql.start()
    for _ in range(20):
        patient.say("6/10")
        if SORRY not in patient.text:
            break
        time.sleep(0.5)
    slots = patient.slots
    assert (slots["site"], slots["severity"]) == (["neck"], 6)
    assert_logs_are_whole(postgresql)
