"""Turns in a language that Atlas covers only in part."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.dialogue.agenda import BOOKING, INTERVIEW, Turn, plan_turn


def plan(**known: Any) -> list[str]:
    return plan_turn(Turn(intent="nlu_fallback", confidence=0.0, **known))


@pytest.mark.parametrize(
    ("known", "actions"),
    [
        ({"is_unread": True}, ["utter_language_offer"]),
        ({"is_unread": True, "is_complaint": True}, ["utter_language_complaint", INTERVIEW]),
        (
            {"is_unread": True, "is_complaint": True, "consented": False},
            ["action_ask_consent"],
        ),
        ({"is_unread": True, "is_complaint": True, "screened": True}, ["utter_language_offer"]),
        ({"is_unread": True, "is_complaint": True, "triage": False}, ["utter_language_offer"]),
        ({"is_unread": True, "form": BOOKING}, ["utter_language_unread", BOOKING]),
        ({"is_unread": True, "form": BOOKING, "answered": True}, [BOOKING]),
        (
            {"is_unread": True, "is_complaint": True, "emergency": True},
            ["action_repeat_emergency_advice"],
        ),
        (
            {"is_unread": True, "is_complaint": True, "emergency_is_new": True},
            ["action_give_emergency_advice"],
        ),
        ({"is_unread": True, "unconfirmed": True}, ["action_confirm_warning_sign"]),
        ({"asks_for_language": True}, ["utter_language_set", "utter_help"]),
        ({"asks_for_language": True, "form": BOOKING}, ["utter_language_set", BOOKING]),
        (
            {"asks_for_language": True, "emergency": True},
            ["utter_language_set", "action_repeat_emergency_advice"],
        ),
        ({"checks_signs": True}, [INTERVIEW]),
    ],
)
def test_a_turn_in_another_language(known: dict[str, Any], actions: list[str]) -> None:
    assert plan(**known) == actions
