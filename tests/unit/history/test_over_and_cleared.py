"""What is long over, or was found harmless, is not of now; its twin that is of now counts."""

from __future__ import annotations

import pytest

from clinic.history.findings import Assertion

_PAIRS = [
    (
        "neuro_arm",
        "my hand went numb on Monday. Fine",
        "left arm's got weaker this last week or two, can't push with it. Fine. Normal",
    ),
    # A bare "normal" at the end of a list answers something else.
    (
        "neuro_arm",
        "had a numb hand on Monday. All fine",
        "hand numb this week. Walking good. Normal",
    ),
    # Dated long ago, and told as over.
    (
        "chest_breath",
        "had pneumonia in 2016, coughing blood, but my lungs were signed off that winter",
        "had pneumonia in 2016, signed off. Coughing blood since Monday",
    ),
    (
        "abdomen",
        "kidney stone in June 2018, vomiting, blood in the pee, passed and never came back",
        "kidney stone in June 2018, it passed. Vomiting blood since noon",
    ),
    (
        "systemic",
        "had a roaring flu back in March, temp of 40, shivers, all gone in a week",
        "had flu back in March, all gone, now a temp of 40 again",
    ),
    (
        "injury_danger",
        "off a scaffold in 2001, knocked out cold, passed fit, never any bother after",
        "off a scaffold yesterday, knocked out cold",
    ),
    (
        "chest_breath",
        "six weeks ago I went to A&E with chest pain, scan all clear and it's not been back",
        "six weeks ago I went to A&E with chest pain, all clear. It's back since this morning",
    ),
    # Found harmless of late: asked about, unless it goes on or came back.
    (
        "chest_breath",
        "went to A&E with chest pain last week, ECG clear, turned out to be indigestion",
        "chest pain since this morning, ECG normal at the walk-in",
    ),
    (
        "chest_breath",
        "had palpitations and chest pain on Monday, bloods fine, a panic attack they said",
        "had chest pain on Monday, bloods fine, but it still comes",
    ),
    # A passing palsy may come again, whatever the scan said.
    (
        "stroke_signs",
        "my face dropped in 2011, gone in six weeks",
        "face dropped Tuesday, CT clear",
    ),
    # There for years and looked at.
    (
        "lump",
        "a lump on my neck, had it 15 years, scanned and only fat, not changed",
        "a lump on my neck, had it 15 years, only fat, but it's growing",
    ),
    ("lump", "fatty lump on my back, same size for years", "a hard lump on my spine, new"),
    (
        "stroke_signs",
        "my eyelid has drooped since I was born, eye doctors have no concern",
        "my eyelid has drooped since Sunday",
    ),
    # A collar is no attacker.
    ("assault", "I feel strangled by half nine in this shirt", "he strangled me with my own tie"),
    ("assault", "a collar and tie that's strangling me", "my scarf caught and strangled me"),
    ("assault", "a lanyard with nine keys on it garrottes me", "he garrottes me with a lanyard"),
    ("assault", "a helmet that was choking me under the chin", "a man who was choking me"),
    ("crisis", "my backpack straps are cutting into my arms", "I keep cutting into my arms"),
    ("chest_breath", "this mask makes me feel I can't breathe", "I feel I can't breathe"),
    (
        "headache",
        "a blinding headache of a boss",
        "a blinding headache since the row with my boss",
    ),
    (
        "systemic",
        "drenched every night with the menopause",
        "drenched every night, the menopause was years ago so it isn't that",
    ),
    # Read of, and frightened by it.
    (
        "onset_extreme",
        "read an article in bed about neck arteries tearing and frightened myself silly",
        "read an article about arteries and I have a sudden tearing pain in the neck",
    ),
    ("infection_immune", "sat under a sepsis poster", "I had sepsis last month"),
    # A role in training, unless it happened beside it.
    (
        "paralysis",
        "all week I've been the casualty, 'fallen off a ladder, can't feel my legs'",
        "I played the victim in the drill and then I really fell and can't feel my legs",
    ),
    (
        "paralysis",
        "I was the dummy on the course, 'broken neck, can't feel my legs', while they practised",
        "I was the casualty in a car crash and can't feel my legs",
    ),
    (
        "stroke_signs",
        "I act strokes for student nurses, face droop and slurred speech",
        "I teach student nurses and my face droops since noon",
    ),
    # Denied right before the word.
    ("crisis", "not once have I thought about dying", "not a day without thoughts of dying"),
    ("crisis", "no self harm", "no sleep and thoughts of self harm"),
    ("crisis", "he's hopeless with computers", "he feels hopeless"),
    ("crisis", "seeing a counsellor, no dark thoughts", "I have dark thoughts"),
    ("crisis", "never thought of ending it", "never thought of ending it until tonight"),
    ("crisis", "not feeling hopeless", "never felt so hopeless"),
    ("crisis", "nothing dark, no thoughts of harming myself", "no point in going on"),
    (
        "hand_dexterity",
        "couldn't ring this morning, was driving",
        "can't fasten a ring, clumsy hands",
    ),
    ("hand_dexterity", "my husband cannot write English", "my husband cannot hold a pen or write"),
    ("airway", "neck stiff all week, need a bigger collar", "neck is bigger since noon"),
    # Who won't ring won't telephone; who twisted it has no new shape.
    ("hand_dexterity", "he won't ring himself", "he can't ring, fingers clumsy on the buttons"),
    (
        "lump",
        "upper back since Monday, must have twisted it on the green",
        "my back has gone all twisted",
    ),
    ("lump", "my back changed since the match, it's stiffer", "the shape of my back has changed"),
    ("systemic", "bent down for the curling stone", "down a stone since May"),
    # In play, unless it squeezed.
    (
        "assault",
        "playful headlock from my little brother",
        "play fighting, my brother had me in a headlock till I tapped, properly squeezing",
    ),
]


@pytest.mark.parametrize(("attribute", "text"), [(name, told) for name, told, _ in _PAIRS])
def test_what_is_over_or_cleared_does_not_count(attribute, text, how) -> None:
    assert Assertion.PRESENT not in how(text, attribute), text


@pytest.mark.parametrize(("attribute", "text"), [(name, sign) for name, _, sign in _PAIRS])
def test_what_is_of_now_counts(attribute, text, how) -> None:
    assert Assertion.PRESENT in how(text, attribute), text


@pytest.mark.parametrize(
    ("attribute", "told", "other"),
    [
        ("course", "upper back pain, worse with nights", "upper back pain, getting worse"),
        ("timing", "upper back pain, worse after a run of nights", "back pain, worse at night"),
        ("duration_days", "meningitis in 1998, full recovery", "neck pain since March"),
        ("duration_days", "a lump on my neck, had it 15 years", "neck pain for 15 years"),
        (
            "duration_days",
            "meningitis in 1998, all mended",
            "sore from the cold and my neck aches 3 weeks",
        ),
        ("duration_days", "breathless on hills, asthma all my life", "neck sore all my life"),
        ("cancer_history", "meningitis in 1998, all clear since", "got the all clear last year"),
        ("function", "I sometimes cut hair", "I've had to cut my hours at the salon"),
        ("function", "I cancelled the newspaper", "I had to cancel two clients"),
        ("function", "I left early to see you", "stopped going to choir because of it"),
        ("function", "my boss put me on days", "I had to get my wife to lift it"),
    ],
)
def test_only_the_pain_itself_is_described(attribute, told, other, how) -> None:
    assert not how(told, attribute)
    assert how(other, attribute) == {Assertion.PRESENT}
