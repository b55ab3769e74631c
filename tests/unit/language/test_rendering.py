"""Short Spanish messages as the English that the rest of Atlas reads."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.language.languages import UNREAD, read_message
from clinic.scheduling.when import understand_when

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2027, 3, 3, 15, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("sí", "Yes"),
        ("Sí, por favor", "Yes"),
        ("no, gracias", "No, thank you"),
        ("Ninguna de estas", "None of these"),
        ("no tengo nada de eso", "None of these"),
        ("no sé", "I'm not sure"),
        ("saltar", "Skip"),
        ("cancelar", "Stop"),
        (
            "me llamo Ana López, y mi número es 212 555 0199",
            "My name is Ana López, and 212 555 0199",
        ),
        ("quiero una cita porque me duele mucho el cuello", "I'd like to book an appointment"),
        ("Una caída o un choque grave", "A serious fall or crash"),
        ("sí, resérvela", "Yes, book it"),
        ("cambiar la hora", "Change the time"),
    ],
)
def test_an_answer_or_wish_is_put_into_english(text: str, english: str) -> None:
    assert read_message(text).english == english


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("el lunes", "Monday, March 8"),
        ("el viernes por la tarde", "Friday, March 5, in the afternoon"),
        ("mañana por la mañana", "Thursday, March 4, in the morning"),
        ("pasado mañana", "Friday, March 5"),
        ("el 14 de diciembre", "Tuesday, December 14"),
        ("el lunes que viene a las tres", "Monday, March 8 at 3 pm"),
        ("el martes a las 10 y media de la mañana", "Tuesday, March 9 at 10:30 am"),
        ("después de las cuatro de la tarde", "after 4 pm"),
        ("entre las 2 y las 4", "between 2 pm and 4 pm"),
        ("martes o jueves", "Thursday, March 4 or Tuesday, March 9"),
        ("el sábado a las 9 y cuarto", "Saturday, March 6 at 9:15 am"),
    ],
)
def test_days_and_times_are_understood(text: str, echo: str) -> None:
    english = read_message(text).english
    assert english is not None
    when = understand_when(english, NOW, ZONE)
    assert when is not None
    assert when.echo == echo


def test_the_coming_week_is_a_week() -> None:
    when = understand_when(str(read_message("la semana que viene").english), NOW, ZONE)
    assert when is not None
    assert when.earliest is not None
    assert when.earliest.astimezone(ZONE).strftime("%A, %B %-d") == "Monday, March 8"


@pytest.mark.parametrize(
    "text",
    [
        "me molesta mucho cuando estoy sentado todo el día",
        "no me acuerdo de cómo empezó esto",
        "sí pero antes tuve otra cosa muy rara con mi pierna",
        "mi abuela vive en Sevilla y quiere saber algo",
    ],
)
def test_what_is_not_understood_is_read_as_nothing_at_all(text: str) -> None:
    reading = read_message(text)
    assert reading.is_unread
    assert reading.english == UNREAD


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("quiero cancelar mi cita", "Cancel my appointment"),
        ("quisiera cambiar mi cita", "I want to move my appointment"),
        ("mi cita", "When is my appointment?"),
        ("quiero pedir una cita", "I'd like to book an appointment"),
    ],
)
def test_of_two_wishes_the_one_that_says_more_counts(text: str, english: str) -> None:
    assert read_message(text).english == english
