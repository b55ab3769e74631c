"""The whole server is killed after every step of a booking; the visitor just goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from support.server import AtlasServer, Conversation

pytestmark = pytest.mark.server

NOW = "2027-03-03T15:00:00+00:00"


def test_a_server_killed_after_every_step_books_one_visit(model: Path, tmp_path: Path) -> None:
    server = AtlasServer(tmp_path, ATLAS_NOW=NOW)
    visitor: Conversation | None = None
    try:
        for step in ("start", "Friday at 9:40", "Jane Doe", "jane@example.com", "yes", "yes"):
            server.start()
            known = visitor.sender if visitor else None
            visitor = Conversation(server.base_url, sender=known)
            if step == "start":
                visitor.say("I'd like to book an appointment")
                visitor.say("none of these")
            else:
                visitor.say(step)
            server.kill()
    finally:
        server.kill()
    with closing(sqlite3.connect(server.database)) as connection:
        booked = connection.execute("SELECT status, start_utc FROM appointments").fetchall()
        ticks = connection.execute("SELECT count(*) FROM booked_ticks").fetchone()
    assert booked == [("booked", "2027-03-05 14:40:00.000000")]
    assert ticks == (8,)
