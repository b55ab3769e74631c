"""The intent classifier learns the same weights from the same examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intent_classifier import EmbeddingIntentClassifier

SENTENCE = 768
EXAMPLES = {
    "report_pain": ["my neck hurts", "my upper back aches", "sore neck since monday"],
    "book_appointment": ["book me in", "i need an appointment", "can i come in on monday"],
    "affirm": ["yes", "yes please", "yes that is right"],
}


def training_data() -> TrainingData:
    """Examples with sentence vectors that are made up, but the same each time."""
    rng = np.random.default_rng(7)
    messages = []
    for intent, texts in EXAMPLES.items():
        for text in texts * 4:
            message = Message(data={TEXT: text, INTENT: intent})
            vector = rng.standard_normal((1, SENTENCE)).astype(np.float32)
            vector /= np.linalg.norm(vector)
            message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, "test"))
            messages.append(message)
    return TrainingData(training_examples=messages)


def stored_after_training(folder: Path) -> dict[str, bytes]:
    """Train, and return what the component stored."""
    folder.mkdir()
    storage = LocalModelStorage.create(folder)
    resource = Resource("classifier")
    config = EmbeddingIntentClassifier.get_default_config()
    EmbeddingIntentClassifier(config, storage, resource).train(training_data())
    with storage.read_from(resource) as stored:
        return {
            str(path.relative_to(stored)): path.read_bytes()
            for path in sorted(stored.rglob("*"))
            if path.is_file() and path.suffix != ".npz"
        } | {
            f"{path.name}:{name}": array.tobytes()
            for path in stored.rglob("*.npz")
            for name, array in np.load(path, allow_pickle=False).items()
        }


def test_two_trainings_give_the_same_weights(tmp_path: Path) -> None:
    first = stored_after_training(tmp_path / "first")
    assert first
    assert first == stored_after_training(tmp_path / "second")
