from __future__ import annotations

import pytest

from bot.staff.colours import contrast, looks

CARD = {"light": "#ffffff", "dark": "#1a2321"}
ON_BRAND = {"light": "#ffffff", "dark": "#08211e"}


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


@pytest.mark.parametrize("colour", ["", "#0f5a52", "#ffee00", "#000000", "#ffffff", "#7f7f7f"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_any_colour_of_a_clinic_gives_text_that_can_be_read(colour: str, look: str):
    found = looks(colour)[look]
    pairs = {
        "a link on a card": (found["brand"], CARD[look]),
        "a status on its tint": (found["brand"], found["brand-tint"]),
        "a word on the main button": (ON_BRAND[look], found["brand"]),
        "a word in the head": ("#f3f7f5", found["head"]),
        "a soft word in the head": ("#d5e3e0", found["head"]),
    }
    weak = {what: contrast(rgb(a), rgb(b)) for what, (a, b) in pairs.items()}
    assert {what: ratio for what, ratio in weak.items() if ratio < 4.5} == {}
