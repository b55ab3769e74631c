"""Every kind of interruption at every question: a table, played out whole.

Each state is reached once; every message then starts from a copy of that conversation.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from rasa.core.agent import Agent
from rasa.shared.core.events import Event
from support.dialogue import Stage

from clinic.clinical import get_clinical_data
from clinic.dialogue.agenda import BOOKING, INTERVIEW, MANAGING

DATA = get_clinical_data()
HISTORY = [attribute.name for attribute in DATA.attributes]
EMERGENCIES = ("emergency", "emergency_ambulance")

# How far a conversation has come: what the visitor says to get there. "#1" is the first button.
INTERVIEW_PATH = {
    "emergency_screen": "my neck hurts",
    "duration_days": "none of these",
    "onset_how": "three days",
    "severity": "slowly",
    "neuro_arm": "5",
    "general_screen": "no",
    "risk_screen": "none of those",
    "age_band": "no to all",
}
BOOKING_PATH = {
    "appointment_slot": ("I'd like to book an appointment", "none of these"),
    "patient_name": ("#1",),
    "patient_contact": ("Jane Doe",),
    "booking_confirmed": ("jane@example.com",),
}
MANAGING_PATH = {
    "manage_reference": ("cancel my appointment",),
    "manage_contact": ("ATL-7K3M9Q",),
}
OUTCOMES = {
    "self_care": ("my neck is stiff since yesterday, slowly, 2 out of 10", "28"),
    "consultation": ("my neck has been stiff for three weeks, slowly, 4 out of 10", "28"),
    "consultation_24": ("my neck is stiff since yesterday, slowly, 9 out of 10", "28"),
}
ASKS = {
    "appointment_slot": "utter_ask_booking_form_appointment_slot",
    "patient_name": "utter_ask_booking_form_patient_name",
    "patient_contact": "utter_ask_booking_form_patient_contact",
    "booking_confirmed": "utter_ask_confirm_booking",
    "manage_reference": "utter_ask_appointment_form_manage_reference",
    "manage_contact": "utter_ask_appointment_form_manage_contact",
    **{
        question.id: f"utter_ask_interview_form_{question.id}"
        for question in DATA.interview.questions
    },
}
FORMS = {
    **dict.fromkeys(ASKS, INTERVIEW),
    **dict.fromkeys(BOOKING_PATH, BOOKING),
    **dict.fromkeys(MANAGING_PATH, MANAGING),
}
STATES = [*ASKS, *OUTCOMES, "booked"]


@dataclass(frozen=True)
class Family:
    """Messages of one kind, and what they do while a question is open.

    Attributes:
        messages: The messages.
        returns: Whether the question comes back, once, as the last thing said.
        says: What is said before it, where that is one thing everywhere.
        leaves: Whether the form is left; None where it differs.
        forgets: Whether the history may change.
        except_at: Questions to which the message is an answer.
    """

    messages: tuple[str, ...]
    returns: bool = False
    says: str | None = None
    leaves: bool | None = False
    forgets: bool = False
    except_at: tuple[str, ...] = field(default=())


FAMILIES = {
    "topic question": Family(("what is an MRI?", "how does acupuncture work?"), returns=True),
    "price": Family(("how much does a visit cost?", "do you take my insurance?"), returns=True),
    "privacy": Family(("what do you do with my data?", "who can read what I write?"), True),
    "greeting": Family(("hello", "hi there"), True, "utter_greet_again"),
    "thanks": Family(("thank you", "thanks a lot"), True, "utter_thank"),
    "repeat": Family(("can you repeat that?", "say that again please"), returns=True),
    "why": Family(("why do you ask?", "why do you need to know that?"), returns=True),
    "meaning": Family(("what does that mean?", "what do you mean?"), returns=True),
    "human": Family(("I want to talk to a person", "can I speak to a human?"), returns=True),
    "abuse": Family(("you are a stupid bot", "you useless piece of junk"), True, "utter_abuse"),
    "bot": Family(("are you a robot?", "am I talking to a human?"), returns=True),
    "medicine": Family(("how much ibuprofen should I take?",), True, "utter_medicine_advice"),
    "diagnosis": Family(("do I have cancer?", "what do I have?"), returns=True),
    "other body part": Family(
        ("my knee hurts", "my ankle is swollen"), returns=True, except_at=("site",)
    ),
    "gibberish": Family(
        ("asdf qwer zxcv", "blorp fnord zzxq"), returns=True, except_at=("patient_name",)
    ),
    "nothing": Family(("???", "   "), True, "utter_empty_message"),
    "command": Family(("/restart", "/inform"), True, "utter_no_commands"),
    "correction": Family(("sorry, I meant the left side",), returns=True, forgets=True),
    "skip": Family(("skip", "skip this question"), leaves=None, forgets=True),
    "unsure": Family(("I don't know", "not sure"), leaves=None, forgets=True),
    "go back": Family(("go back", "previous question please"), leaves=None, forgets=True),
    "stop": Family(("stop", "I want to stop"), says="utter_stopped", leaves=True),
    "start over": Family(("start over", "let's start again"), leaves=True, forgets=True),
    "book": Family(("I want to book an appointment",), leaves=None),
    "cancel an appointment": Family(("I want to cancel my appointment",), leaves=None),
    "goodbye": Family(("goodbye",), leaves=None),
}
EMERGENCY_MESSAGES = ("help me now, I can't move my legs", "I have crushing chest pain")


@pytest_asyncio.fixture
async def stage(
    agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    yield Stage(agent, tmp_path, monkeypatch)


_WALKED: dict[str, list[Event]] = {}


async def reach(stage: Stage) -> dict[str, str]:
    """Return the visitor who stands there, by state; the way is walked once for all tests."""
    if not _WALKED:
        for state, visitor in (await walk_everywhere(stage)).items():
            _WALKED[state] = list((await stage.tracker(visitor)).events)
    for state, events in _WALKED.items():
        await stage.place(f"at-{state}", events)
    return {state: f"at-{state}" for state in _WALKED}


async def walk_everywhere(stage: Stage) -> dict[str, str]:
    """Walk to every state; return the visitor who stands there, by state."""
    there: dict[str, str] = {}
    before = "interview"
    for question, message in INTERVIEW_PATH.items():
        await stage.say(message, before)
        await stand(stage, before, question, there)
    await stage.copy(there["emergency_screen"], "at-site", site=None, emergency_screen="clear")
    await stage.copy(
        "at-site", "at-site", requested_slot="site", questions_asked=["emergency_screen", "site"]
    )
    there["site"] = "at-site"
    for name, path in (("booking", BOOKING_PATH), ("managing", MANAGING_PATH)):
        for question, messages in path.items():
            for message in messages:
                await stage.say(pressed(stage, message, name), name)
            await stand(stage, name, question, there)
    await stage.say("yes", "booking")
    await stand(stage, "booking", None, there, "booked")
    for level, (opening, age) in OUTCOMES.items():
        await stage.copy(there["age_band"], level)
        await walk(stage, level, opening, age)
        slots = (await stage.tracker(level)).current_slot_values()
        assert slots["disposition"] == level
        there[level] = level
    return there


async def walk(stage: Stage, visitor: str, opening: str, age: str) -> None:
    await stage.say("start over", visitor)
    await stage.say(opening, visitor)
    for message in ("none of these", "no", "no", "no", age):
        await stage.say(message, visitor)


def pressed(stage: Stage, message: str, visitor: str) -> str:
    if not message.startswith("#"):
        return message
    return stage.buttons(visitor)[int(message[1:]) - 1]["payload"]


async def stand(
    stage: Stage, visitor: str, question: str | None, there: dict[str, str], name: str | None = None
) -> None:
    state = name or str(question)
    slots = (await stage.tracker(visitor)).current_slot_values()
    assert slots["requested_slot"] == question, f"{state} was not reached"
    await stage.copy(visitor, f"at-{state}")
    there[state] = f"at-{state}"


async def said_from(
    stage: Stage, start: str, message: str
) -> tuple[list[str], dict[str, Any], dict[str, Any], str | None]:
    """Say a message where somebody stands; return replies, slots before and after, the form."""
    await stage.copy(start, "now")
    before = (await stage.tracker("now")).current_slot_values()
    replies = await stage.say(message, "now")
    tracker = await stage.tracker("now")
    return replies, before, tracker.current_slot_values(), tracker.active_loop_name


def asks(reply: str, question: str) -> bool:
    return reply == ASKS[question] or (
        question == "emergency_screen" and reply == "utter_ask_again_emergency_screen"
    )


async def test_every_interruption_at_every_question_gets_its_reply_and_loses_nothing(
    stage: Stage,
) -> None:
    there = await reach(stage)
    wrong: list[str] = []
    for number, state in enumerate(STATES):
        for name, family in FAMILIES.items():
            # Every other state hears the other wording, which keeps the table short.
            message = family.messages[number % len(family.messages)]
            replies, before, after, form = await said_from(stage, there[state], message)
            for problem in problems(state, family, replies, before, after, form):
                wrong.append(f"{state}, {name}, {message!r}: {problem} -> {replies}")
    assert not wrong, "\n" + "\n".join(wrong)


def problems(
    state: str,
    family: Family,
    replies: list[str],
    before: dict[str, Any],
    after: dict[str, Any],
    form: str | None,
) -> list[str]:
    """Return what is wrong with one turn."""
    found = []
    if not replies:
        found.append("no reply")
    if "utter_action_failed" in replies:
        found.append("something failed")
    lost = [name for name in HISTORY if before[name] is not None and after[name] is None]
    if lost and not family.forgets:
        found.append(f"lost {lost}")
    if state not in ASKS or state in family.except_at:
        return found
    if family.returns:
        questions = [reply for reply in replies if asks(reply, state)]
        if len(questions) != 1 or not asks(replies[-1], state):
            found.append("the question does not come back once, at the end")
        if after["requested_slot"] != state or form != FORMS[state]:
            found.append("the question is no longer open")
    if family.says and family.says not in replies:
        found.append(f"{family.says} is not said")
    if family.leaves is not None and family.leaves is (form == FORMS[state]):
        found.append("the form is left" if form is None else f"{form} is open")
    return found


@pytest.mark.parametrize("message", EMERGENCY_MESSAGES)
async def test_an_emergency_is_answered_at_once_in_every_state(stage: Stage, message: str) -> None:
    there = await reach(stage)
    wrong = []
    for state in STATES:
        replies, _, after, form = await said_from(stage, there[state], message)
        text = stage.text("now")
        if not replies or not replies[0].startswith("utter_level_emergency"):
            wrong.append(f"{state}: {replies}")
        if after["disposition"] not in EMERGENCIES or form is not None or "911" not in text:
            wrong.append(f"{state}: {after['disposition']}, form {form}")
    assert not wrong, "\n".join(wrong)


# One plain wording for each warning sign, with the words about the person that it needs.
FLAGS = {
    "RF01": "I fell off a ladder this morning and landed on my neck",
    "RF02": "I fell yesterday and since then my hand is numb",
    "RF03": "I'm 80 and I slipped and fell yesterday",
    "RF04": "my legs have gone weak since yesterday",
    "RF05": "for months my hands are clumsy and I can't do up buttons",
    "RF06": "I can't pee since this morning",
    "RF07": "my face is drooping and my speech is slurred",
    "RF08": "I got the worst headache of my life within seconds",
    "RF09": "I have a high fever, a stiff neck and the light hurts my eyes",
    "RF10": "I have had a fever and chills with my back pain",
    "RF11": "I had breast cancer three years ago",
    "RF12": "I have lost a lot of weight without trying",
    "RF13": "I have osteoporosis and the pain in the middle of my back came suddenly after a cough",
    "RF14": "a sudden tearing pain between my shoulder blades, the worst ever",
    "RF15": "crushing chest pain and I'm sweating",
    "RF16": "I suddenly can't breathe and I coughed up blood",
    "RF17": "I'm 70 and have a new headache at my temple and my scalp is sore",
    "RF18": "every morning I'm stiff for over an hour",
    "RF19": "there are blisters on one side of my back",
    "RF20": "I can't swallow my spit, I'm drooling and my neck is swollen",
    "RF21": "my right arm has been weak since Monday",
    "RF22": "I had a spine injection last week and now have a fever",
    "RF23": "my partner strangled me",
    "RF24": "I want to kill myself tonight",
    "RF25": "I have rheumatoid arthritis and my neck hurts",
    "RF26": "a severe pain in my tummy goes through to my back and I'm vomiting blood",
    "RF27": "I take warfarin and suddenly have severe back pain",
    "RF28": "it's about my son, he is 8 and his neck hurts",
    "RF29": "the pain is unbearable, I can't get out of bed",
    "RF30": "I have a lump in my neck",
}


@pytest.mark.parametrize("state", ["duration_days", "patient_name", "self_care", "booked"])
async def test_every_warning_sign_is_heard_in_interview_booking_and_after_the_outcome(
    stage: Stage, state: str
) -> None:
    assert len(FLAGS) == len(DATA.rules.red_flags)
    there = await reach(stage)
    wrong = []
    for flag, message in FLAGS.items():
        replies, _, after, form = await said_from(stage, there[state], message)
        level = after["disposition"]
        if flag not in (after["red_flags"] or []):
            wrong.append(f"{flag}: heard {after['red_flags']}")
        first_level = next(
            (rule for rule in DATA.rules.red_flags if rule.id == flag and rule.level(after)), None
        )
        weighed = first_level.level(after) if first_level else None
        if weighed and weighed.is_emergency and (level not in EMERGENCIES or form is not None):
            wrong.append(f"{flag}: {level}, form {form}, {replies}")
    assert not wrong, "\n".join(wrong)


async def test_no_words_lead_from_an_emergency_to_a_booking(stage: Stage) -> None:
    await stage.say("my neck hurts and I have crushing chest pain", "emergency")
    messages = [message for family in FAMILIES.values() for message in family.messages]
    messages += [
        "yes",
        "no",
        "just book me",
        "I'm fine now, book me in",
        "none of these",
        "Friday 3 pm",
    ]
    chance = random.Random(4)
    for number in range(12):
        await stage.copy("emergency", "now")
        for message in [chance.choice(messages) for _ in range(10)]:
            if "start" in message:
                continue  # the one way to begin anew; the safety check is asked again then
            await stage.say(message, "now")
            tracker = await stage.tracker("now")
            slots = tracker.current_slot_values()
            assert tracker.active_loop_name is None, (number, message)
            assert slots["disposition"] in EMERGENCIES, (number, message)
    assert stage.appointments() == []


RANDOM_WORDS = (
    *(message for family in FAMILIES.values() for message in family.messages),
    *("yes", "no", "none of these", "not sure", "5", "two weeks", "Jane Doe", "jane@example.com"),
    *("tomorrow morning", "my neck hurts", "what causes neck pain?", "and the risks?", "47"),
)


@pytest.mark.parametrize(
    ("state", "legs"),
    [("emergency_screen", 4), ("appointment_slot", 4), ("severity", 1), ("booked", 1)],
)
async def test_two_hundred_random_turns_never_loop_and_help_is_always_reached(
    stage: Stage, state: str, legs: int
) -> None:
    there = await reach(stage)
    for leg in range(legs):  # a conversation of 200 turns would be slow to carry along
        await stage.copy(there[state], "wanderer")
        await wander(stage, random.Random(f"leg {leg} from {state}"), 50)
        replies = await stage.say("help me now, I can't move my legs", "wanderer")
        assert replies[0].startswith("utter_"), leg
        slots = (await stage.tracker("wanderer")).current_slot_values()
        assert slots["disposition"] in EMERGENCIES
        assert "911" in stage.text("wanderer")


async def wander(stage: Stage, chance: random.Random, turns: int) -> None:
    """Say random things; every one gets a reply, and no question comes back for ever."""
    running, last = 0, None
    for turn in range(turns):
        message = chance.choice(RANDOM_WORDS)
        replies = await stage.say(message, "wanderer")
        assert replies, (turn, message)
        assert "utter_action_failed" not in replies, (turn, message)
        slots = (await stage.tracker("wanderer")).current_slot_values()
        question = slots["requested_slot"]
        if slots["turn_changed"]:  # something new was said, so that this is no standing still
            running = 0
        asked = question in INTERVIEW_PATH and any(asks(reply, question) for reply in replies)
        running = running + 1 if asked and question == last else int(asked)
        last = question
        assert running <= 3, (turn, message, question)
