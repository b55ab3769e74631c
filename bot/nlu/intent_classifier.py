"""Classify intents by logistic regression on sentence vectors and n-grams."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
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
from scipy.sparse import csr_matrix, hstack

from bot.nlu.minilm_featurizer import sentence_vector
from bot.nlu.ngram_features import NgramFeatures

_TOLERANCE = 1e-3
_MODEL_FILE = "intent_classifier.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EmbeddingIntentClassifier(GraphComponent, IntentClassifier):
    """A linear classifier whose weights are plain arrays.

    Rasa's own LogisticRegressionClassifier stores a scikit-learn object that has to be
    unpickled. Here the model is arrays and word lists, and a message costs one product of a
    matrix with its few features.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand earlier in the pipeline."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: inverse regularisation strength, ranking length."""
        return {"C": 10.0, "ranking_length": 5, "max_iterations": 60, "random_state": 7}

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
        self._intents: list[str] = []
        self._weights: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._bias: NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        self._ngrams: NgramFeatures | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the classifier on all examples that have a text and an intent."""
        from sklearn.linear_model import LogisticRegression

        vectors, texts, intents = [], [], []
        for example in training_data.intent_examples:
            vector = sentence_vector(example) if example.get(TEXT) else None
            if vector is not None:
                vectors.append(vector)
                texts.append(example.get(TEXT))
                intents.append(example.get(INTENT))
        if len(set(intents)) < 2:
            raise RasaException("data/nlu needs examples of at least two intents.")
        self._ngrams = NgramFeatures.fit(texts)
        features = hstack([csr_matrix(np.asarray(vectors)), self._ngrams.transform(texts)])
        model = LogisticRegression(
            C=self._config["C"],
            max_iter=self._config["max_iterations"],
            tol=_TOLERANCE,
            class_weight="balanced",
            random_state=self._config["random_state"],
        ).fit(features.tocsr(), intents)
        self._intents = [str(intent) for intent in model.classes_]
        self._weights = model.coef_.astype(np.float32)
        self._bias = model.intercept_.astype(np.float32)
        with self._model_storage.write_to(self._resource) as folder:
            self._ngrams.save(folder)
            np.savez(
                folder / _MODEL_FILE,
                intents=np.asarray(self._intents),
                weights=self._weights,
                bias=self._bias,
            )
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
        with (
            model_storage.read_from(resource) as folder,
            np.load(folder / _MODEL_FILE, allow_pickle=False) as stored,
        ):
            component._intents = stored["intents"].tolist()
            component._weights = stored["weights"]
            component._bias = stored["bias"]
            component._ngrams = NgramFeatures.load(folder)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking` of each message."""
        for message in messages:
            vector = sentence_vector(message)
            if vector is not None:
                self._classify(message, vector)
        return messages

    def _classify(self, message: Message, vector: NDArray[np.float32]) -> None:
        if self._ngrams is None:
            raise RasaException("EmbeddingIntentClassifier was neither trained nor loaded.")
        ngrams = self._ngrams.transform([message.get(TEXT)])
        scores = self._weights[:, : vector.size] @ vector + self._bias
        scores = scores + self._weights[:, vector.size + ngrams.indices] @ ngrams.data
        odds = np.exp(scores - scores.max())
        confidences = odds / odds.sum()
        best = np.argsort(-confidences)[: self._config["ranking_length"]]
        ranking = [
            {"name": self._intents[index], "confidence": float(confidences[index])}
            for index in best
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
