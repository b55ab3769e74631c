"""Read durations, pain scores and ages out of words.

A deterministic grammar over words, so that "about a year and a half" is 548 days and
"7 out of 10" is never a week. All durations are in days.
"""

from clinic.history.ages import GROWN_UP, age_band, find_ages
from clinic.history.durations import find_durations
from clinic.history.numbers import Measure, number_at
from clinic.history.scores import find_scores, is_said_by_others

__all__ = [
    "GROWN_UP",
    "Measure",
    "age_band",
    "find_ages",
    "find_durations",
    "find_scores",
    "is_said_by_others",
    "number_at",
]
