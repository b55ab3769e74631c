"""Booking on a real PostgreSQL server, which the test starts and stops itself."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from clinic.scheduling.port import (
    Contact,
    PatientDetails,
    SchedulerUnavailable,
    Slot,
    SlotQuery,
    SlotTaken,
)
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings, load_settings
from clinic.settings.environment import PROJECT_ROOT

pytestmark = pytest.mark.services

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
NEW = SlotQuery(visit_type="new")


@dataclass
class Server:
    """A PostgreSQL server in a folder of its own."""

    binaries: Path
    folder: Path
    port: int

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, which refuse to work for root."""
        command = [str(self.binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, timeout=90, cwd=self.folder, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self.run(
            "pg_ctl",
            *("-D", str(self.folder / "data"), "-l", str(self.folder / "log")),
            *("-o", options, "-w", "start"),
        )

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement beside Atlas."""
        engine = create_engine(self.url("atlas"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            found = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return found

    def url(self, database: str) -> str:
        """Where a database is, as ATLAS_DATABASE_URL has it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


def _binaries() -> Path:
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name),
    )
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    reason = "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    binaries = _binaries()
    # Not pytest's folder: the user postgres may not enter it.
    folder = Path(tempfile.mkdtemp(prefix="atlas-postgresql-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(binaries, folder, port)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        made.run(
            "initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8"
        )
        made.start()
        admin = create_engine(made.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE atlas"))
        admin.dispose()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(server: Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ATLAS_NOW", NOW.isoformat())
    server.sql("DROP SCHEMA public CASCADE")
    server.sql("CREATE SCHEMA public")
    return replace(load_settings(), database_url=server.url("atlas"))


@pytest.fixture
def scheduler(settings: Settings) -> Iterator[SqlScheduler]:
    opened = SqlScheduler.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def patient() -> PatientDetails:
    return PatientDetails("Jane Doe", Contact(phone="+12125550199"), NOW)


def test_a_booking_is_made_moved_and_cancelled(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    first, *_, last = scheduler.find_slots(NEW, 20)
    booked = scheduler.confirm(scheduler.hold(first, "one").id, patient, "new", "key")
    assert booked.start == first.start
    hold = scheduler.hold(last, "one")
    moved = scheduler.move(booked.reference, patient.contact, hold.id)
    assert moved is not None
    assert moved.start == last.start
    assert scheduler.move(booked.reference, patient.contact, hold.id) == moved
    cancelled = scheduler.cancel(booked.reference, patient.contact)
    assert cancelled is not None
    assert cancelled.status == "cancelled"
    assert server.sql("SELECT count(*) FROM booked_ticks") == [(0,)]
    assert server.sql("SELECT kind FROM appointment_events ORDER BY id") == [
        ("booked",),
        ("moved",),
        ("cancelled",),
    ]


def test_two_hundred_attempts_on_twenty_slots_book_exactly_twenty(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    apart: list[Slot] = []
    for slot in scheduler.find_slots(replace(NEW, practitioner_id="example_stone"), 100):
        if not apart or slot.start >= apart[-1].end:
            apart.append(slot)

    def attempt(number: int) -> bool:
        try:
            hold = scheduler.hold(apart[number % 20], f"visitor {number}")
            scheduler.confirm(hold.id, patient, "new", f"key {number}")
        except SlotTaken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(200)))
    assert outcomes.count(True) == 20
    assert server.sql("SELECT count(*), count(DISTINCT start_utc) FROM appointments") == [(20, 20)]


def test_visitors_who_change_their_minds_at_once_do_not_block_each_other(
    scheduler: SqlScheduler, server: Server
):
    slots = scheduler.find_slots(NEW, 12)

    def waver(visitor: int) -> int:
        held = 0
        for step in range(12):
            try:
                scheduler.hold(slots[(visitor * 5 + step * (1 + visitor % 3)) % 12], f"v{visitor}")
                held += 1
            except SlotTaken:
                continue
        return held

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(waver, range(8))) > 0
    assert server.sql(
        "SELECT count(*) FROM (SELECT holder FROM holds GROUP BY holder HAVING count(*) > 1) twice"
    ) == [(0,)]


def test_many_threads_with_one_key_make_one_appointment(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    holds = [
        scheduler.hold(slot, f"visitor {number}")
        for number, slot in enumerate(scheduler.find_slots(NEW, 12)[::3])
    ]
    with ThreadPoolExecutor(8) as pool:
        calls = [
            pool.submit(scheduler.confirm, holds[number % 4].id, patient, "new", "key")
            for number in range(16)
        ]
        references = {call.result().reference for call in calls}
    assert len(references) == 1
    assert server.sql("SELECT count(*) FROM appointments") == [(1,)]


def test_an_expired_hold_goes_to_one_of_those_who_want_it(
    scheduler: SqlScheduler, patient: PatientDetails, monkeypatch: pytest.MonkeyPatch
):
    slot = scheduler.find_slots(NEW, 1)[0]
    hold = scheduler.hold(slot, "slow")
    monkeypatch.setenv("ATLAS_NOW", (NOW + timedelta(minutes=20)).isoformat())

    def confirm() -> bool:
        try:
            scheduler.confirm(hold.id, patient, "new", "key")
        except SlotTaken:
            return False
        return True

    def take() -> bool:
        try:
            scheduler.hold(slot, "quick")
        except SlotTaken:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = [call.result() for call in (pool.submit(confirm), pool.submit(take))]
    assert outcomes.count(True) == 1


def test_processes_that_start_together_share_the_migration(settings: Settings, server: Server):
    script = textwrap.dedent(
        f"""
        from dataclasses import replace
        from clinic.scheduling.sql_scheduler import SqlScheduler
        from clinic.settings import load_settings
        SqlScheduler.open(replace(load_settings(), database_url={settings.database_url!r}))
        """
    )
    started = [subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT_ROOT) for _ in range(3)]
    assert [process.wait(timeout=90) for process in started] == [0, 0, 0]
    assert server.sql("SELECT count(*) FROM practitioners") == [(3,)]


def test_the_audit_trail_cannot_be_changed(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    scheduler.confirm(hold.id, patient, "new", "key")
    for change in (
        "UPDATE appointment_events SET kind = 'moved'",
        "DELETE FROM appointment_events",
        "TRUNCATE appointment_events",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            server.sql(change)


def test_a_booking_survives_a_crash_of_the_server_and_its_absence_is_told(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    booked = scheduler.confirm(hold.id, patient, "new", "key")
    server.stop()
    with pytest.raises(SchedulerUnavailable):
        scheduler.look_up(booked.reference, patient.contact)
    server.start()
    assert scheduler.look_up(booked.reference, patient.contact) == booked
