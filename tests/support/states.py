"""Every state that a conversation can be in, and the way there."""

from __future__ import annotations

from typing import Any

from clinic.clinical import get_clinical_data
from clinic.dialogue.agenda import BOOKING, INTERVIEW, MANAGING
from support.dialogue import Stage

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
    "self_care": "my neck is stiff since yesterday, slowly, 2 out of 10",
    "consultation": "my neck has been stiff for three weeks, slowly, 4 out of 10",
    "consultation_24": "my neck is stiff since yesterday, slowly, 9 out of 10",
}
# Further places to stand, with no question open.
ELSEWHERE = {
    "explained": ("what is an MRI?",),
    "misunderstood": ("asdf qwer zxcv", "blorp fnord zzxq"),
    "sign_in_doubt": ("my leg is a bit numb after the gym and my neck hurts",),
    "stopped": ("my neck hurts", "none of these", "stop"),
    "place_not_judged": ("my lower back hurts", "none of these"),
    "summarised": (OUTCOMES["consultation"], "none of these", "no", "no", "no", "28", "summary"),
}
EMERGENCY = "emergency"
EMERGENCY_OPENING = "my neck hurts and I have crushing chest pain"
ASKS = {
    "appointment_slot": "utter_ask_booking_form_appointment_slot",
    "patient_name": "utter_ask_booking_form_patient_name",
    "patient_contact": "utter_ask_booking_form_patient_contact",
    "booking_confirmed": "utter_ask_confirm_booking",
    "manage_reference": "utter_ask_appointment_form_manage_reference",
    "manage_contact": "utter_ask_appointment_form_manage_contact",
    **{
        question.id: f"utter_ask_interview_form_{question.id}"
        for question in get_clinical_data().interview.questions
    },
}
FORMS = {
    **dict.fromkeys(ASKS, INTERVIEW),
    **dict.fromkeys(BOOKING_PATH, BOOKING),
    **dict.fromkeys(MANAGING_PATH, MANAGING),
}
STATES = [*ASKS, *OUTCOMES, "booked"]
EVERYWHERE = [*STATES, *ELSEWHERE, EMERGENCY]


def asks(reply: str, question: str) -> bool:
    """Tell whether a reply asks a question."""
    return reply == ASKS[question] or (
        question == "emergency_screen" and reply == "utter_ask_again_emergency_screen"
    )


async def walk_everywhere(stage: Stage) -> None:
    """Walk to every state; afterwards a visitor of that name stands there."""
    before = "interview"
    for question, message in INTERVIEW_PATH.items():
        await stage.say(message, before)
        await _stand(stage, before, question)
    await stage.copy("emergency_screen", "site", site=None, emergency_screen="clear")
    await stage.copy(
        "site", "site", requested_slot="site", questions_asked=["emergency_screen", "site"]
    )
    first = ["emergency_screen", "duration_days", "onset_how", "severity"]
    await stage.copy(
        "neuro_arm",
        "hand_dexterity",
        neuro_arm=["tingling"],
        requested_slot="hand_dexterity",
        questions_asked=[*first, "hand_dexterity"],
    )
    in_passing = {"attribute": "systemic", "value": "weight_loss", "words": "lost 3 stone"}
    await stage.copy(
        "age_band",
        "second_look",
        systemic=["weight_loss"],
        age_band="16-49",
        doubted=[in_passing],
        requested_slot="second_look",
        questions_asked=[*first, "risk_screen", "age_band", "second_look"],
    )
    for name, path in (("booking", BOOKING_PATH), ("managing", MANAGING_PATH)):
        for question, messages in path.items():
            for message in messages:
                await stage.say(_pressed(stage, message, name), name)
            await _stand(stage, name, question)
    await stage.say("yes", "booking")
    await _stand(stage, "booking", None, "booked")
    for level, opening in OUTCOMES.items():
        for message in (opening, "none of these", "no", "no", "no", "28"):
            await stage.say(message, level)
        assert (await slots_of(stage, level))["disposition"] == level
    for name, messages in ELSEWHERE.items():
        for message in messages:
            await stage.say(message, name)
    assert (await slots_of(stage, "sign_in_doubt"))["unconfirmed"]
    await stage.say(EMERGENCY_OPENING, EMERGENCY)


async def slots_of(stage: Stage, visitor: str) -> dict[str, Any]:
    """Return the slots of a visitor's conversation."""
    slots: dict[str, Any] = (await stage.tracker(visitor)).current_slot_values()
    return slots


def _pressed(stage: Stage, message: str, visitor: str) -> str:
    if not message.startswith("#"):
        return message
    return stage.buttons(visitor)[int(message[1:]) - 1]["payload"]


async def _stand(stage: Stage, visitor: str, question: str | None, name: str | None = None) -> None:
    state = name or str(question)
    assert (await slots_of(stage, visitor))["requested_slot"] == question, f"{state} not reached"
    await stage.copy(visitor, state)
