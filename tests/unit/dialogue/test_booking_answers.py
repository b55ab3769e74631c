"""Whether a message answers the booking question that was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.dialogue.booking_answers import (
    answers_booking,
    appointment_task,
    books_another,
    chosen_slot,
    field_to_change,
    lacks_reference,
    note_in,
    says_as_before,
    wanted_reminders,
    wants_call_back,
)
from clinic.scheduling.port import Slot
from clinic.settings import load_settings

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2027, 3, 3, 15, tzinfo=UTC)


def offer(hour: int, title: str) -> dict[str, str]:
    start = datetime(2027, 3, 4, hour, tzinfo=UTC)
    slot = Slot(start, start + timedelta(minutes=40), "someone", "new")
    return {**slot.as_dict(), "title": title}


OFFERS = [offer(14, "Thu Mar 4, 9:00 AM with Dr. A"), offer(18, "Thu Mar 4, 1:00 PM with Dr. B")]


def answers(question: str, text: str, act: str = "inform") -> bool:
    clinic = load_settings().clinic
    return answers_booking(question, text, act=act, offers=OFFERS, now=NOW, clinic=clinic)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Thu Mar 4, 1:00 PM with Dr. B", 18),
        ("thu mar 4, 1:00 pm with dr. b", 18),
        ("the first one", 14),
        ("the last one", 18),
    ],
)
def test_a_time_is_chosen_by_its_button_or_by_its_place(text: str, hour: int) -> None:
    slot = chosen_slot(text, OFFERS, ZONE)
    assert slot is not None
    assert slot.start.hour == hour


def test_nothing_is_chosen_from_no_offers() -> None:
    assert chosen_slot("the first one", [], ZONE) is None


@pytest.mark.parametrize(
    ("question", "text", "act", "expected"),
    [
        ("appointment_slot", "Friday afternoon", "inform", True),
        ("appointment_slot", "purple", "inform", False),
        ("patient_name", "Jane Doe", "inform", True),
        ("patient_name", "who are you?", "bot_challenge", False),
        ("patient_name", "my neck hurts", "report_pain", False),
        ("patient_name", "change the time", "reschedule_appointment", True),
        ("patient_contact", "212 555 0199", "inform", True),
        ("patient_contact", "jane@example.com", "inform", True),
        ("patient_contact", "jane@", "inform", True),
        ("patient_contact", "no", "deny", False),
        ("booking_confirmed", "yes", "affirm", True),
        ("booking_confirmed", "change my name", "delete_my_data", True),
        ("booking_confirmed", "what is an MRI?", "ask_topic", False),
        ("manage_reference", "ATL-7K3M9Q", "inform", True),
        ("manage_confirmed", "no", "deny", True),
        ("no_such_question", "yes", "affirm", False),
    ],
)
def test_an_answer_is_told_from_something_else(
    question: str, text: str, act: str, expected: bool
) -> None:
    assert answers(question, text, act) is expected


@pytest.mark.parametrize(
    ("text", "act", "field"),
    [
        ("Change the time", "reschedule_appointment", "appointment_slot"),
        ("a different day please", "inform", "appointment_slot"),
        ("the name", "inform", "patient_name"),
        ("my name is wrong", "inform", "patient_name"),
        ("the phone number is wrong", "inform", "patient_contact"),
        ("yes but change the time", "affirm", "appointment_slot"),
        ("yes, that time is good", "affirm", None),
        ("go back", "go_back", "patient_contact"),
        ("book it", "affirm", None),
    ],
)
def test_a_wish_to_change_one_field_is_heard_at_the_summary(
    text: str, act: str, field: str | None
) -> None:
    assert field_to_change(text, act, "booking_confirmed") == field


@pytest.mark.parametrize("name", ["Maria Phone", "Jo Day", "Tim Number"])
def test_a_name_that_is_a_field_of_the_form_is_a_name(name: str) -> None:
    assert field_to_change(name, "inform", "patient_name") is None


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("cancel it", "cancel"),
        ("please cancel my appointment", "cancel"),
        ("I can't make it", "cancel"),
        ("cancel", "cancel"),
        ("can I move it to Monday instead", "move"),
        ("could we do it on Tuesday instead?", "move"),
        ("change the time", "move"),
        ("reschedule", "move"),
        ("when is it again?", "look_up"),
        ("what time is my appointment", "look_up"),
        ("thanks", None),
        ("delete my data", None),
        ("it hurts when I move my head", None),
        ("can the pain move to my arm", None),
        ("when is it open", "look_up"),
    ],
)
def test_what_should_happen_to_the_visit_just_booked_is_heard(text: str, task: str | None) -> None:
    assert appointment_task(text) == task


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("please call me back", True),
        ("can someone call me?", True),
        ("I'd like a callback", True),
        ("the clinic could ring me", True),
        ("call me Maria", False),
        ("call me at 212 555 0199", False),
        ("Friday at ten", False),
    ],
)
def test_the_wish_to_be_called_is_heard(text: str, wanted: bool) -> None:
    assert wants_call_back(text) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("no reminders please", False),
        ("don't send me any messages", False),
        ("please remind me", True),
        ("yes", None),
    ],
)
def test_reminders_are_wanted_or_not(text: str, wanted: bool | None) -> None:
    assert wanted_reminders(text) is wanted


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("add a note: I use a wheelchair", "I use a wheelchair"),
        ("Add a note", ""),
        ("please leave a note that I come by taxi", "I come by taxi"),
        ("note: parking please", "parking please"),
        ("yes, book it", None),
    ],
)
def test_a_note_is_found_or_announced(text: str, note: str | None) -> None:
    assert note_in(text) == note


@pytest.mark.parametrize(
    ("text", "asked", "lacks"),
    [
        ("I don't know the reference", False, True),
        ("cancel it, I lost my booking number", False, True),
        ("I lost it", True, True),
        ("I can't remember which email I gave", True, True),
        ("no idea", True, True),
        ("cancel my appointment, I can't make it", False, False),
        ("I can't make it", True, False),
        ("I don't know, maybe ATL-7K3M9Q", True, False),
        ("jane@example.com", True, False),
    ],
)
def test_who_cannot_say_the_reference_is_heard(text: str, asked: bool, lacks: bool) -> None:
    assert lacks_reference(text, "inform", asked=asked) is lacks


def test_the_same_as_before_is_heard_and_the_same_day_is_another_thing() -> None:
    for text in ("same as last time", "same doctor as last time", "like before", "my usual"):
        assert says_as_before(text), text
    for text in ("same day", "the last one", "before ten"):
        assert not says_as_before(text), text


def test_another_visit_is_no_move_of_the_first() -> None:
    for text in ("book another appointment", "I need a second visit", "book one more"):
        assert books_another(text), text
    for text in ("another time please", "move it to another day"):
        assert not books_another(text), text
