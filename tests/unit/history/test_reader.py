from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinic.clinical import get_clinical_data
from clinic.history.history import merge
from clinic.history.reader import HistoryReader

TODAY = date(2026, 11, 22)


def history_of(text: str) -> dict[str, object]:
    data = get_clinical_data()
    return merge({}, data.reader.read(text, TODAY).findings, data.attributes)


def test_one_rich_message_fills_every_slot_it_states() -> None:
    history = history_of(
        "sharp pain in my neck shooting down my right arm for three weeks after a car accident, "
        "about 7/10, no numbness"
    )
    expected = {
        "site": ["neck"],
        "side": "right",
        "character": ["sharp"],
        "duration_days": 21.0,
        "injury": True,
        "injury_mechanism": "car_crash",
        "severity": 7.0,
        "onset_how": "after_injury",
        "neuro_arm": [],
    }
    assert {name: history[name] for name in expected} == expected
    assert "arm" in history["radiation"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("it hurts between my shoulder blades", "site", ["between_shoulder_blades"]),
        ("shoulder blade pain", "site", ["between_shoulder_blades"]),
        ("both sides of my neck", "side", "both"),
        ("burning pain", "character", ["burning"]),
        ("it comes and goes", "timing", ["comes_and_goes"]),
        ("it came on gradually", "onset_how", "gradual"),
        ("woke up with it", "onset_how", "woke_with_it"),
        ("I slept funny", "injury_mechanism", "posture_sleep"),
        ("pins and needles in my hand", "neuro_arm", ["tingling"]),
        ("my grip is weak", "neuro_arm", ["weak"]),
        ("my legs are unsteady", "neuro_leg", ["unsteady"]),
        ("night sweats", "systemic", ["night_sweats"]),
        ("my nek is sor", "site", ["neck"]),
        ("I can't sleep for the pain", "function", ["cannot_sleep"]),
        ("pain at T8", "site", ["mid_back"]),
        ("it runs from my neck into both shoulders", "site", ["neck"]),
        ("it runs from my neck into both shoulders", "radiation", ["shoulder"]),
        ("neck pain, goes nowhere else", "radiation", []),
        ("it grabs whenever I roll over", "timing", ["with_activity"]),
        ("not constant", "timing", ["comes_and_goes"]),
        ("it started after I had dug the garden", "onset_how", "after_activity"),
        ("it got more and more", "onset_how", "gradual"),
        ("I slept twisted on a friend's floor", "injury_mechanism", "posture_sleep"),
        ("a ladder swung round and caught me", "injury_mechanism", "blow"),
        ("aching upper back from carrying shopping", "site", ["between_shoulder_blades"]),
        ("sore neck from lifting", "character", ["ache"]),
        ("neck stiff from pushing trolleys", "site", ["neck"]),
    ],
)
def test_a_plain_statement_fills_its_slot(text: str, attribute: str, value: object) -> None:
    assert history_of(text)[attribute] == value


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("my 8 year old has neck pain", "child"),
        ("my mum has neck pain", "other_adult"),
        ("neck pain", None),
        ("I have two kids and a stiff neck", None),
        ("Mum tripped an hour ago, her neck hurts", "other_adult"),
        ("my 22 year old son has a sore neck", "other_adult"),
        ("asking for myself: neck pain", "self"),
        ("my wife says my mouth is hanging down", None),
        ("my nan couldn't walk in her last years, I have a stiff neck", None),
        ("My mum asked me to message. Her neck is sore from bell ringing", "other_adult"),
        ("My wife told me to write. My neck is sore", None),
        ("My mum told me to come. Her friend died of an aorta. Neck stiff", None),
        ("Mum's here next to me. Her neck is stiff since Sunday", "other_adult"),
    ],
)
def test_the_message_tells_who_it_is_about(text: str, who: str | None) -> None:
    assert history_of(text).get("who_for") == who


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("had a cold last week, neck is sore", None),
        ("101 yesterday", None),
        ("dull ache, worse since Monday, started three weeks ago", 21),
        ("hit my head on Monday, but my neck has been stiff since Wednesday", 4),
        ("stiff for years, but a new pain for ten days", 10),
        ("I carry trays all day", None),
        ("a 3 right now", None),
        ("24 weeks pregnant and a sore neck for 6 days", 6),
        ("had it since I was 20 and I'm 30 now", 3650),
    ],
)
def test_a_duration_belongs_to_the_pain(text: str, days: float | None) -> None:
    assert history_of(text).get("duration_days") == days


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("3/10 at the moment but was 9/10 on Wednesday", 3),
        ("7 out of 10 most days, 5/10 today", 5),
        ("a 9 on Monday, and tonight I'd call it four", 4),
        ("7 most days, 5 today", 5),
    ],
)
def test_the_severity_is_what_it_is_now(text: str, score: float) -> None:
    assert history_of(text)["severity"] == score


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("I'm 24 and my neck hurts", "timing"),
        ("my neck hurts, I'm sweating at night", "timing"),
        ("a branch came down on my head", "radiation"),
        ("pain in my neck when I tip my head back", "radiation"),
        ("my neck's wrecked", "injury"),
        ("it's a solid six", "character"),
        ("pins and needles in my fingers", "character"),
    ],
)
def test_words_that_mean_something_else_fill_nothing(text: str, attribute: str) -> None:
    assert attribute not in history_of(text)


