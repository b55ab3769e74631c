"""The second safety net: notice a warning sign told in words that no phrase foresaw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import ENTITIES, EXTRACTOR, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.findings_extractor import told_signs
from bot.nlu.linear_model import LinearModel
from bot.nlu.minilm_featurizer import WindowKind, layered_vector, window_vectors
from bot.nlu.warning_sign_importer import sign_of
from clinic import clock
from clinic.clinical import get_clinical_data
from clinic.history.clauses import Part
from clinic.history.findings import Finding
from clinic.history.words import split_words
from clinic.settings import get_settings
from clinic.triage.agreement import Jury, Sounding
from clinic.triage.warning_signs import HARMLESS, WarningSign

_MODEL = "warning_signs"
# Messages with these intents tell of no sign; every second is enough to learn that.
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
_SHARE_OF_OTHERS = 2
# "my neck hurts since yesterday" holds nothing that the reader has not understood.
_LEAST_UNEXPLAINED = 3
_OF_THE_WHOLE = frozenset({"who_for"})  # read off all words, and explains none
_QUESTION = "ask_topic"
_SURELY = 0.75
_SHORT, _BRIEF = 8, 14  # words
_TELLING = 4  # letters; shorter words are mostly grammar
# A message may tell of several signs, which then share the confidence.
_MOST_SIGNS = 3
_LEAST_SHARE = 0.2
_SPOKEN_OF_OTHERWISE = frozenset({"absent", "past", "other_person", "hypothetical", "asked"})


class _Scored(NamedTuple):
    """A part of a message, how likely it tells of any sign, and of which (0-1)."""

    part: Part
    confidence: float
    by_sign: dict[str, float]
    kind: WindowKind


@dataclass(frozen=True, slots=True)
class _Sound(Sounding):
    """What the net heard, and how sure it is.

    Attributes:
        confidence: That the part tells of any sign, 0-1.
        is_sure: Whether that is enough to believe it where the reader agrees.
        is_first: Whether no other sign is more likely in this part.
    """

    confidence: float
    is_sure: bool
    is_first: bool

    def as_result(self) -> dict[str, Any]:
        """Return it as the parse result names it."""
        return {
            "sign": self.sign.id,
            "confidence": self.confidence,
            "start": self.start,
            "end": self.end,
        }


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class WarningSignNet(GraphComponent):
    """Add the findings of the signs that it and the reader agree on; name the others.

    `warning_signs` in the parse result are what the message sounds like, surest first. The net's
    word alone changes no history and no level: Atlas asks the sign's question. What the reader of
    `clinic/history` heard being denied, or said of others, it brings up only where it is sure.
    Entities that tell of a sign in what sounds harmless to it are marked `doubted`, and
    `sounds_harmless` says whether all of the message does.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Name what must stand earlier in the pipeline."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: what is asked about, sure or harmless, and the training's."""
        return {
            **{"threshold": 0.35, "sure": 0.6, "sure_of_sign": 0.6, "sure_of_answer": 0.9},
            **{"harmless": 0.1, "surely_harmless": 0.03},
            **{"C": 10.0, "max_iterations": 60},
        }

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
        self._data = get_clinical_data()
        self._jury = Jury(self._data.reader, self._data.rules, self._data.attributes)
        self._zone = ZoneInfo(get_settings().clinic.time_zone)
        self._model: LinearModel | None = None

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the signs, and from harmless sentences and other requests what is none."""
        vectors, texts, labels = [], [], []
        for example, label in sign_examples(training_data.training_examples):
            vector = layered_vector(example)
            if vector is not None:
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
        """Add to the entities what is agreed on, and set `warning_signs` of each message."""
        for message in messages:
            scored = self._score(message)
            heard = list(self._hear(message, scored))
            agreed = self._agreed(message, [sound for sound in heard if sound.is_sure])
            message.set(ENTITIES, self._doubted(message, scored) + agreed, add_to_output=True)
            signs: dict[str, dict[str, Any]] = {}
            for sound in sorted(heard, key=lambda sound: -sound.confidence):
                if sound.is_first:
                    signs.setdefault(sound.sign.id, sound.as_result())
            message.set("warning_signs", list(signs.values()), add_to_output=True)
            whole = [item for item in scored if item.kind is WindowKind.WHOLE]
            harmless = all(item.confidence < self._config["harmless"] for item in whole)
            message.set("sounds_harmless", harmless, add_to_output=True)
        return messages

    def _score(self, message: Message) -> list[_Scored]:
        """Return the parts of a message, and how likely each tells of any sign and of which."""
        if self._model is None:
            raise RasaException("WarningSignNet was neither trained nor loaded.")
        harmless = self._model.labels.index(HARMLESS)
        scored = []
        for window in window_vectors(message):
            shares = self._model.confidences(window.part.text, window.vector)
            confidence = 1.0 - float(shares[harmless])
            shares[harmless] = 0.0
            by_sign = dict(zip(self._model.labels, shares.tolist(), strict=True))
            scored.append(_Scored(window.part, confidence, by_sign, window.kind))
        return scored

    def _hear(self, message: Message, scored: list[_Scored]) -> Iterator[_Sound]:
        entities = message.get(ENTITIES, [])
        for part, confidence, by_sign, kind in scored:
            sure = confidence >= self._config["sure"]
            least = self._config["sure_of_answer" if kind is WindowKind.ANSWER else "threshold"]
            # A sentence was cut out only to doubt what the reader heard in it.
            unheard = kind is WindowKind.SENTENCE or confidence < least
            if unheard or _is_understood(part, entities):
                continue
            likeliest = sorted(by_sign, key=by_sign.__getitem__, reverse=True)[:_MOST_SIGNS]
            for rank, name in enumerate(likeliest):
                # A sign that was taken out of the data since training is none any more.
                if (rank and by_sign[name] < _LEAST_SHARE) or name not in self._data.signs:
                    continue
                sign = self._data.signs[name]
                ruled_out = _is_ruled_out(sign, entities, part.start, part.end)
                if sure or not ruled_out:
                    is_clear = by_sign[name] >= self._config["sure_of_sign"] and not ruled_out
                    yield _Sound(
                        sign, part.start, part.end, confidence, sure and is_clear, rank == 0
                    )

    def _doubted(self, message: Message, scored: list[_Scored]) -> list[dict[str, Any]]:
        """Return the entities, marked where the net hears no sign at all around them."""
        entities: list[dict[str, Any]] = message.get(ENTITIES, [])
        told = told_signs(entities, self._data.signs)
        answers = any(item.kind is WindowKind.ANSWER for item in scored)
        length = len(split_words(message.get(TEXT)))
        # Few words are the reader's own ground: "both legs went weak today".
        if not told or not (answers or length > _SHORT):
            return entities
        is_brief = not answers and length <= _BRIEF
        asks = _asks_about_a_topic(message)
        doubted = {
            id(entity)
            for entity in told
            if self._sounds_harmless(entity, scored, self._harmless_below(entity, asks, is_brief))
        }
        return [
            {**entity, "doubted": True} if id(entity) in doubted else entity for entity in entities
        ]

    def _sounds_harmless(self, entity: dict[str, Any], scored: list[_Scored], below: float) -> bool:
        """Tell whether a part of the message around an entity sounds harmless, and none grave.

        A story may sound grave as a whole and the sentence of a colleague's stroke harmless, or the
        other way round.
        """
        start = entity["start"]
        around = [item.confidence for item in scored if item.part.start <= start < item.part.end]
        return bool(around) and min(around) < below and max(around) < self._config["sure"]

    def _harmless_below(self, entity: dict[str, Any], asks: bool, is_brief: bool) -> float:
        """Return the confidence below which the words of an entity are doubted.

        In "what do they check by hand on my neck?" more is a slip than in what is told, and in a
        story more than in a brief message.
        """
        signs = self._data.signs.of_attribute(entity["entity"])
        if is_brief or any(sign.seldom_doubted for sign in signs):
            name = "harmless" if asks else "surely_harmless"
        else:
            name = "threshold" if asks else "harmless"
        return float(self._config[name])

    def _agreed(self, message: Message, heard: list[_Sound]) -> list[dict[str, Any]]:
        """Return as entities the findings that the reader's words bear out."""
        if not heard:
            return []
        text = message.get(TEXT)
        findings = [
            Finding.from_entity(entity)
            for entity in message.get(ENTITIES, [])
            if "assertion" in entity
        ]
        heard = [sound for sound in heard if not _is_uncertain(sound, findings)]
        today = clock.now().astimezone(self._zone).date()
        return [
            {**finding.as_entity(text), EXTRACTOR: type(self).__name__}
            for finding in self._jury.agreed(text, heard, findings, today)
        ]


