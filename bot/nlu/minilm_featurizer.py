"""Give every message its MiniLM sentence vector, as a Rasa featurizer."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import Tokenizer

from bot.nlu.encoder_tuning import TUNED_WEIGHTS
from bot.nlu.findings_extractor import told_signs
from bot.nlu.minilm_graph import (
    SentenceModelError,
    build_graph,
    find_weights,
    quantise_graph,
)
from clinic.clinical import get_clinical_data
from clinic.history.clauses import Part, split_answers, split_sentences, split_windows
from clinic.knowledge.base import get_knowledge
from clinic.knowledge.linking import vocabulary

# Folder of the published weights (None: the package) and what tuning changed of them (None:
# nothing); whether eight bits a number will do; how many tokens of a text are read.
SENTENCE_MODEL: dict[str, Any] = {
    "weights": None,
    "tuning": str(TUNED_WEIGHTS),
    "quantised": True,
    "max_tokens": 128,
}

_GRAPH_FILE = "minilm.onnx"
_TOKENIZER_FILE = "tokenizer.json"
_WINDOWS = "window_vectors"
_SPELT = "spelt_vector"
# "Sore" and "it came on suddenly" are words of a sign only where they say just what one means.
_SAID_OF_ANY_PAIN = frozenset({"character", "onset_how"})


class WindowKind(Enum):
    """What part of a message a window is.

    Attributes:
        WHOLE: All of it, or a long one's stretch of sentences.
        ANSWER: One of several answers: "no. both hands are clumsy. no".
        SENTENCE: A sentence with words of a warning sign.
    """

    WHOLE = "whole"
    ANSWER = "answer"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class WindowVector:
    """A part of a message and its layered vector.

    Attributes:
        part: The whole message, a window of a long one, or one of several answers.
        vector: 768 numbers.
        kind: What part of the message it is.
    """

    part: Part
    vector: NDArray[np.float32]
    kind: WindowKind = WindowKind.WHOLE


class SentenceEncoder:
    """Turn texts into unit vectors with ONNX Runtime on one thread.

    Args:
        folder: The folder with the graph and the tokenizer.
        max_tokens: Longer texts are cut there; the findings layer reads them whole.
    """

    def __init__(self, folder: Path, max_tokens: int) -> None:
        options = onnxruntime.SessionOptions()
        # One thread: a turn is short, and eight conversations share the cores better so.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / _GRAPH_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)

    def encode(self, text: str) -> NDArray[np.float32]:
        """Return the sentence vector.

        Args:
            text: One message.

        Returns:
            768 float32 numbers: the sentence embedding, of length one, and the wording, which
            is the mean of a middle layer (3 in 100 more intents are told right with it).
        """
        encoding = self._tokenizer.encode(text or " ")
        embedding, wording = self._session.run(
            ["embedding", "wording"],
            {
                "input_ids": np.asarray([encoding.ids], dtype=np.int64),
                "attention_mask": np.asarray([encoding.attention_mask], dtype=np.int64),
            },
        )
        return np.concatenate([embedding[0], wording[0]])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MiniLMFeaturizer(DenseFeaturizer, GraphComponent):
    """Embed messages with all-MiniLM-L6-v2, tuned on the training data (tuning/).

    Training only builds the graph and stores it in the model archive, so that a server
    needs nothing but that archive.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: those of the sentence model, and Rasa's own."""
        return {**DenseFeaturizer.get_default_config(), **SENTENCE_MODEL}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept the configuration; the weights themselves are checked in training."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MiniLMFeaturizer:
        """Create the component for training."""
        return cls(execution_context.node_name, config, model_storage, resource)

    def __init__(
        self, name: str, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self._encoder: SentenceEncoder | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Build the graph from the verified weights and store it with the model."""
        with self._model_storage.write_to(self._resource) as folder:
            write_sentence_model(folder, self._config)
            self._encoder = SentenceEncoder(folder, self._config["max_tokens"])
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MiniLMFeaturizer:
        """Load the graph from the model archive."""
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component._encoder = SentenceEncoder(folder, config["max_tokens"])
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vectors of each message, of the windows of a long one, and of it spelt well."""
        for message in messages:
            self._embed(message)
            message.set(_WINDOWS, self._embed_windows(message))
            message.set(_SPELT, self._embed_spelt(message))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the sentence vector to each training example, on all cores."""
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for _ in pool.map(self._embed, training_data.training_examples):
                pass
        return training_data

    def _embed(self, message: Message) -> None:
        if self._encoder is None:
            raise RasaException("MiniLMFeaturizer was neither trained nor loaded.")
        text = message.get(TEXT)
        if text is None:
            return
        vector = self._encoder.encode(text)
        self.add_features_to_message(
            sequence=None, sentence=vector[np.newaxis, :], attribute=TEXT, message=message
        )

    def _embed_spelt(self, message: Message) -> NDArray[np.float32] | None:
        """Embed what a message is with its words for topics spelt well, where they are not."""
        text = message.get(TEXT)
        spelt = vocabulary(get_knowledge()).corrected(text) if text else text
        return self._encoder.encode(spelt) if self._encoder and spelt != text else None

    def _embed_windows(self, message: Message) -> list[WindowVector]:
        whole = layered_vector(message)
        if self._encoder is None or whole is None:
            return []
        text = message.get(TEXT)
        windows = split_windows(text)
        vectors = [whole] if len(windows) == 1 else map(self._encoder.encode, _texts(windows))
        embedded = list(map(WindowVector, windows, vectors))
        answers = split_answers(text) if len(windows) == 1 else []
        kind = WindowKind.ANSWER if answers else WindowKind.SENTENCE
        parts = answers or self._sentences_with_signs(message)
        return embedded + [
            WindowVector(part, vector, kind)
            for part, vector in zip(parts, map(self._encoder.encode, _texts(parts)), strict=True)
        ]

    def _sentences_with_signs(self, message: Message) -> list[Part]:
        """Return the sentences with words of a warning sign, where others stand beside them.

        A sentence by itself is easier told to be harmless than amid a story.
        """
        signs = get_clinical_data().signs
        told = [
            entity["start"]
            for entity in told_signs(message.get(ENTITIES, []), signs)
            if (entity["entity"], entity["value"]) in signs.findings
            or entity["entity"] not in _SAID_OF_ANY_PAIN
        ]
        sentences = split_sentences(message.get(TEXT)) if told else []
        if len(sentences) == 1:
            return []
        return [
            sentence
            for sentence in sentences
            if any(sentence.start <= start < sentence.end for start in told)
        ]


def _texts(parts: Iterable[Part]) -> list[str]:
    return [part.text for part in parts]


def write_sentence_model(folder: Path, config: Mapping[str, Any]) -> None:
    """Write the graph and the tokenizer that `SentenceEncoder` reads.

    Args:
        folder: Where to.
        config: Settings as in `SENTENCE_MODEL`.

    Raises:
        RasaException: The weights are missing or not the expected ones.
    """
    tuning = config["tuning"] and Path(config["tuning"])
    with tempfile.TemporaryDirectory() as scratch:
        exact = Path(scratch) / _GRAPH_FILE
        try:
            source = find_weights(config["weights"])
            build_graph(source, exact, tuning)
        except SentenceModelError as error:
            raise RasaException(str(error)) from error
        if config["quantised"]:
            quantise_graph(exact, folder / _GRAPH_FILE)
        else:
            shutil.copy(exact, folder / _GRAPH_FILE)
    shutil.copy(source / _TOKENIZER_FILE, folder / _TOKENIZER_FILE)


def window_vectors(message: Message) -> list[WindowVector]:
    """Return the parts of a message with the vectors that `MiniLMFeaturizer` gave them."""
    return message.get(_WINDOWS) or []


def spelt_vector(message: Message) -> NDArray[np.float32] | None:
    """Return the numbers of a message with its words for topics spelt well, or its own."""
    spelt: NDArray[np.float32] | None = message.get(_SPELT)
    return layered_vector(message) if spelt is None else spelt


def layered_vector(message: Message) -> NDArray[np.float32] | None:
    """Return all 768 numbers that `MiniLMFeaturizer` gave a message, or None."""
    # Not message.get_dense_features, which copies them for each component that asks.
    for features in message.features:
        if features.attribute == TEXT and features.type == FEATURE_TYPE_SENTENCE:
            vector: NDArray[np.float32] = features.features[0]
            return vector
    return None
