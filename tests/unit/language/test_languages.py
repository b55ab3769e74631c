"""Which language a message is in, and in which the conversation goes on."""

from __future__ import annotations

from typing import Any

import pytest
from support.project import ROOT

from clinic.language.languages import choose_language, read_message


@pytest.mark.parametrize(
    "text",
    [
        "me duele el cuello",
        "hola",
        "sí",
        "gracias",
        "¿puedo tomar ibuprofeno?",
        "Quisiera una cita para mi mamá",
        "no siento las piernas",
        "I have dolor de pecho",
        "cancelar",
        "a las tres de la tarde",
    ],
)
def test_spanish_is_recognised(text: str) -> None:
    assert read_message(text).written_in == "es"


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "ok",
        "María de la Cruz",
        "Domingo",
        "José Luis García",
        "9 am",
        "24 nov",
        "Dr. Rivers",
        "100 Avenida Central",
        "12",
        "la jolla",
        "me too",
        "once a day",
        "a pie in the sky",
        "my son",
        "Chest pain or trouble breathing. A serious fall or crash",
        "I'd like to book an appointment",
    ],
)
def test_names_and_short_english_words_do_not_change_the_language(text: str) -> None:
    assert read_message(text).written_in is None


@pytest.mark.parametrize("text", ["no", "ok", "9 am", "24 nov", "none of these", "7", "monday"])
def test_a_short_english_answer_stays_as_it_is(text: str) -> None:
    assert read_message(text).english is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("español", "es"),
        ("¿Hablas español?", "es"),
        ("in Spanish please", "es"),
        ("do you speak Spanish?", "es"),
        ("no hablo inglés", "es"),
        ("English please", "en"),
        ("en inglés, por favor", "en"),
        ("the Spanish doctor hurt my neck", None),
    ],
)
def test_a_language_can_be_asked_for(text: str, language: str | None) -> None:
    assert read_message(text).asks_for == language


@pytest.mark.parametrize(
    ("now", "asked_before", "reading", "preferred", "then"),
    [
        (None, False, {}, None, (None, False)),
        (None, False, {}, "es-MX", ("es", False)),
        (None, False, {}, "fr", (None, False)),
        (None, False, {"written_in": "en"}, "es", ("en", False)),
        (None, False, {"written_in": "en"}, None, (None, False)),
        (None, False, {"written_in": "es"}, None, ("es", False)),
        ("es", False, {"written_in": "en"}, None, ("en", False)),
        ("es", True, {"written_in": "en"}, None, ("es", True)),
        ("es", True, {"asks_for": "en"}, None, ("en", True)),
        ("en", True, {"written_in": "es"}, None, ("es", False)),
        ("es", False, {}, "en-US", ("es", False)),
    ],
)
def test_a_request_comes_before_what_is_typed_and_that_before_the_device(
    now: str | None,
    asked_before: bool,
    reading: dict[str, Any],
    preferred: str | None,
    then: tuple[str | None, bool],
) -> None:
    chosen = choose_language(now, asked_before=asked_before, reading=reading, preferred=preferred)
    assert chosen == then


def test_no_english_example_of_the_training_data_is_read_otherwise() -> None:
    # A few of the examples are Spanish: what people write who do not know better.
    changed = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.strip().removeprefix("- ")
            reading = read_message(text)
            if reading.written_in == "es" or reading.english is not None or reading.findings:
                changed.append(text)
    spanish = ("hola", "duele", "cita", "dolor", "gracias", "cuesta", "clínica", "tardes", "días")
    spanish += ("hablar", "quiero", "nada", "adios", "vista", "está", "tengo", "bolivia", "hora")
    assert [text for text in changed if not any(word in text.lower() for word in spanish)] == []
