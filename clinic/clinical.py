"""Load the clinical data once a process, checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from clinic.history.attributes import AttributeCatalogue
from clinic.history.phrasebook import Phrasebook
from clinic.history.reader import HistoryReader
from clinic.settings import get_settings
from clinic.triage.interview import Interview
from clinic.triage.patient_summary import SummaryWriter
from clinic.triage.rules import RuleBook
from clinic.triage.warning_signs import WarningSigns

DATA_FOLDER = Path(__file__).resolve().parents[1] / "data" / "clinical"


@dataclass(frozen=True, slots=True)
class ClinicalData:
    """Everything in `data/clinical/`.

    Attributes:
        attributes: What a history can hold.
        reader: Reads messages into findings.
        rules: The triage rules.
        signs: The warning signs of the second safety net.
        interview: The questions.
        phrasebook: The words for findings.
        summary: Writes the summary that a patient can keep.
    """

    attributes: AttributeCatalogue
    reader: HistoryReader
    rules: RuleBook
    signs: WarningSigns
    interview: Interview
    phrasebook: Phrasebook
    summary: SummaryWriter

    @classmethod
    def load(cls, folder: Path = DATA_FOLDER, keep_in: Path | None = None) -> ClinicalData:
        """Load and check all files.

        Args:
            folder: Where they are.
            keep_in: A folder that keeps the compiled lexicon for the next time.

        Raises:
            DataFileError: One is not usable; the message names file, entry and field.
        """
        attributes = AttributeCatalogue.load(folder / "history.yml")
        rules = RuleBook.load(folder, attributes)
        phrasebook = Phrasebook.load(folder / "phrases.yml")
        reader = HistoryReader.load(folder, keep_in)
        signs = WarningSigns.load(folder / "warning_signs", attributes, rules, reader.concepts)
        return cls(
            attributes=attributes,
            reader=reader,
            rules=rules,
            signs=signs,
            interview=Interview.load(folder / "interview.yml", attributes),
            phrasebook=phrasebook,
            summary=SummaryWriter.load(folder / "summary.yml", attributes, phrasebook),
        )


@lru_cache(maxsize=1)
def get_clinical_data() -> ClinicalData:
    """Return the clinical data, loaded on first use."""
    return ClinicalData.load(keep_in=get_settings().var)
