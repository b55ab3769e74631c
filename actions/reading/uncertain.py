"""Warning signs that a message may have stated: what has to be asked before it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions.reading.answers import Answers
from actions.reading.message import Message
from clinic.history.findings import Assertion, Finding
from clinic.history.history import merge
from clinic.triage.engine import Assessment, assess
from clinic.triage.interview import SpeechAct

_AGAIN, _DENIED = " again", " denied"
# The second safety net does not ask about so short a message that is an answer or no report.
_SHORT = 8


class Weighing:
    """A message's findings weighed together with all that was said.

    Attributes:
        after: The history after the message.
        assessment: That history weighed.
        pending: Uncertain findings that would make it an emergency if they were so.
    """

    def __init__(self, message: Message, answers: Answers) -> None:
        self._message = message
        self._answers = answers
        self.after = {**message.history, **answers.changes}
        self.assessment = self.weigh(self.after)
        self.pending = self._possible_emergency()

    def weigh(self, history: dict[str, Any]) -> Assessment:
        """Apply the rules to a history."""
        return assess(history, self._message.data.rules)

    @property
    def signs_asked(self) -> list[str]:
        """The signs asked about, with this turn's; the reader's own as "attribute=value"."""
        asked = self._message.tracker.get_slot("signs_asked") or []
        named = [item["sign"] for item in self.pending if "sign" in item]
        for item in self.pending:
            if "sign" not in item and "option" not in item:
                name = _name(item["attribute"], item["value"])
                named.append(f"{name}{_AGAIN}" if name in asked else name)
        denied = [f"{name}{_DENIED}" for name in sorted(self._answers.denied)]
        return list(dict.fromkeys(asked + named + denied))

    def _possible_emergency(self) -> list[dict[str, Any]]:
        if self.assessment.level.is_emergency:
            return []
        if self._answers.asked_again:
            return self._answers.asked_again
        if meant := self._answers.meant:
            return [{"attribute": self._message.asked, "value": meant, "option": meant}]
        findings = self._message.reading.findings
        # What was just asked about is settled, however the answer words it once more.
        settled = {
            (item["attribute"], item["value"])
            for item in self._message.tracker.get_slot("unconfirmed") or []
        }
        uncertain = [
            item
            for item in findings
            if item.assertion.is_uncertain
            and (item.attribute, item.value) not in settled
            and not self._was_denied(item)
        ]
        asked = self._message.tracker.get_slot("signs_asked") or []
        again = [
            item for item in uncertain if f"{_name(item.attribute, item.value)}{_AGAIN}" in asked
        ]
        if again and self.weigh({**self.after, **self._assumed(again)}).level.is_emergency:
            # Asked twice and told the same way a third time: no question settles that.
            unsure: dict[str, Any] = {"emergency_unsure": True}
            if self.after.get("emergency_screen") is None:
                unsure["emergency_screen"] = "unsure"
            before = self._message.history
            self._answers.changes.update(
                {name: value for name, value in unsure.items() if value != before.get(name)}
            )
            self.after.update(unsure)
            self.assessment = self.weigh(self.after)
        uncertain = [item for item in uncertain if item not in again]
        changes = self._assumed(uncertain)
        if changes and self.weigh({**self.after, **changes}).level.is_emergency:
            return [{"attribute": item.attribute, "value": item.value} for item in uncertain]
        # What may be so counts below an emergency; what has a harmless cause does not.
        changes = self._assumed(
            [item for item in uncertain if item.assertion is Assertion.POSSIBLE]
        )
        if changes:
            self._answers.changes.update(changes)
            self._answers.doubt(changes)
            self.after.update(changes)
            self.assessment = self.weigh(self.after)
        return self._sounds_like_emergency()

    def _was_denied(self, finding: Finding) -> bool:
        """Tell whether a question about that kind of sign was answered with a no.

        "No. I'm out of breath on hills like anybody" needs no second question about the breath,
        and the same words later none either, unless they sound like a sign to the second net.
        """
        if finding.attribute in self._answers.denied:
            return True
        asked = self._message.tracker.get_slot("signs_asked") or []
        if f"{finding.attribute}{_DENIED}" not in asked:
            return False
        # The very same sign with its harmless cause was asked about and denied.
        same = _name(finding.attribute, finding.value) in asked
        explained = finding.assertion is Assertion.EXPLAINED
        return self._message.sounds_harmless or (same and explained)

    def _assumed(self, findings: list[Finding]) -> dict[str, Any]:
        """Return what would change if some findings were so."""
        present = [
            Finding(item.attribute, item.value, Assertion.PRESENT, item.start, item.end)
            for item in findings
        ]
        return merge(self.after, present, self._message.data.attributes)

    def _sounds_like_emergency(self) -> list[dict[str, Any]]:
        """Return what the second safety net heard, if it would make this an emergency."""
        message = self._message
        says_else = message.speech_act() in (SpeechAct.REQUEST, SpeechAct.CORRECT)
        if (says_else or self._answers.answered) and len(message.reading.words) <= _SHORT:
            return []
        asked = message.tracker.get_slot("signs_asked") or []
        sounds = message.tracker.latest_message.get("warning_signs") or []
        if not sounds or message.data.reader.knows_no_word(message.text):
            return []
        for heard in sounds:
            sign = message.data.signs[heard["sign"]]
            assumed = [
                Finding(attribute, value, Assertion.PRESENT, heard["start"], heard["end"])
                for attribute, value in sign.findings
            ]
            changes = merge(self.after, [*self._of_others(), *assumed], message.data.attributes)
            if sign.id not in asked and self.weigh({**self.after, **changes}).level.is_emergency:
                return [
                    {"attribute": attribute, "value": value, "sign": sign.id}
                    for attribute, value in sign.findings
                ]
        return []

    def _of_others(self) -> list[Finding]:
        """Return what was read as another person's, as if it were the patient's.

        Where the net hears a sign beside it, "my husband has a fever" may be told for him.
        """
        return [
            replace(item, assertion=Assertion.PRESENT)
            for item in self._message.reading.findings
            if item.assertion is Assertion.OTHER_PERSON
        ]


def _name(attribute: str, value: Any) -> str:
    return f"{attribute}={value}"
