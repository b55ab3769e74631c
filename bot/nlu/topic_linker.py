"""Link a message to topics of the knowledge base."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.minilm_featurizer import sentence_vector
from clinic.knowledge.aspects import find_aspect
from clinic.knowledge.mentions import TopicMention, find_topics

_MODEL_FILE = "topics.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicLinker(GraphComponent):
    """Find topics by their names, and where none is named by likeness to known questions.

    It sets in the parse result `topics` (ids, best first), `topics_named` (whether by name),
    `topic_similarity` (of the best known question, 0-1) and `aspect` ("risks", "hurts", …).
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand earlier in the pipeline."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: the least likeness that links, and that overrules weak names."""
        return {"least_similarity": 0.6, "sure_similarity": 0.75}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicLinker:
        """Create the component for training."""
        return cls(config, model_storage, resource)

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._topics: list[str] = []
        self._vectors: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the vectors of the knowledge base's questions."""
        vectors, topics = [], []
        for example in training_data.intent_examples:
            details = (example.get(METADATA) or {}).get(METADATA_EXAMPLE)
            topic = details.get("topic") if isinstance(details, dict) else None
            vector = sentence_vector(example) if topic else None
            if topic and vector is not None:
                vectors.append(vector)
                topics.append(topic)
        self._topics = topics
        self._vectors = np.asarray(vectors, dtype=np.float32)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _MODEL_FILE, topics=np.asarray(topics), vectors=self._vectors)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TopicLinker:
        """Load the vectors from the model archive."""
        component = cls.create(config, model_storage, resource, execution_context)
        with (
            model_storage.read_from(resource) as folder,
            np.load(folder / _MODEL_FILE, allow_pickle=False) as stored,
        ):
            component._topics = stored["topics"].tolist()
            component._vectors = stored["vectors"]
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `topics`, `topic_similarity` and `aspect` of each message."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str):
                named = find_topics(text)
                topics, similarity = self._link(named, sentence_vector(message))
                message.set("topics", topics, add_to_output=True)
                message.set("topics_named", bool(named), add_to_output=True)
                message.set("topic_similarity", similarity, add_to_output=True)
                message.set("aspect", find_aspect(text), add_to_output=True)
        return messages

    def _link(
        self, mentions: list[TopicMention], vector: NDArray[np.float32] | None
    ) -> tuple[list[str], float]:
        named = [mention.topic_id for mention in mentions]
        if vector is None or not self._topics:
            return list(dict.fromkeys(named)), 0.0
        similarities = self._vectors @ vector
        best = int(similarities.argmax())
        similarity = float(similarities[best])
        all_weak = all(mention.is_weak for mention in mentions)
        least = self._config["sure_similarity" if mentions else "least_similarity"]
        if all_weak and similarity >= least:
            named.insert(0, self._topics[best])
        return list(dict.fromkeys(named)), similarity
