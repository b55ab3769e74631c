"""What the encoder is tuned on: the training data, as texts to be told apart in four ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.intent_classifier import intent_examples
from bot.nlu.knowledge_importer import side_of
from bot.nlu.warning_sign_net import sign_examples

_DATA = ["data/nlu", "data/rules", "data/stories"]


@dataclass(frozen=True, slots=True)
class Task:
    """One way to tell texts apart.

    Attributes:
        name: What it tells: "topic", "side", "sign" or "intent".
        texts: The examples.
        labels: The label of each.
        share: How many of them, at most, are learned from in an epoch.
    """

    name: str
    texts: list[str]
    labels: list[str]
    share: int


def load_tasks() -> list[Task]:
    """Load the training data of the project in the working folder.

    Returns:
        The topics and the sides of the topics' questions, the warning signs, and the intents: just
        what the components on top of the encoder learn from.
    """
    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", _DATA)
    examples = [
        example for example in importer.get_nlu_data().training_examples if example.get(TEXT)
    ]
    asked = [(side, example) for example in examples if (side := side_of(example))]
    return [
        _task("topic", ((example, side[0]) for side, example in asked), 12_000),
        _task("side", ((example, side[1]) for side, example in asked if side[1]), 4_500),
        _task("sign", sign_examples(examples), 16_000),
        _task(
            "intent",
            ((example, example.get(INTENT)) for example in intent_examples(examples)),
            7_000,
        ),
    ]


def _task(name: str, pairs: Iterable[tuple[Message, Any]], share: int) -> Task:
    known = [(example.get(TEXT), str(label)) for example, label in pairs]
    return Task(name, [text for text, _ in known], [label for _, label in known], share)
