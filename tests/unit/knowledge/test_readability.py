"""Reading age of what patients read.

textstat fetches a dictionary (cmudict) from the net when first used, so the Flesch-Kincaid grade is
reckoned by clinic.knowledge.readability, with syllables counted by groups of vowels.
"""

from __future__ import annotations

from statistics import median

import pytest

from clinic.knowledge.base import KnowledgeBase, Topic
from clinic.knowledge.readability import grade, syllables

_MEDIAN_GRADE = 7.0
_HIGHEST_GRADE = 9.5  # medical names that cannot be avoided inflate the grade


def _text_of(topic: Topic) -> str:
    return " ".join((topic.first_answer, *topic.aspects.values()))


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("neck", 1),
        ("pain", 1),
        ("muscle", 2),
        ("needle", 2),
        ("nerves", 1),
        ("pressed", 1),
        ("needed", 2),
        ("doctor", 2),
        ("arthritis", 3),
        ("emergency", 4),
        ("medicine", 3),
        ("infection", 3),
        ("inflammatory", 5),
        ("radiofrequency", 6),
        ("surgery", 3),
        ("clinician", 3),
    ],
)
def test_the_measure_counts_syllables_as_people_speak_them(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_measure_tells_plain_from_hard_words() -> None:
    plain = "The cat sat on the mat. It was glad to rest."
    hard = (
        "Radiological investigation demonstrates considerable degenerative abnormalities "
        "necessitating multidisciplinary rehabilitation."
    )
    assert grade(plain) < 3 < 15 < grade(hard)


def test_half_of_all_topics_read_at_grade_seven_or_below(base: KnowledgeBase) -> None:
    assert median(grade(_text_of(topic)) for topic in base.topics.values()) <= _MEDIAN_GRADE


def test_no_topic_reads_above_grade_nine_and_a_half(base: KnowledgeBase) -> None:
    grades = {topic.id: round(grade(_text_of(topic)), 1) for topic in base.topics.values()}
    assert {key: value for key, value in grades.items() if value > _HIGHEST_GRADE} == {}
