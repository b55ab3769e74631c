"""What is explained is asked about where it would make an emergency; its twin counts at once."""

from __future__ import annotations

import pytest

from clinic.history.findings import Assertion

_PAIRS = [
    # Only played, for a film or in a game.
    ("chest_breath", "coughed blood for 12 takes, fake one of course", "coughed blood, not fake"),
    ("injury_danger", "crashed my motorbike (in the game lol)", "crashed my motorbike on a bend"),
    ("injury_danger", "I crashed my car on the xbox", "I crashed my car on the motorway"),
    ("stroke_signs", "the slurring is purely acting", "slurring my words, I'm not acting"),
    ("chest_breath", "I collapsed on stage. All acting", "I collapsed on stage, an actor"),
    # The writer says what is meant by the word.
    (
        "hand_dexterity",
        "I keep dropping everything. Calls I mean",
        "I drop everything. Cups I mean",
    ),
    ("assault", "I was strangled, as in by my tie", "I was strangled, as in hands on my neck"),
    ("paralysis", "I'm paralysed, as in by choice", "I can't move my legs. At all I mean"),
    # A colour that comes off, or from what was eaten.
    ("chest_breath", "my lips are purple, just ice cream", "my lips are purple and I gasp"),
    ("chest_breath", "fingers blue from ink", "fingers blue and cold since this morning"),
    ("abdomen", "yellow hands from the tan, washes off", "yellow eyes and dark wee"),
    # Cold outside, and lenses that are new.
    ("systemic", "I only shiver in the freezer at work", "I shiver in bed with a fever"),
    ("systemic", "I shiver getting out of the sea", "I keep shivering under the duvet"),
    ("stroke_signs", "dizzy on stairs through my varifocals", "dizzy on stairs since today"),
    (
        "systemic",
        "I work in a freezer and shiver there",
        "I work in a freezer and since last night I have rigors",
    ),
    # A voice found again, clothes that were cut too big, a clumsiness of always.
    ("voice", "lost my voice cheering at the match, got it back", "lost my voice two weeks ago"),
    ("systemic", "trousers loose, my tailor cut them too big", "my trousers are getting loose"),
    ("hand_dexterity", "two left hands since our wedding, no change", "clumsy since Monday"),
    # In play, and from nerves.
    ("assault", "my mate put me in a headlock as a joke", "my mate put me in a headlock, angry"),
    ("systemic", "my hands were shaking on stage from nerves", "shaking with chills"),
    ("assault", "an elbow hold, just play fighting", "he held a collar choke too long at judo"),
    ("stroke_signs", "hot yoga made me dizzy", "after a hot yoga neck pain, now vertigo"),
    # Tired eyes, drink, and what births do.
    ("stroke_signs", "eyes blurry from staring at spreadsheets", "eyes blurry since noon"),
    ("stroke_signs", "slurred my words after the champagne", "slurred my words at lunch"),
    (
        "stroke_signs",
        "slurred after the champagne, neck still sore",
        "slurring after the champagne and I still am",
    ),
    ("bladder_bowel_saddle", "if I sneeze I leak, three kids do that", "since noon I leak urine"),
    ("hand_dexterity", "can't grip jars, never could", "can't grip jars, never had that"),
    # Noise keeps one awake, not the pain.
    ("function", "can't sleep for the foxes screaming", "can't sleep for the pain"),
    ("function", "no sleep, it's the neighbours' party", "no sleep, it's my neck"),
    ("function", "can't sleep, nothing to do with the neck", "can't sleep because of my neck"),
]


@pytest.mark.parametrize(("attribute", "text"), [(name, told) for name, told, _ in _PAIRS])
def test_a_harmless_cause_explains_a_sign(attribute, text, how) -> None:
    assert Assertion.PRESENT not in how(text, attribute), text


@pytest.mark.parametrize(("attribute", "text"), [(name, sign) for name, _, sign in _PAIRS])
def test_the_sign_without_that_cause_counts(attribute, text, how) -> None:
    assert Assertion.PRESENT in how(text, attribute), text
