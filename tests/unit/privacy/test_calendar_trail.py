"""Nothing is done with the calendar untold, and what was told cannot be changed unnoticed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from support.stores import trail_of

from bot.cli import main
from clinic import clock
from clinic.privacy import audit, audit_check, keys, retention
from clinic.scheduling import trail
from clinic.scheduling.database import Database, make_engine
from clinic.scheduling.desk import Desk
from clinic.scheduling.port import Contact, PatientDetails, SchedulerUnavailable, SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings

JANE = PatientDetails("Jane Doe", Contact(phone="+12125550199"), None)
COLUMNS = (
    "at, kind, actor, appointment_id, call_back_id, time_change_id, hold_id, practitioner_id, "
    "start_utc, end_utc, chain"
)


@pytest.fixture
def reference(settings: Settings) -> str:
    """A visit that was booked and moved, and has arrived: five lines."""
    scheduler, desk = SqlScheduler.open(settings), Desk(settings)
    first, *_, other = scheduler.find_slots(SlotQuery(visit_type="new"), 9)
    booked = scheduler.confirm(scheduler.hold(first, "jane").id, JANE, "new", "key")
    scheduler.move(booked.reference, JANE.contact, scheduler.hold(other, "jane").id)
    desk.set_status(booked.reference, "arrived")
    scheduler.close()
    desk.close()
    return booked.reference


def tamper(settings: Settings, *statements: str) -> None:
    """Do as somebody who owns the database: take the triggers away, and change what is there."""
    engine = make_engine(Database(settings)._url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS audit_events_no_{verb}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_events DISABLE TRIGGER ALL")
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def purge(settings: Settings) -> None:
    with keys.open_stores(settings) as stores:
        retention.purge(stores, settings.clinic.privacy, clock.now())


def shown(settings: Settings) -> str:
    with keys.open_stores(settings) as stores:
        return "\n".join(audit_check.newest(stores, 50))


def test_every_change_is_told_with_who_did_it_and_without_who_it_is_about(
    settings: Settings, reference: str
):
    assert trail_of(settings).entries == 5
    told = shown(settings)
    assert [word in told for word in ("held", "booked", "moved", "arrived")] == [True] * 4
    assert told.count("change  by patient") == 4
    assert told.count("change  by operator") == 1
    assert not [word for word in ("Jane", "2125550199", reference) if word in told]


def test_taking_a_patient_out_after_the_time_of_keeping_is_told(
    settings: Settings, reference: str, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    purge(settings)
    monkeypatch.setenv("ATLAS_NOW", (now + timedelta(days=4000)).isoformat())
    purge(settings)
    assert "change  by atlas  erased: visit 1" in shown(settings)
    assert trail_of(settings).problem is None


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE audit_events SET actor = 'nobody' WHERE id = 5"],
        ["UPDATE audit_events SET start_utc = end_utc WHERE id = 1"],
        ["DELETE FROM audit_events WHERE id = 1"],
        ["DELETE FROM audit_events WHERE id = 3"],
        [
            f"INSERT INTO audit_events (id, {COLUMNS}) SELECT 6, {COLUMNS} FROM audit_events "
            "WHERE id = 3"
        ],
        [
            "UPDATE audit_events SET id = 99 WHERE id = 2",
            "UPDATE audit_events SET id = 2 WHERE id = 3",
            "UPDATE audit_events SET id = 3 WHERE id = 99",
        ],
    ],
    ids=["changed", "changed time", "first removed", "removed", "inserted", "reordered"],
)
def test_a_line_that_was_tampered_with_is_found(
    settings: Settings, reference: str, statements: list[str]
):
    tamper(settings, *statements)
    found = trail_of(settings).problem
    assert found is not None
    assert "was changed" in found


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE appointments SET status = 'cancelled'", "visit 1 is not as"),
        ("UPDATE appointments SET start_utc = '2026-06-10 14:00:00+00:00'", "visit 1 is not as"),
        ("DELETE FROM audit_events WHERE id > 4", "visit 1 is not as"),
        ("DELETE FROM audit_events", "no line tells of it"),
    ],
)
def test_a_visit_that_is_not_as_the_trail_says_is_found(
    settings: Settings, reference: str, statement: str, problem: str
):
    tamper(settings, statement)
    found = trail_of(settings).problem
    assert found is not None
    assert problem in found


def test_cutting_off_the_end_shows_against_what_a_purge_noted(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    scheduler = SqlScheduler.open(settings)
    hold = scheduler.hold(scheduler.find_slots(SlotQuery(visit_type="new"), 1)[0], "jane")
    scheduler.release(hold.id)
    scheduler.close()
    purge(settings)
    monkeypatch.setattr("clinic.settings.environment._cached", settings)
    assert main(["audit", "verify"]) == 0
    assert "calendar: 2 entries, none changed" in capsys.readouterr().out
    tamper(settings, "DELETE FROM audit_events WHERE id = 2")
    assert trail_of(settings).problem is None  # the calendar itself cannot tell
    assert main(["audit", "verify"]) == 1
    assert "cut off" in capsys.readouterr().err


def test_a_change_whose_line_cannot_be_written_is_not_made(
    settings: Settings, reference: str, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise DBAPIError("the disk is full", None, Exception())

    scheduler = SqlScheduler.open(settings)
    with monkeypatch.context() as patched, pytest.raises(SchedulerUnavailable):
        patched.setattr(trail, "_link", fail)
        scheduler.hold(scheduler.find_slots(SlotQuery(visit_type="new"), 1)[0], "sam")
    scheduler.close()
    assert trail_of(settings).entries == 5
    with keys.open_stores(settings) as stores, stores.conversations.reading() as (reader, vault):
        assert audit.verify(reader, vault).problem is None
