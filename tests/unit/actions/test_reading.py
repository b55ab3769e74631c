"""Reading a message before any policy decides: what counts as an answer, and what never does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.reading import ActionValidateSlotMappings, MessageReading, message_text, was_read
from clinic.clinical import get_clinical_data
from clinic.history.reader import HistoryReader

TODAY = date(2027, 3, 3)


def entities(text: str) -> list[dict[str, Any]]:
    reader: HistoryReader = get_clinical_data().reader
    return [finding.as_entity(text) for finding in reader.read(text, TODAY).findings]


def tracker(
    text: str,
    intent: str | None = "inform",
    confidence: float = 0.9,
    form: str | None = None,
    later: list[dict[str, Any]] | None = None,
    **slots: Any,
) -> Tracker:
    message = {
        "text": text,
        "intent": {"name": intent, "confidence": confidence},
        "entities": entities(text),
    }
    events = [{"event": "user", "text": text}, *(later or [])]
    return Tracker(
        "someone", slots, message, events, False, None, {"name": form} if form else {}, None
    )


async def slots_after(read: Tracker) -> dict[str, Any]:
    events = await ActionValidateSlotMappings().run(CollectingDispatcher(), read, {})
    return {event["name"]: event["value"] for event in events}


async def test_a_message_is_read_once_a_turn() -> None:
    fresh = tracker("my neck hurts", "report_pain")
    assert not was_read(fresh)
    planned = [{"event": "slot", "name": "agenda", "value": ["interview_form"]}]
    again = tracker("my neck hurts", "report_pain", later=planned)
    assert was_read(again)
    assert await slots_after(again) == {}


async def test_an_event_without_a_message_changes_nothing() -> None:
    assert await slots_after(tracker("", None)) == {}


def test_the_text_is_the_message_as_it_arrived() -> None:
    assert message_text(tracker("/stop")) == "/stop"


async def test_the_first_message_gets_the_notice_and_the_second_does_not() -> None:
    said = CollectingDispatcher()
    await ActionValidateSlotMappings().run(said, tracker("hello", "greet"), {})
    assert [message["response"] for message in said.messages] == ["utter_notice"]
    said = CollectingDispatcher()
    await ActionValidateSlotMappings().run(said, tracker("hello", "greet", notice_given=True), {})
    assert said.messages == []


async def test_an_emergency_is_not_delayed_by_the_notice() -> None:
    said = CollectingDispatcher()
    first = tracker("I can't move my legs", "report_pain")
    await ActionValidateSlotMappings().run(said, first, {})
    assert said.messages == []
    slots = await slots_after(first)
    assert slots["disposition"].startswith("emergency")
    assert slots["agenda"] == ["action_give_emergency_advice"]


@pytest.mark.parametrize("text", ["", "   ", "🙂", "/affirm", "/deny"])
@pytest.mark.parametrize("intent", ["affirm", "deny", "unsure"])
async def test_nothing_and_commands_answer_no_question(text: str, intent: str) -> None:
    for form, question in (
        ("interview_form", "emergency_screen"),
        ("booking_form", "booking_confirmed"),
        ("appointment_form", "manage_confirmed"),
    ):
        slots = await slots_after(tracker(text, intent, form=form, requested_slot=question))
        assert slots["turn_answered"] is False
        assert "emergency_screen" not in slots
        assert slots["agenda"][-1] == form


async def test_a_thumb_answers_and_is_no_empty_message() -> None:
    asked = {"form": "interview_form", "requested_slot": "general_screen"}
    slots = await slots_after(tracker("\U0001f44e", "deny", 1.0, **asked))
    assert slots["general_screen"] == "clear"
    assert slots["agenda"] == ["interview_form"]


async def test_an_uncertain_sign_is_settled_by_yes_no_and_not_sure() -> None:
    pending = [{"attribute": "neuro_leg", "value": "weak"}]
    yes = await slots_after(tracker("yes", "affirm", unconfirmed=pending))
    assert yes["neuro_leg"] == ["weak"]
    assert yes["disposition"] == "emergency"
    no = await slots_after(tracker("no", "deny", unconfirmed=pending))
    assert no["neuro_leg"] == []
    assert "disposition" not in no
    for text, intent in (("not sure", "unsure"), ("what is an MRI?", "ask_topic")):
        open_still = await slots_after(tracker(text, intent, unconfirmed=pending))
        assert open_still["emergency_unsure"] is True
        assert "neuro_leg" not in open_still


async def test_a_level_is_never_lowered_by_a_later_message() -> None:
    known = {"disposition": "emergency_ambulance"}
    slots = known | await slots_after(tracker("my legs are weak", "report_pain", **known))
    assert slots["disposition"] == "emergency_ambulance"


async def test_a_correction_that_begins_with_no_denies_no_checklist() -> None:
    slots = await slots_after(
        tracker(
            "no wait, it was two months",
            "correct_answer",
            form="interview_form",
            requested_slot="emergency_screen",
            duration_days=14.0,
        )
    )
    assert "emergency_screen" not in slots
    assert slots["duration_days"] == pytest.approx(61, abs=1)


async def test_a_weak_guess_of_no_is_not_taken_for_a_no() -> None:
    asked = {"form": "interview_form", "requested_slot": "emergency_screen"}
    unsure = await slots_after(tracker("hmm well", "deny", 0.35, **asked))
    assert "emergency_screen" not in unsure
    sure = await slots_after(tracker("nothing like that", "deny", 0.9, **asked))
    assert sure["emergency_screen"] == "clear"


async def test_a_time_said_while_booking_is_no_duration_of_a_pain() -> None:
    slots = await slots_after(
        tracker("in two weeks", form="booking_form", requested_slot="appointment_slot")
    )
    assert "duration_days" not in slots


async def test_misunderstandings_count_only_in_a_row() -> None:
    assert (await slots_after(tracker("hello", "greet", misunderstandings=2)))[
        "misunderstandings"
    ] is None
    assert "misunderstandings" not in await slots_after(tracker("zxq", "nlu_fallback"))


async def test_pain_elsewhere_is_no_report_of_a_spine_symptom() -> None:
    slots = await slots_after(tracker("my knee hurts", "report_other_body_part"))
    assert slots["agenda"] == []


def test_the_history_after_a_message_is_weighed_with_what_was_known() -> None:
    known = tracker("I have a fever", "report_pain", site=["neck"], meningism=["light_hurts"])
    assert MessageReading(known).is_emergency_new


IN_INTERVIEW = {"form": "interview_form", "requested_slot": "emergency_screen"}


async def test_short_messages_are_read_as_one_thought() -> None:
    first = await slots_after(tracker("my neck hurts", "report_pain"))
    assert first["thought"] == "my neck hurts"
    second = await slots_after(tracker("really bad", "inform", **IN_INTERVIEW, **first))
    assert second["severity_words"] == "severe"
    assert second["thought"] == "my neck hurts really bad"
    assert first["turn_describes"] is True
    third = await slots_after(tracker("like 8", "inform", **IN_INTERVIEW, **{**first, **second}))
    assert third["severity"] == 8


async def test_a_thought_ends_with_an_answer_a_question_or_a_request() -> None:
    for text, intent in (("no", "deny"), ("what is an MRI?", "ask_topic"), ("stop", "stop")):
        slots = await slots_after(tracker(text, intent, thought="my neck hurts", **IN_INTERVIEW))
        assert slots["thought"] is None, text


async def test_what_was_read_already_is_not_read_again_from_a_thought() -> None:
    again = tracker("hm well", "inform", 0.5, thought="my neck hurts", **IN_INTERVIEW)
    assert "site" not in await slots_after(again)


@pytest.mark.parametrize("intent", ["stop", "unsure", "affirm", "out_of_scope"])
async def test_letters_at_random_are_no_answer_and_no_request(intent: str) -> None:
    slots = await slots_after(tracker("zzxq fnord", intent, 0.6, **IN_INTERVIEW))
    assert slots["agenda"] == ["interview_form"]
    assert slots["turn_answered"] is False


async def test_fear_of_dying_is_no_wish_to_die_and_a_wish_to_die_beside_it_is() -> None:
    fear = await slots_after(tracker("am I going to die?", "ask_diagnosis"))
    assert "crisis" not in fear
    assert fear["agenda"][0] == "utter_frightened"
    both = await slots_after(tracker("am I dying? I want to kill myself", "report_pain"))
    assert both["crisis"] == ["intent"]
    assert both["agenda"] == ["action_give_emergency_advice"]


async def test_an_emergency_closes_the_booking_of_the_conversation() -> None:
    slots = await slots_after(tracker("I can't move my legs", "report_pain"))
    assert slots["booking_closed"] is True
    later = await slots_after(
        tracker(
            "book me a visit", "book_appointment", booking_closed=True, emergency_screen="clear"
        )
    )
    assert later["agenda"] == ["utter_booking_closed"]


async def test_waking_up_with_it_does_not_change_when_it_began() -> None:
    slots = await slots_after(
        tracker(
            "I just woke up with it",
            form="interview_form",
            requested_slot="onset_how",
            duration_days=7.0,
        )
    )
    assert slots["onset_how"] == "woke_with_it"
    assert "duration_days" not in slots


@pytest.mark.parametrize(
    ("text", "intent"),
    [("started by itself", "start_over"), ("comes and goes", "goodbye")],
)
async def test_what_tells_of_the_pain_is_no_step(text: str, intent: str) -> None:
    slots = await slots_after(tracker(text, intent, site=["neck"]))
    assert slots["agenda"] == ["interview_form"]
    asked = {"form": "interview_form", "requested_slot": "onset_how", "site": ["neck"]}
    slots = await slots_after(tracker(text, intent, **asked))
    assert slots["agenda"] == ["interview_form"]


async def test_starting_over_is_still_heard_in_its_words() -> None:
    slots = await slots_after(tracker("no, my neck is wrong, start over", "start_over", site=["x"]))
    assert slots["agenda"] == ["utter_ask_start_over"]
    assert slots["offered_start_over"] is True


async def test_a_no_to_starting_over_is_no_answer_to_the_emergency_checklist() -> None:
    asked = {"form": "interview_form", "requested_slot": "emergency_screen"}
    slots = await slots_after(tracker("no", "deny", offered_start_over=True, **asked))
    assert "emergency_screen" not in slots
    assert slots["agenda"] == ["utter_start_over_kept", "interview_form"]


async def test_a_sign_named_by_its_place_counts_after_a_yes_only() -> None:
    asked = {"form": "interview_form", "requested_slot": "emergency_screen"}
    slots = await slots_after(tracker("the first one", "inform", **asked))
    assert slots["agenda"] == ["action_confirm_warning_sign"]
    pending = slots["unconfirmed"]
    yes = await slots_after(tracker("yes", "affirm", unconfirmed=pending, **asked))
    assert yes["chest_breath"] == ["chest_pain"]
    assert yes["agenda"] == ["action_give_emergency_advice"]
    no = await slots_after(tracker("no", "deny", unconfirmed=pending, **asked))
    assert "emergency_screen" not in no
    assert no["agenda"] == ["interview_form"]
    unsure = await slots_after(tracker("not sure", "unsure", unconfirmed=pending, **asked))
    assert unsure["emergency_unsure"] is True


@pytest.mark.parametrize(
    ("text", "screen"),
    [
        ("No, not now. My wife says I worry too much.", "clear"),
        ("No, I'm fine. My sister thinks I'm making a fuss.", "clear"),
        ("no wait, that was wrong", None),
        ("no sorry, the one before", None),
    ],
)
async def test_a_no_beside_what_a_relative_thinks_answers_and_a_correction_does_not(
    text: str, screen: str | None
) -> None:
    asked = {"form": "interview_form", "requested_slot": "emergency_screen"}
    slots = await slots_after(tracker(text, "correct_answer", **asked))
    assert slots.get("emergency_screen") == screen


def answered(text: str, question: str, intent: str = "inform", **slots: Any) -> dict[str, Any]:
    read = tracker(text, intent, form="interview_form", requested_slot=question, **slots)
    return MessageReading(read).changes


def test_always_been_so_takes_a_sign_back_and_an_old_one_on_a_list_of_illnesses_does_not() -> None:
    known = {"hand_dexterity": ["clumsy"]}
    unchanged = "no. I have always been clumsy, it has not changed"
    assert answered(unchanged, "neuro_arm", **known)["hand_dexterity"] == []
    assert "hand_dexterity" not in answered(unchanged, "risk_screen", **known)
    assert "hand_dexterity" not in answered("yes, clumsy with my keys", "neuro_arm", **known)


def test_an_injury_among_earlier_illnesses_is_a_former_one_unless_it_is_dated() -> None:
    assert "injury" not in answered("only a fall on the stairs, all healed", "risk_screen")
    assert answered("I fell on the stairs yesterday", "risk_screen")["injury"] is True


def test_the_time_of_a_sign_is_not_the_time_of_the_pain() -> None:
    pending = [{"attribute": "stroke_signs", "value": "dizzy"}]
    changes = answered("no, that was ten years ago", "severity", unconfirmed=pending)
    assert "duration_days" not in changes
    said = "an operation in 2011, that is all"
    corrected = answered(said, "severity", "correct_answer", unconfirmed=pending)
    assert "duration_days" not in corrected
    assert "timing" not in answered("no, only at night when I lie on the arm", "neuro_arm")


def test_an_answer_that_begins_with_no_corrects_only_with_a_word_for_it() -> None:
    known = {"duration_days": 21.0}
    stays = "No. Stiff thumbs for ten years, no different"
    kept = answered(stays, "emergency_screen", "correct_answer", **known)
    assert kept.get("duration_days", 21.0) == 21.0
    changed = answered("No sorry, two weeks", "emergency_screen", "correct_answer", **known)
    assert changed["duration_days"] == 14.0


def test_as_ever_takes_back_what_the_question_is_about_and_nothing_else() -> None:
    known = {"hand_dexterity": ["clumsy"], "lump": ["spine"]}
    changes = answered("no, no different, the same as ever", "neuro_arm", **known)
    assert changes["hand_dexterity"] == []
    assert "lump" not in changes
    assert "hand_dexterity" not in answered("no", "neuro_arm", **known)


def test_never_had_cancer_is_no_first_pain() -> None:
    assert "previous_episodes" not in answered("never had this, never been ill", "risk_screen")
    assert answered("never had this before", "onset_how")["previous_episodes"]


def test_walking_slowly_takes_no_sudden_beginning_back() -> None:
    assert "onset_how" not in answered("no. walking fine, slowly", "neuro_arm", onset_how="sudden")
    assert answered("slowly", "onset_how")["onset_how"] == "gradual"


async def test_the_age_of_a_son_tells_that_he_is_no_child() -> None:
    asked = {"form": "interview_form", "requested_slot": "age_band", "who_for": "child"}
    told = await slots_after(tracker("20", "inform", emergency_screen="clear", **asked))
    assert (told["who_for"], told["age_band"]) == ("other_adult", "16-49")
    child = await slots_after(tracker("12", "inform", emergency_screen="clear", **asked))
    assert child["age_band"] == "<16" and "who_for" not in child


async def test_an_answer_that_tells_no_sign_leaves_it_to_the_checklist() -> None:
    pending = [{"attribute": "chest_breath", "value": "breathless"}]
    for said, intent in (
        ("fine, sleeping in finally", "goodbye"),
        ("I push beds up the ramp all day without a puff", "inform"),
        ("fine, I just meant the film", "correct_answer"),
        ("no real one, nobody touches me, it's acted", "unsure"),
    ):
        latest = tracker(said, intent, unconfirmed=pending)
        latest.latest_message["sounds_harmless"] = True
        assert "emergency_unsure" not in await slots_after(latest), said


async def test_what_corrects_a_sign_and_denies_it_settles_it() -> None:
    pending = [{"attribute": "chest_breath", "value": "collapse"}]
    said = "no I mean I flopped down tired, didn't pass out or anything"
    settled = await slots_after(tracker(said, "correct_answer", unconfirmed=pending))
    assert settled["chest_breath"] == [] and "emergency_unsure" not in settled
    said = "no I mean my chest hurts"
    told = await slots_after(tracker(said, "correct_answer", unconfirmed=pending))
    assert told["disposition"].startswith("emergency")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I only shiver inside the walk-in freezer at work", None),
        ("I shiver all day at work", ["chills", "fever"]),
        ("I shiver in the freezer at work, and my temperature is 39", ["fever"]),
    ],
)
async def test_the_second_net_raises_nothing_whose_cause_is_known(text: str, expected: Any) -> None:
    read = tracker(text)
    heard = {"entity": "systemic", "value": "fever", "assertion": "present", "start": 0}
    found: list[dict[str, Any]] = read.latest_message["entities"]
    found.append({**heard, "end": len(text), "extractor": "WarningSignNet"})
    slots = await slots_after(read)
    assert sorted(slots.get("systemic") or []) == (expected or [])


@pytest.mark.parametrize(
    ("text", "described"),
    [
        ("My neck is playing up again. Can I have an appointment please", True),
        ("Neck's been sore since I changed spectacles. Book me in?", True),
        ("book me in for my sore neck", False),
        ("just book me in, my neck is sore", False),
        ("my knee hurts, can I have an appointment", False),
    ],
)
async def test_a_pain_that_hurts_is_described_and_a_reason_for_a_visit_is_not(
    text: str, described: bool
) -> None:
    slots = await slots_after(tracker(text, "book_appointment"))
    assert slots["described"] is described


async def test_a_pain_told_beside_a_question_is_asked_about_after_the_answer() -> None:
    for text, agenda in (
        ("Neck tight after papering a stairwell. Is heat good?", "interview_form"),
        ("Is heat good for a tight neck?", "action_explain_topic"),
    ):
        asks = tracker(text, "ask_topic")
        topic = {"topics": ["advice/self_care"], "topics_named": True, "topic_score": 2.3}
        asks.latest_message.update(topic)
        planned = (await slots_after(asks))["agenda"]
        assert planned[0] == "action_explain_topic" and planned[-1] == agenda, text


async def test_a_wish_for_a_visit_outlives_the_question_about_a_sign() -> None:
    said = "can I book a visit on Friday, maybe my legs are weak"
    slots = await slots_after(tracker(said, "book_appointment"))
    assert slots["agenda"] == ["action_confirm_warning_sign"]
    assert slots["booking_wish"] == said
    told = {"unconfirmed": slots["unconfirmed"], "booking_wish": said}
    denied = await slots_after(tracker("no", "deny", **told))
    assert denied["agenda"] == ["action_note_booking_wish", "interview_form"]


async def test_a_topic_that_is_only_like_the_story_of_a_pain_is_not_explained() -> None:
    guessed = {"topics": ["condition/fractures"], "topics_named": False, "topic_score": 1.5}
    told = tracker("Upper back tight after papering a stairwell. Any exercises?", "ask_topic")
    told.latest_message.update(guessed)
    assert (await slots_after(told))["agenda"] == ["interview_form"]
    asked = tracker("can a cough break a bone in the back", "ask_topic")
    asked.latest_message.update(guessed)
    assert (await slots_after(asked))["agenda"] == ["action_explain_topic"]


async def test_what_is_said_in_passing_is_kept_with_its_words() -> None:
    def opening(text: str, *, harmless: bool) -> Tracker:
        latest = tracker(text, "report_pain")
        latest.latest_message["sounds_harmless"] = harmless
        return latest

    said = "lost 3 stone since January and now my upper back aches"
    slots = await slots_after(opening(said, harmless=True))
    assert slots["systemic"] == ["weight_loss"] and "general_screen" not in slots
    lost = next(item for item in slots["doubted"] if item["value"] == "weight_loss")
    assert "lost 3 stone" in lost["words"]
    slots = await slots_after(opening(said, harmless=False))
    assert not slots["doubted"] and slots["general_screen"] == "positive"
    measured = "upper back pain for three days and a temperature of 38.4"
    slots = await slots_after(opening(measured, harmless=True))
    assert "fever" not in [item["value"] for item in slots.get("doubted") or []]


@pytest.mark.parametrize(
    ("said", "intent", "expected"),
    [
        ("No, that is not so", "deny", "not_so"),
        ("no", "deny", "not_so"),
        ("on purpose, Slimming World", "inform", "not_so"),
        ("Yes, that is so", "affirm", "so"),
        ("yes", "affirm", "so"),
        ("yes, I lost a stone and nobody knows why", "inform", "so"),
        ("no idea, I lost weight without trying", "unsure", "so"),
        ("no appetite, and I keep losing weight", "inform", "so"),
        ("I don't know", "unsure", "unsure"),
        ("I can't say", "unsure", "unsure"),
        ("what is an MRI?", "ask_topic", None),
    ],
)
async def test_only_a_no_or_a_cause_takes_back_what_was_said_in_passing(
    said: str, intent: str, expected: str | None
) -> None:
    lost = {"attribute": "systemic", "value": "weight_loss", "words": "lost 3 stone"}
    asked = {"form": "interview_form", "requested_slot": "second_look", "doubted": [lost]}
    latest = tracker(said, intent, site=["neck"], systemic=["weight_loss"], **asked)
    slots = await slots_after(latest)
    assert slots.get("second_look") == expected
    assert (slots.get("systemic", ["weight_loss"]) == []) is (expected == "not_so")


async def test_what_may_be_so_is_asked_about_before_it_means_today() -> None:
    read = tracker("maybe my hands are clumsier, my upper back is sore since sunday", "report_pain")
    slots = await slots_after(read)
    assert slots["hand_dexterity"] == ["clumsy"]
    assert ("hand_dexterity", "clumsy") in [
        (item["attribute"], item["value"]) for item in slots["doubted"]
    ]


async def test_a_no_to_the_question_about_hands_takes_back_what_was_said_of_them_in_passing() -> (
    None
):
    clumsy = {"attribute": "hand_dexterity", "value": "clumsy", "words": "clumsy"}
    asked = {"form": "interview_form", "requested_slot": "neuro_arm"}
    known = {"hand_dexterity": ["clumsy"], "site": ["neck"]}
    slots = await slots_after(tracker("no", "deny", doubted=[clumsy], **asked, **known))
    assert slots["hand_dexterity"] == []
    slots = await slots_after(tracker("no", "deny", **asked, **known))
    assert "hand_dexterity" not in slots  # told on purpose, it stands


async def test_a_sign_that_the_answer_tells_again_is_believed_however_calm_it_sounds() -> None:
    pending = [
        {"attribute": "hand_dexterity", "value": "clumsy"},
        {"attribute": "neuro_arm", "value": "weak"},
    ]
    for said, believed in (
        ("both are clumsy, shirt buttons take forever, four or five months now", True),
        ("no, both work fine", False),
    ):
        read = tracker(said, "inform", unconfirmed=pending, emergency_screen="clear")
        read.latest_message["sounds_harmless"] = True
        slots = await slots_after(read)
        assert ("clumsy" in slots.get("hand_dexterity", [])) is believed, said
