"""Hear despair that nobody spells out, so that Atlas asks about thoughts of dying.

Source: clinical basis, section 2.2, `mood_safety`: asked only where it is hinted at.
"""

from __future__ import annotations

from collections.abc import Sequence

from clinic.history.assertion import Context
from clinic.history.findings import Assertion, Finding
from clinic.history.patterns import Span

# One hint alone is how people talk: "is there any point in an X-ray?"
_HINTS = 2


def hinted_despair(context: Context, findings: Sequence[Finding]) -> list[Finding]:
    """Return thoughts of dying, to be asked about, where a message hints at them twice.

    Args:
        context: The words with their cues.
        findings: What the message says besides; "nothing helps" is a hint, too.
    """
    hints: list[Span] = []
    for cue in context.spans("DESPAIR_HINT"):
        if not any(cue.overlaps(other) for other in hints):
            hints.append(cue)
    told = any(finding.attribute == "crisis" for finding in findings)
    helpless = any(
        (finding.attribute, finding.value) == ("relieving", "nothing")
        and finding.assertion is Assertion.PRESENT
        for finding in findings
    )
    if not hints or told or len(hints) + helpless < _HINTS:
        return []
    words = context.words
    start, end = words[hints[0].first].start, words[hints[0].last - 1].end
    # What is explained counts for nothing by itself and is asked about.
    return [Finding("crisis", "intent", Assertion.EXPLAINED, start, end)]
