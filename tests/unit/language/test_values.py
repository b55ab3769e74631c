"""Days, times and short words that fill a Spanish text."""

from __future__ import annotations

import pytest

from clinic.language.languages import get_languages


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        (
            "Tue Nov 24, 1:50 PM with Dr. Demo Rivers",
            "martes 24 de noviembre, 13:50 con Dr. Demo Rivers",
        ),
        ("Tuesday, November 24, in the afternoon", "martes 24 de noviembre, por la tarde"),
        ("- **Thursday, March 4:** 1:50 PM, 12:10 AM", "- **jueves 4 de marzo:** 13:50, 0:10"),
        ("from 9 am to 12:30 pm and from 1:30 pm to 5:30 pm", "de 9:00 a 12:30 y de 13:30 a 17:30"),
        ("Monday, January 3, 2028", "lunes 3 de enero de 2028"),
        ("First visit (40 minutes)", "Primera visita (40 minutos)"),
        ("Dr. May Marsh", "Dr. May Marsh"),
        ("a sudden, very severe headache", "un dolor de cabeza repentino y muy fuerte"),
        (
            "a sudden, very severe headache; someone hurt you",
            "un dolor de cabeza repentino y muy fuerte; que alguien le hizo daño",
        ),
        ("something nobody translated", "something nobody translated"),
    ],
)
def test_a_value_is_said_in_spanish(english: str, spanish: str) -> None:
    assert get_languages()["es"].values.say(english) == spanish


def test_a_persons_own_words_are_not_put_into_spanish() -> None:
    values = get_languages()["es"].values
    assert values.say_whole("with my daughter at noon") == "with my daughter at noon"
    assert values.say_whole("none") == "ninguna"


def test_a_card_is_labelled_in_spanish_and_sends_english() -> None:
    times = [{"time": "1:50 PM", "who": "Dr. May", "payload": "Thu Mar 4, 1:50 PM"}]
    card = {"kind": "slots", "days": [{"day": "Thursday, March 4", "times": times}]}
    said = get_languages()["es"].values.say_card(card)
    assert said["days"] == [{"day": "jueves 4 de marzo", "times": [{**times[0], "time": "13:50"}]}]
