"""A thousand visitors, a hundred times, four processes; one of them is killed on the way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url
from support import rush
from support.stores import trail_of

from clinic.settings import Settings


def test_a_thousand_attempts_on_a_hundred_slots_book_a_hundred_though_a_process_is_killed(
    settings: Settings, tmp_path: Path
):
    ends = rush.run(settings.database_url, tmp_path / "visitors", kill=True)
    assert ends == {"booked": 100, "refused": 900}
    with closing(sqlite3.connect(str(make_url(settings.database_url).database))) as connection:
        count = connection.execute(
            "SELECT count(*), count(DISTINCT practitioner_id || start_utc) FROM appointments"
        ).fetchone()
        held = connection.execute("SELECT count(*) FROM holds").fetchone()
        ticks = connection.execute("SELECT count(*) FROM booked_ticks").fetchone()
    assert count == (100, 100)
    assert held == (0,)
    assert ticks == (800,)
    assert trail_of(settings).problem is None
