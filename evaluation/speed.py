"""Measure what a message costs, by component of the pipeline."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from evaluation.pipeline import ServedPipeline, read_turn

TYPICAL_WORDS = 25
LENGTHS = (250, 500, 1000, 2000)
READING = "reading the turn (slots, level, agenda)"
WHOLE = "parsing, whole"
BY_THE_CLOCK = "parsing, whole, by the clock"
_NEAR_TYPICAL = 2
_MESSAGES, _ROUNDS = 30, 6
_LONG_MESSAGES = 15


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time of one component: median and 95th percentile."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Speed:
    """What messages cost on one core.

    Attributes:
        typical: By component, for messages of about 25 words.
        messages: How many such messages were read.
        growth: Median milliseconds by length in characters, by component.
        load: Load average of the machine before.
    """

    typical: dict[str, Cost]
    messages: int
    growth: dict[int, dict[str, float]]
    load: float

    @property
    def by_doubling(self) -> float:
        """Return how many times longer the longest text takes than one of half its length."""
        *_, half, longest = LENGTHS
        return self.growth[longest][WHOLE] / self.growth[half][WHOLE]


def measure(pipeline: ServedPipeline, texts: Sequence[str]) -> Speed:
    """Time messages of the data sets on one core.

    Args:
        pipeline: The served pipeline.
        texts: Messages to take from.
    """
    load = os.getloadavg()[0]
    rng = random.Random(TYPICAL_WORDS)
    usual = [text for text in texts if abs(len(text.split()) - TYPICAL_WORDS) <= _NEAR_TYPICAL]
    chosen = rng.sample(usual, min(_MESSAGES, len(usual)))
    with _one_core():
        _times(pipeline, chosen)  # warm up
        times = _times(pipeline, chosen * _ROUNDS)
        growth = {}
        for length in LENGTHS:
            long = [_of_length(length, texts, rng) for _ in range(_LONG_MESSAGES)]
            growth[length] = {
                name: statistics.median(values) for name, values in _times(pipeline, long).items()
            }
    typical = {
        name: Cost(statistics.median(values), statistics.quantiles(values, n=20)[-1])
        for name, values in times.items()
    }
    return Speed(typical, len(chosen) * _ROUNDS, growth, load)


def _times(pipeline: ServedPipeline, texts: Sequence[str]) -> dict[str, list[float]]:
    """Return milliseconds by component, one for each text."""
    times: dict[str, list[float]] = {}
    with pipeline.stopwatch() as watch:
        for text in texts:
            watch.reset()
            clock, started = time.perf_counter(), time.thread_time()
            parsed = pipeline.parse(text)
            parsed_at, waited = time.thread_time(), time.perf_counter() - clock
            read_turn(text, parsed).control_slots()
            taken = {
                **watch.seconds,
                WHOLE: parsed_at - started,
                BY_THE_CLOCK: waited,
                READING: time.thread_time() - parsed_at,
            }
            for name, seconds in taken.items():
                times.setdefault(name, []).append(1000 * seconds)
    return times


def _of_length(length: int, texts: Sequence[str], rng: random.Random) -> str:
    joined = ""
    while len(joined) < length:
        joined += rng.choice(texts) + " "
    return joined[:length]


@contextmanager
def _one_core() -> Iterator[None]:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
