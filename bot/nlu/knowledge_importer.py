"""Give the questions of the knowledge base to training, so that a topic needs no code."""

from __future__ import annotations

from typing import Any

from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.examples_importer import ExamplesImporter
from clinic.knowledge.base import KnowledgeBase

TOPIC_INTENT = "ask_topic"


class KnowledgeImporter(ExamplesImporter):
    """Import every topic's questions as examples of `ask_topic`.

    Each carries its topic's id, and the aspect that it asks for if any, as metadata, which
    `TopicLinker` learns from.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        self._knowledge = KnowledgeBase.load()

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the questions as training examples."""
        examples = [
            Message(
                data={
                    TEXT: question,
                    INTENT: TOPIC_INTENT,
                    METADATA: {METADATA_EXAMPLE: {"topic": topic.id, "aspect": aspect}},
                }
            )
            for topic in self._knowledge.topics.values()
            for aspect, questions in {"": topic.questions, **topic.asks}.items()
            for question in questions
        ]
        return TrainingData(training_examples=examples)


def side_of(example: Message) -> tuple[str, str] | None:
    """Return the topic and the side that an example asks about, or None where it asks about none.

    The side is empty for the topic as a whole.
    """
    details = (example.get(METADATA) or {}).get(METADATA_EXAMPLE)
    if not isinstance(details, dict) or "topic" not in details:
        return None
    return str(details["topic"]), str(details["aspect"])
