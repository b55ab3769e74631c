"""Whatever is written is read: no text breaks the pipeline, and longer texts cost in proportion."""

from __future__ import annotations

import sys
import time
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clinic.clinical import get_clinical_data
from clinic.triage.rules import Level
from evaluation.pipeline import ServedPipeline, Understood
from evaluation.sets import SLOTS

# Characters that no keyboard has: controls, marks that turn the writing, halves of pairs, joiners,
# look-alikes, digits of other scripts, private use.
ODD = "\x00\x07\x1b\x7f\x85\u00ad\u200b\u200d\u202e\u2028\u2066\ufeff\ufffd\ufe0f\u0301\ud800\udfff"
ODD += "\u0430\u0435\u043e\uff11\u0663\u2460\U0001f44d\U000e0041\uf8ff/\\{}[]()'\"<>&%$#@*`|~^"
WORDS = "my neck hurts numb arm can't feel pee no fever since 3 weeks 7/10 fell off never mum had"
MOST_WORK = 2.6  # for twice the text; 2 is in proportion, 4 would be quadratic
MOST_SECONDS = 10  # times those of a quarter of the text; 4 is in proportion, 16 would be quadratic

texts = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=st.characters(), max_size=120),
    st.text(alphabet=st.sampled_from(ODD), max_size=80),
    st.lists(st.sampled_from([*WORDS.split(), *ODD, "?", ".", ","]), max_size=120).map(" ".join),
    st.lists(st.sampled_from([*WORDS.split(), *ODD]), max_size=60).map("".join),
)


def check(understood: Understood) -> None:
    attributes = get_clinical_data().attributes
    assert 0.0 <= understood.confidence <= 1.0
    for name in SLOTS:
        value = understood.slots.get(name)
        if value not in (None, []):
            for item in value if isinstance(value, list) else [value]:
                attributes.check(name, item)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=texts)
@example(text="")
@example(text=" ")
@example(text="\x00")
@example(text="/")
@example(text='/inform{"site": "neck"}')
@example(text="EXTERNAL: restart")
@example(text="\ud800 my neck hurts")
@example(text="4111 1111 1111 1111 and 123-45-6789")
@example(text="SELECT * FROM t; --" + "é" * 50 + "\u0301" * 200)
def test_no_text_breaks_the_pipeline(pipeline: ServedPipeline, text: str) -> None:
    check(pipeline.read(text))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "neck " * 2_000,
        "no " * 3_300,
        "7/10 " * 2_000,
        "\U0001f44d" * 10_000,
        "\u0301" * 10_000,
        "(" * 10_000,
        "123456789" * 1_100,
        "my neck hurts and my arm is numb. " * 250,  # five hundred findings
    ],
    ids=["letter", "word", "negations", "scores", "emoji", "accents", "brackets", "digits", "many"],
)
def test_ten_thousand_characters_are_read(pipeline: ServedPipeline, text: str) -> None:
    check(pipeline.read(text))


def test_a_sign_after_many_words_is_heard(pipeline: ServedPipeline) -> None:
    chatter = "We went to the market and bought apples, pears and bread for the weekend. " * 60
    understood = pipeline.read(chatter + "Since this morning I can't feel my legs.")
    assert understood.disposition in (Level.EMERGENCY, Level.EMERGENCY_AMBULANCE)


def lines_run(pipeline: ServedPipeline, text: str) -> int:
    """Count the lines of Python that one message takes: work, whatever the machine is doing."""
    count = 0

    def count_lines(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return count_lines

    before = sys.gettrace()
    sys.settrace(count_lines)
    try:
        pipeline.parse(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "sentence",
    [
        "My neck hurts, my right arm is numb and I have had it for three weeks. ",
        "No fever, no numbness, never any weakness, and my mother had a stroke. ",
        "zxq wvb jkl ",
    ],
)
def test_twice_the_text_is_about_twice_the_work(pipeline: ServedPipeline, sentence: str) -> None:
    half, whole = (sentence * (length // len(sentence)) for length in (2_000, 4_000))
    lines_run(pipeline, half)  # what is cached by now costs neither
    assert lines_run(pipeline, whole) < MOST_WORK * lines_run(pipeline, half)


def seconds(pipeline: ServedPipeline, text: str) -> float:
    """The processor time of one message, the lesser of two: libraries in C count no lines."""
    times = []
    for _ in range(2):
        started = time.process_time()
        pipeline.parse(text)
        times.append(time.process_time() - started)
    return min(times)


@pytest.mark.parametrize(
    "sign",
    ["\U0001f44d", "(", "'", "?!", ".", "a/", "1,", "a:b,", "\u0301", "http://a.b/", "neck"],
)
def test_endless_runs_cost_in_proportion(pipeline: ServedPipeline, sign: str) -> None:
    short, long = ((sign * length)[:length] for length in (2_000, 8_000))
    assert seconds(pipeline, long) < MOST_SECONDS * seconds(pipeline, short)
