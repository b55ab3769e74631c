"""Warning signs in Spanish: denied, long ago, unsure, or figures of speech."""

from __future__ import annotations

import pytest

from clinic.history.findings import Assertion
from clinic.language.languages import read_message


def assertions(text: str) -> dict[str, str]:
    """Return how each attribute is said."""
    return {finding.attribute: finding.assertion for finding in read_message(text).findings}


@pytest.mark.parametrize(
    ("text", "attribute", "assertion"),
    [
        ("me duele el pecho", "chest_breath", Assertion.PRESENT),
        ("no me duele el pecho", "chest_breath", Assertion.ABSENT),
        ("no tengo dolor de pecho", "chest_breath", Assertion.ABSENT),
        ("no puedo dormir, me duele el pecho", "chest_breath", Assertion.PRESENT),
        ("no tengo fiebre, ni dolor de pecho", "chest_breath", Assertion.ABSENT),
        ("no tengo fiebre pero me duele el pecho", "chest_breath", Assertion.PRESENT),
        ("sin fiebre y con dolor de pecho", "chest_breath", Assertion.PRESENT),
        ("hace dos años tuve un accidente de coche", "injury_danger", Assertion.PAST),
        ("hace dos años me operaron y no siento las piernas", "neuro_leg", Assertion.PRESENT),
        ("quizás es un infarto", "chest_breath", Assertion.POSSIBLE),
        ("creo que me está dando un infarto", "chest_breath", Assertion.PRESENT),
        ("tomé veinte pastillas", "crisis", Assertion.PRESENT),
    ],
)
def test_a_sign_is_read_with_how_it_is_said(
    text: str, attribute: str, assertion: Assertion
) -> None:
    assert assertions(text).get(attribute) == assertion


@pytest.mark.parametrize(
    "text",
    [
        "este dolor me está matando",
        "me muero de hambre",
        "casi me da un infarto del susto",
        "tomé dos pastillas",
        "tengo 37 de temperatura",
        "I need an ambulance for my suicide prevention class",
    ],
)
def test_a_figure_of_speech_is_no_sign(text: str) -> None:
    assert read_message(text).findings == ()


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("no ciento las piernas", "neuro_leg"),
        ("no puedo respirrar", "chest_breath"),
        ("me duele el pecho y no me ba a dejar", "chest_breath"),
        ("ya no quiero bibir", "crisis"),
        ("perdi el control de la bejiga", "bladder_bowel_saddle"),
        ("el peor dolor de cabesa de mi vida", "headache"),
        ("NO SIENTO LAS PIERNAS", "neuro_leg"),
    ],
)
def test_a_sign_is_heard_however_it_is_spelt(text: str, attribute: str) -> None:
    assert assertions(text).get(attribute) == Assertion.PRESENT
