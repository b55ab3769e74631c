"""The text of a button is read once a day, and means what it means to the whole model."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

from bot import button_texts

PRESSED = ("None of these", "none of these", "In the last week", "I want to talk to a person")


def read(processor: Any, text: str) -> dict[str, Any]:
    tracker: Any = None
    return button_texts.parse_message(processor, UserMessage(text), tracker)


@pytest.mark.parametrize("text", PRESSED)
def test_it_is_understood_as_any_message_is(agent: Agent, text: str) -> None:
    processor = agent.processor
    assert isinstance(processor, MessageProcessor)
    tracker: Any = None
    in_full = button_texts._parse(processor, UserMessage(text), tracker)
    first, again = read(processor, text), read(processor, text)
    assert first == again == in_full
    again["intent"]["name"] = "changed"
    assert read(processor, text) == in_full


def test_only_texts_of_buttons_are_kept_and_for_a_day(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph: list[str] = []

    def parse(_processor: Any, message: UserMessage, *_rest: Any) -> dict[str, Any]:
        graph.append(str(message.text))
        return {"text": message.text}

    monkeypatch.setattr(button_texts, "_parse", parse)
    processor = SimpleNamespace(domain=agent.domain)
    monkeypatch.setenv("ATLAS_NOW", "2027-03-03T15:00:00+00:00")
    for text in ("In the last week", "In the last week", "my knee is sore", "my knee is sore"):
        read(processor, text)
    assert graph == ["In the last week", "my knee is sore", "my knee is sore"]
    monkeypatch.setenv("ATLAS_NOW", "2027-03-04T15:00:00+00:00")
    read(processor, "In the last week")
    assert len(graph) == 4
