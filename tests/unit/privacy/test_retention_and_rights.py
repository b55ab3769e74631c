"""What is kept ends when it should, can be copied, and is really gone when it is deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from support.stores import dump

from clinic import clock
from clinic.privacy import audit, keys, retention, rights
from clinic.privacy.keys import Stores
from clinic.scheduling.port import Contact, PatientDetails, SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings

PATIENT = PatientDetails("Jane Doe", Contact(phone="+12125550199", email="jane@example.com"), None)
NEW = SlotQuery(visit_type="new")


def user(text: str) -> dict[str, object]:
    return {"event": "user", "text": text, "timestamp": 1.0}


def slot(name: str, value: object) -> dict[str, object]:
    return {"event": "slot", "name": name, "value": value, "timestamp": 1.0}


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    with keys.open_stores(settings) as opened:
        yield opened


@pytest.fixture
def scheduler(settings: Settings) -> Iterator[SqlScheduler]:
    opened = SqlScheduler(settings)
    yield opened
    opened.close()


def fill(stores: Stores, scheduler: SqlScheduler) -> str:
    """Let one visitor talk, book, hold and ask for a call; return the reference."""
    stores.conversations.append(
        "one",
        [
            [
                user("my neck hurts, I'm Jane"),
                slot("site", ["neck"]),
                slot("patient_name", "Jane Doe"),
                {"event": "bot", "text": "Since when?", "timestamp": 2.0},
            ]
        ],
    )
    slots = scheduler.find_slots(NEW, 9)
    visit = scheduler.confirm(scheduler.hold(slots[0], "one").id, PATIENT, "new", "key", "by taxi")
    scheduler.ask_call_back(PATIENT, "new", "any Tuesday", "call", "one")
    scheduler.hold(slots[8], "one")
    return visit.reference


def later(monkeypatch: pytest.MonkeyPatch, now: datetime, days: int) -> None:
    monkeypatch.setenv("ATLAS_NOW", (now + timedelta(days=days)).isoformat())


def counts(report: retention.PurgeReport) -> dict[str, tuple[int, int]]:
    return {one.name: (one.cleared, one.remaining) for one in report.classes}


def test_nothing_is_purged_before_its_time(
    stores: Stores, scheduler: SqlScheduler, settings: Settings
):
    fill(stores, scheduler)
    report = retention.purge(stores, settings.clinic.privacy, clock.now())
    assert counts(report) == {
        "conversations": (0, 1),
        "appointments": (0, 1),
        "call_backs": (0, 1),
        "notices": (0, 1),  # the one for the front desk about the call
        "holds": (0, 1),
        "look_up_tries": (0, 0),
        "staff_sessions": (0, 0),
        "staff_tries": (0, 0),
    }
    assert all(one.oldest for one in report.classes[:2])


def test_each_class_ends_when_clinic_yml_says(
    stores: Stores,
    scheduler: SqlScheduler,
    settings: Settings,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    reference = fill(stores, scheduler)
    later(monkeypatch, now, 31)
    stores.conversations.append("two", [[user("hello")]])
    report = retention.purge(stores, settings.clinic.privacy, clock.now())
    told = counts(report)
    assert told["conversations"] == (1, 1)
    assert told["call_backs"] == (1, 0)
    assert told["holds"] == (1, 0)
    assert told["appointments"] == (0, 1)
    assert stores.conversations.ids() == ["two"]
    assert scheduler.look_up(reference, PATIENT.contact, "x") is not None
    assert (
        f"conversations: 1 cleared, 1 left, the oldest of {now + timedelta(days=31):%Y-%m-%d}"
        in (report.lines()[0])
    )

    later(monkeypatch, now, 3650 + 40)
    told = counts(retention.purge(stores, settings.clinic.privacy, clock.now()))
    assert told["appointments"] == (1, 0)
    assert scheduler.look_up(reference, PATIENT.contact, "y") is None
    assert stores.calendar is not None
    # The visit itself stays for the clinic's figures, about nobody.
    with stores.calendar.transaction(writes=False) as session:
        from clinic.scheduling import models

        (patient,) = session.query(models.Patient).all()
        assert (patient.name, patient.phone, patient.email) == ("", None, None)
        assert [visit.note for visit in session.query(models.Appointment).all()] == [None]


def test_a_purge_tells_the_audit_log_and_a_second_one_finds_nothing(
    stores: Stores,
    scheduler: SqlScheduler,
    settings: Settings,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    fill(stores, scheduler)
    later(monkeypatch, now, 31)
    first = retention.purge(stores, settings.clinic.privacy, clock.now())
    second = retention.purge(stores, settings.clinic.privacy, clock.now())
    assert all(one.cleared == 0 for one in second.classes)
    with stores.conversations.reading() as (connection, vault):
        assert audit.verify(connection, vault, first.audit_head).problem is None
        rows = connection.execute(audit.log.select()).all()
    assert [row.kind for row in rows] == ["purge", "purge"]
    assert json.loads(rows[0].detail)["conversations"]["cleared"] == 1


def test_a_copy_holds_everything_of_this_conversation_and_nothing_of_another(
    stores: Stores, scheduler: SqlScheduler, settings: Settings
):
    fill(stores, scheduler)
    stores.conversations.append("two", [[user("somebody else's back")]])
    copy = rights.copy_of(stores, "one", settings.clinic)
    assert [message["text"] for message in copy.content["messages"]] == [
        "my neck hurts, I'm Jane",
        "Since when?",
    ]
    assert copy.content["noted"] == {"site": ["neck"]}
    assert copy.content["personal"] == {"name": "Jane Doe"}
    assert [call["wish"] for call in copy.content["call_backs"]] == ["any Tuesday"]
    json.dumps(copy.content)
    for words in ("my neck hurts", "Jane Doe", "- neck", "any Tuesday", "deleted after"):
        assert words in copy.text
    assert "somebody" not in copy.text
    with stores.conversations.reading() as (connection, _):
        (row,) = connection.execute(audit.log.select()).all()
    assert (row.kind, row.actor) == ("export", "patient")


def test_what_is_known_is_told_in_a_nutshell(
    stores: Stores, scheduler: SqlScheduler, settings: Settings, now: datetime
):
    fill(stores, scheduler)
    known = rights.known_of(stores, "one", settings.clinic)
    assert (known.messages, known.noted, known.personal) == (1, ["neck"], {"name": "Jane Doe"})
    assert known.until == now + timedelta(days=30)
    assert rights.known_of(stores, "nobody", settings.clinic).messages == 0


def test_deleting_erases_holds_and_calls_and_leaves_the_appointment(
    stores: Stores, scheduler: SqlScheduler, settings: Settings
):
    reference = fill(stores, scheduler)
    assert rights.forget_in_calendar(stores, "one") == {"holds": 1, "call_backs": 1}
    assert stores.conversations.delete("one") == 1
    assert rights.copy_of(stores, "one", settings.clinic).content["messages"] == []
    assert scheduler.look_up(reference, PATIENT.contact, "x") is not None
    assert rights.forget_in_calendar(stores, "one") == {"holds": 0, "call_backs": 0}
    # A patient without any appointment is gone altogether.
    other = PatientDetails("Sam Roe", Contact(email="sam@example.com"), None)
    scheduler.ask_call_back(other, "new", "any time", "again", "two")
    assert rights.forget_in_calendar(stores, "two") == {"holds": 0, "call_backs": 1}
    with stores.calendar.transaction(writes=False) as session:
        from clinic.scheduling import models

        assert {row.name for row in session.query(models.Patient)} == {"", "Jane Doe"}


def test_no_dump_of_both_stores_shows_a_word_of_the_patient(
    stores: Stores, scheduler: SqlScheduler, settings: Settings
):
    fill(stores, scheduler)
    scheduler.look_up("ATL-222222", Contact(phone="+12125550100"), "+15550001111")
    everything = dump(settings.database_url, settings.var).lower()
    for word in (
        b"neck",
        b"jane",
        b"2125550199",
        b"taxi",
        b"tuesday",
        b"2125550100",
        b"5550001111",
    ):
        assert word not in everything
