"""The clinic's side: opening and blocking time, what became of visits, call-backs, the commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text

from bot.cli import main
from clinic.scheduling.desk import Desk, DeskError
from clinic.scheduling.port import (
    AlreadyBooked,
    Contact,
    PatientDetails,
    Slot,
    SlotQuery,
    SlotTaken,
    TooManyTries,
)
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings, reset_settings

NEW = SlotQuery(visit_type="new")
ZONE = ZoneInfo("America/New_York")


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    opened = Desk(settings)
    yield opened
    opened.close()


def book(scheduler: SqlScheduler, slot: Slot, patient: PatientDetails, key: str = "key") -> str:
    hold = scheduler.hold(slot, key)
    return scheduler.confirm(hold.id, patient, slot.visit_type, key).reference


def stored(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(sql))]
    engine.dispose()
    return found


# Time that is opened and blocked


def test_blocked_time_is_not_offered_and_cannot_be_held(scheduler: SqlScheduler, desk: Desk):
    slot = scheduler.find_slots(NEW, 1)[0]
    number, standing = desk.change_time("blocked", slot.start, slot.end)
    assert standing == []
    assert slot.start not in {one.start for one in scheduler.find_slots(NEW, 20)}
    with pytest.raises(SlotTaken):
        scheduler.hold(slot, "one")
    desk.withdraw(number)
    assert scheduler.hold(slot, "one").slot == slot
    assert desk.changes() == []


def test_a_block_of_one_practitioner_leaves_the_others_free(scheduler: SqlScheduler, desk: Desk):
    slot = scheduler.find_slots(NEW, 1)[0]
    desk.change_time("blocked", slot.start, slot.end, slot.practitioner_id)
    again = scheduler.find_slots(NEW, 1)[0]
    assert again.start == slot.start
    assert again.practitioner_id != slot.practitioner_id


def test_a_hold_is_not_confirmed_in_time_that_was_blocked_meanwhile(
    scheduler: SqlScheduler, desk: Desk, patient: PatientDetails
):
    hold = scheduler.hold(scheduler.find_slots(NEW, 1)[0], "one")
    desk.change_time("blocked", hold.slot.start, hold.slot.end)
    with pytest.raises(SlotTaken):
        scheduler.confirm(hold.id, patient, "new", "key")


def test_visits_in_blocked_time_stay_and_are_listed(
    scheduler: SqlScheduler, desk: Desk, patient: PatientDetails
):
    slot = scheduler.find_slots(NEW, 1)[0]
    reference = book(scheduler, slot, patient)
    _, standing = desk.change_time("blocked", slot.start, slot.end)
    assert [one.appointment.reference for one in standing] == [reference]
    assert standing[0].contact.phone == "+12125550199"
    visit = scheduler.look_up(reference, patient.contact, "me")
    assert visit is not None
    assert visit.status == "booked"


def test_opened_time_is_offered_also_on_a_closed_day(scheduler: SqlScheduler, desk: Desk):
    sunday = datetime(2026, 6, 14, 10, 0, tzinfo=ZONE)
    on_sunday = replace(NEW, earliest=sunday, latest=sunday + timedelta(hours=8))
    assert scheduler.find_slots(on_sunday, 9) == []
    desk.change_time("opened", sunday, sunday + timedelta(hours=1), "example_rivers")
    found = scheduler.find_slots(on_sunday, 9)
    assert [slot.start.astimezone(ZONE).strftime("%H:%M") for slot in found] == ["10:00", "10:20"]
    assert scheduler.hold(found[0], "one").slot == found[0]


@pytest.mark.parametrize(
    ("hours", "who", "problem"),
    [((2, 1), None, "after the start"), ((-3, -2), None, "past"), ((1, 2), "nobody", "nobody has")],
)
def test_a_change_of_time_that_cannot_be_is_refused(
    desk: Desk, now: datetime, hours: tuple[int, int], who: str | None, problem: str
):
    start, end = (now + timedelta(hours=hour) for hour in hours)
    with pytest.raises(DeskError, match=problem):
        desk.change_time("blocked", start, end, who)


def test_every_change_of_time_is_in_the_audit_trail(desk: Desk, settings: Settings, now: datetime):
    number, _ = desk.change_time("opened", now, now + timedelta(hours=1))
    desk.withdraw(number)
    with pytest.raises(DeskError, match="no change of time"):
        desk.withdraw(number)
    kinds = stored(settings, "SELECT kind, time_change_id FROM audit_events ORDER BY id")
    assert kinds == [("opened", number), ("withdrawn", number)]


# What becomes of visits


def test_a_visit_goes_through_the_states_of_fhir(
    scheduler: SqlScheduler, desk: Desk, settings: Settings, patient: PatientDetails
):
    reference = book(scheduler, scheduler.find_slots(NEW, 1)[0], patient)
    for status in ("arrived", "checked-in", "fulfilled"):
        assert desk.set_status(reference, status).status == status
        assert desk.set_status(reference, status).status == status
    with pytest.raises(DeskError, match="is fulfilled, not changed"):
        desk.set_status(reference, "noshow")
    assert scheduler.cancel(reference, patient.contact) is None
    assert stored(settings, "SELECT count(*) FROM booked_ticks") == [(8,)]
    assert desk.set_status(reference, "entered-in-error").status == "entered-in-error"
    assert stored(settings, "SELECT count(*) FROM booked_ticks") == [(0,)]
    with pytest.raises(DeskError, match="no appointment"):
        desk.set_status("ATL-222222", "arrived")
    with pytest.raises(DeskError, match="is not one of"):
        desk.set_status(reference, "gone")


def test_the_list_of_visits_has_names_and_contacts_in_order(
    scheduler: SqlScheduler, desk: Desk, patient: PatientDetails, now: datetime
):
    early, late = scheduler.find_slots(NEW, 9)[::8]
    silent = PatientDetails("Sam Silent", Contact(email="sam@example.com"), None)
    book(scheduler, late, patient, "late")
    book(scheduler, early, silent, "early")
    listed = desk.appointments(now, now + timedelta(days=9))
    assert [(one.appointment.patient_name, one.reminders) for one in listed] == [
        ("Sam Silent", False),
        ("Jane O'Brien", True),
    ]


# Buffers


def test_the_time_around_a_visit_is_kept_free(settings: Settings, patient: PatientDetails):
    kinds = tuple(
        kind.copy(update={"buffer_before": 10, "buffer_after": 20}) if kind.id == "new" else kind
        for kind in settings.clinic.visit_types
    )
    clinic = settings.clinic.copy(update={"visit_types": kinds})
    scheduler = SqlScheduler.open(replace(settings, clinic=clinic))
    stone = replace(NEW, practitioner_id="example_stone")
    tomorrow = datetime(2026, 6, 11, 13, 0, tzinfo=UTC)
    slot = next(one for one in scheduler.find_slots(stone, 60) if one.start > tomorrow)
    reference = book(scheduler, slot, patient)
    short = SlotQuery(visit_type="follow_up", practitioner_id="example_stone")
    near = [
        (one.start - slot.start) // timedelta(minutes=1)
        for one in scheduler.find_slots(short, 200)
        if abs(one.start - slot.start) <= timedelta(minutes=80)
    ]
    assert near
    assert all(not -30 < minutes < 60 for minutes in near)
    assert stored(settings, "SELECT count(*) FROM booked_ticks") == [(14,)]
    scheduler.cancel(reference, patient.contact)
    assert stored(settings, "SELECT count(*) FROM booked_ticks") == [(0,)]
    scheduler.close()


# Duplicates, notices, call-backs, limits


def test_the_same_person_cannot_be_at_two_visits_at_once(
    scheduler: SqlScheduler, patient: PatientDetails
):
    slot = scheduler.find_slots(NEW, 1)[0]
    book(scheduler, slot, patient)
    other = scheduler.find_slots(NEW, 1)[0]
    assert other.start == slot.start
    with pytest.raises(AlreadyBooked):
        book(scheduler, other, patient, "second")
    with pytest.raises(AlreadyBooked):
        book(scheduler, other, replace(patient, name="JANE O'BRIEN"), "second")
    shouted = replace(patient.contact, phone=None, email="JANE@example.com")
    with pytest.raises(AlreadyBooked):
        book(scheduler, other, replace(patient, contact=shouted), "second")
    book(scheduler, other, replace(patient, name="Jim O'Brien"), "second")


def test_a_name_with_accents_is_the_same_person_in_capitals(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    slot = scheduler.find_slots(NEW, 1)[0]
    book(scheduler, slot, replace(patient, name="Zoë Émile"))
    with pytest.raises(AlreadyBooked):
        book(scheduler, scheduler.find_slots(NEW, 1)[0], replace(patient, name="ZOË ÉMILE"), "b")
    book(scheduler, scheduler.find_slots(NEW, 9)[-1], replace(patient, name="ZOË ÉMILE"), "c")
    assert stored(settings, "SELECT count(*) FROM patients") == [(1,)]


def test_a_visit_is_not_moved_onto_another_one_of_the_same_person(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    slots = scheduler.find_slots(NEW, 9)
    book(scheduler, slots[0], patient)
    other = book(scheduler, slots[-1], patient, "second")
    beside = scheduler.find_slots(NEW, 1)[0]
    assert beside.start == slots[0].start
    with pytest.raises(AlreadyBooked):
        scheduler.move(other, patient.contact, scheduler.hold(beside, "second").id)
    still = scheduler.look_up(other, patient.contact, "second")
    assert still is not None
    assert (still.start, still.status) == (slots[-1].start, "booked")
    kinds = stored(settings, "SELECT kind FROM audit_events WHERE appointment_id = 2 ORDER BY id")
    assert kinds == [("booked",)]


def test_a_visit_can_be_moved_to_where_it_overlaps_with_itself(
    scheduler: SqlScheduler, patient: PatientDetails
):
    first, *_, last = scheduler.find_slots(SlotQuery(visit_type="new"), 40)[20:23]
    reference = book(scheduler, first, patient)
    moved = scheduler.move(reference, patient.contact, scheduler.hold(last, "one").id)
    assert moved is not None
    assert moved.start == last.start


def test_repeating_a_step_puts_nothing_more_into_the_outbox_and_no_words_are_in_it(
    scheduler: SqlScheduler, desk: Desk, settings: Settings, patient: PatientDetails
):
    first, last = scheduler.find_slots(NEW, 60)[30::29]
    hold = scheduler.hold(first, "one")
    for _ in range(2):
        booked = scheduler.confirm(hold.id, patient, "new", "key", "by taxi")
    hold = scheduler.hold(last, "one")
    for _ in range(2):
        scheduler.move(booked.reference, patient.contact, hold.id)
    for _ in range(2):
        scheduler.cancel(booked.reference, patient.contact)
        desk.set_status(booked.reference, "cancelled")
    assert stored(
        settings, "SELECT kind, revision, dropped_at IS NULL FROM outbox ORDER BY id"
    ) == [
        ("booked", 0, 0),
        ("reminder", 0, 0),
        ("moved", 1, 0),
        ("reminder", 1, 0),
        ("cancelled", 2, 1),
    ]
    texts = stored(
        settings, "SELECT name FROM pragma_table_info('outbox') WHERE type LIKE '%CHAR%'"
    )
    assert texts == [("kind",)]


def test_what_should_be_told_waits_in_the_outbox_and_what_became_untrue_is_dropped(
    scheduler: SqlScheduler, settings: Settings, patient: PatientDetails
):
    first, last = scheduler.find_slots(NEW, 60)[30::29]
    reference = book(scheduler, first, patient)
    waiting = "SELECT kind, revision FROM outbox WHERE dropped_at IS NULL ORDER BY id"
    assert stored(settings, waiting) == [("booked", 0), ("reminder", 0)]
    scheduler.move(reference, patient.contact, scheduler.hold(last, "one").id)
    assert stored(settings, waiting) == [("moved", 1), ("reminder", 1)]
    scheduler.cancel(reference, patient.contact)
    assert stored(settings, waiting) == [("cancelled", 2)]


def test_who_wants_no_reminders_is_told_only_of_what_the_clinic_changed(
    scheduler: SqlScheduler, desk: Desk, settings: Settings, patient: PatientDetails
):
    silent = replace(patient, contact_consent_at=None)
    reference = book(scheduler, scheduler.find_slots(NEW, 1)[0], silent)
    assert stored(settings, "SELECT kind FROM outbox") == []
    desk.set_status(reference, "cancelled")
    assert stored(settings, "SELECT kind FROM outbox") == [("cancelled",)]


def test_a_call_back_is_kept_once_listed_and_closed(
    scheduler: SqlScheduler, desk: Desk, settings: Settings, patient: PatientDetails
):
    for _ in range(2):
        scheduler.ask_call_back(patient, "new", "Sunday, June 14", "key")
    (request,) = desk.call_backs()
    assert (request.name, request.wish) == ("Jane O'Brien", "Sunday, June 14")
    assert stored(settings, "SELECT count(*) FROM appointments") == [(0,)]
    assert desk.close_call_back(request.id).closed_at is not None
    desk.close_call_back(request.id)
    assert desk.call_backs() == []
    assert len(desk.call_backs(closed=True)) == 1
    kinds = stored(settings, "SELECT kind FROM audit_events ORDER BY id")
    assert kinds == [("call_back_requested",), ("call_back_closed",)]
    with pytest.raises(DeskError, match="no call-back request"):
        desk.close_call_back(99)


def test_an_asker_who_guesses_is_stopped_for_a_day_and_the_owner_is_not(
    scheduler: SqlScheduler,
    patient: PatientDetails,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
):
    reference = book(scheduler, scheduler.find_slots(NEW, 30)[-1], patient)
    for number in range(5):
        guessed = Contact(email=f"{number}@example.com")
        assert scheduler.look_up(reference, guessed, "a stranger") is None
    with pytest.raises(TooManyTries):
        scheduler.look_up(reference, patient.contact, "a stranger")
    assert scheduler.look_up(reference, patient.contact, "its owner") is not None
    monkeypatch.setenv("ATLAS_NOW", (now + timedelta(hours=23)).isoformat())
    with pytest.raises(TooManyTries):
        scheduler.look_up(reference, patient.contact, "a stranger")
    monkeypatch.setenv("ATLAS_NOW", (now + timedelta(hours=25)).isoformat())
    assert scheduler.look_up(reference, patient.contact, "a stranger") is not None


@pytest.mark.parametrize("what", ["reference", "contact"])
def test_guessing_from_many_conversations_closes_a_reference_or_contact_for_an_hour(
    scheduler: SqlScheduler,
    patient: PatientDetails,
    what: str,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    reference = book(scheduler, scheduler.find_slots(NEW, 30)[-1], patient)
    for number in range(30):
        asked = reference if what == "reference" else f"ATL-{222222 + number}"
        email = patient.contact.email if what == "contact" else f"{number}@example.com"
        assert scheduler.look_up(asked, Contact(email=email), f"stranger {number // 5}") is None
    owner = patient.contact if what == "reference" else Contact(email=patient.contact.email)
    with pytest.raises(TooManyTries):
        scheduler.look_up(reference, owner, "its owner")
    assert f"one {what}" in caplog.text
    assert reference not in caplog.text
    assert "example.com" not in caplog.text
    monkeypatch.setenv("ATLAS_NOW", (now + timedelta(minutes=61)).isoformat())
    assert scheduler.look_up(reference, owner, "its owner") is not None


@pytest.fixture
def commands(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ATLAS_DATABASE_URL", settings.database_url)
    reset_settings()
    yield
    reset_settings()


@pytest.mark.usefixtures("commands")
def test_the_commands_show_and_change_the_calendar(
    scheduler: SqlScheduler, patient: PatientDetails, capsys: pytest.CaptureFixture[str]
):
    reference = book(scheduler, scheduler.find_slots(NEW, 1)[0], patient)
    scheduler.ask_call_back(patient, "new", "any time", "key")
    for arguments, said in (
        ("appointments", [reference, "Jane O'Brien", "(212) 555-0199", "1 appointments"]),
        ("block|2026-06-10 13:00|2026-06-10 15:00", ["Number 1: blocked", reference]),
        ("changes", ["blocked", "Wed 2026-06-10 13:00 to 15:00", "everybody"]),
        ("changes|--withdraw|1", ["Withdrawn"]),
        ("open|2026-06-14 10:00|2026-06-14 12:00|--with|example_rivers", ["opened"]),
        ("times|--from|2026-06-14|--days|1", ["Sun Jun 14, 10:00 AM with Dr. Demo Rivers"]),
        ("call-backs", ["Jane O'Brien", "any time", "1 call-back"]),
        ("call-backs|--close|1", ["closed"]),
        ("call-backs|--all", ["(called)"]),
        (f"status|{reference}|noshow", ["is noshow"]),
        ("fill-demo|--visits|5", ["Booked 5 invented visits"]),
    ):
        assert main(arguments.split("|")) == 0, arguments
        printed = capsys.readouterr().out
        for part in said:
            assert part in printed, arguments


@pytest.mark.usefixtures("commands")
@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("times|--visit|massage", "there is no kind of visit 'massage'; there are new"),
        ("appointments|--with|nobody", "nobody has the id 'nobody'"),
        ("status|ATL-222222|arrived", "there is no appointment ATL-222222"),
        ("block|2026-06-10 15:00|2026-06-10 13:00", "the end must come after the start"),
        ("open|2027-03-14 02:30|2027-03-14 05:00", "does not exist: the clock is put forward"),
        ("changes|--withdraw|7", "there is no change of time with the number 7"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_in_one_sentence(
    arguments: str, problem: str, capsys: pytest.CaptureFixture[str]
):
    assert main(arguments.split("|")) == 1
    error = capsys.readouterr().err
    assert error.startswith("atlas: ")
    assert problem in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("open|tomorrow|2026-06-10 13:00", "is no moment"),
        ("times|--from|14 June", "is no day"),
        ("times|--days|0", "not between 1 and 1000"),
        ("status|ATL-222222|gone", "invalid choice"),
    ],
)
def test_a_command_that_is_written_wrong_says_how_to_write_it(
    arguments: str, problem: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit):
        main(arguments.split("|"))
    assert problem in capsys.readouterr().err


@pytest.mark.usefixtures("commands")
def test_the_commands_say_when_the_database_is_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("ATLAS_DATABASE_URL", f"sqlite:///{tmp_path / 'nowhere' / 'atlas.db'}")
    reset_settings()
    assert main(["appointments"]) == 1
    assert "the calendar's database cannot be used now" in capsys.readouterr().err


def test_a_real_clinic_is_not_filled_with_invented_visits(settings: Settings):
    real = Desk(replace(settings, clinic=settings.clinic.copy(update={"demo": False})))
    with pytest.raises(DeskError, match="demo: false"):
        real.fill_demo(3)
