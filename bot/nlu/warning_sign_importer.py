"""Give the sentences of the second safety net to training."""

from __future__ import annotations

from typing import Any

from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.examples_importer import ExamplesImporter
from clinic.clinical import DATA_FOLDER, get_clinical_data
from clinic.history.clauses import split_clauses
from clinic.triage.warning_signs import HARMLESS, Example

_SIGN = "warning_sign"
_NOMINAL_INTENT = "report_pain"
_LEAST_WORDS = 5  # a shorter part may be an answer to anything


class WarningSignImporter(ExamplesImporter):
    """Import the sentences of `data/clinical/warning_signs/`.

    Each carries its sign's id as metadata, which `WarningSignNet` learns from; the intent
    classifier passes it over. The intent is there because Rasa takes a text without one for
    end-to-end training, which takes minutes.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        self._examples = get_clinical_data().signs.load_examples(DATA_FOLDER / "warning_signs")
        # A part of what is harmless is harmless; a part of a sign may be either.
        self._examples += [
            Example(clause.text, HARMLESS)
            for example in self._examples
            if example.sign == HARMLESS
            for clause in split_clauses(example.text)[1:]
            if len(clause.text.split()) >= _LEAST_WORDS
        ]

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the sentences as training examples."""
        return TrainingData(
            training_examples=[
                Message(
                    data={
                        TEXT: example.text,
                        INTENT: _NOMINAL_INTENT,
                        METADATA: {METADATA_EXAMPLE: {_SIGN: example.sign}},
                    }
                )
                for example in self._examples
            ]
        )


def sign_of(example: Message) -> str | None:
    """Return the sign that an example teaches, `HARMLESS`, or None for one of another kind."""
    details = (example.get(METADATA) or {}).get(METADATA_EXAMPLE)
    sign = details.get(_SIGN) if isinstance(details, dict) else None
    return str(sign) if sign else None
