"""The benchmark's report says what was measured, and whether the goals were reached."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.goals import Goal, Measurement, goals
from bench.load import LoadResult, percentile
from bench.measure import STORED, TURNS, USERS, Amount, DatabaseCalls, Growth, Load, Run, window
from bench.plots import draw
from bench.report import About, as_json, as_markdown
from bench.targets import Training

ABOUT = About("2026-11-23T03:00:00+00:00", {"processor": "one"}, Amount(48, 3, 8))


def measured(name: str, speed: float) -> Measurement:
    loads = [
        Load(
            LoadResult(users, 576, 0, 1, 100 * speed, 10 / speed, 20 / speed, 30 / speed), 9 / speed
        )
        for users in USERS
    ]
    run = Run(
        load_average=0.5,
        start_seconds=20 / speed,
        memory_after_start={"server": 1000 / speed},
        memory_after_load={"server": 1200 / speed, "action server": 0.0},
        loads=loads,
        turns=[[10 / speed + (number / 100 if speed < 2 else 0)] for number in range(TURNS)],
        growth=[] if name == "floor" else [Growth(count, 5, 9) for count in STORED],
        bytes_per_conversation=None if name == "floor" else 20_000,
        conversations=144,
        bookings=3,
    )
    calls = None if name == "floor" else DatabaseCalls(3, 2, 1)
    training = Training(60, "2026-11-23", "train")
    return Measurement(name, name, ["serve"], {"rasa": "3.6.21"}, training, [run, run], calls)


ALL = [measured("stock", 1), measured("floor", 8), measured("atlas", 4)]


def test_the_page_tells_goals_reached_and_missed() -> None:
    page = as_markdown(ALL, ABOUT, {"Messages a second": "plots/bench_throughput.svg"})
    assert "| messages a second, 8 users, of stock Rasa's | at least 4.00 | 4.00 | met |" in page
    assert "| processor time a message, of the floor's | at most 1.50 | 2.00 | **missed** |" in page
    assert "![Messages a second](plots/bench_throughput.svg)" in page
    assert "| bytes kept of a conversation | 20,000 | - | 20,000 |" in page


def test_the_data_hold_what_a_conversation_costs() -> None:
    data = json.loads(json.dumps(as_json(ALL, ABOUT)))
    assert data["capacity"]["processor_ms_per_turn"] == pytest.approx(2.25)
    assert data["capacity"]["processor_ms_per_conversation"] == pytest.approx(27)
    assert data["capacity"]["memory_per_worker_mb"] == pytest.approx(300)
    assert [entry["name"] for entry in data["assistants"]] == ["stock", "floor", "atlas"]


def test_one_assistant_alone_is_compared_with_nothing() -> None:
    page = as_markdown([measured("stock", 1)], ABOUT, {})
    assert "## Goals" not in page
    assert goals({"stock": measured("stock", 1)}) == []


def test_a_goal_is_met_at_its_limit() -> None:
    assert Goal("fast", 4.0, 4, at_least=True).met
    assert not Goal("small", 0.34, 1 / 3).met


def test_figures_of_turns_are_taken_over_all_chats() -> None:
    turns = [[1.0, 3.0], [2.0, 4.0], [100.0, 100.0]]
    assert window(turns, 1, 2, 50) == 2.5
    assert percentile([7.0], 99) == 7.0


def test_pictures_are_drawn_and_stay_the_same(tmp_path: Path) -> None:
    first = {title: file.read_bytes() for title, file in draw(ALL, tmp_path).items()}
    again = {title: file.read_bytes() for title, file in draw(ALL, tmp_path).items()}
    assert first == again
    assert len(first) == 4
