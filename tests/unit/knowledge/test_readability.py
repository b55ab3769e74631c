"""Reading age of what patients read.

textstat fetches a dictionary (cmudict) from the net when first used, so the Flesch-Kincaid grade is
reckoned here, with syllables counted by groups of vowels.
"""

from __future__ import annotations

import re
from statistics import median

import pytest

from clinic.knowledge.base import KnowledgeBase, Topic

_MEDIAN_GRADE = 7.0
_HIGHEST_GRADE = 9.5  # medical names that cannot be avoided inflate the grade


def _syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(re.findall(r"[aeiouy]+", word))
    silent_end = re.search(r"[^aeiouyl]e$|[^aeioudty]ed$|[^aeioucgsxz]es$", word)
    split_vowels = len(re.findall(r"i[aou](?!us)|[^q]ua[lt]|eo(?!u)", word)) - len(
        re.findall(r"[tcs]i[ao]", word)
    )
    return max(1, groups - bool(silent_end) + max(0, split_vowels))


def _grade(text: str) -> float:
    sentences = [part for part in re.split(r"[.!?]+(?:\s+|$)", text) if part.strip()]
    words = re.findall(r"[A-Za-z]+(?:['-][A-Za-z]+)*", text)
    syllables = sum(_syllables(part) for word in words for part in re.split("-", word))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _text_of(topic: Topic) -> str:
    return " ".join((topic.first_answer, *topic.aspects.values()))


@pytest.mark.parametrize(
    ("word", "syllables"),
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
def test_the_measure_counts_syllables_as_people_speak_them(word: str, syllables: int) -> None:
    assert _syllables(word) == syllables


def test_the_measure_tells_plain_from_hard_words() -> None:
    plain = "The cat sat on the mat. It was glad to rest."
    hard = (
        "Radiological investigation demonstrates considerable degenerative abnormalities "
        "necessitating multidisciplinary rehabilitation."
    )
    assert _grade(plain) < 3 < 15 < _grade(hard)


def test_half_of_all_topics_read_at_grade_seven_or_below(base: KnowledgeBase) -> None:
    assert median(_grade(_text_of(topic)) for topic in base.topics.values()) <= _MEDIAN_GRADE


def test_no_topic_reads_above_grade_nine_and_a_half(base: KnowledgeBase) -> None:
    grades = {topic.id: round(_grade(_text_of(topic)), 1) for topic in base.topics.values()}
    assert {key: grade for key, grade in grades.items() if grade > _HIGHEST_GRADE} == {}
