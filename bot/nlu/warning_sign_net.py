"""The second safety net: notice a warning sign told in words that no phrase foresaw."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.linear_model import LinearModel
from bot.nlu.minilm_featurizer import layered_vector, window_vectors
from bot.nlu.warning_sign_importer import sign_of
from clinic.clinical import get_clinical_data
from clinic.history.clauses import Part
from clinic.history.words import split_words
from clinic.triage.warning_signs import HARMLESS, WarningSign

_MODEL = "warning_signs"
# Messages with these intents tell of no sign; every third is enough to learn that.
_NEVER_A_SIGN = frozenset(
    {
        "affirm",
        "ask_clinic_info",
        "ask_help",
        "ask_meaning",
        "ask_medicine_advice",
        "ask_privacy",
        "ask_topic",
        "ask_why",
        "book_appointment",
        "bot_challenge",
        "cancel_appointment",
        "delete_my_data",
        "deny",
        "go_back",
        "goodbye",
        "greet",
        "look_up_appointment",
        "out_of_scope",
        "repeat",
        "request_human",
        "reschedule_appointment",
        "skip",
        "start_over",
        "stop",
        "thank",
        "unsure",
    }
)
_SHARE_OF_OTHERS = 3
# "my neck hurts since yesterday" holds nothing that the reader has not understood.
_LEAST_UNEXPLAINED = 3
_TELLING = 4  # letters; shorter words are mostly grammar
_SPOKEN_OF_OTHERWISE = frozenset({"absent", "past", "other_person", "hypothetical", "asked"})


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WarningSignNet(GraphComponent):
    """Set in the parse result `warning_signs`: what it sounds like, surest first.

    Its word alone changes no history and no level: Atlas asks the sign's question. What the
    reader of `clinic/history` heard being denied, or said of others, it does not bring up.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand earlier in the pipeline."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: the least confidence that counts, regularisation, solver steps."""
        return {"threshold": 0.6, "C": 10.0, "max_iterations": 60}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WarningSignNet:
        """Create the component for training."""
        return cls(config, model_storage, resource)

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._signs = get_clinical_data().signs
        self._model: LinearModel | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the signs, and from harmless sentences and other requests what is none."""
        vectors, texts, labels = [], [], []
        others = 0
        for example in training_data.training_examples:
            label = sign_of(example)
            if label is None and example.get(INTENT) in _NEVER_A_SIGN:
                others += 1
                label = HARMLESS if others % _SHARE_OF_OTHERS == 0 else None
            vector = layered_vector(example) if label else None
            if label and vector is not None:
                vectors.append(vector)
                texts.append(example.get(TEXT))
                labels.append(label)
        if len(set(labels)) < 2:
            raise RasaException("data/clinical/warning_signs has no examples; see config.yml.")
        self._model = LinearModel.fit(
            texts,
            vectors,
            labels,
            ngram_kinds=("words",),
            regularisation=self._config["C"],
            iterations=self._config["max_iterations"],
            balanced=False,
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
    ) -> WarningSignNet:
        """Load the weights from the model archive."""
        component = cls.create(config, model_storage, resource, execution_context)
        with model_storage.read_from(resource) as folder:
            component._model = LinearModel.load(folder, _MODEL)
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `warning_signs` of each message."""
        for message in messages:
            heard = sorted(self._hear(message), key=lambda sign: -sign["confidence"])
            best = {sign["sign"]: sign for sign in reversed(heard)}
            message.set("warning_signs", list(reversed(best.values())), add_to_output=True)
        return messages

    def _hear(self, message: Message) -> list[dict[str, Any]]:
        if self._model is None:
            raise RasaException("WarningSignNet was neither trained nor loaded.")
        heard = []
        harmless = self._model.labels.index(HARMLESS)
        for window in window_vectors(message):
            start, end = window.part.start, window.part.end
            confidences = self._model.confidences(window.part.text, window.vector)
            confidence = 1.0 - float(confidences[harmless])
            entities = message.get(ENTITIES, [])
            if confidence < self._config["threshold"] or _is_understood(window.part, entities):
                continue
            confidences[harmless] = 0.0
            name = self._model.labels[int(np.argmax(confidences))]
            # A sign that was taken out of the data since training is none any more.
            if name in self._signs and not _is_ruled_out(self._signs[name], entities, start, end):
                heard.append({"sign": name, "confidence": confidence, "start": start, "end": end})
        return heard


def _is_understood(part: Part, entities: list[dict[str, Any]]) -> bool:
    """Tell whether the reader's findings leave next to nothing of the words unexplained."""
    spans = [(entity["start"], entity["end"]) for entity in entities if "assertion" in entity]
    unexplained = {
        word.norm
        for word in split_words(part.text)
        if len(word.norm) >= _TELLING
        and not any(start <= part.start + word.start < end for start, end in spans)
    }
    return len(unexplained) < _LEAST_UNEXPLAINED


def _is_ruled_out(sign: WarningSign, entities: list[dict[str, Any]], start: int, end: int) -> bool:
    """Tell whether the reader heard the sign there, and each time as not so, or not now."""
    attributes = {attribute for attribute, _ in sign.findings}
    assertions = [
        entity["assertion"]
        for entity in entities
        if entity.get("entity") in attributes
        and "assertion" in entity
        and start <= entity["start"] < end
    ]
    return bool(assertions) and set(assertions) <= _SPOKEN_OF_OTHERWISE
