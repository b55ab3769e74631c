"""What importers have in common that give training examples and nothing else."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter


class ExamplesImporter(TrainingDataImporter):
    """Import examples for the NLU alone: no domain, no stories, no configuration."""

    def get_domain(self) -> Domain:
        """Return an empty domain: examples add none."""
        return Domain.empty()

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Return no stories."""
        return StoryGraph([])

    def get_conversation_tests(self) -> StoryGraph:
        """Return no test stories."""
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        """Return no configuration."""
        return {}

    def get_config_file_for_auto_config(self) -> str | None:
        """Return no configuration file."""
        return None
