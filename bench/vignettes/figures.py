"""Count outcomes: what was found, missed and raised, with intervals."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.vignettes.cases import BENIGN
from bench.vignettes.play import Outcome
from clinic.triage.rules import Level
from evaluation.statistics import Share


@dataclass(frozen=True, slots=True)
class Figures:
    """What a set of outcomes shows.

    Attributes:
        acceptable: Cases whose level a careful clinician would accept.
        exact: Cases with exactly the expected level.
        emergencies_missed: Emergencies that ended at no emergency level.
        benign_raised: Look-alikes above their ceiling.
        flags_heard: Expected warning signs that were heard.
        median_questions: Middle number of answers a patient gave.
        most_questions: Largest number of answers a patient gave.
    """

    acceptable: Share
    exact: Share
    emergencies_missed: Share
    benign_raised: Share
    flags_heard: Share
    median_questions: float
    most_questions: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Figures:
        """Count outcomes.

        Args:
            outcomes: At least one.
        """
        emergencies = [item for item in outcomes if item.case.is_emergency]
        benign = [item for item in outcomes if item.case.kind == BENIGN]
        flags = [(flag, item) for item in outcomes for flag in item.case.red_flags]
        questions = [item.questions for item in outcomes]
        return cls(
            acceptable=Share(sum(item.acceptable for item in outcomes), len(outcomes)),
            exact=Share(sum(item.level is item.case.expected for item in outcomes), len(outcomes)),
            emergencies_missed=Share(sum(item.missed for item in emergencies), len(emergencies)),
            benign_raised=Share(sum(item.raised for item in benign), len(benign)),
            flags_heard=Share(sum(flag in item.red_flags for flag, item in flags), len(flags)),
            median_questions=statistics.median(questions),
            most_questions=max(questions),
        )


def confusion(outcomes: Sequence[Outcome]) -> list[tuple[Level, list[int]]]:
    """Return a row for each expected level: how often each level, then none, was given."""
    given: list[Level | None] = [*Level, None]
    return [
        (
            expected,
            [
                sum(item.case.expected is expected and item.level is level for item in outcomes)
                for level in given
            ],
        )
        for expected in Level
    ]
