"""What of an answer counts: a question about one thing is often answered with another beside it."""

from __future__ import annotations

from dataclasses import replace

from actions.reading.message import Message
from clinic.dialogue.agenda import BOOKING, MANAGING
from clinic.history.findings import Assertion, Finding
from clinic.history.words import word_set
from clinic.triage.answer_sense import EVER, tells_of_now
from clinic.triage.interview import denies, is_calming

# Something said beside a checklist's answer ("surgery two weeks ago") is no new start of the pain.
_NOT_BESIDE_A_CHECKLIST = frozenset({"duration_days", "severity", "onset_how"})
# Times and numbers in a booking answer the booking.
_OF_THE_BOOKING = frozenset(
    {"duration_days", "severity", "injury_days_ago", "timing", "side", "previous_episodes"}
)
_OF_A_VISIT = frozenset({"duration_days", "severity", "injury_days_ago", "timing"})
# Whoever is asked about a sign tells of the sign: "I had it in 2017", "only in bed".
_OF_THE_SIGN = frozenset(
    {"duration_days", "severity", "timing", "side", "previous_episodes", "course"}
)
_INJURY_DATE = "injury_days_ago"
_A_DAY = 1.0
_DATING = word_set("ago since started began only actually")
_BEGAN, _RATHER = word_set("started began"), word_set("actually sorry rather")
_ONSET = "onset_how"
# Their answers say when the sign comes, not when the pain does: "only when I lie on the arm".
_NOT_ABOUT_THE_PAIN = frozenset({"emergency_screen", "neuro_arm", EVER})
# When it hurts, and whether it did before: "never had cancer" tells of no first pain.
_OF_THE_PAIN = frozenset({"timing", "previous_episodes"})
_INJURY = frozenset({"injury", "injury_mechanism"})


class Relevance:
    """Weigh the findings of one message against the question that it answers.

    Args:
        message: The message.
    """

    def __init__(self, message: Message) -> None:
        self._message = message
        self._pending = [
            str(item["attribute"]) for item in message.tracker.get_slot("unconfirmed") or []
        ]
        self.takes_back = False

    def findings_that_count(self) -> list[Finding]:
        """Leave out what the words of this turn do not say about the pain.

        A button means what data/clinical/interview.yml says, not what its title may be read as.
        """
        message = self._message
        findings = list(message.reading.findings)
        if message.is_option:
            return []
        if message.level.is_emergency:
            return self._findings_that_add()
        if self._pending and not message.corrects:
            findings = [item for item in findings if not self._is_of_the_sign(item)]
        if message.asked and not message.corrects:
            kept = [item for item in findings if not self._is_beside(item)]
            return [self._taken_back(item) for item in kept]
        if message.form in (BOOKING, MANAGING):
            kept = [item for item in findings if item.attribute not in _OF_THE_BOOKING]
            # A place alone may be a name; beside a symptom or an illness it is where it hurts.
            return [] if all(item.attribute == "site" for item in kept) else kept
        if message.says_when_to_come:
            return [item for item in findings if item.attribute not in _OF_A_VISIT]
        return findings

    def _is_of_the_sign(self, finding: Finding) -> bool:
        """Tell whether a time in the answer to "is this true for you now?" is the sign's."""
        if finding.attribute == _INJURY_DATE:
            return not any(name.startswith("injury") for name in self._pending)
        return finding.attribute in _OF_THE_SIGN

    def _is_beside(self, finding: Finding) -> bool:
        """Tell whether something said in passing would overwrite what was said on purpose."""
        name, question = finding.attribute, str(self._message.asked)
        if name == "who_for":
            return True  # "from carrying the boy" does not make him the patient
        if name in _OF_THE_PAIN and question in _NOT_ABOUT_THE_PAIN:
            return True
        reading = self._message.reading
        if question == EVER and name in _INJURY:
            return not tells_of_now(reading.findings, reading.words)
        known = self._message.history.get(name)
        if name == _INJURY_DATE and known is not None:
            return float(finding.value) > float(known)  # "my stick, as for years" dates no fall
        if known is None or name not in _NOT_BESIDE_A_CHECKLIST or name == question:
            return False
        if name == _ONSET or self._message.data.interview[question].positive:
            return True  # "walking fine, slowly" tells of no slow beginning
        if name != "duration_days":
            return False
        if question != _ONSET:
            # "A five, gone by Tuesday", but not "actually it only started this morning".
            return _BEGAN.isdisjoint(reading.words) or _RATHER.isdisjoint(reading.words)
        told = {item.attribute for item in reading.findings}
        # "I woke up with it" and "a few days after the new glasses" tell how it started, and "I had
        # it ten years ago" of another time.
        shorter = float(finding.value) < float(known)
        dated = not _DATING.isdisjoint(reading.words)
        return (shorter and (not dated or float(known) < _A_DAY)) or "previous_episodes" in told

    def _taken_back(self, finding: Finding) -> Finding:
        """Let "always been so, it's not changed" take back what an opening was read as.

        Of a list of what was ever so, an old numbness takes nothing back, nor beside a new one.
        """
        message = self._message
        said = message.history.get(finding.attribute)
        told = isinstance(said, list) and finding.value in said
        if finding.assertion is not Assertion.PAST or not told:
            return finding
        still = any(
            item.attribute == finding.attribute
            and item.assertion in (Assertion.PRESENT, Assertion.POSSIBLE)
            for item in message.reading.findings
        )
        calm = denies(message.text) or is_calming(message.reading.words)
        if calm and not still and message.asked != EVER:
            return replace(finding, assertion=Assertion.ABSENT)
        return finding

    def _findings_that_add(self) -> list[Finding]:
        """In an emergency, leave out what would take a sign back: that is asked about."""
        kept = []
        for item in self._message.reading.findings:
            said = self._message.history.get(item.attribute)
            holds = item.value in said if isinstance(said, list) else bool(said)
            if item.assertion is Assertion.ABSENT and holds:
                self.takes_back = True
            else:
                kept.append(item)
        return kept
