"""Doubt the words of a warning sign that stand in what sounds harmless to the second safety net.

"Blinded by the instructions" has the words of a sign, and nobody would take it for one. What is
doubted counts for nothing below an emergency, and where it would make one the patient is asked. So
nothing is raised by a word alone, and nothing goes unheard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clinic.history.attributes import AttributeCatalogue
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge
from clinic.triage.conditions import History
from clinic.triage.engine import assess
from clinic.triage.rules import Level, RuleBook
from clinic.triage.warning_signs import WarningSigns

# Clumsy hands and an unsteady walk told together are of the spinal cord, however calmly.
_OF_THE_CORD = frozenset({"hand_dexterity", "neuro_leg"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """Settle what of a message is believed.

    Attributes:
        signs: The signs that the net knows.
        rules: The rule book.
        attributes: What a history can hold.
    """

    signs: WarningSigns
    rules: RuleBook
    attributes: AttributeCatalogue

    def weighed(
        self, findings: Sequence[Finding], doubtful: Sequence[Finding], history: History
    ) -> tuple[Finding, ...]:
        """Return the findings, those as explained that are not believed.

        Args:
            findings: What the reader found in a message.
            doubtful: Those that stand in words which sound harmless.
            history: What was known before the message.

        Returns:
            A finding that is just what a sign means is not believed where it makes the matter
            urgent; another one of the same attribute only where it makes an emergency. What does
            neither is kept: "a stiff neck" is harmless, and no longer so beside a fever.
        """
        present = [item for item in doubtful if item.assertion is Assertion.PRESENT]
        if not present:
            return tuple(findings)
        told = dict.fromkeys((item.attribute, item.value) for item in present)
        kept = [item for item in findings if item not in present]
        level = self._level(kept, history)
        disbelieved = set()
        for pair in told:
            alike = [item for item in present if (item.attribute, item.value) == pair]
            with_it = self._level([*kept, *alike], history)
            is_sign = pair in self.signs.findings
            least = Level.CONSULTATION_24 if is_sign else Level.EMERGENCY
            raises = with_it.urgency > level.urgency and not level.is_emergency
            if raises and with_it.urgency >= least.urgency:
                disbelieved.update(alike)
            else:
                kept += alike
                level = with_it
        if {item.attribute for item in disbelieved} >= _OF_THE_CORD:
            return tuple(findings)
        return tuple(
            replace(item, assertion=Assertion.EXPLAINED) if item in disbelieved else item
            for item in findings
        )

    def _level(self, findings: Sequence[Finding], history: History) -> Level:
        return assess({**history, **merge(history, findings, self.attributes)}, self.rules).level
