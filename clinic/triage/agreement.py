"""Believe the second safety net only where the words themselves say the sign of the patient, now.

The net knows what a message sounds like, and nothing of whose sign it is, whether it is denied,
long past or only asked about. The reader knows that of every word, and cannot foresee every
wording. Where the net is sure and the reader finds a word that the sign is about (its
`witnesses`), said to be so, the sign counts. The other way round, what the reader finds in words
that sound harmless to the net is doubted (clinic/triage/doubt.py). Neither decides alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from clinic.history.attributes import AttributeCatalogue
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge
from clinic.history.reader import HistoryReader, Listening
from clinic.triage.engine import assess
from clinic.triage.rules import RuleBook
from clinic.triage.warning_signs import WarningSign


@dataclass(frozen=True, slots=True)
class Sounding:
    """A sign that a part of a message sounds like.

    Attributes:
        sign: The sign.
        start: Offset of the part's first character.
        end: Offset after its last character.
    """

    sign: WarningSign
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Jury:
    """Hold what the net heard against what the reader reads.

    Attributes:
        reader: Reads how words are said.
        rules: The rule book.
        attributes: What a history can hold.
    """

    reader: HistoryReader
    rules: RuleBook
    attributes: AttributeCatalogue

    def agreed(
        self, text: str, heard: Sequence[Sounding], findings: Sequence[Finding], today: date
    ) -> list[Finding]:
        """Return the findings of the signs that both the net and the words tell of.

        Args:
            text: The message.
            heard: The signs that the net is sure of.
            findings: What the reader found in the message.
            today: The present date at the clinic.

        Returns:
            Nothing where the message alone is as urgent without them: what the reader
            understands by itself needs no guess beside it.
        """
        listening = self.reader.listen(text, today)
        told = merge({}, findings, self.attributes)
        added = [
            Finding(attribute, value, Assertion.PRESENT, sounding.start, sounding.end)
            for sounding in heard
            if not (sounding.sign.only_asked and sounding.sign.only_asked(told))
            and self._is_witnessed(listening, sounding)
            and not _is_denied(sounding, findings)
            for attribute, value in sounding.sign.findings
        ]
        before, after = self._urgency(findings), self._urgency([*findings, *added])
        return added if after > before else []

    def _is_witnessed(self, listening: Listening, sounding: Sounding) -> bool:
        part = (sounding.start, sounding.end)
        about = [self.attributes[name] for name, _ in sounding.sign.findings]
        return all(
            Assertion.PRESENT in listening.how_said(group, part, about)
            for group in sounding.sign.witnesses
        )

    def _urgency(self, findings: Sequence[Finding]) -> int:
        return assess(merge({}, findings, self.attributes), self.rules).level.urgency


def _is_denied(sounding: Sounding, findings: Sequence[Finding]) -> bool:
    """Tell whether the reader heard the very sign there, and each time as not so or not his.

    "Shivered at the bus stop, temperature 36.5" is left to the question about the sign, and so is
    "her Aldo felt something rip in his back", although the writer's own back aches.
    """
    told = {
        finding.assertion
        for finding in findings
        if (finding.attribute, finding.value) in sounding.sign.findings
        and sounding.start <= finding.start < sounding.end
    }
    return bool(told) and told <= {Assertion.ABSENT, Assertion.OTHER_PERSON}
