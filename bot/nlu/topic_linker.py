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
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.knowledge_importer import TOPIC_INTENT
from bot.nlu.linear_model import LinearModel
from bot.nlu.minilm_featurizer import (
    SENTENCE_MODEL,
    SentenceEncoder,
    layered_vector,
    spelt_vector,
    write_sentence_model,
)
from bot.nlu.minilm_graph import EMBEDDING_SIZE
from clinic.knowledge.aspects import find_aspects
from clinic.knowledge.base import get_knowledge
from clinic.knowledge.facts import find_fact, is_in_short
from clinic.knowledge.linking import Likeness, Weights, link, vocabulary
from clinic.knowledge.passages import Passage, passages, side_questions

_MODEL_FILE = "topics.npz"
_TOPIC_MODEL = "topic_model"
_SIDE_MODEL = "side_model"
# How sure the intent must be for a fainter topic to be linked; jokes and taxes stay below.
_SURELY = 0.85
_Vectors = NDArray[np.float32]
_Embedded = list[tuple[Passage, _Vectors]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicLinker(GraphComponent):
    """Find the topics that a message is about, and the sides of them that it asks for.

    It sets in the parse result `topics` (ids, what to explain), `topics_close` (what may have been
    meant as well), `topics_named` (whether by name), `topic_score` (the evidence for the first),
    `aspects` ("risks", "hurts", …), `aspect` (the first of them), `fact` (the aspect of the
    first topic that answers best, where the words alone do not tell) and `fact_in_short` (whether
    its short text answers better than those aspects).
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand earlier in the pipeline."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: MiniLMFeaturizer's own, and how evidence is weighed (Weights)."""
        return {
            **SENTENCE_MODEL,
            "C": 10.0,
            "max_iterations": 60,
            **asdict(Weights()),
        }

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
        self._topic_model: LinearModel | None = None
        self._side_model: LinearModel | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learn topics and sides from the questions, and keep the vectors of all sentences."""
        questions = [
            (Passage(details["topic"], details["aspect"], example.get(TEXT)), vector)
            for example in training_data.intent_examples
            if "topic" in (details := _details(example))
            and (vector := layered_vector(example)) is not None
        ]
        base = get_knowledge()
        statements, asks = self._embed(passages(base), side_questions(base))
        self._questions = _Known.of(questions)
        self._statements = _Known.of(statements)
        self._asks = _Known.of(asks)
        self._topic_model = self._fit(questions, [asked.topic_id for asked, _ in questions])
        of_sides = [*asks, *(question for question in questions if question[0].aspect)]
        self._side_model = self._fit(of_sides, [asked.aspect for asked, _ in of_sides])
        with self._model_storage.write_to(self._resource) as folder:
            self._topic_model.save(folder, _TOPIC_MODEL)
            self._side_model.save(folder, _SIDE_MODEL)
            np.savez(
                folder / _MODEL_FILE,
                **self._questions.arrays("questions"),
                **self._statements.arrays("statements"),
                **self._asks.arrays("asks"),
            )
        return self._resource

    def _fit(self, sentences: _Embedded, labels: list[str]) -> LinearModel:
        return LinearModel.fit(
            [passage.text for passage, _ in sentences],
            [vector for _, vector in sentences],
            labels,
            ngram_kinds=("characters", "words"),
            regularisation=self._config["C"],
            iterations=self._config["max_iterations"],
            balanced=True,
        )

    def _embed(self, *groups: list[Passage]) -> list[_Embedded]:
        # These are no training examples: nobody writes like a statement, and without an intent
        # Rasa takes an example for end-to-end training. So they are embedded here.
        with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(os.cpu_count()) as pool:
            write_sentence_model(Path(scratch), self._config)
            encoder = SentenceEncoder(Path(scratch), self._config["max_tokens"])
            return [
                [
                    (passage, vector)
                    for passage, vector in zip(
                        group,
                        pool.map(encoder.encode, [passage.text for passage in group]),
                        strict=True,
                    )
                ]
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
            component._topic_model = LinearModel.load(folder, _TOPIC_MODEL)
            component._side_model = LinearModel.load(folder, _SIDE_MODEL)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set what the message is about."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str):
                asks = _surely_asks(message)
                for name, value in self._read(text, spelt_vector(message), asks=asks).items():
                    message.set(name, value, add_to_output=True)
        return messages

    def _read(self, text: str, vector: _Vectors | None, *, asks: bool) -> dict[str, Any]:
        text = vocabulary(get_knowledge()).corrected(text)
        questions = self._questions.nearest(vector)
        statements = self._statements.nearest(vector)
        learned = _confidences(self._topic_model, text, vector)
        likeness = {
            topic: Likeness(like, statements.get(topic, 0.0), learned.get(topic, 0.0))
            for topic, like in questions.items()
        }
        aspects = find_aspects(text)
        found = link(text, likeness, self._weights, aspects, asks=asks)
        fact, in_short = None, False
        if found.topics:
            topic = found.topics[0]
            like_asks = self._asks.nearest_of(topic, vector)
            for name, like in self._questions.nearest_of(topic, vector).items():
                like_asks[name] = max(like, like_asks.get(name, 0.0))
            texts = self._statements.nearest_of(topic, vector)
            sides = _confidences(self._side_model, text, vector)
            fact = find_fact(text, topic, like_asks, texts, sides, aspects)
            in_short = is_in_short(topic, texts, aspects, fact)
        return {
            "topics": list(found.topics),
            "topics_close": list(found.close),
            "topics_named": found.named,
            "topic_score": round(found.score, 3),
            "aspects": list(aspects),
            "aspect": aspects[0] if aspects else None,
            "fact": fact,
            "fact_in_short": in_short,
        }


def _surely_asks(message: Message) -> bool:
    """Tell whether the intent, if one was read before, is clearly to ask about a topic."""
    intent = message.get(INTENT) or {}
    return intent.get("name") == TOPIC_INTENT and intent.get("confidence", 0.0) >= _SURELY


def _confidences(model: LinearModel | None, text: str, vector: _Vectors | None) -> dict[str, float]:
    if model is None or vector is None:
        return {}
    return dict(zip(model.labels, model.confidences(text, vector).tolist(), strict=True))


def _details(example: Message) -> dict[str, Any]:
    details = (example.get(METADATA) or {}).get(METADATA_EXAMPLE)
    return details if isinstance(details, dict) else {}


class _Known:
    """Sentences of the knowledge base: the topic and side of each, and its vector."""

    def __init__(
        self, topics: NDArray[np.str_], aspects: NDArray[np.str_], vectors: _Vectors
    ) -> None:
        # Side by side in memory by topic, so that one pass finds the best of each.
        order = np.argsort(topics, kind="stable")
        self._topics = topics[order]
        self._aspects = aspects[order]
        self._vectors = np.ascontiguousarray(vectors[order])
        names, starts = np.unique(self._topics, return_index=True)
        self._names: list[str] = names.tolist()
        self._starts = starts
        ends = [*starts[1:].tolist(), len(self._topics)]
        self._parts = dict(zip(self._names, map(slice, starts.tolist(), ends), strict=True))

    @classmethod
    def empty(cls) -> _Known:
        return cls(np.zeros(0, "U1"), np.zeros(0, "U1"), np.zeros((0, 0), dtype=np.float32))

    @classmethod
    def of(cls, sentences: _Embedded) -> _Known:
        if not sentences:
            return cls.empty()
        return cls(
            np.asarray([passage.topic_id for passage, _ in sentences]),
            np.asarray([passage.aspect for passage, _ in sentences]),
            np.asarray([vector[:EMBEDDING_SIZE] for _, vector in sentences], dtype=np.float32),
        )

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
        if vector is None or not self._names:
            return {}
        best = np.maximum.reduceat(self._vectors @ vector[:EMBEDDING_SIZE], self._starts)
        return dict(zip(self._names, best.tolist(), strict=True))

    def nearest_of(self, topic: str, vector: _Vectors | None) -> dict[str, float]:
        """Return for each aspect of a topic the likeness of its nearest sentence."""
        own = self._parts.get(topic)
        if vector is None or own is None:
            return {}
        best: dict[str, float] = {}
        likeness = self._vectors[own] @ vector[:EMBEDDING_SIZE]
        for aspect, value in zip(self._aspects[own].tolist(), likeness.tolist(), strict=True):
            if value > best.get(aspect, -1.0):
                best[aspect] = value
        return best