def test_dropping_a_thing_is_no_fall() -> None:
    history = history_of("I keep dropping my phone and the fork fell out of my hand")
    assert history["hand_dexterity"] == ["clumsy"]
    assert "injury" not in history


def test_one_limb_that_is_fine_says_nothing_of_another() -> None:
    history = history_of("arms fine, my knees gave way")
    assert history["neuro_arm"] == []
    assert history["neuro_leg"] == ["weak"]


def test_an_old_complaint_does_not_make_a_new_injury_old() -> None:
    history = history_of("I fell off a ladder yesterday. I've had neck pain for 3 years.")
    assert history["injury_days_ago"] == 1


def test_an_old_injury_keeps_its_date() -> None:
    history = history_of("I was in a car crash three weeks ago, it got worse yesterday")
    assert history["injury_days_ago"] == 21


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
@example("1\u02bc:A")
def test_no_text_breaks_the_reader(text: str) -> None:
    reading = get_clinical_data().reader.read(text, TODAY)
    for finding in reading.findings:
        assert 0 <= finding.start <= finding.end <= len(text)


_WORDS = (
    *("no", "my", "legs", "neck", "numb", "and", "weak", "can't", "feel", "7", "/", "10"),
    *("weeks", "for", "ago", ",", ".", "?", "but", "if", "is", "fell"),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=60))
def test_no_row_of_the_lexicons_words_breaks_the_reader(words: list[str]) -> None:
    history_of(" ".join(words))


