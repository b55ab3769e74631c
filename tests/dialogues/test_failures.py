"""What a visitor hears, and what the log keeps, when something inside goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from rasa.core.agent import Agent
from support.dialogue import Stage

from clinic.scheduling.port import SchedulerUnavailable
from clinic.scheduling.provider import get_scheduler

SECRET = "what is an MRI, I am Zebulon"


def fail_with(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_args: Any, **_kwargs: Any) -> NoReturn:
        raise error

    return fail


@pytest.fixture
def stage(agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(agent, tmp_path, monkeypatch)


async def test_an_action_that_fails_gives_the_emergency_number_and_logs_no_words(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("actions.explain.answer", fail_with(ValueError(SECRET)))
    with caplog.at_level(logging.INFO):
        said = await stage.say(SECRET)
    assert said == ["utter_notice", "utter_action_failed"]
    assert "911" in stage.text()
    assert "action_explain_topic failed: ValueError" in caplog.text
    assert "Zebulon" not in caplog.text


async def test_a_reading_that_fails_says_so_once_and_the_conversation_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken, caplog.at_level(logging.INFO):
        broken.setattr("actions.reading.uncertain.assess", fail_with(RuntimeError(SECRET)))
        said = await stage.say(SECRET)
    assert said == ["utter_action_failed"]
    assert "911" in stage.text()
    assert "Zebulon" not in caplog.text
    assert "utter_ask_interview_form_emergency_screen" in await stage.say("my neck hurts")


async def test_a_failing_reading_while_a_form_is_open_keeps_the_form(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.say("my neck hurts")
    with monkeypatch.context() as broken:
        broken.setattr("actions.reading.uncertain.assess", fail_with(RuntimeError(SECRET)))
        assert await stage.say("none of these") == ["utter_action_failed"]
    assert await stage.say("none of these") == ["utter_ask_interview_form_duration_days"]


async def test_a_form_that_fails_closes_and_can_be_opened_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("actions.interview.history_of", fail_with(RuntimeError(SECRET)))
        said = await stage.say("my neck hurts")
    assert "utter_action_failed" in said
    assert "utter_ask_interview_form_emergency_screen" not in said
    assert (await stage.tracker()).active_loop_name is None
    assert "utter_ask_interview_form_emergency_screen" in await stage.say("my neck hurts")


@pytest.mark.parametrize("method", ["find_slots", "hold", "confirm"])
async def test_a_calendar_out_of_reach_at_any_step_books_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    error = SchedulerUnavailable("down")
    monkeypatch.setattr(type(get_scheduler()), method, fail_with(error))
    said: list[str] = []
    for text in ("I'd like to book an appointment", "none of these"):
        said += await stage.say(text)
    for text in ("", "Jane Doe", "jane@example.com", "yes"):
        if "utter_booking_unavailable" not in said:
            said += await stage.say(text or stage.buttons()[0]["payload"])
    assert said[-1] == "utter_booking_unavailable"
    assert (await stage.tracker()).active_loop_name is None
    assert stage.appointments() == []
    assert "911" in stage.text()
    slots = (await stage.tracker()).current_slot_values()
    assert slots["appointment_reference"] is None
