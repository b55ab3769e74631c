"""What a turn does, decided from what is known when it begins."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from clinic.dialogue.agenda import BOOKING, INTERVIEW, MANAGING, SURE, VERY_SURE, Turn, plan_turn

FORMS = (None, INTERVIEW, BOOKING, MANAGING)
INTENTS = (
    "report_pain",
    "inform",
    "affirm",
    "deny",
    "stop",
    "start_over",
    "go_back",
    "skip",
    "repeat",
    "ask_topic",
    "book_appointment",
    "cancel_appointment",
    "delete_my_data",
    "goodbye",
    "out_of_scope",
    "nlu_fallback",
)


def turn(intent: str = "inform", confidence: float = 0.9, **known: object) -> Turn:
    return replace(Turn(intent=intent, confidence=confidence), **known)


@pytest.mark.parametrize(("form", "intent"), itertools.product(FORMS, INTENTS))
def test_a_new_emergency_comes_before_everything(form: str | None, intent: str) -> None:
    planned = plan_turn(
        turn(
            intent,
            form=form,
            emergency_is_new=True,
            emergency=True,
            answered=True,
            consented=False,
            triage=False,
            is_command=True,
            topics=("test/mri",),
            is_question=True,
        )
    )
    assert planned == ["action_give_emergency_advice"]


@pytest.mark.parametrize(("form", "intent"), itertools.product(FORMS, INTENTS))
def test_nothing_is_booked_or_asked_during_an_emergency(form: str | None, intent: str) -> None:
    for second in (None, "book_appointment"):
        planned = plan_turn(turn(intent, form=form, emergency=True, second_intent=second))
        assert planned
        assert not {INTERVIEW, BOOKING, MANAGING} & set(planned)


@pytest.mark.parametrize("intent", INTENTS)
def test_an_open_form_never_leaves_a_turn_to_the_rules(intent: str) -> None:
    for form, answered in itertools.product((INTERVIEW, BOOKING, MANAGING), (True, False)):
        assert plan_turn(turn(intent, form=form, answered=answered))


def test_an_answer_goes_on_with_the_form_whatever_it_looks_like_to_the_classifier() -> None:
    for intent in ("ask_clinic_info", "delete_my_data", "stop", "abuse", "start_over"):
        assert plan_turn(turn(intent, form=INTERVIEW, answered=True)) == [INTERVIEW]


def test_a_question_beside_an_answer_is_answered_before_the_next_question() -> None:
    planned = plan_turn(
        turn("ask_topic", form=INTERVIEW, answered=True, topics=("test/mri",), is_question=True)
    )
    assert planned == ["action_explain_topic", INTERVIEW]


def test_an_answer_never_deletes_data_or_leaves_the_form_on_the_way() -> None:
    planned = plan_turn(turn("delete_my_data", form=BOOKING, answered=True, is_question=True))
    assert planned == [BOOKING]


def test_a_question_in_a_form_is_answered_and_the_question_comes_again() -> None:
    asked = turn("ask_topic", form=BOOKING, topics=("test/mri",), is_question=True)
    assert plan_turn(asked) == ["action_explain_topic", BOOKING]


@pytest.mark.parametrize("form", [INTERVIEW, BOOKING, MANAGING])
def test_stop_closes_any_form_but_only_when_it_is_sure(form: str) -> None:
    assert plan_turn(turn("stop", SURE, form=form)) == ["action_stop_form"]
    assert plan_turn(turn("stop", SURE - 0.01, form=form)) == [form]


def test_cancel_while_booking_gives_the_booking_up() -> None:
    assert plan_turn(turn("cancel_appointment", form=BOOKING)) == ["action_stop_form"]


def test_a_move_while_booking_is_another_time_for_this_booking() -> None:
    assert plan_turn(turn("reschedule_appointment", form=BOOKING)) == [BOOKING]


def test_skip_and_go_back_are_steps_of_the_interview() -> None:
    assert plan_turn(turn("skip", form=INTERVIEW)) == ["action_skip_question", INTERVIEW]
    assert plan_turn(turn("go_back", form=INTERVIEW)) == ["action_go_back", INTERVIEW]


def test_booking_waits_for_the_safety_check_and_does_not_ask_it_twice() -> None:
    wish = turn("book_appointment")
    assert plan_turn(wish) == ["action_note_booking_wish", INTERVIEW]
    assert plan_turn(replace(wish, screened=True)) == [BOOKING]
    untold = replace(wish, screened=True, today_untold=True)
    assert plan_turn(untold) == ["action_note_booking_wish", INTERVIEW]


def test_booking_has_no_safety_check_where_the_clinic_switched_triage_off() -> None:
    assert plan_turn(turn("book_appointment", triage=False)) == [BOOKING]


def test_pain_opens_no_interview_where_the_clinic_switched_triage_off() -> None:
    planned = plan_turn(turn("report_pain", triage=False, reports_symptoms=True))
    assert planned == ["utter_no_triage"]


def test_a_question_and_a_booking_in_one_message_are_both_served() -> None:
    planned = plan_turn(
        turn(
            "ask_topic",
            second_intent="book_appointment",
            topics=("test/mri",),
            is_question=True,
            screened=True,
        )
    )
    assert planned == ["action_explain_topic", BOOKING]


def test_yes_and_no_after_an_offer_mean_the_offer() -> None:
    assert plan_turn(turn("affirm", offered_booking=True)) == [BOOKING]
    assert plan_turn(turn("deny", offered_booking=True)) == ["utter_no_booking"]


def test_nothing_about_health_is_asked_before_consent() -> None:
    for intent in ("report_pain", "book_appointment"):
        planned = plan_turn(turn(intent, reports_symptoms=True, consented=False))
        assert planned == ["action_ask_consent"]


def test_a_question_is_answered_without_consent() -> None:
    planned = plan_turn(turn("ask_topic", consented=False, topics=("test/mri",), is_question=True))
    assert planned == ["action_explain_topic"]


def test_an_uncertain_warning_sign_is_asked_about_before_anything_goes_on() -> None:
    for form in FORMS:
        planned = plan_turn(turn("inform", form=form, unconfirmed=True, answered=True))
        assert planned == ["action_confirm_warning_sign"]


def test_a_question_is_answered_before_an_uncertain_sign_is_asked_about() -> None:
    asked = {"topics": ("test/mri",), "is_question": True, "unconfirmed": True}
    planned = plan_turn(turn("ask_topic", **asked))
    assert planned == ["action_explain_topic", "action_confirm_warning_sign"]
    for told in (turn("report_pain", **asked), turn("ask_topic", **asked, answered=True)):
        assert plan_turn(told) == ["action_confirm_warning_sign"]


def test_words_of_despair_are_answered_before_the_turn_goes_on() -> None:
    planned = plan_turn(turn("report_pain", crisis_is_new=True, reports_symptoms=True))
    assert planned == ["action_give_crisis_support", INTERVIEW]


def test_a_command_and_an_empty_message_keep_the_open_question() -> None:
    for form in (INTERVIEW, BOOKING, MANAGING):
        assert plan_turn(turn(form=form, is_command=True))[-1] == form
        assert plan_turn(turn(form=form, empty=True))[-1] == form
    assert plan_turn(turn(is_command=True)) == ["utter_no_commands"]


def test_a_question_about_doses_gets_the_careful_answer_even_when_it_names_a_topic() -> None:
    asked = turn(
        "ask_medicine_advice",
        topics=("treatment/anti_inflammatory_medication",),
        is_question=True,
    )
    assert plan_turn(replace(asked, form=INTERVIEW)) == ["utter_medicine_advice", INTERVIEW]
    assert "action_explain_topic" not in plan_turn(asked)


def test_a_new_symptom_after_the_outcome_is_weighed_again() -> None:
    planned = plan_turn(turn("report_pain", assessed=True, changed=True, reports_symptoms=True))
    assert planned == ["action_update_outcome"]


def test_a_weak_guess_does_not_wipe_an_emergency() -> None:
    planned = plan_turn(turn("delete_my_data", VERY_SURE - 0.01, emergency=True))
    assert planned == ["action_repeat_emergency_advice"]


def test_starting_over_takes_no_emergency_back() -> None:
    planned = plan_turn(turn("start_over", emergency=True))
    assert planned == ["utter_emergency_start_over"]


@pytest.mark.parametrize("form", [None, INTERVIEW])
@pytest.mark.parametrize("known", [{"screened": True}, {"described": True}, {"assessed": True}])
def test_nothing_leads_to_a_booking_in_a_chat_in_which_an_emergency_was_heard(
    form: str | None, known: dict[str, bool]
) -> None:
    for intent in ("book_appointment", "affirm"):
        asks = turn(
            intent,
            form=form,
            names_booking=True,
            offered_booking=True,
            second_intent="book_appointment",
            booking_closed=True,
            **known,
        )
        planned = plan_turn(asks)
        assert BOOKING not in planned
        assert "utter_booking_closed" in planned or planned == [INTERVIEW]


def test_fear_of_dying_is_answered_and_the_signs_of_an_emergency_are_asked_for() -> None:
    assert plan_turn(turn(frightened=True)) == ["utter_frightened", INTERVIEW]
    assert plan_turn(turn(frightened=True, form=INTERVIEW)) == ["utter_frightened", INTERVIEW]
    assert plan_turn(turn(frightened=True, assessed=True)) == ["utter_frightened"]
    assert plan_turn(turn(frightened=True, triage=False)) == ["utter_frightened"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("known", [{"assessed": True}, {"triage": False}, {"answered": True}, {}])
def test_a_call_for_help_is_answered_with_the_number_first(
    form: str | None, known: dict[str, bool]
) -> None:
    asks = turn("ask_help", form=form, calls_for_help=True, **known)
    assert plan_turn(asks)[0] == "utter_help_now"


def test_a_message_without_a_known_word_is_not_guessed_at() -> None:
    assert plan_turn(turn("nlu_fallback", 0.0, unreadable=True)) == ["action_default_fallback"]
    in_form = turn("nlu_fallback", 0.0, unreadable=True, form=INTERVIEW)
    assert plan_turn(in_form) == [INTERVIEW]


def test_a_summary_is_given_at_any_time_and_the_question_comes_back() -> None:
    assert plan_turn(turn("ask_summary")) == ["action_give_summary"]
    assert plan_turn(turn("ask_summary", form=BOOKING)) == ["action_give_summary", BOOKING]
    planned = plan_turn(turn("ask_summary", emergency=True))
    assert planned == ["action_give_summary", "utter_emergency_reminder"]


def test_a_late_yes_that_names_the_booking_books() -> None:
    assert plan_turn(turn("affirm", assessed=True, names_booking=True)) == [BOOKING]
    assert plan_turn(turn("affirm", assessed=True)) == []


def test_what_was_told_is_forgotten_only_after_a_yes() -> None:
    for known in ({"has_told": True}, {"form": INTERVIEW}, {"form": BOOKING}):
        assert plan_turn(turn("start_over", **known)) == ["utter_ask_start_over"]
        asked = turn("affirm", offered_start_over=True, **known)
        assert plan_turn(asked) == ["action_start_over"]
        kept = plan_turn(replace(asked, intent="deny"))
        assert kept == ["utter_start_over_kept", *([known["form"]] if "form" in known else [])]
    assert plan_turn(turn("start_over")) == []  # nothing was told: the rule begins anew


@pytest.mark.parametrize("form", [INTERVIEW, BOOKING, MANAGING])
def test_a_question_that_was_put_again_waits_when_something_else_is_asked(form: str) -> None:
    asks = turn("ask_privacy", form=form)
    assert plan_turn(asks) == ["action_explain_privacy", form]
    assert plan_turn(replace(asks, puts=2))[-1] == form
    again = replace(asks, puts=3)
    assert plan_turn(again) == ["action_explain_privacy", "utter_question_waits"]
    assert plan_turn(replace(again, answered=True))[-1] == form
    assert plan_turn(replace(again, changed=True))[-1] == form


def test_whoever_goes_on_sees_the_question_again() -> None:
    for puts in (0, 1, 2):
        assert plan_turn(turn("affirm", form=INTERVIEW, goes_on=True, puts=puts)) == [INTERVIEW]
    back = turn("go_back", form=INTERVIEW, puts=9)
    assert plan_turn(back) == ["action_go_back", INTERVIEW]
    assert plan_turn(replace(back, first_question=True))[-1] == "utter_question_waits"


@pytest.mark.parametrize("nothing", ["empty", "is_command", "unreadable"])
def test_nothing_said_again_and_again_does_not_put_a_question_for_ever(nothing: str) -> None:
    assert (
        plan_turn(turn("nlu_fallback", form=INTERVIEW, puts=2, **{nothing: True}))[-1] == INTERVIEW
    )
    waits = plan_turn(turn("nlu_fallback", form=INTERVIEW, puts=3, **{nothing: True}))
    assert waits[-1] == "utter_question_waits"


def test_fear_after_the_level_is_answered_before_the_level_is_confirmed() -> None:
    planned = plan_turn(turn("report_pain", assessed=True, frightened=True))
    assert planned == ["utter_frightened", "action_update_outcome"]