def _asks_about_a_topic(message: Message) -> bool:
    intent = message.get(INTENT) or {}
    return intent.get("name") == _QUESTION and intent.get("confidence", 0.0) >= _SURELY


def sign_examples(examples: Iterable[Message]) -> Iterator[tuple[Message, str]]:
    """Yield the examples that teach a sign, with it, and those that teach what is none."""
    others = 0
    for example in examples:
        sign = sign_of(example)
        if sign is None and example.get(INTENT) in _NEVER_A_SIGN:
            others += 1
            sign = HARMLESS if others % _SHARE_OF_OTHERS == 0 else None
        if sign and example.get(TEXT):
            yield example, sign


def _is_understood(part: Part, entities: list[dict[str, Any]]) -> bool:
    """Tell whether the reader's findings leave next to nothing of the words unexplained."""
    spans = [
        (entity["start"], entity["end"])
        for entity in entities
        if "assertion" in entity and entity["entity"] not in _OF_THE_WHOLE
    ]
    unexplained = {
        word.norm
        for word in split_words(part.text)
        if len(word.norm) >= _TELLING
        and not any(start <= part.start + word.start < end for start, end in spans)
    }
    return len(unexplained) < _LEAST_UNEXPLAINED


def _is_uncertain(sound: _Sound, findings: list[Finding]) -> bool:
    """Tell whether the reader heard the sign there, and leaves it to a question."""
    return any(
        finding.assertion.is_uncertain
        and (finding.attribute, finding.value) in sound.sign.findings
        and sound.start <= finding.start < sound.end
        for finding in findings
    )


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
