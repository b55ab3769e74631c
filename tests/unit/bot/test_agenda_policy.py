"""The agenda is carried out action by action, and then Atlas listens."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.slots import ListSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.agenda_policy import next_of_agenda


def tracker(*events: Event) -> DialogueStateTracker:
    slot = ListSlot("agenda", mappings=[{}])
    return DialogueStateTracker.from_events("someone", list(events), [slot])


@pytest.mark.parametrize("agenda", [None, []])
def test_without_an_agenda_the_policy_stands_aside(agenda: list[str] | None) -> None:
    assert next_of_agenda(tracker(UserUttered("hi"), SlotSet("agenda", agenda))) is None


def test_before_any_message_there_is_nothing_to_do() -> None:
    assert next_of_agenda(tracker(SlotSet("agenda", ["utter_help"]))) is None


def test_actions_follow_each_other_and_then_it_listens() -> None:
    planned = [UserUttered("hi"), SlotSet("agenda", ["action_explain_topic", "utter_help"])]
    assert next_of_agenda(tracker(*planned)) == "action_explain_topic"
    first = ActionExecuted("action_explain_topic")
    assert next_of_agenda(tracker(*planned, first)) == "utter_help"
    both = [first, ActionExecuted("utter_help")]
    assert next_of_agenda(tracker(*planned, *both)) == "action_listen"


def test_actions_of_an_earlier_turn_do_not_count() -> None:
    events = [
        UserUttered("hi"),
        ActionExecuted("utter_help"),
        UserUttered("again"),
        SlotSet("agenda", ["utter_help"]),
    ]
    assert next_of_agenda(tracker(*events)) == "utter_help"


def test_a_finished_form_is_followed_by_what_it_was_for() -> None:
    events = [
        UserUttered("yes"),
        SlotSet("agenda", ["booking_form"]),
        ActionExecuted("booking_form"),
    ]
    assert next_of_agenda(tracker(*events)) == "action_book_appointment"
    still_open = tracker(UserUttered("yes"), ActiveLoop("booking_form"), *events[1:])
    assert next_of_agenda(still_open) == "action_listen"


def test_a_failed_form_is_followed_by_nothing() -> None:
    events = [
        UserUttered("yes"),
        SlotSet("agenda", ["booking_form"]),
        ActionExecuted("booking_form"),
        SlotSet("agenda", ["action_listen"]),
    ]
    assert next_of_agenda(tracker(*events)) == "action_listen"
