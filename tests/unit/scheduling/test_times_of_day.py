"""The table of the parts of the day: what it reads, and what is said when it is broken."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from clinic.datafiles import DataFileError
from clinic.scheduling.when.times_of_day import FILE, load_times_of_day


def test_what_stands_in_brackets_may_be_left_out(tmp_path: Path):
    table = FILE.read_text(encoding="utf-8") + (
        '\n- {id: tea, from: "16:00", to: "17:00", words: "at tea", '
        'said: ["(at) (my) tea (time)", "tea and (some) cake"]}\n'
    )
    path = tmp_path / "times_of_day.yml"
    path.write_text(table, encoding="utf-8")
    pattern, part = load_times_of_day(path)["tea"]
    for phrase in (
        "tea",
        "my tea",
        "at tea",
        "at my tea time",
        "tea and cake",
        "tea and some cake",
    ):
        assert re.fullmatch(pattern, phrase), phrase
    assert not re.fullmatch(pattern, "at my")
    assert (part.begin, part.end) == (time(16), time(17))


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ("- {id: x, from: '10:00', to: '09:00', words: w, said: [a]}", "x.to: expected a time aft"),
        ("- {id: x, from: noon, to: '13:00', words: w, said: [a]}", "x.from: expected a time such"),
        ("- {id: x, from: '10:00', to: '13:00', words: w, said: []}", "x.said: expected a list"),
        ("- {id: x, from: '10:00', to: '13:00', words: w}", "entry 1: expected from, id, said"),
        ("- {id: x, from: '10:00', to: '13:00', words: w, said: [a]}", "first_thing: is needed"),
        ("parts: 3", "expected a list of parts"),
    ],
)
def test_a_broken_table_is_told_in_one_sentence(tmp_path: Path, entry: str, complaint: str):
    path = tmp_path / "times_of_day.yml"
    path.write_text(entry, encoding="utf-8")
    with pytest.raises(DataFileError, match=complaint):
        load_times_of_day(path)
