"""Classify intents by logistic regression on sentence vectors and n-grams."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.emoji_answers import emoji_answer
from bot.nlu.knowledge_importer import side_of
from bot.nlu.linear_model import LinearModel
from bot.nlu.minilm_featurizer import layered_vector
from bot.nlu.warning_sign_importer import sign_of

_MODEL = "intent_classifier"
# The topics have thousands of questions. So many of each side of each topic tell this intent from
# the others; all would make every request a question.
_QUESTIONS_OF_A_SIDE = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EmbeddingIntentClassifier(GraphComponent, IntentClassifier):
    """Rank the intents of a message."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand earlier in the pipeline."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: inverse regularisation strength, ranking length, solver steps."""
        return {"C": 10.0, "ranking_length": 5, "max_iterations": 60}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EmbeddingIntentClassifier:
        """Create the component for training."""
        return cls(config, model_storage, resource)

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: LinearModel | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier on all examples that have a text and an intent."""
        vectors, texts, intents = [], [], []
        for example in intent_examples(training_data.intent_examples):
            vector = layered_vector(example)
            if vector is not None:
                vectors.append(vector)
                texts.append(example.get(TEXT))
                intents.append(example.get(INTENT))
        if len(set(intents)) < 2:
            raise RasaException("data/nlu needs examples of at least two intents.")
        self._model = LinearModel.fit(
            texts,
            vectors,
            intents,
            ngram_kinds=("characters", "words"),
            regularisation=self._config["C"],
            iterations=self._config["max_iterations"],
            balanced=True,
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder, _MODEL)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EmbeddingIntentClassifier:
        """Load the weights from the model archive."""
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component._model = LinearModel.load(folder, _MODEL)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message."""
        if self._model is None:
            raise RasaException("EmbeddingIntentClassifier was neither trained nor loaded.")
        for message in messages:
            vector = layered_vector(message)
            if vector is None:
                continue
            confidences = self._model.confidences(message.get(TEXT), vector)
            best = np.argsort(-confidences)[: self._config["ranking_length"]]
            ranking = [
                {"name": self._model.labels[index], "confidence": float(confidences[index])}
                for index in best
            ]
            meant = emoji_answer(message.get(TEXT))
            if meant in self._model.labels:
                ranking = [{"name": meant, "confidence": 1.0}]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages


def intent_examples(examples: Iterable[Message]) -> Iterator[Message]:
    """Yield the examples that teach an intent.

    Of the questions about a side of a topic these are only some, evenly spread, and of those of
    the warning signs none.
    """
    questions: dict[tuple[str, str], list[Message]] = {}
    for example in examples:
        if not (example.get(TEXT) and example.get(INTENT)) or sign_of(example) is not None:
            continue
        side = side_of(example)
        if side is None:
            yield example
        else:
            questions.setdefault(side, []).append(example)
    for asked in questions.values():
        step = max(1, math.ceil(len(asked) / _QUESTIONS_OF_A_SIDE))
        yield from asked[::step]
