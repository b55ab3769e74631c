"""A long conversation is shortened for Rasa, and nothing that Rasa decides by is lost."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    StoryExported,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.stores.recent_events import is_shortened, shortened

DOMAIN = Domain.from_yaml(
    """
    version: "3.1"
    intents: [pain]
    slots:
      site: {type: any, influence_conversation: false, mappings: [{type: custom}]}
      count: {type: any, influence_conversation: false, mappings: [{type: custom}]}
    forms:
      interview_form: {required_slots: []}
    """
)


def turn(number: int, *, form: str | None = None) -> list[Event]:
    return [
        UserUttered(f"message {number}", {"name": "pain"}),
        SlotSet("count", number),
        ActionExecuted(form or "utter_x", "RulePolicy", 1.0),
        BotUttered("And then?"),
        ActionExecuted("action_listen"),
    ]


def chat(turns: int, form: str | None = None) -> list[Event]:
    start = [SessionStarted(), ActionExecuted("action_listen"), SlotSet("site", ["neck"])]
    opened = [ActionExecuted(form), ActiveLoop(form)] if form else []
    # Rasa listens before each message
    said = [event for number in range(turns) for event in turn(number, form=form)]
    return [*start, *opened, ActionExecuted("action_listen"), *said]


def state(events: list[Event]) -> dict[str, Any]:
    tracker = DialogueStateTracker.from_events("one", events, DOMAIN.slots)
    known = tracker.current_state()
    return {
        "slots": known["slots"],
        "message": tracker.latest_message.text if tracker.latest_message else None,
        "action": tracker.latest_action_name,
        "loop": tracker.active_loop_name,
        "rejected": tracker.is_active_loop_rejected,
        "states": tracker.past_states(DOMAIN)[-5:],
    }


def test_a_short_conversation_stays_as_it_is() -> None:
    events = chat(12)
    assert shortened(events) is events
    assert not is_shortened(events)


def test_a_long_one_leads_to_the_same_state_with_fewer_events() -> None:
    events = chat(60)
    short = shortened(events)
    assert len(short) < 50
    assert is_shortened(short)
    assert state(short) == state(events)


def test_an_open_form_stays_open() -> None:
    events = chat(60, form="interview_form")
    short = shortened(events)
    assert len(short) < 50
    assert state(short) == state(events)
    assert state(short)["loop"] == "interview_form"


def test_it_does_not_grow_however_often_it_is_shortened() -> None:
    events = chat(20)
    whole = list(events)
    for number in range(20, 80):
        events = shortened([*events, *turn(number)])
        whole += turn(number)
        assert len(events) < 90
    assert state(events) == state(whole)


def test_a_slot_that_was_emptied_stays_empty() -> None:
    events = chat(30)
    events[10:10] = [AllSlotsReset()]
    assert state(shortened(events)) == state(events)
    assert state(shortened(events))["slots"]["site"] is None


def test_a_form_that_gave_an_answer_back_is_left_whole() -> None:
    events = chat(30, form="interview_form")
    cut = [event for event in events if isinstance(event, UserUttered)][-6]
    where = next(index for index, event in enumerate(events) if event is cut)
    events[where - 1 : where - 1] = [ActionExecutionRejected("interview_form")]
    assert shortened(events) is events


def test_an_event_of_an_unknown_kind_leaves_it_whole() -> None:
    events = [*chat(30), StoryExported()]
    assert shortened(events) is events
