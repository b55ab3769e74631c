"""Booking on a real PostgreSQL server, which the test starts and stops itself."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from support import rush
from support.stores import trail_of

from bench.postgresql import Server, find_binaries, running_server
from clinic.scheduling.database import make_engine, move_tables
from clinic.scheduling.desk import Desk
from clinic.scheduling.models import Appointment
from clinic.scheduling.port import (
    AlreadyBooked,
    Contact,
    PatientDetails,
    SchedulerUnavailable,
    SlotQuery,
    SlotTaken,
)
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings, load_settings
from clinic.settings.environment import PROJECT_ROOT

pytestmark = pytest.mark.services

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
NEW = SlotQuery(visit_type="new")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    binaries = find_binaries()
    if binaries is None:
        reason = "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_server(binaries) as made:
        yield made


@pytest.fixture
def settings(server: Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ATLAS_NOW", NOW.isoformat())
    server.empty()
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
    assert server.sql("SELECT kind FROM audit_events ORDER BY id") == [
        ("held",),
        ("booked",),
        ("held",),
        ("moved",),
        ("cancelled",),
    ]


def test_a_thousand_attempts_on_a_hundred_slots_book_a_hundred_though_a_process_is_killed(
    settings: Settings, server: Server, tmp_path: Path
):
    ends = rush.run(settings.database_url, tmp_path / "visitors", kill=True)
    assert ends == {"booked": 100, "refused": 900}
    assert server.sql(
        "SELECT count(*), count(DISTINCT (practitioner_id, start_utc)) FROM appointments"
    ) == [(100, 100)]
    assert server.sql("SELECT count(*) FROM holds") == [(0,)]
    assert server.sql("SELECT count(*) FROM booked_ticks") == [(800,)]
    assert server.sql("SELECT count(*) FROM audit_events WHERE kind = 'booked'") == [(100,)]
    assert trail_of(settings).problem is None


def test_a_block_and_a_confirmation_at_once_never_both_hold(
    settings: Settings, scheduler: SqlScheduler, patient: PatientDetails
):
    desk = Desk(settings)
    slots = scheduler.find_slots(replace(NEW, practitioner_id="example_stone"), 40)[::2]
    for number, slot in enumerate(slots[:8]):
        hold = scheduler.hold(slot, f"visitor {number}")
        someone = replace(patient, name=f"Visitor {number}")
        with ThreadPoolExecutor(2) as pool:
            blocking = pool.submit(
                desk.change_time, "blocked", slot.start, slot.end, "example_stone"
            )
            confirming = pool.submit(scheduler.confirm, hold.id, someone, "new", f"key {number}")
        _, standing = blocking.result()
        if confirming.exception() is None:
            # The clinic was told of the visit that stands in the time it blocked.
            assert confirming.result().reference in [one.appointment.reference for one in standing]
        else:
            assert isinstance(confirming.exception(), SlotTaken)
            assert standing == []
    desk.close()


def test_a_connection_is_taken_up_again_beside_more_files_than_select_knows(
    settings: Settings,
) -> None:
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_100)]
    engine = make_engine(make_url(settings.database_url))
    try:
        for _ in range(2):  # the second is the first one's, which the pool looks at
            with engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    finally:
        engine.dispose()
        for file in files:
            os.close(file)


def test_ids_of_any_length_hold_book_and_look_up(scheduler: SqlScheduler, patient: PatientDetails):
    sender = "s" * 5000
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], sender)
    booked = scheduler.confirm(hold.id, patient, "new", f"{sender}:{hold.id}")
    assert scheduler.look_up(booked.reference, Contact(phone="+12125550100"), sender) is None
    scheduler.ask_call_back(patient, "new", "any time", sender)
    scheduler.ask_call_back(patient, "new", "any time", sender)


def test_the_tables_go_back_and_forwards_with_data(
    scheduler: SqlScheduler, settings: Settings, server: Server, patient: PatientDetails
):
    first, second = scheduler.find_slots(NEW, 9)[::8]
    booked = scheduler.confirm(scheduler.hold(first, "one").id, patient, "new", "key", "by taxi")
    scheduler.move(booked.reference, patient.contact, scheduler.hold(second, "one").id)
    scheduler.close()
    move_tables(make_url(settings.database_url), "0001")
    assert server.sql("SELECT kind FROM appointment_events ORDER BY id") == [
        ("booked",),
        ("moved",),
    ]
    with pytest.raises(DBAPIError, match="append-only"):
        server.sql("TRUNCATE appointment_events")
    move_tables(make_url(settings.database_url), "head")
    again = SqlScheduler.open(settings)
    assert again.cancel(booked.reference, patient.contact) is not None
    assert server.sql("SELECT kind FROM audit_events ORDER BY id") == [
        ("booked",),
        ("moved",),
        ("cancelled",),
    ]
    again.close()
    assert trail_of(settings).problem is None
    move_tables(make_url(settings.database_url), "0003")
    move_tables(make_url(settings.database_url), "head")
    assert trail_of(settings).problem is None
    move_tables(make_url(settings.database_url), "base")
    assert server.sql("SELECT count(*) FROM pg_proc WHERE proname LIKE '%_refuse'") == [(0,)]


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
        "UPDATE audit_events SET kind = 'moved'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
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
        scheduler.look_up(booked.reference, patient.contact, "asker")
    server.start()
    assert scheduler.look_up(booked.reference, patient.contact, "asker") == booked


def test_one_person_who_books_twice_at_once_gets_one_visit(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    people = ("example_rivers", "example_stone", "example_meadows")
    slots = scheduler.find_slots(replace(NEW, practitioner_id=people[0]), 60)[::3][:12]
    for number, slot in enumerate(slots):
        same_time = [replace(slot, practitioner_id=person) for person in people]
        holds = [
            scheduler.hold(one, f"visitor {number} {place}") for place, one in enumerate(same_time)
        ]
        # By phone, by e-mail and by both: one of the two is enough to be the same person.
        ways = (
            replace(patient, contact=Contact("+12125550199", "jane@example.com")),
            patient,
            replace(patient, name="JANE DOE"),
        )
        with ThreadPoolExecutor(3) as pool:
            calls = [
                pool.submit(scheduler.confirm, hold.id, way, "new", f"key {hold.id}")
                for hold, way in zip(holds, ways, strict=True)
            ]
        refused = [call.exception() for call in calls if call.exception()]
        assert [type(error) for error in refused] == [AlreadyBooked, AlreadyBooked]
    assert server.sql("SELECT count(*) FROM appointments") == [(len(slots),)]


def test_a_move_and_a_booking_of_one_person_at_once_never_overlap(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    slots = scheduler.find_slots(replace(NEW, practitioner_id="example_rivers"), 60)[::3][:12]
    later = scheduler.find_slots(replace(NEW, earliest=NOW + timedelta(days=30)), 60)[::3]
    for number, slot in enumerate(slots):
        beside = replace(slot, practitioner_id="example_stone")
        first = scheduler.hold(later[number], f"mover {number}")
        visit = scheduler.confirm(first.id, patient, "new", f"key {number}")
        target = scheduler.hold(slot, f"mover {number}")
        other = scheduler.hold(beside, f"booker {number}")
        with ThreadPoolExecutor(2) as pool:
            moving = pool.submit(scheduler.move, visit.reference, patient.contact, target.id)
            booking = pool.submit(scheduler.confirm, other.id, patient, "new", f"other {number}")
        errors = [call.exception() for call in (moving, booking)]
        assert sorted(type(error).__name__ for error in errors) == ["AlreadyBooked", "NoneType"]


def test_a_server_that_dies_before_the_commit_books_nothing_and_a_retry_books_once(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")

    def die(_session: object) -> None:
        server.stop()

    event.listen(Session, "before_commit", die, once=True)
    with pytest.raises(SchedulerUnavailable):
        scheduler.confirm(hold.id, patient, "new", "key")
    server.start()
    assert server.sql("SELECT count(*) FROM appointments") == [(0,)]
    assert server.sql("SELECT count(*) FROM booked_ticks WHERE hold_id IS NOT NULL") == [(8,)]
    booked = scheduler.confirm(hold.id, patient, "new", "key")
    assert scheduler.look_up(booked.reference, patient.contact, "one") == booked
    assert server.sql("SELECT count(*) FROM appointments") == [(1,)]


def test_a_connection_cut_in_the_middle_of_a_booking_leaves_nothing_half_booked(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")

    def cut(session: Session, _context: object) -> None:
        assert any(isinstance(row, Appointment) for row in session.new)
        server.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'atlas' "
            "AND pid <> pg_backend_pid()"
        )

    event.listen(Session, "after_flush", cut, once=True)
    with pytest.raises(SchedulerUnavailable):
        scheduler.confirm(hold.id, patient, "new", "key")
    for table in ("appointments", "patients", "outbox"):
        assert server.sql(f"SELECT count(*) FROM {table}") == [(0,)]
    assert server.sql("SELECT count(*) FROM holds") == [(1,)]
    assert scheduler.confirm(hold.id, patient, "new", "key").start == hold.slot.start


def test_a_server_that_dies_right_after_the_commit_has_booked_once(
    scheduler: SqlScheduler, server: Server, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")

    def die(_session: object) -> None:
        server.stop()

    event.listen(Session, "after_commit", die, once=True)
    # Whether the visitor hears of it or of a failure, asking again gives the same visit.
    with suppress(SchedulerUnavailable):
        scheduler.confirm(hold.id, patient, "new", "key")
    server.start()
    again = scheduler.confirm(hold.id, patient, "new", "key")
    assert server.sql("SELECT reference FROM appointments") == [(again.reference,)]
    assert server.sql("SELECT kind FROM audit_events ORDER BY id") == [("held",), ("booked",)]
