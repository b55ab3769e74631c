"""Every kind of interruption at every question: a table, played out whole.

Each state is reached once; every message then starts from a copy of that conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from support.dialogue import Stage
from support.states import ASKS, EMERGENCY, EVERYWHERE, FORMS, asks, slots_of

from clinic.clinical import get_clinical_data

DATA = get_clinical_data()
HISTORY = [attribute.name for attribute in DATA.attributes]
EMERGENCIES = ("emergency", "emergency_ambulance")


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
    "start over": Family(("start over", "let's start again"), says="utter_ask_start_over"),
    "book": Family(("I want to book an appointment",), leaves=None),
    "cancel an appointment": Family(("I want to cancel my appointment",), leaves=None),
    "goodbye": Family(("goodbye",), leaves=None),
}
EMERGENCY_MESSAGES = ("help me now, I can't move my legs", "I have crushing chest pain")


async def said_from(
    stage: Stage, start: str, message: str
) -> tuple[list[str], dict[str, Any], dict[str, Any], str | None]:
    """Say a message where somebody stands; return replies, slots before and after, the form."""
    await stage.copy(start, "now")
    before = await slots_of(stage, "now")
    replies = await stage.say(message, "now")
    tracker = await stage.tracker("now")
    return replies, before, tracker.current_slot_values(), tracker.active_loop_name


async def test_every_interruption_at_every_question_gets_its_reply_and_loses_nothing(
    everywhere: Stage,
) -> None:
    wrong: list[str] = []
    for number, state in enumerate(EVERYWHERE):
        for name, family in FAMILIES.items():
            # Every other state hears the other wording, which keeps the table short.
            message = family.messages[number % len(family.messages)]
            replies, before, after, form = await said_from(everywhere, state, message)
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
async def test_an_emergency_is_answered_at_once_in_every_state(
    everywhere: Stage, message: str
) -> None:
    wrong = []
    for state in EVERYWHERE:
        replies, _, after, form = await said_from(everywhere, state, message)
        text = everywhere.text("now")
        known = state == EMERGENCY and replies == ["utter_emergency_repeat"]
        if not known and (not replies or not replies[0].startswith("utter_level_emergency")):
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
    everywhere: Stage, state: str
) -> None:
    assert len(FLAGS) == len(DATA.rules.red_flags)
    wrong = []
    for flag, message in FLAGS.items():
        replies, _, after, form = await said_from(everywhere, state, message)
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
