"""Booking on SQLite: a time has one owner, a booking survives, failures change nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

from clinic.scheduling.models import Base
from clinic.scheduling.port import (
    Contact,
    PatientDetails,
    Scheduler,
    SchedulerUnavailable,
    Slot,
    SlotQuery,
    SlotTaken,
)
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings
from clinic.settings.environment import PROJECT_ROOT
from clinic.staff import models as staff_models

NEW = SlotQuery(visit_type="new")


def database_file(settings: Settings) -> Path:
    return Path(str(make_url(settings.database_url).database))


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database_file(settings))) as connection:
        return connection.execute(sql).fetchall()


def later(monkeypatch: pytest.MonkeyPatch, now: datetime, **by: float) -> None:
    monkeypatch.setenv("ATLAS_NOW", (now + timedelta(**by)).isoformat())


# The whole path


def test_it_keeps_the_port(scheduler: SqlScheduler):
    port: Scheduler = scheduler
    assert port.find_slots(NEW, 1)


def test_a_slot_is_found_held_and_booked(scheduler: SqlScheduler, patient: PatientDetails):
    slot = scheduler.find_slots(NEW, 3)[0]
    hold = scheduler.hold(slot, "visitor")
    booked = scheduler.confirm(hold.id, patient, "new", "key")
    assert booked.status == "booked"
    assert (booked.start, booked.end) == (slot.start, slot.end)
    assert booked.patient_name == "Jane O'Brien"
    assert slot.start not in {
        other.start
        for other in scheduler.find_slots(replace(NEW, practitioner_id=slot.practitioner_id), 50)
    }


def test_each_start_is_offered_once_and_another_practitioner_takes_over(scheduler: SqlScheduler):
    first = scheduler.find_slots(NEW, 5)
    assert len({slot.start for slot in first}) == 5
    scheduler.hold(first[0], "visitor")
    again = scheduler.find_slots(NEW, 5)[0]
    assert again.start == first[0].start
    assert again.practitioner_id != first[0].practitioner_id


def test_what_a_visitor_holds_is_free_for_them_and_taken_for_others(scheduler: SqlScheduler):
    wish = replace(NEW, practitioner_id="example_stone")
    slot = scheduler.find_slots(wish, 1)[0]
    scheduler.hold(slot, "one")
    assert scheduler.find_slots(wish, 1)[0].start > slot.start
    assert scheduler.find_slots(replace(wish, holder="two"), 1)[0].start > slot.start
    assert scheduler.find_slots(replace(wish, holder="one"), 1) == [slot]
    # Twenty minutes later overlaps with what they hold themselves.
    later = scheduler.find_slots(replace(wish, holder="one"), 2)[1]
    assert later.start < slot.end
    assert scheduler.hold(later, "one").slot == later


def test_the_nearest_slots_come_first_when_a_moment_is_asked_for(scheduler: SqlScheduler):
    wish = scheduler.find_slots(NEW, 200)[100].start
    found = scheduler.find_slots(replace(NEW, near=wish), 3)
    assert found[0].start == wish
    distances = [abs(slot.start - wish) for slot in found]
    assert distances == sorted(distances)


def test_a_limit_of_none_gives_nothing(scheduler: SqlScheduler):
    assert scheduler.find_slots(NEW, 0) == []


# Holds


def test_what_one_visitor_holds_no_other_gets(scheduler: SqlScheduler):
    slot = scheduler.find_slots(NEW, 1)[0]
    scheduler.hold(slot, "one")
    with pytest.raises(SlotTaken):
        scheduler.hold(slot, "other")


def test_an_overlapping_visit_of_another_length_is_refused(scheduler: SqlScheduler):
    slot = scheduler.find_slots(NEW, 1)[0]
    scheduler.hold(slot, "one")
    middle = slot.start + timedelta(minutes=20)
    short = Slot(middle, middle + timedelta(minutes=20), slot.practitioner_id, "follow_up")
    with pytest.raises(SlotTaken):
        scheduler.hold(short, "other")


def test_a_visitor_holds_one_time_only(scheduler: SqlScheduler):
    first, second = scheduler.find_slots(replace(NEW, practitioner_id="example_rivers"), 9)[::8]
    scheduler.hold(first, "one")
    scheduler.hold(second, "one")
    assert scheduler.hold(first, "other").slot == first


def test_a_failed_hold_keeps_the_one_before(scheduler: SqlScheduler):
    mine, theirs = scheduler.find_slots(replace(NEW, practitioner_id="example_rivers"), 9)[::8]
    scheduler.hold(mine, "me")
    scheduler.hold(theirs, "them")
    with pytest.raises(SlotTaken):
        scheduler.hold(theirs, "me")
    with pytest.raises(SlotTaken):
        scheduler.hold(mine, "them")


def test_a_released_time_is_free_and_releasing_twice_is_harmless(scheduler: SqlScheduler):
    slot = scheduler.find_slots(NEW, 1)[0]
    hold = scheduler.hold(slot, "one")
    scheduler.release(hold.id)
    scheduler.release(hold.id)
    assert scheduler.hold(slot, "other").slot == slot


def test_an_expired_hold_gives_way(
    scheduler: SqlScheduler, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    slot = scheduler.find_slots(NEW, 1)[0]
    hold = scheduler.hold(slot, "one")
    assert hold.expires_at == now + timedelta(minutes=10)
    later(monkeypatch, now, minutes=11)
    assert slot in scheduler.find_slots(replace(NEW, practitioner_id=slot.practitioner_id), 3)
    assert scheduler.hold(slot, "other").slot == slot


def test_an_expired_hold_is_confirmed_if_nobody_took_the_time(
    scheduler: SqlScheduler,
    patient: PatientDetails,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    later(monkeypatch, now, minutes=30)
    assert scheduler.confirm(hold.id, patient, "new", "key").start == hold.slot.start


def test_an_expired_hold_is_refused_when_someone_took_the_time(
    scheduler: SqlScheduler,
    settings: Settings,
    patient: PatientDetails,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    slot = scheduler.find_slots(NEW, 1)[0]
    hold = scheduler.hold(slot, "one")
    later(monkeypatch, now, minutes=30)
    scheduler.hold(slot, "other")
    with pytest.raises(SlotTaken):
        scheduler.confirm(hold.id, patient, "new", "key")
    assert rows(settings, "SELECT * FROM appointments") == []


def test_a_time_that_has_begun_is_not_booked(
    scheduler: SqlScheduler,
    patient: PatientDetails,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    later(monkeypatch, now, hours=4)
    with pytest.raises(SlotTaken):
        scheduler.confirm(hold.id, patient, "new", "key")


def test_a_time_that_the_clinic_never_offered_cannot_be_held(scheduler: SqlScheduler):
    slot = scheduler.find_slots(NEW, 1)[0]
    night = Slot(
        slot.start + timedelta(hours=12),
        slot.end + timedelta(hours=12),
        slot.practitioner_id,
        "new",
    )
    with pytest.raises(SlotTaken):
        scheduler.hold(night, "one")


# Confirming


def test_the_same_key_gives_the_same_appointment(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    first = scheduler.confirm(hold.id, patient, "new", "key")
    assert scheduler.confirm(hold.id, patient, "new", "key") == first
    assert rows(settings, "SELECT count(*) FROM appointments") == [(1,)]


def test_a_used_hold_books_nothing_under_another_key(
    scheduler: SqlScheduler, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    scheduler.confirm(hold.id, patient, "new", "key")
    with pytest.raises(SlotTaken):
        scheduler.confirm(hold.id, patient, "new", "another key")


def test_many_threads_with_one_key_make_one_appointment(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(scheduler.confirm, hold.id, patient, "new", "key") for _ in range(16)]
        references = {call.result().reference for call in calls}
    assert len(references) == 1
    assert rows(settings, "SELECT count(*) FROM appointments") == [(1,)]


@pytest.mark.parametrize(
    "change",
    [{"name": " "}, {"name": "x" * 81}, {"contact": Contact()}],
    ids=["no name", "a long name", "no way to reach"],
)
def test_a_patient_without_name_or_contact_is_refused(
    scheduler: SqlScheduler, patient: PatientDetails, change: dict[str, object]
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    with pytest.raises(ValueError, match="needed"):
        scheduler.confirm(hold.id, replace(patient, **change), "new", "key")  # type: ignore[arg-type]


def test_a_visit_type_of_another_length_is_refused(
    scheduler: SqlScheduler, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    with pytest.raises(ValueError, match="does not fit"):
        scheduler.confirm(hold.id, patient, "follow_up", "key")


def test_a_patient_who_comes_again_is_not_doubled(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    for index, slot in enumerate(scheduler.find_slots(NEW, 9)[::8]):
        hold = scheduler.hold(slot, "one")
        scheduler.confirm(hold.id, patient, "new", f"key {index}")
    assert rows(settings, "SELECT count(*) FROM patients") == [(1,)]


# Looking up, moving, cancelling


@pytest.fixture
def reference(scheduler: SqlScheduler, patient: PatientDetails) -> str:
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    return scheduler.confirm(hold.id, patient, "new", "key").reference


def test_an_appointment_is_shown_only_to_who_knows_its_contact(
    scheduler: SqlScheduler, reference: str
):
    assert scheduler.look_up(reference, Contact(phone="+12125550199"), "asker") is not None
    assert scheduler.look_up(reference.lower(), Contact(email="JANE@example.com"), "me") is not None
    assert scheduler.look_up(reference, Contact(phone="+12125550100"), "asker") is None
    assert scheduler.look_up(reference, Contact(), "asker") is None
    assert scheduler.look_up("ATL-222222", Contact(phone="+12125550199"), "asker") is None


def test_moving_frees_the_old_time_and_repeating_it_is_harmless(
    scheduler: SqlScheduler, patient: PatientDetails, reference: str
):
    before = scheduler.look_up(reference, patient.contact, "asker")
    assert before is not None
    target = scheduler.find_slots(NEW, 30)[-1]
    hold = scheduler.hold(target, "one")
    moved = scheduler.move(reference, patient.contact, hold.id)
    assert moved is not None
    assert (moved.reference, moved.start, moved.revision) == (reference, target.start, 1)
    assert moved.practitioner_name
    assert scheduler.move(reference, patient.contact, hold.id) == moved
    old = Slot(before.start, before.end, before.practitioner_id, "new")
    assert scheduler.hold(old, "other").slot == old


def test_moving_to_a_lost_time_leaves_the_appointment_where_it_was(
    scheduler: SqlScheduler,
    patient: PatientDetails,
    reference: str,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    before = scheduler.look_up(reference, patient.contact, "asker")
    hold = scheduler.hold(scheduler.find_slots(NEW, 30)[-1], "one")
    later(monkeypatch, now, minutes=11)
    scheduler.hold(hold.slot, "other")
    with pytest.raises(SlotTaken):
        scheduler.move(reference, patient.contact, hold.id)
    assert scheduler.look_up(reference, patient.contact, "asker") == before
    with pytest.raises(SlotTaken):
        assert before is not None
        scheduler.hold(Slot(before.start, before.end, before.practitioner_id, "new"), "third")


def test_a_visit_moves_into_its_own_time_which_nobody_else_gets(
    scheduler: SqlScheduler, patient: PatientDetails, reference: str
):
    visit = scheduler.look_up(reference, patient.contact, "asker")
    assert visit is not None
    wish = replace(NEW, practitioner_id=visit.practitioner_id, near=visit.start)
    own = scheduler.find_slots(replace(wish, moving=reference), 1)[0]
    assert own.start != visit.start, "its own time is no other time"
    assert own.start < visit.end
    assert visit.start < own.end
    assert own not in scheduler.find_slots(wish, 50)
    with pytest.raises(SlotTaken):
        scheduler.hold(own, "somebody else")
    hold = scheduler.hold(own, "me", moving=reference)
    with pytest.raises(SlotTaken):
        scheduler.hold(own, "somebody else")
    moved = scheduler.move(reference, patient.contact, hold.id)
    assert moved is not None
    assert (moved.start, moved.end) == (own.start, own.end)
    assert own not in scheduler.find_slots(wish, 50)


def test_a_hold_in_a_visits_own_time_becomes_no_second_visit(
    scheduler: SqlScheduler, patient: PatientDetails, reference: str
):
    visit = scheduler.look_up(reference, patient.contact, "asker")
    assert visit is not None
    wish = replace(NEW, practitioner_id=visit.practitioner_id, near=visit.start, moving=reference)
    hold = scheduler.hold(scheduler.find_slots(wish, 1)[0], "me", moving=reference)
    other = replace(patient, name="Ann Other", contact=Contact(email="ann@example.com"))
    with pytest.raises(SlotTaken):
        scheduler.confirm(hold.id, other, "new", "another key")
    assert scheduler.move(reference, patient.contact, hold.id) is not None


def test_a_stranger_moves_and_cancels_nothing(
    scheduler: SqlScheduler, patient: PatientDetails, reference: str
):
    stranger = Contact(phone="+12125550100")
    hold = scheduler.hold(scheduler.find_slots(NEW, 30)[-1], "two")
    assert scheduler.move(reference, stranger, hold.id) is None
    assert scheduler.cancel(reference, stranger) is None
    kept = scheduler.look_up(reference, patient.contact, "asker")
    assert kept is not None
    assert kept.status == "booked"


def test_a_cancelled_time_is_free_again_and_cancelling_twice_is_harmless(
    scheduler: SqlScheduler, patient: PatientDetails, reference: str
):
    cancelled = scheduler.cancel(reference, patient.contact)
    assert cancelled is not None
    assert cancelled.status == "cancelled"
    assert scheduler.cancel(reference, patient.contact) == cancelled
    slot = Slot(cancelled.start, cancelled.end, cancelled.practitioner_id, "new")
    hold = scheduler.hold(slot, "other")
    assert scheduler.move(reference, patient.contact, hold.id) is None


def test_what_is_past_can_be_neither_moved_nor_cancelled(
    scheduler: SqlScheduler,
    patient: PatientDetails,
    reference: str,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    later(monkeypatch, now, days=3)
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "two")
    assert scheduler.move(reference, patient.contact, hold.id) is None
    assert scheduler.cancel(reference, patient.contact) is None


# What is kept


def test_the_audit_trail_tells_everything_and_cannot_be_changed(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails, reference: str
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 30)[-1], "one")
    scheduler.move(reference, patient.contact, hold.id)
    scheduler.cancel(reference, patient.contact)
    kinds = rows(settings, "SELECT kind FROM audit_events ORDER BY id")
    assert kinds == [("held",), ("booked",), ("held",), ("moved",), ("cancelled",)]
    for change in ("UPDATE audit_events SET kind='moved'", "DELETE FROM audit_events"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            rows(settings, change)


def test_no_table_has_a_place_for_symptoms():
    assert staff_models.StaffMember.__tablename__ in Base.metadata.tables
    columns = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    assert columns == {
        *("id", "name", "role", "gender", "contact_consent_at", "erased_at"),
        *("sealed_name", "sealed_phone", "sealed_email", "phone_key", "email_key"),
        *("practitioner_id", "visit_type_id", "start_utc", "end_utc", "holder", "expires_at"),
        *("reference", "idempotency_key", "status", "patient_id", "revision"),
        *("tick", "hold_id", "appointment_id", "at", "kind", "buffer_before", "buffer_after"),
        *("time_change_id", "call_back_id", "asked_at", "request_key", "closed_at"),
        *("due_at", "sent_at", "dropped_at", "contact", "asker", "actor", "chain"),
        # Of the staff's tables
        *("sealed_password", "added_at", "secret", "member_id", "began_at", "seen_at"),
        *("whose", "failures", "last_at", "barred_until"),
        "sealed_wish",  # the time as Atlas says it
        "sealed_note",  # a practical remark; clinic.scheduling.notes
    }


def test_the_calendar_does_not_lead_back_to_a_conversation(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "conversation-zebra")
    scheduler.confirm(hold.id, patient, "new", "conversation-zebra/booking")
    scheduler.hold(scheduler.find_slots(NEW, 1)[0], "conversation-zebra")
    with closing(sqlite3.connect(database_file(settings))) as connection:
        assert "zebra" not in "\n".join(connection.iterdump())


def test_only_its_owner_may_read_the_database_file(scheduler: SqlScheduler, settings: Settings):
    assert database_file(settings).stat().st_mode & 0o077 == 0


def test_the_database_itself_refuses_a_second_owner_of_a_tick(
    scheduler: SqlScheduler, settings: Settings
):
    scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        rows(settings, "INSERT INTO booked_ticks SELECT * FROM booked_ticks")


def test_the_migrations_build_what_the_models_say(scheduler: SqlScheduler, settings: Settings):
    made = inspect(create_engine(settings.database_url))
    for table in Base.metadata.tables.values():
        columns = {column["name"]: column for column in made.get_columns(table.name)}
        assert set(columns) == {column.name for column in table.columns}
        for column in table.columns:
            assert columns[column.name]["nullable"] == column.nullable, column


# Many at once


def test_two_hundred_attempts_on_twenty_slots_book_exactly_twenty(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    slots = scheduler.find_slots(replace(NEW, practitioner_id="example_stone"), 100)
    apart: list[Slot] = []
    for slot in slots:
        if not apart or slot.start >= apart[-1].end:
            apart.append(slot)
    apart = apart[:20]
    assert len(apart) == 20

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
    assert rows(settings, "SELECT count(*), count(DISTINCT start_utc) FROM appointments") == [
        (20, 20)
    ]


def test_processes_that_start_together_share_the_migration(settings: Settings):
    script = textwrap.dedent(
        f"""
        from dataclasses import replace
        from clinic.scheduling.sql_scheduler import SqlScheduler
        from clinic.settings import load_settings
        SqlScheduler.open(replace(load_settings(), database_url={settings.database_url!r}))
        """
    )
    started = [subprocess.Popen([sys.executable, "-c", script], cwd=PROJECT_ROOT) for _ in range(4)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0, 0]
    assert rows(settings, "SELECT version_num FROM scheduling_migrations") == [("0005",)]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_around_the_commit_leaves_one_booking_after_a_retry(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails, moment: str
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    script = textwrap.dedent(
        f"""
        import os, sys
        from dataclasses import replace
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        from clinic import clock
        from clinic.scheduling.port import Contact, PatientDetails
        from clinic.scheduling.sql_scheduler import SqlScheduler
        from clinic.settings import load_settings
        settings = replace(load_settings(), database_url={settings.database_url!r})
        scheduler = SqlScheduler.open(settings)
        if {moment!r} == "before":
            event.listen(Engine, "commit", lambda connection: os._exit(9))
        scheduler.confirm(
            {hold.id!r},
            PatientDetails("Jane O'Brien", Contact(phone="+12125550199"), clock.now()),
            "new",
            "key",
        )
        os._exit(9)
        """
    )
    killed = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, timeout=60)
    assert killed.returncode == 9
    there = rows(settings, "SELECT count(*) FROM appointments")
    assert there == [(0 if moment == "before" else 1,)]
    again = scheduler.confirm(hold.id, patient, "new", "key")
    assert again.start == hold.slot.start
    assert rows(settings, "SELECT count(*) FROM appointments") == [(1,)]
    assert rows(settings, "SELECT count(*) FROM booked_ticks WHERE hold_id IS NULL") == [(8,)]


def test_a_forked_process_opens_connections_of_its_own(scheduler: SqlScheduler):
    scheduler.find_slots(NEW, 1)
    child = os.fork()
    if child == 0:
        try:
            scheduler.hold(scheduler.find_slots(NEW, 1)[0], "child")
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert scheduler.find_slots(NEW, 1)


# Failures


@pytest.fixture
def locked(settings: Settings, scheduler: SqlScheduler) -> Iterator[None]:
    del scheduler
    with closing(sqlite3.connect(database_file(settings), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@pytest.mark.usefixtures("locked")
def test_a_locked_database_is_told_within_seconds_and_can_still_be_read(scheduler: SqlScheduler):
    slot = scheduler.find_slots(NEW, 1)[0]
    raised = threading.Event()

    def hold() -> None:
        with pytest.raises(SchedulerUnavailable):
            scheduler.hold(slot, "one")
        raised.set()

    thread = threading.Thread(target=hold)
    thread.start()
    thread.join(timeout=6)
    assert raised.is_set()


def test_an_unreachable_database_is_told_and_used_once_it_is_back(
    tmp_path: Path, settings: Settings
):
    folder = tmp_path / "not yet there"
    elsewhere = replace(settings, database_url=f"sqlite:///{folder / 'atlas.db'}")
    with pytest.raises(SchedulerUnavailable):
        SqlScheduler.open(elsewhere)
    scheduler = SqlScheduler(elsewhere)
    with pytest.raises(SchedulerUnavailable):
        scheduler.find_slots(NEW, 1)
    folder.mkdir()
    assert scheduler.find_slots(NEW, 1)


def test_a_file_that_is_no_database_is_told(settings: Settings):
    database_file(settings).write_bytes(b"this is not a database, it is a letter " * 200)
    with pytest.raises(SchedulerUnavailable):
        SqlScheduler.open(settings)


def test_a_database_from_a_newer_atlas_is_left_alone(scheduler: SqlScheduler, settings: Settings):
    with closing(sqlite3.connect(database_file(settings))) as connection:
        connection.execute("UPDATE scheduling_migrations SET version_num='9999'")
        connection.commit()
    with pytest.raises(SchedulerUnavailable):
        SqlScheduler.open(settings)


def test_a_failure_names_no_patient(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    with closing(sqlite3.connect(database_file(settings))) as connection:
        connection.execute("DROP TABLE audit_events")
    with pytest.raises(SchedulerUnavailable) as caught:
        scheduler.confirm(hold.id, patient, "new", "key")
    cause: BaseException | None = caught.value
    while cause is not None:
        assert "Jane" not in str(cause)
        assert "+1212" not in str(cause)
        cause = cause.__cause__
    assert rows(settings, "SELECT * FROM appointments") == []
