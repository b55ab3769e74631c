"""Messages are made safe to read: commands disarmed, hidden characters gone, offsets kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.message_guard import disarm


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("/restart", " restart"),
        ("  //stop", "    stop"),
        ('/inform{"site": "neck"}', ' inform{"site": "neck"}'),
        ("and/or", "and/or"),
        ("7/10", "7/10"),
        ("", ""),
        ("/", " "),
    ],
)
def test_a_command_is_read_as_plain_words(text: str, safe: str) -> None:
    assert disarm(text) == safe


@given(st.text(max_size=300))
def test_no_text_is_a_command_afterwards_and_its_length_stays(text: str) -> None:
    safe = disarm(text)
    assert len(safe) == len(text)
    assert not safe.lstrip().startswith("/")
