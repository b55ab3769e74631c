"""The words by which a visitor asks something of Atlas."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.datafiles import DataFileError
from clinic.dialogue.request_words import RequestWords, Wish, get_request_words

SAID = {
    Wish.WANTS_VISIT: (
        (
            "I'd like to make an appointment",
            "can you book me in",
            "need a slot this week",
            "could you squeeze me in",
            "sore neck, would like to be seen",
            "when can you see me",
        ),
        ("I read a book in bed", "my last visit was fine"),
    ),
    Wish.WANTS_NO_VISIT: (
        ("just advice, I don't need an appointment", "no appointment please"),
        ("no pain at night, I need an appointment", "I don't know how to book"),
    ),
    Wish.ONLY_VISIT: (("just book me", "go straight to the times"), ("just my neck",)),
    Wish.GOES_ON: (("let's go on", "where were we"), ("it went away",)),
    Wish.STARTS_OVER: (
        ("start over", "let's start again", "from the beginning please", "restart the chat"),
        ("started by itself", "it started all of a sudden", "it begins in the morning"),
    ),
    Wish.WANTS_SUMMARY: (
        (
            "summary",
            "Give me a summary",
            "can you sum that up",
            "I need something to show my doctor",
            "print this please",
            "can I have a copy of this",
        ),
        ("the summary is wrong, I had no accident", "in summary my neck hurts"),
    ),
    Wish.FRIGHTENED: (
        (
            "am I dying?",
            "am i going to die",
            "Is this going to kill me?",
            "scared I'm going to die",
        ),
        ("I want to die", "the pain is killing me", "my dog died"),
    ),
    Wish.HELP_NOW: (
        ("help me now", "I need help right now!", "please call an ambulance", "it's an emergency"),
        ("help", "can you help me find a time", "is this an emergency?", "I called 911 in May"),
    ),
}


@pytest.mark.parametrize("wish", SAID)
def test_a_wish_is_heard_in_its_words_and_in_no_others(wish: Wish) -> None:
    yes, no = SAID[wish]
    words = get_request_words()
    assert [text for text in yes if not words.say(wish, text)] == []
    assert [text for text in no if words.say(wish, text)] == []


def test_a_typographic_apostrophe_is_one() -> None:
    assert get_request_words().say(Wish.FRIGHTENED, "I don\u2019t want to die")


def test_the_words_of_a_wish_can_be_taken_out() -> None:
    rest = get_request_words().without(Wish.FRIGHTENED, "I don't want to die, my legs are weak")
    assert "die" not in rest
    assert "legs are weak" in rest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "expected expressions by wish"),
        ("goes_on: [x]", "is unknown or missing"),
        ("WISHES", "goes_on: .*unterminated|goes_on: .*missing"),
    ],
)
def test_a_faulty_file_is_refused_with_its_entry(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "request_words.yml"
    if text == "WISHES":
        text = "\n".join(
            f"{wish.value}: ['{'(' if wish is Wish.GOES_ON else 'x'}']" for wish in Wish
        )
    file.write_text(text)
    with pytest.raises(DataFileError, match=said):
        RequestWords.load(file)
