"""Reading a message before any policy decides: what counts as an answer, and what never does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.reading import ActionValidateSlotMappings, MessageReading, message_text, was_read
from clinic.clinical import get_clinical_data
from clinic.history.reader import HistoryReader

TODAY = date(2027, 3, 3)


def entities(text: str) -> list[dict[str, Any]]:
    reader: HistoryReader = get_clinical_data().reader
    return [finding.as_entity(text) for finding in reader.read(text, TODAY).findings]


def tracker(
    text: str,
    intent: str | None = "inform",
    confidence: float = 0.9,
    form: str | None = None,
    later: list[dict[str, Any]] | None = None,
    **slots: Any,
) -> Tracker:
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "entities": entities(text),
    }
    events = [{"event": "user", "text": text}, *(later or [])]
    return Tracker(
        "someone", slots, message, events, False, None, {"name": form} if form else {}, None
    )


async def slots_after(read: Tracker) -> dict[str, Any]:
    events = await ActionValidateSlotMappings().run(CollectingDispatcher(), read, {})
    return {event["name"]: event["value"] for event in events}


async def test_a_message_is_read_once_a_turn() -> None:
    fresh = tracker("my neck hurts", "report_pain")
    assert not was_read(fresh)
    planned = [{"event": "slot", "name": "agenda", "value": ["interview_form"]}]
    again = tracker("my neck hurts", "report_pain", later=planned)
    assert was_read(again)
    assert await slots_after(again) == {}


async def test_an_event_without_a_message_changes_nothing() -> None:
    assert await slots_after(tracker("", None)) == {}


def test_the_text_is_the_message_as_it_arrived() -> None:
    assert message_text(tracker("/stop")) == "/stop"


async def test_the_first_message_gets_the_notice_and_the_second_does_not() -> None:
    said = CollectingDispatcher()
    await ActionValidateSlotMappings().run(said, tracker("hello", "greet"), {})
    assert [message["response"] for message in said.messages] == ["utter_notice"]
    said = CollectingDispatcher()
    await ActionValidateSlotMappings().run(said, tracker("hello", "greet", notice_given=True), {})
    assert said.messages == []


async def test_an_emergency_is_not_delayed_by_the_notice() -> None:
    said = CollectingDispatcher()
    first = tracker("I can't move my legs", "report_pain")
    await ActionValidateSlotMappings().run(said, first, {})
    assert said.messages == []
    slots = await slots_after(first)
    assert slots["disposition"].startswith("emergency")
    assert slots["agenda"] == ["action_give_emergency_advice"]


@pytest.mark.parametrize("text", ["", "   ", "🙂", "/affirm", "/deny"])
@pytest.mark.parametrize("intent", ["affirm", "deny", "unsure"])
async def test_nothing_and_commands_answer_no_question(text: str, intent: str) -> None:
    for form, question in (
        ("interview_form", "emergency_screen"),
        ("booking_form", "booking_confirmed"),
        ("appointment_form", "manage_confirmed"),
    ):
        slots = await slots_after(tracker(text, intent, form=form, requested_slot=question))
        assert slots["turn_answered"] is False
        assert "emergency_screen" not in slots
        assert slots["agenda"][-1] == form


async def test_an_uncertain_sign_is_settled_by_yes_no_and_not_sure() -> None:
    pending = [{"attribute": "neuro_leg", "value": "weak"}]
    yes = await slots_after(tracker("yes", "affirm", unconfirmed=pending))
    assert yes["neuro_leg"] == ["weak"]
    assert yes["disposition"] == "emergency"
    no = await slots_after(tracker("no", "deny", unconfirmed=pending))
    assert no["neuro_leg"] == []
    assert "disposition" not in no
    for text, intent in (("not sure", "unsure"), ("what is an MRI?", "ask_topic")):
        open_still = await slots_after(tracker(text, intent, unconfirmed=pending))
        assert open_still["emergency_unsure"] is True
        assert "neuro_leg" not in open_still


async def test_a_level_is_never_lowered_by_a_later_message() -> None:
    known = {"disposition": "emergency_ambulance"}
    slots = known | await slots_after(tracker("my legs are weak", "report_pain", **known))
    assert slots["disposition"] == "emergency_ambulance"


async def test_a_correction_that_begins_with_no_denies_no_checklist() -> None:
    slots = await slots_after(
        tracker(
            "no wait, it was two months",
            "correct_answer",
            form="interview_form",
            requested_slot="emergency_screen",
            duration_days=14.0,
        )
    )
    assert "emergency_screen" not in slots
    assert slots["duration_days"] == pytest.approx(61, abs=1)


async def test_a_weak_guess_of_no_is_not_taken_for_a_no() -> None:
    asked = {"form": "interview_form", "requested_slot": "emergency_screen"}
    unsure = await slots_after(tracker("hmm well", "deny", 0.35, **asked))
    assert "emergency_screen" not in unsure
    sure = await slots_after(tracker("nothing like that", "deny", 0.9, **asked))
    assert sure["emergency_screen"] == "clear"


async def test_a_time_said_while_booking_is_no_duration_of_a_pain() -> None:
    slots = await slots_after(
        tracker("in two weeks", form="booking_form", requested_slot="appointment_slot")
    )
    assert "duration_days" not in slots


async def test_misunderstandings_count_only_in_a_row() -> None:
    assert (await slots_after(tracker("hello", "greet", misunderstandings=2)))[
        "misunderstandings"
    ] is None
    assert "misunderstandings" not in await slots_after(tracker("zxq", "nlu_fallback"))


async def test_pain_elsewhere_is_no_report_of_a_spine_symptom() -> None:
    slots = await slots_after(tracker("my knee hurts", "report_other_body_part"))
    assert slots["agenda"] == []


def test_the_history_after_a_message_is_weighed_with_what_was_known() -> None:
    known = tracker("I have a fever", "report_pain", site=["neck"], meningism=["light_hurts"])
    assert MessageReading(known).is_emergency_new
