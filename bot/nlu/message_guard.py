"""Make every message safe to read: no commands from outside, no hidden characters."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic.history.words import clean

_COMMAND_MARK = "/"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageGuard(GraphComponent, EntityExtractorMixin):
    """Clean the text and disarm slash commands.

    Rasa reads `/intent{"entity": "value"}` from anybody as a fact with confidence 1.0, on
    every channel. Atlas's buttons send plain words, so no visitor ever needs a command: the
    slash is taken off here, inside the model, and what is left is read like any message.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: none."""
        return {}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageGuard:
        """Create the component."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Clean the messages."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str):
                message.set(TEXT, disarm(text), add_to_output=True)
        return messages


def disarm(text: str) -> str:
    """Replace what could be read as a command, and characters that cannot be seen.

    Args:
        text: A message as it arrived.

    Returns:
        A text of the same length, so that offsets still fit.
    """
    cleaned = clean(text)
    body = cleaned.lstrip()
    while body.startswith(_COMMAND_MARK):
        body = " " + body[1:]
        cleaned = " " * (len(cleaned) - len(body)) + body
        body = cleaned.lstrip()
    return cleaned
