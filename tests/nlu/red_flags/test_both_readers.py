"""What the rules and the second net hear together, as the server does.

The sets were worked on; tests/nlu/sets.yml has what was heard at the first look.
"""

from __future__ import annotations

import pytest

from evaluation.pipeline import ServedPipeline
from evaluation.sets import DataSet, load_sets

LEAST_HEARD = 0.95
LEAST_HEARD_OR_ASKED = 0.98
MOST_RAISED = 0.03


@pytest.fixture(scope="module")
def plain_words() -> DataSet:
    return next(entry for entry in load_sets() if entry.id == "signs 9")


def test_emergencies_are_announced_in_the_turn(
    plain_words: DataSet, pipeline: ServedPipeline
) -> None:
    emergencies = [item for item in plain_words.flags if item.level.is_emergency]
    lost = [
        item.text
        for item in emergencies
        if pipeline.read(item.text).level.urgency < item.level.urgency
    ]
    assert len(lost) <= (1 - LEAST_HEARD) * len(emergencies), lost
    unasked = [text for text in lost if not pipeline.read(text).asks]
    assert len(unasked) <= (1 - LEAST_HEARD_OR_ASKED) * len(emergencies), unasked


def test_ordinary_messages_are_seldom_raised(
    plain_words: DataSet, pipeline: ServedPipeline
) -> None:
    ordinary = [item.text for item in plain_words.benign]
    raised = [text for text in ordinary if pipeline.read(text).level.is_emergency]
    assert len(raised) <= MOST_RAISED * len(ordinary), raised


def test_the_second_net_is_believed_where_the_words_bear_it_out(
    plain_words: DataSet, pipeline: ServedPipeline
) -> None:
    believed = [
        item.text
        for item in plain_words.flags
        if any(
            entity.get("extractor") == "WarningSignNet"
            for entity in pipeline.parse(item.text)["entities"]
        )
    ]
    assert believed


def test_the_second_net_is_not_believed_of_others(pipeline: ServedPipeline) -> None:
    parsed = pipeline.parse("a woman at work said the water felt like air on her other leg")
    assert not any(item.get("extractor") == "WarningSignNet" for item in parsed["entities"])
