"""Two hundred random turns from every state: no loop, no silence, help always reached."""

from __future__ import annotations

import random

import pytest
from support.dialogue import Stage
from support.states import ASKS, EMERGENCY, EVERYWHERE, INTERVIEW_PATH, asks, slots_of

from clinic.dialogue.agenda import BOOKING

EMERGENCIES = ("emergency", "emergency_ambulance")
TURNS, LEGS = 50, 4
# A question that is put this often in a row goes nowhere.
MOST = 3

MESSAGES = (
    # what answers a question, somewhere
    *("yes", "no", "none of these", "not sure", "5", "two weeks", "slowly", "my neck hurts", "44"),
    *("Jane Doe", "jane@example.com", "tomorrow morning", "Friday 3 pm", "the second one"),
    *("Today or yesterday", "Tingling", "Blood thinners. Cancer", "No to all", "None of those"),
    # what does not
    *("what is an MRI?", "and the risks?", "how much does a visit cost?", "hello", "thank you"),
    *("why do you ask?", "what does that mean?", "can you repeat that?", "are you a robot?"),
    *("I want to talk to a person", "you useless piece of junk", "do I have cancer?"),
    *("how much ibuprofen should I take?", "what do you do with my data?", "am I dying?"),
    *("give me a summary", "help", "what causes neck pain?", "my knee hurts", "I'm fine now"),
    # what changes course
    *("skip", "go back", "stop", "start over", "let's go on", "just book me", "goodbye"),
    *("I want to cancel my appointment", "move my appointment", "delete my data"),
    *("sorry, I meant the left side", "actually it was two months", "it's for my mother"),
    # what nobody can read
    *("asdf qwer zxcv", "???", "   ", "/restart", "47", "300 years", "\U0001f642", "hm"),
)


def test_the_words_lead_to_every_kind_of_reply() -> None:
    assert len(set(MESSAGES)) == len(MESSAGES) >= 60


@pytest.mark.parametrize("state", EVERYWHERE)
async def test_two_hundred_random_turns_never_loop_and_help_is_always_reached(
    everywhere: Stage, state: str
) -> None:
    for leg in range(LEGS):
        await everywhere.copy(state, "wanderer")
        await wander(everywhere, random.Random(f"leg {leg} from {state}"))
        await everywhere.copy("wanderer", "caller")
        await everywhere.say("help me now", "caller")
        assert "911" in everywhere.text("caller"), leg
        replies = await everywhere.say("help me now, I can't move my legs", "wanderer")
        assert replies[0].startswith("utter_"), leg
        assert "911" in everywhere.text("wanderer")
        assert (await slots_of(everywhere, "wanderer"))["disposition"] in EMERGENCIES


async def wander(stage: Stage, chance: random.Random) -> None:
    """Say random things; every one gets a reply, and no question comes back for ever."""
    running, last = 0, None
    said: list[str] = []
    for _ in range(TURNS):
        message = chance.choice(MESSAGES)
        replies = await stage.say(message, "wanderer")
        said.append(f"{message!r} -> {replies}")
        story = "\n".join(said[-6:])
        assert replies, story
        assert "utter_action_failed" not in replies, story
        tracker = await stage.tracker("wanderer")
        slots = tracker.current_slot_values()
        question = slots["requested_slot"]
        if slots["turn_changed"]:  # something new was said, so that this is no standing still
            running = 0
        asked = question in ASKS and any(asks(reply, question) for reply in replies)
        running = running + 1 if asked and question == last else int(asked)
        last = question
        most = MOST if question in INTERVIEW_PATH else TURNS
        assert running <= most, story
        if slots["disposition"] in EMERGENCIES:
            assert tracker.active_loop_name is None, story
        if slots["booking_closed"]:
            assert tracker.active_loop_name != BOOKING, story


async def test_no_words_lead_from_an_emergency_to_a_booking(everywhere: Stage) -> None:
    chance = random.Random(4)
    urge = ("yes", "just book me", "I'm fine now, book me in", "start over", "delete my data")
    urge += ("none of these", "my neck is a bit stiff", "Friday 3 pm", "it was a slip", "no")
    for number in range(24):
        await everywhere.copy(EMERGENCY, "urging")
        forgotten = False
        for message in [chance.choice((*MESSAGES, *urge * 3)) for _ in range(15)]:
            await everywhere.say(message, "urging")
            tracker = await everywhere.tracker("urging")
            slots = tracker.current_slot_values()
            forgotten |= "delete" in message
            assert tracker.active_loop_name != BOOKING, (number, message)
            assert slots["booking_closed"] is True, (number, message)
            assert forgotten or slots["disposition"] in EMERGENCIES, (number, message)
    assert everywhere.appointments() == []
