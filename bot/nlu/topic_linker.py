"""Link a message to topics of the knowledge base."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
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

from bot.nlu.minilm_featurizer import SentenceEncoder, sentence_vector, write_sentence_model
from bot.nlu.minilm_graph import EMBEDDING_SIZE
from clinic.knowledge.aspects import find_aspects
from clinic.knowledge.base import get_knowledge
from clinic.knowledge.facts import find_fact
from clinic.knowledge.linking import Weights, link, vocabulary
from clinic.knowledge.passages import Passage, passages, side_questions

_MODEL_FILE = "topics.npz"
_Vectors = NDArray[np.float32]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicLinker(GraphComponent):
    """Find the topics that a message is about, and the sides of them that it asks for.

    It sets in the parse result `topics` (ids, what to explain), `topics_close` (what may have been
    meant as well), `topics_named` (whether by name), `topic_score` (the evidence for the first),
    `aspects` ("risks", "hurts", …), `aspect` (the first of them) and `fact` (the aspect of the
    first topic that answers best, where the words alone do not tell).
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand earlier in the pipeline."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: MiniLMFeaturizer's own, and how evidence is weighed (Weights)."""
        return {"weights": None, "quantised": True, "max_tokens": 128, **asdict(Weights())}

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
        self._weights = Weights(**{name: config[name] for name in asdict(Weights())})
        self._model_storage = model_storage
        self._resource = resource
        self._questions = _Known.empty()
        self._statements = _Known.empty()
        self._asks = _Known.empty()

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the vectors of the knowledge base's questions and statements."""
        questions = [
            (str(details["topic"]), "", vector)
            for example in training_data.intent_examples
            if "topic" in (details := _details(example))
            and (vector := _meaning(example)) is not None
        ]
        self._questions = _Known.of(questions)
        base = get_knowledge()
        self._statements, self._asks = self._embed(passages(base), side_questions(base))
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(
                folder / _MODEL_FILE,
                **self._questions.arrays("questions"),
                **self._statements.arrays("statements"),
                **self._asks.arrays("asks"),
            )
        return self._resource

    def _embed(self, *groups: list[Passage]) -> list[_Known]:
        # These are no training examples: nobody writes like a statement, and without an intent
        # Rasa takes an example for end-to-end training. So they are embedded here.
        with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
            write_sentence_model(Path(scratch), self._config["weights"], self._config["quantised"])
            encoder = SentenceEncoder(Path(scratch), self._config["max_tokens"])
            return [
                _Known.of(
                    [
                        (passage.topic_id, passage.aspect, vector[:EMBEDDING_SIZE])
                        for passage, vector in zip(
                            group,
                            pool.map(encoder.encode, [passage.text for passage in group]),
                            strict=True,
                        )
                    ]
                )
                for group in groups
            ]

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
            component._questions = _Known.stored(stored, "questions")
            component._statements = _Known.stored(stored, "statements")
            component._asks = _Known.stored(stored, "asks")
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set what the message is about."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str):
                for name, value in self._read(text, _meaning(message)).items():
                    message.set(name, value, add_to_output=True)
        return messages

    def _read(self, text: str, vector: _Vectors | None) -> dict[str, Any]:
        questions = self._questions.nearest(vector)
        statements = self._statements.nearest(vector)
        likeness = {
            topic: (questions.get(topic, 0.0), statements.get(topic, 0.0)) for topic in questions
        }
        text = vocabulary(get_knowledge()).corrected(text)
        aspects = find_aspects(text)
        found = link(text, likeness, self._weights, aspects)
        fact = None
        if found.topics:
            topic = found.topics[0]
            asks = self._asks.nearest_of(topic, vector)
            fact = find_fact(text, topic, asks, self._statements.nearest_of(topic, vector), aspects)
        return {
            "topics": list(found.topics),
            "topics_close": list(found.close),
            "topics_named": found.named,
            "topic_score": round(found.score, 3),
            "aspects": list(aspects),
            "aspect": aspects[0] if aspects else None,
            "fact": fact,
        }


def _meaning(message: Message) -> _Vectors | None:
    """Return the part of a message's vector that has length one."""
    vector = sentence_vector(message)
    return None if vector is None else vector[:EMBEDDING_SIZE]


def _details(example: Message) -> dict[str, Any]:
    details = (example.get(METADATA) or {}).get(METADATA_EXAMPLE)
    return details if isinstance(details, dict) else {}


class _Known:
    """Sentences of the knowledge base: the topic and side of each, and its vector."""

    def __init__(
        self, topics: NDArray[np.str_], aspects: NDArray[np.str_], vectors: _Vectors
    ) -> None:
        self._topics = topics
        self._aspects = aspects
        self._vectors = vectors

    @classmethod
    def empty(cls) -> _Known:
        return cls(np.zeros(0, "U1"), np.zeros(0, "U1"), np.zeros((0, 0), dtype=np.float32))

    @classmethod
    def of(cls, sentences: list[tuple[str, str, _Vectors]]) -> _Known:
        if not sentences:
            return cls.empty()
        topics, aspects, vectors = zip(*sentences, strict=True)
        return cls(np.asarray(topics), np.asarray(aspects), np.asarray(vectors, dtype=np.float32))

    @classmethod
    def stored(cls, stored: Any, name: str) -> _Known:
        return cls(*(stored[f"{name}_{part}"] for part in ("topics", "aspects", "vectors")))

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        return {
            f"{name}_topics": self._topics,
            f"{name}_aspects": self._aspects,
            f"{name}_vectors": self._vectors,
        }

    def nearest(self, vector: _Vectors | None) -> dict[str, float]:
        """Return for each topic the likeness of its nearest sentence."""
        if vector is None or not self._topics.size:
            return {}
        return _best(self._topics, self._vectors @ vector)

    def nearest_of(self, topic: str, vector: _Vectors | None) -> dict[str, float]:
        """Return for each aspect of a topic the likeness of its nearest sentence."""
        if vector is None or not self._topics.size:
            return {}
        own = self._topics == topic
        return _best(self._aspects[own], self._vectors[own] @ vector)


def _best(keys: NDArray[np.str_], likeness: NDArray[np.float32]) -> dict[str, float]:
    best: dict[str, float] = {}
    for key, value in zip(keys.tolist(), likeness.tolist(), strict=True):
        if value > best.get(key, -1.0):
            best[key] = value
    return best
