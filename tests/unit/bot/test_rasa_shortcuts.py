"""A session ends an hour after the last message, also in the middle of a form."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_shortcuts import has_session_expired

FORM = "interview_form"
DOMAIN = Domain.from_yaml(
    f"""
    version: "3.1"
    forms:
      {FORM}: {{required_slots: []}}
    session_config:
      session_expiration_time: 60
      carry_over_slots_to_new_session: false
    """
)


def interview(*minutes_ago: float) -> DialogueStateTracker:
    events: list[Event] = [ActionExecuted("action_listen")]
    for minutes in minutes_ago:
        events += [
            UserUttered("it hurts", timestamp=time.time() - 60 * minutes),
            ActionExecuted(FORM),
            ActiveLoop(FORM),
            ActionExecuted("action_listen"),
        ]
    return DialogueStateTracker.from_events("one", events, DOMAIN.slots)


@pytest.mark.parametrize(
    ("minutes_ago", "expired"),
    [((90, 61, 30, 1), False), ((90, 61), True), ((1,), False), ((), False)],
)
def test_only_the_last_message_counts(minutes_ago: tuple[float, ...], expired: bool) -> None:
    processor = SimpleNamespace(domain=DOMAIN)
    assert has_session_expired(processor, interview(*minutes_ago)) is expired
