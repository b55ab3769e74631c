"""Read the findings of a message as Rasa entities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, EXTRACTOR, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic import clock
from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError
from clinic.history.findings import Assertion
from clinic.settings import get_settings
from clinic.triage.warning_signs import WarningSigns


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FindingsExtractor(GraphComponent, EntityExtractorMixin):
    """Add one entity a finding: attribute, value, assertion and offsets."""

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
    ) -> FindingsExtractor:
        """Create the component; a broken data file stops training and start here."""
        try:
            return cls()
        except DataFileError as error:
            raise RasaException(str(error)) from error

    def __init__(self) -> None:
        self._reader = get_clinical_data().reader
        self._zone = ZoneInfo(get_settings().clinic.time_zone)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the findings of each message to its entities."""
        for message in messages:
            text = message.get(TEXT)
            if not isinstance(text, str):
                continue
            reading = self._reader.read(text, clock.now().astimezone(self._zone).date())
            found = [
                {**finding.as_entity(text), EXTRACTOR: self.name} for finding in reading.findings
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages


def told_signs(entities: Iterable[dict[str, Any]], signs: WarningSigns) -> list[dict[str, Any]]:
    """Return the entities that tell of a warning sign, as present.

    Args:
        entities: Of a message.
        signs: The signs that the second safety net knows.
    """
    return [
        entity
        for entity in entities
        if entity.get("assertion") == Assertion.PRESENT.value
        and signs.of_attribute(entity["entity"])
    ]
