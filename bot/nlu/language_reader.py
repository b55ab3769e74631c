"""Read a message that is written in another language than English."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, EXTRACTOR, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic.datafiles import DataFileError
from clinic.history.words import clean
from clinic.language.languages import get_languages, read_message

READING = "language_reading"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageReader(GraphComponent, EntityExtractorMixin):
    """Put what is understood into English for the components after it, and what is not away.

    A message in English passes unchanged. Of one in another language the warning signs become
    entities, as `FindingsExtractor` makes them; its text becomes the English of its short answers,
    requests and times, or no words at all, so that nothing is read into it.
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
    ) -> LanguageReader:
        """Create the component; a broken data file stops training and start here."""
        try:
            get_languages()
        except DataFileError as error:
            raise RasaException(str(error)) from error
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `language_reading`, and text and entities where a message is not English."""
        for message in messages:
            text = message.get(TEXT)
            if not isinstance(text, str):
                continue
            reading = read_message(clean(text))
            if not (reading.written_in or reading.asks_for or reading.rendering):
                continue
            rendering = reading.rendering
            found = {
                "written_in": reading.written_in,
                "asks_for": reading.asks_for,
                "is_unread": reading.is_unread,
                "is_complaint": reading.is_complaint,
                "is_rendered": reading.english is not None,
                "says_something": rendering is not None and rendering.says_something,
            }
            message.set(READING, found, add_to_output=True)
            entities = [
                {**finding.as_entity(text), EXTRACTOR: self.name} for finding in reading.findings
            ]
            if entities:
                message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
            if reading.english is not None:
                message.set(TEXT, reading.english, add_to_output=True)
        return messages
