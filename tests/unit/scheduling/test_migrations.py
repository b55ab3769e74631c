"""The tables go forwards and back with data in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from support.stores import trail_of

from clinic.scheduling.database import move_tables
from clinic.scheduling.desk import Desk
from clinic.scheduling.port import Contact, PatientDetails, SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings

NEW = SlotQuery(visit_type="new")


def rows(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    file = Path(str(make_url(settings.database_url).database))
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()


def fill(settings: Settings, patient: PatientDetails) -> str:
    """Make data in every table; return the reference of a visit that was moved once."""
    scheduler = SqlScheduler.open(settings)
    slots = scheduler.find_slots(NEW, 60)
    booked = scheduler.confirm(
        scheduler.hold(slots[0], "one").id, patient, "new", "one", "I use a wheelchair"
    )
    moved = scheduler.move(booked.reference, patient.contact, scheduler.hold(slots[9], "one").id)
    assert moved is not None
    silent = PatientDetails("Sam Silent", Contact(email="sam@example.com"), None)
    other = scheduler.confirm(scheduler.hold(slots[20], "two").id, silent, "new", "two")
    scheduler.ask_call_back(silent, "new", "any time", "two")
    scheduler.look_up("ATL-222222", patient.contact, "two")
    scheduler.hold(slots[40], "three")
    scheduler.close()
    desk = Desk(settings)
    desk.set_status(other.reference, "arrived")
    desk.change_time("blocked", slots[50].start, slots[50].end)
    desk.close()
    return booked.reference


def test_going_back_and_forwards_again_keeps_every_visit_and_what_was_done_with_it(
    settings: Settings, patient: PatientDetails
):
    reference = fill(settings, patient)
    url = make_url(settings.database_url)
    visits = (
        "SELECT reference, start_utc, practitioner_id, patient_id FROM appointments ORDER BY id"
    )
    ticks = "SELECT count(*) FROM booked_ticks"
    before = rows(settings, visits), rows(settings, ticks)

    move_tables(url, "0001")
    assert (rows(settings, visits), rows(settings, ticks)) == before
    assert rows(settings, "SELECT status FROM appointments ORDER BY id") == [
        ("booked",),
        ("booked",),  # had arrived, for which the older tables have no word
    ]
    kinds = "SELECT kind FROM appointment_events ORDER BY id"
    assert rows(settings, kinds) == [("booked",), ("moved",), ("booked",)]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        rows(settings, "DELETE FROM appointment_events")
    assert rows(settings, "PRAGMA foreign_key_check") == []

    move_tables(url, "head")
    assert (rows(settings, visits), rows(settings, ticks)) == before
    assert rows(settings, "SELECT kind FROM audit_events ORDER BY id") == [
        ("booked",),
        ("moved",),
        ("booked",),
    ]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        rows(settings, "DELETE FROM audit_events")
    scheduler = SqlScheduler.open(settings)
    assert scheduler.look_up(reference, patient.contact, "one") is not None
    assert scheduler.cancel(reference, patient.contact) is not None
    scheduler.close()
    assert rows(settings, "PRAGMA foreign_key_check") == []
    # The lines of before are chained, too.
    assert trail_of(settings).problem is None
    assert rows(settings, "SELECT actor FROM audit_events ORDER BY id") == [
        *[("unknown",)] * 3,
        ("patient",),
    ]


def test_lines_of_every_kind_are_chained_when_a_calendar_of_before_is_opened(
    settings: Settings, patient: PatientDetails
):
    fill(settings, patient)
    lines = "SELECT id, at, kind, appointment_id, start_utc FROM audit_events ORDER BY id"
    before = rows(settings, lines)
    move_tables(make_url(settings.database_url), "0003")
    assert rows(settings, lines) == before
    move_tables(make_url(settings.database_url), "head")
    assert rows(settings, lines) == before
    assert trail_of(settings).entries == len(before)
    assert trail_of(settings).problem is None


def test_the_tables_can_be_taken_away_and_made_anew(settings: Settings, patient: PatientDetails):
    fill(settings, patient)
    move_tables(make_url(settings.database_url), "base")
    left = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    # The keys stay: the audit log is sealed with them, too.
    assert sorted(rows(settings, left)) == [("data_keys",), ("scheduling_migrations",)]
    fill(settings, patient)
