"""No message that Atlas is measured on stands in the training data, neither exactly nor nearly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from rapidfuzz import fuzz, process
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import TEXT

from clinic.datafiles import load_yaml
from clinic.knowledge.base import KnowledgeBase
from evaluation.sets import FOLDER, ROOT, load_sets

NEAR = 90  # per cent of the characters of the sorted words
# "Bin my appointment" is not "find my appointment": so few words are the same only when all are.
FEW_WORDS = 3
# What the second net for warning signs learns from.
SIGNS = [ROOT / "data/clinical/warning_signs" / name for name in ("examples.yml", "harmless.yml")]


def normalised(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("\u2019", "")))


def token_set(text: str) -> str:
    """The words once each, in order of the alphabet: word order and repetition do not count.

    rapidfuzz's own token_set_ratio takes a part for the whole ("no" for "no fever").
    """
    return " ".join(sorted(set(normalised(text).split())))


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)


def questions(value: Any) -> Iterator[str]:
    """What is asked in the sets that have a form of their own."""
    if isinstance(value, dict):
        if isinstance(value.get("ask"), str):
            yield value["ask"]
        for item in value.values():
            yield from questions(item)
    elif isinstance(value, list):
        for item in value:
            yield from questions(item)


@pytest.fixture(scope="module")
def known(trained_on: list[str]) -> dict[int, list[str]]:
    """What Atlas learns from, each as its set of words, by length."""
    by_length: dict[int, list[str]] = {}
    for words in sorted({token_set(text) for text in trained_on} - {""}):
        by_length.setdefault(len(words), []).append(words)
    return by_length


@pytest.fixture(scope="module")
def trained_on() -> list[str]:
    importer = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data" / "nlu")]
    )
    examples = [str(example.get(TEXT)) for example in importer.get_nlu_data().intent_examples]
    for path in SIGNS:
        examples += leaves(load_yaml(path))
    return examples


def manifest() -> dict[str, Any]:
    content: dict[str, Any] = load_yaml(FOLDER / "sets.yml")
    return content


def sets_and_files() -> list[str]:
    elsewhere = [path.name for pattern in manifest()["elsewhere"] for path in FOLDER.glob(pattern)]
    return [*(entry["id"] for entry in manifest()["sets"]), *elsewhere]


@pytest.fixture(scope="module")
def measured_on() -> dict[str, list[str]]:
    messages = {entry.id: [item.text for item in entry.samples] for entry in load_sets()}
    for pattern in manifest()["elsewhere"]:
        for path in FOLDER.glob(pattern):
            messages[path.name] = list(questions(load_yaml(path)))
    return messages


def test_the_knowledge_bases_questions_count_as_training_data(trained_on: list[str]) -> None:
    topics = KnowledgeBase.load().topics.values()
    assert {question for topic in topics for question in topic.all_questions} <= set(trained_on)


@pytest.mark.parametrize("name", sets_and_files())
def test_no_message_stands_in_the_training_data(
    name: str, measured_on: dict[str, list[str]], known: dict[int, list[str]]
) -> None:
    examples = {words for some in known.values() for words in some}
    copies = [text for text in measured_on[name] if token_set(text) in examples]
    assert not copies, "\n".join(copies)


@pytest.mark.parametrize("name", sets_and_files())
def test_no_message_nearly_stands_in_the_training_data(
    name: str, measured_on: dict[str, list[str]], known: dict[int, list[str]]
) -> None:
    by_length: dict[int, list[str]] = {}
    for text in measured_on[name]:
        if len(text.split()) > FEW_WORDS:
            by_length.setdefault(len(token_set(text)), []).append(text)
    near = []
    for length, messages in by_length.items():
        # Texts of which one is much longer cannot be that much alike.
        examples = [
            words
            for other, some in known.items()
            if 200 * min(length, other) >= NEAR * (length + other)
            for words in some
        ]
        if not examples:
            continue
        likeness = process.cdist(
            [token_set(text) for text in messages],
            examples,
            scorer=fuzz.ratio,
            score_cutoff=NEAR,
            dtype=np.uint8,
            workers=-1,
        )
        near += [
            f"{messages[row]!r} ~ {examples[int(likeness[row].argmax())]!r}"
            for row in np.flatnonzero(likeness.max(axis=1))
        ]
    assert not near, "\n".join(near)
