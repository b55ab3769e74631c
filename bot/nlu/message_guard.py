"""Make every message safe to read: no commands from outside, no hidden characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.lang.en import English
from spacy.language import create_tokenizer
from spacy.vocab import create_vocab

from clinic.history.words import clean

_COMMAND_MARK = "/"
_RUN = re.compile(r"\S{1,100}")
_ENDLESS = re.compile(r"\S{101}")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MessageGuard(Tokenizer):
    """Clean the text, disarm slash commands and cut it into spaCy tokens.

    Rasa reads `/intent{"entity": "value"}` from anybody as a fact with confidence 1.0, on
    every channel. Atlas's buttons send plain words, so no visitor ever needs a command: the
    slash is taken off here, inside the model, and what is left is read like any message.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that Rasa's tokenizers share."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageGuard:
        """Create the component."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        # As in English(), which would load all that spaCy has beside the tokenizer.
        english = SimpleNamespace(
            Defaults=English.Defaults, vocab=create_vocab(English.lang, English.Defaults)
        )
        self._tokenizer = create_tokenizer()(english)

    def process(self, messages: list[Message]) -> list[Message]:
        """Clean and cut the messages."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str):
                message.set(TEXT, disarm(text), add_to_output=True)
        return list(super().process(messages))

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Cut one attribute into tokens with their offsets."""
        return [
            Token(token.text, start + token.idx)
            for start, part in _parts(message.get(attribute))
            for token in self._tokenizer(part)
            if not token.is_space
        ]


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Give a text whole, or cut where it has runs without a space that no word is as long as.

    The time that spaCy takes for a run of signs grows with the square of its length: ten
    thousand emoji without a space would hold the server for fifteen seconds.
    """
    if not _ENDLESS.search(text):
        yield 0, text
        return
    for run in _RUN.finditer(text):
        yield run.start(), run.group()


def disarm(text: str) -> str:
    """Replace what could be read as a command, and characters that cannot be seen.

    Args:
        text: A message as it arrived.

    Returns:
        A text of the same length, so that offsets still fit.
    """
    cleaned = clean(text)
    body = cleaned.lstrip()
    while body.startswith(_COMMAND_MARK):
        body = " " + body[1:]
        cleaned = " " * (len(cleaned) - len(body)) + body
        body = cleaned.lstrip()
    return cleaned