def test_a_long_message_takes_time_in_proportion_to_its_length() -> None:
    reader: HistoryReader = get_clinical_data().reader
    text = "no pain in my legs and my neck is numb and weak since the fall " * 160

    def seconds(length: int) -> float:
        began = time.perf_counter()
        reader.read(text[:length], TODAY)
        return time.perf_counter() - began

    short = min(seconds(2_500) for _ in range(3))
    assert seconds(10_000) < max(12 * short, 1.0)


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("it doesn't go to hand", ("injury_danger", "function")),
        ("does a slipped disc cause this", ("injury", "injury_mechanism")),
        ("do you think a slipped disc could be causing my neck pain", ("injury_mechanism",)),
        ("is it safe to crack my neck", ("injury", "neck_manipulated")),
        ("there's a bump on my spine that wasn't there before", ("injury", "injury_mechanism")),
        ("gran has dementia and can't tell me herself", ("meningism",)),
        ("I sweat at night. Swallowing is ok.", ("airway", "voice")),
        ("only sweaty from the class", ("chest_breath",)),
        ("slipped on the stairs yesterday", ("injury_danger",)),
        ("a car rolled into mine at walking speed", ("injury_danger",)),
    ],
)
def test_words_near_a_sign_do_not_make_one(text: str, absent: tuple[str, ...]) -> None:
    history = history_of(text)
    assert [name for name in absent if history.get(name)] == []
    assert "weak" not in (history.get("neuro_arm") or [])  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("my hand doesn't go up any more", "neuro_arm", ["weak"]),
        ("my neck doesn't go round", "injury_danger", ["cannot_turn_neck"]),
        ("got a bump on the head", "injury", True),
        ("she can't tell what day it is", "meningism", ["confusion"]),
        ("I can't swallow water", "airway", ["cannot_swallow"]),
        ("fell down the stairs", "injury_danger", ["high_energy"]),
        ("slipped on the stairs and landed at the bottom", "injury_danger", ["high_energy"]),
        ("slipped on the stairs yesterday", "injury", True),
        ("I fell out of bed and my neck hurts", "onset_how", "after_injury"),
        ("the car rolled into a ditch", "injury_danger", ["high_energy"]),
        ("a car rolled into mine at walking speed", "injury", True),
        ("I lost ten pounds without dieting", "systemic", ["weight_loss"]),
        ("I lost ten pounds on my new diet", "systemic", []),
        ("I've lost weight, not on purpose", "systemic", ["weight_loss"]),
        ("I've lost a stone, not deliberately", "systemic", ["weight_loss"]),
        ("I lost ten pounds with no diet", "systemic", ["weight_loss"]),
        ("I sweat through the sheets at night", "systemic", ["night_sweats"]),
        ("can't turn my head", "site", ["neck"]),
        ("it started by itself", "injury", False),
    ],
)
def test_the_signs_beside_those_words_are_still_heard(
    text: str, attribute: str, value: object
) -> None:
    assert history_of(text)[attribute] == value


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("I get a stiff neck. The wife read about blocked arteries, so here I am", None),
        ("can I rub gel on my neck? my housemate said it burns", None),
        ("asking for my housemate, his neck hurts and he has a fever", "other_adult"),
        ("my wife has read about it, she has a stiff neck and a fever", "other_adult"),
    ],
)
def test_whoever_only_read_or_said_something_is_not_the_patient(text: str, who: str | None) -> None:
    assert history_of(text).get("who_for") == who


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("six tablets a day at most, as the box says", "crisis", []),
        ("ten tablets at once, more than the box says", "crisis", ["overdose"]),
        (
            "the doctor checked me for rheumatoid arthritis, it was negative",
            "inflammatory_history",
            [],
        ),
        (
            "tested for rheumatoid arthritis and it was positive",
            "inflammatory_history",
            ["rheumatoid"],
        ),
        ("had a water infection, cystitis in the spring", "abdomen", None),
    ],
)
def test_the_label_and_a_negative_test_speak_against_a_sign(
    text: str, attribute: str, value: object
) -> None:
    assert history_of(text).get(attribute) == value


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("no, sleep is grand", "function", None),
        ("no cough, sleep like a stone", "function", None),
        ("no sleep for two nights", "function", ["cannot_sleep"]),
        ("I sleep straight through the night", "timing", None),
        ("I can't sleep through the night for pain", "function", ["cannot_sleep"]),
        ("drenched in sweat all night", "timing", None),
        ("my back aches all night", "timing", ["night"]),
        ("worse standing, better when I walk", "course", None),
        ("worse with each day", "course", "worse"),
        ("gets worse through the working day", "course", None),
        ("only sweaty after the rowing club", "systemic", []),
        ("sweaty every night", "systemic", ["night_sweats"]),
        ("the weight is all from the slimming club", "systemic", []),
        ("the weight just falls off me", "systemic", ["weight_loss"]),
        ("nothing tingly down below", "bladder_bowel_saddle", []),
        ("it feels tingly down below", "bladder_bowel_saddle", ["saddle_numb"]),
        ("taking a breath doesn't hurt", "chest_breath", []),
        ("blisters on both heels from new boots", "skin", None),
        ("a strip of blisters on my left ribs", "skin", ["one_sided", "blisters"]),
        ("faded marks of the shingles", "skin", []),
        ("my scalp was sore in the spring", "jaw_scalp", None),
        ("my scalp is sore when I comb it", "jaw_scalp", True),
        ("I leak when I jump, for twenty years. It hasn't changed.", "bladder_bowel_saddle", []),
    ],
)
def test_what_belongs_to_something_else_or_is_denied_is_no_sign(
    text: str, attribute: str, value: object
) -> None:
    assert history_of(text).get(attribute) == value


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("gran has shingles so I've been lifting her, neck sore", None),
        ("hair falling out since the baby, neck stiff from breastfeeding", None),
        ("neck sore from driving mum to the clinic", None),
        ("me I am okay. It is my father who had the stroke, his mouth hung", None),
        ("I'm fine, it's my father who had a fall an hour ago", "other_adult"),
        ("neck stiff since baby number two, from the feeding", None),
        ("me I'm fine but my wife collapsed and she is grey", "other_adult"),
        ("my toddler has a fever and I'm carrying him, his neck is stiff", "child"),
        ("mum has a sore neck, I'm caring for her and she went numb", "other_adult"),
    ],
)
def test_who_aches_from_caring_for_somebody_writes_for_himself(read, text, about) -> None:
    assert read(text).about == about


@pytest.mark.parametrize(
    "said",
    [
        "walking round settles it",
        "I'm right once I get moving",
        "better once I'm working",
        "I get up and move and it eases",
    ],
)
def test_stiffness_that_moving_about_eases_is_heard(said: str) -> None:
    assert "moving" in history_of(said)["relieving"]
