"""Ending the process at any moment of a booking loses nothing and doubles nothing.

`ATLAS_KILLS=500 .venv/bin/pytest -s tests/unit/scheduling/test_crashes.py` runs it for longer.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url
from support.crash_steps import walk
from support.stores import trail_of

from clinic.settings import Settings

KILLS = int(os.environ.get("ATLAS_KILLS", "50"))


def kill_once(settings: Settings, memory: Path, seconds: float) -> None:
    """Let the visitor walk on for a moment, and end the process at once."""
    heard, ready = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            walk(settings.database_url, memory, ready)
        finally:
            os._exit(1)
    os.close(ready)
    opened = os.read(heard, 1)
    os.close(heard)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert (opened, ended) == (b"!", -signal.SIGKILL), "the visitor stopped by itself"


def test_a_process_killed_again_and_again_loses_and_doubles_no_visit(
    settings: Settings, tmp_path: Path
):
    memory = tmp_path / "memory.json"
    chance, longest = random.Random(7), 0.15
    for _ in range(KILLS):
        before = memory.read_bytes() if memory.exists() else b""
        kill_once(settings, memory, chance.uniform(0, longest))
        check(settings, memory)
        if not memory.exists() or memory.read_bytes() == before:
            longest = min(longest * 1.2, 3.0)  # a busy machine takes longer for a step
    known = json.loads(memory.read_text())
    print(f"{KILLS} kills, {len(known.get('done', []))} rounds")
    assert known["done"], "no round was finished: nothing was tested"
    # Every line is there, and every visit is as its newest line says.
    assert trail_of(settings).problem is None


def check(settings: Settings, memory: Path) -> None:
    known = json.loads(memory.read_text()) if memory.exists() else {}
    done = dict(known.get("done", []))
    file = str(make_url(settings.database_url).database)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = dict(connection.execute("SELECT reference, status FROM appointments"))
        loose = connection.execute(
            "SELECT count(*) FROM booked_ticks t"
            " LEFT JOIN appointments a ON a.id = t.appointment_id"
            " WHERE t.hold_id IS NULL AND a.status <> 'booked'"
        ).fetchone()
        owned = connection.execute(
            "SELECT count(*) FROM booked_ticks WHERE appointment_id IS NOT NULL"
        ).fetchone()
        booked = connection.execute(
            "SELECT count(*) FROM audit_events WHERE kind = 'booked'"
        ).fetchone()
    # Every answer that was heard stands; at most the one that was under way is not known yet.
    assert {name: stored[name] for name in done} == done
    assert len(stored) <= len(done) + 1
    if known.get("reference"):
        assert known["reference"] in stored
    assert booked == (len(stored),)
    assert loose == (0,)
    assert owned == (8 * list(stored.values()).count("booked"),)
