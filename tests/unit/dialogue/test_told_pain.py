"""A pain that is stated, beside a question or the wish for a visit, and one only asked about."""

from __future__ import annotations

import pytest

from clinic.dialogue.told_pain import names_a_place, tells_of_a_pain


@pytest.mark.parametrize(
    "text",
    [
        "Upper back's tight after two days papering a stairwell. Any exercises?",
        "Stiff between the shoulders from pruning roses on Saturday. Is a walk good for it?",
        "tweaked my traps Tuesday, should I rest them?",
        "my neck hurts. what is a herniated disc?",
        "Woke up with a crick in the neck, how long does that last?",
        "Her neck has been bad since the harvest. Would a heat pad help?",
        "It's sore at the base of my neck since I got new glasses. Can lenses do that?",
        "Stiff neck since Monday. What helps?",
        "I have a knot under my shoulder blade from sewing sails, would a ball help?",
        "my traps are like concrete after wiring a ceiling. Do I need a scan?",
        "the pain in my neck is worse when I milk. Could it be a disc?",
        "me neck's been giving me jip since I plastered the ceiling, ibuprofen?",
        "slept funny in the tent and now I can't turn, what can I take",
        "my neck hurts what should I do",
    ],
)
def test_a_pain_is_stated_beside_a_question(text: str) -> None:
    assert tells_of_a_pain(text)


@pytest.mark.parametrize(
    "text",
    [
        "is heat good for neck pain?",
        "what helps a stiff neck",
        "which pillow for a sore neck",
        "should I see a doctor if my neck hurts",
        "When should I worry about neck pain?",
        "I read that a stiff neck can mean meningitis. Is that true?",
        "They say neck pain comes from phones. Is there proof?",
        "Are hot baths good when your neck is sore?",
        "stiff neck - what is it?",
        "I am a yoga teacher. Which poses are risky for the neck?",
        "Tips for desk workers with neck ache?",
        "why do necks get stiff in the cold",
        "He got a metal disc put in his neck. What do they do in that operation?",
        "neck ache and a bad mattress - connected?",
        "my neck is fine, what is a disc?",
        "my neck doesn't hurt, I only want to know what a disc is",
    ],
)
def test_a_general_question_states_no_pain(text: str) -> None:
    assert not tells_of_a_pain(text)


@pytest.mark.parametrize(
    "text",
    [
        "My neck has its usual ache from the piano tuning. May I have an appointment?",
        "My neck is playing up again, as every winter. Can I have an appointment please",
        "Neck's been sore since I changed spectacles. Book me in?",
        "fourth time this year my neck has gone, appointment?",
        "I get this neck trouble each autumn. Can I come to the physio as before?",
        "Her neck's giving her the usual gyp from bell ringing. Can she be seen?",
        "sore neck, can someone see me?",
        "He has worn joints in the neck and lately it is stiffer. He would like an appointment",
        "shoulders up round my ears for about 4 wks. want a physio",
        "My neck is back to its old tricks. Could you book me in?",
        "I need an appointment about my neck, it's been hurting since I fell asleep on the bus",
    ],
)
def test_a_pain_is_named_beside_the_wish_for_a_visit(text: str) -> None:
    assert tells_of_a_pain(text, only_named=True)


@pytest.mark.parametrize(
    "text",
    [
        "I'd like to book an appointment for neck pain",
        "book me in for my sore neck",
        "physio appointment for my back please",
        "Can I have an appointment about my neck pain please",
        "Is there a slot on Friday for neck and shoulder pain?",
        "I'd like to come back on Tuesday",
        "a routine check of my neck please",
    ],
)
def test_the_reason_for_a_visit_is_no_pain_that_is_stated(text: str) -> None:
    assert not tells_of_a_pain(text, only_named=True)


def test_what_is_only_named_is_a_topic_until_a_cause_or_a_time_is_told() -> None:
    assert not tells_of_a_pain("Sore neck. What helps?")
    assert tells_of_a_pain("Sore neck from tiling. What helps?")
    assert tells_of_a_pain("Sore neck. What helps?", only_named=True)


def test_the_places_of_a_clinic_for_the_neck_and_back_are_named() -> None:
    assert names_a_place("my shoulders are wrecked from the grape picking")
    assert names_a_place("me back\u2019s at it again")
    assert not names_a_place("my knee hurts")
