"""The interview: which question comes next, and what an answer means."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError
from clinic.history.history import merge
from clinic.triage.interview import (
    Answer,
    Interview,
    SpeechAct,
    Wording,
    agrees,
    confirming_act,
    explains_away,
    goes_on_after_a_no,
    is_calm_after_yes,
    leaves_unsaid,
    opens_calmly,
    reassures,
    says_yes_and_fine,
)

DATA = get_clinical_data()
INTERVIEW = DATA.interview


def answer(question: str, text: str, act: SpeechAct = SpeechAct.OTHER, **history: Any) -> Answer:
    reading = DATA.reader.read(text, date(2027, 3, 3))
    known = {**history, **merge(history, reading.findings, DATA.attributes)}
    return INTERVIEW.read_answer(question, text, reading, act, known)


def test_the_warning_signs_are_asked_first() -> None:
    assert INTERVIEW.remaining({}, 0, [])[0].id == "emergency_screen"


def test_never_more_than_the_most_questions_are_asked_and_the_first_is_never_left_out() -> None:
    for asked in range(INTERVIEW.most_questions + 3):
        remaining = INTERVIEW.remaining({}, asked, [])
        assert len(remaining) <= max(INTERVIEW.most_questions - asked, 0)
    assert INTERVIEW.remaining({}, INTERVIEW.most_questions - 1, [])[0].id == "emergency_screen"


def test_who_told_of_tingling_alone_is_asked_about_weakness_by_itself() -> None:
    told = {"neuro_arm": ["tingling"]}
    assert "hand_dexterity" in [q.id for q in INTERVIEW.remaining(told, 0, [])]
    for known in ({}, {"neuro_arm": []}, {"neuro_arm": ["tingling", "weak"]}):
        assert "hand_dexterity" not in [q.id for q in INTERVIEW.remaining(known, 0, [])]
    assert INTERVIEW.covered_by(["neuro_arm"]) == ["hand_dexterity"]  # it asks for weakness, too


def test_what_is_known_or_skipped_is_not_asked() -> None:
    ids = [q.id for q in INTERVIEW.remaining({"site": ["neck"], "systemic": []}, 0, ["severity"])]
    assert not {"site", "systemic", "severity"} & set(ids)


@pytest.mark.parametrize(
    "who",
    [
        {"age_band": "<16", "site": ["neck"]},
        {"cannot_answer": True, "site": ["neck"]},
        {"site": ["low_back"]},
        {"site": ["other"]},
    ],
)
def test_some_are_asked_only_for_signs_of_an_emergency(who: dict[str, Any]) -> None:
    assert [question.id for question in INTERVIEW.remaining(who, 0, [])] == ["emergency_screen"]
    assert INTERVIEW.remaining({**who, "emergency_screen": "clear"}, 1, []) == []


def test_the_age_of_a_child_is_asked_for_a_son_may_be_grown_up() -> None:
    child = {"who_for": "child", "site": ["neck"]}
    asked = [question.id for question in INTERVIEW.remaining(child, 0, [])]
    assert asked == ["emergency_screen", "age_band"]


@pytest.mark.parametrize(
    "who",
    [{"site": ["low_back", "neck"]}, {"age_band": "16-49", "site": ["neck"]}, {"site": []}, {}],
)
def test_others_are_asked_the_interview(who: dict[str, Any]) -> None:
    assert len(INTERVIEW.remaining(who, 0, [])) > 3


@pytest.mark.parametrize("question", INTERVIEW.questions, ids=lambda question: question.id)
def test_every_button_settles_its_question(question: Any) -> None:
    for title, sets in question.options.items():
        given = answer(question.id, title)
        assert given.answered, title
        if question.positive is None:
            for name in sets:
                assert name in given.changes, title
        assert question.id in given.changes, title


@pytest.mark.parametrize("question", INTERVIEW.questions, ids=lambda question: question.id)
def test_a_plain_no_settles_what_it_can_deny(question: Any) -> None:
    given = answer(question.id, "no", SpeechAct.DENY)
    assert given.answered is bool(question.no)


def test_a_no_takes_nothing_back_that_was_said_before() -> None:
    given = answer("emergency_screen", "no", SpeechAct.DENY, chest_breath=["chest_pain"])
    assert "chest_breath" not in given.changes
    assert given.changes["emergency_screen"] == "clear"


def test_the_place_of_a_button_chooses_it() -> None:
    assert answer("duration_days", "the third one").changes == {"duration_days": 10}
    assert answer("age_band", "the last one please").changes == {"age_band": ">=65"}
    assert answer("onset_how", "First option").changes["onset_how"] == "sudden"
    assert not answer("age_band", "the sixth").changes


def test_my_right_one_is_no_number() -> None:
    assert not answer("severity", "my right one").changes
    assert answer("severity", "one").changes == {"severity": 1}
    assert not answer("age_band", "that one there").changes


def test_several_choices_of_a_checklist_count_together() -> None:
    given = answer("risk_screen", "Blood thinners. Diabetes or weak immunity. Rheumatoid arthritis")
    assert given.changes["blood_thinner"] is True
    assert "diabetes" in given.changes["infection_immune"]
    assert given.changes["inflammatory_history"] == ["rheumatoid"]
    assert given.changes["risk_screen"] == "positive"


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("severity", "6", 6),
        ("severity", "about a six", 6),
        ("severity", "seven or eight", 8),
        ("age_band", "52", "50-64"),
        ("age_band", "I am 71", ">=65"),
        ("age_band", "twelve", "<16"),
    ],
)
def test_a_bare_number_answers_a_question_for_a_number(
    question: str, text: str, value: Any
) -> None:
    reading = DATA.reader.read(text, date(2027, 3, 3))
    merged = merge({}, reading.findings, DATA.attributes)
    given = answer(question, text)
    assert given.answered
    assert given.changes.get(question, merged.get(question)) == value


@pytest.mark.parametrize("text", ["200", "99 problems", "no idea"])
def test_a_number_that_cannot_be_is_no_answer(text: str) -> None:
    assert not answer("severity", text).answered


def test_a_correction_that_begins_with_no_is_no_denial() -> None:
    assert not answer("emergency_screen", "no, I meant months", SpeechAct.CORRECT).answered


def again(text: str, act: SpeechAct, wording: Wording | None) -> Answer:
    reading = DATA.reader.read(text, date(2027, 3, 3))
    known = merge({}, reading.findings, DATA.attributes)
    return INTERVIEW.read_answer("emergency_screen", text, reading, act, known, wording)


def test_not_sure_about_the_warning_signs_is_asked_again_once_and_then_kept() -> None:
    first = again("not sure", SpeechAct.UNSURE, None)
    assert (first.changes, first.answered, first.wording) == ({}, False, Wording.AGAIN)
    second = again("not sure", SpeechAct.UNSURE, Wording.AGAIN)
    assert second.changes == {"emergency_screen": "unsure", "emergency_unsure": True}


def test_a_yes_to_the_warning_signs_is_asked_which_once_and_then_counts() -> None:
    assert again("yes", SpeechAct.AFFIRM, None).wording is Wording.WHICH
    assert again("yes", SpeechAct.AFFIRM, Wording.AGAIN).wording is Wording.WHICH
    for act in (SpeechAct.AFFIRM, SpeechAct.UNSURE):
        given = again("yes", act, Wording.WHICH)
        assert given.changes == {"emergency_screen": "affirmed"}


@pytest.mark.parametrize("text", ["Legs are normal", "mine are fine", "just tired from work"])
def test_a_half_answer_to_the_warning_signs_is_asked_again_and_then_is_a_no(text: str) -> None:
    assert again(text, SpeechAct.OTHER, None).wording is Wording.AGAIN
    assert again(text, SpeechAct.OTHER, Wording.AGAIN).changes["emergency_screen"] == "clear"


@pytest.mark.parametrize(
    "text",
    [
        "fine, but something odd with one eye",
        "okay what is that?",
        "it is all a bit of a mess and I cannot say it well because so much happened to me today",
    ],
)
def test_words_that_only_hold_fine_are_no_denial(text: str) -> None:
    given = again(text, SpeechAct.OTHER, Wording.AGAIN)
    assert "emergency_screen" not in given.changes


@pytest.mark.parametrize(
    "text", ["Haha no, only my brain. Hands and legs are normal. No", "All good. No."]
)
def test_a_no_that_is_a_sentence_of_its_own_denies(text: str) -> None:
    assert again(text, SpeechAct.OTHER, None).changes["emergency_screen"] == "clear"


@pytest.mark.parametrize(
    ("text", "calm"),
    [
        ("just sore muscles, I walk normally", True),
        ("it's fine", True),
        ("fine, but it comes and goes", False),
        ("is that normal?", False),
        ("since Monday", False),
    ],
)
def test_an_answer_about_a_sign_may_reassure(text: str, calm: bool) -> None:
    assert reassures(text) is calm


@pytest.mark.parametrize("act", [SpeechAct.REQUEST, SpeechAct.CORRECT])
def test_a_request_or_correction_reassures_nobody(act: SpeechAct) -> None:
    assert again("just book me", act, Wording.AGAIN).changes == {}


@pytest.mark.parametrize(
    ("question", "text"), [("severity", "47"), ("severity", "100 out of 10"), ("age_band", "190")]
)
def test_a_number_that_cannot_be_is_named_impossible(question: str, text: str) -> None:
    given = answer(question, text)
    assert (given.answered, given.impossible) == (False, True)


def test_a_number_at_the_head_of_a_long_answer_counts_and_a_time_does_not() -> None:
    assert answer("severity", "9, painkillers don't touch it, I can't sleep").changes == {
        "severity": 9
    }
    assert not answer("severity", "3 days now and it is still going on like that").answered


def test_a_number_that_others_give_is_not_the_patients() -> None:
    assert answer("severity", "3 though my mate says 9").changes == {"severity": 3}
    assert answer("severity", "3 though really 9").changes == {"severity": 9}


def test_a_list_of_denials_settles_the_general_checklist_and_one_denial_does_not() -> None:
    for text, settled in (
        ("no fever, no weight loss, just a stiff neck", True),
        ("no fever, just a stiff neck", False),
    ):
        reading = DATA.reader.read(text, date(2027, 3, 3))
        known = merge({}, reading.findings, DATA.attributes)
        assert ("general_screen" in INTERVIEW.settled_by(reading, known)) is settled


def test_a_button_of_an_earlier_question_is_recognised() -> None:
    asked = ["emergency_screen", "duration_days", "onset_how"]
    assert INTERVIEW.earlier_option("Today or yesterday", asked, "onset_how") == (
        "duration_days",
        {"duration_days": 1},
    )
    assert INTERVIEW.earlier_option("Suddenly", asked, "onset_how") is None
    assert INTERVIEW.earlier_option("Blood thinners", asked, "onset_how") is None


def test_no_two_questions_that_follow_each_other_share_a_button() -> None:
    for first, second in pairwise(INTERVIEW.questions):
        assert not set(first.options) & set(second.options)


def test_a_question_about_something_unknown_is_refused_with_file_and_entry(
    tmp_path: Any,
) -> None:
    file = tmp_path / "interview.yml"
    for text, said in (
        ("questions: []", "questions: is empty"),
        ("questions: [{id: shoe_size}]", "shoe_size: the id must be an attribute"),
        ("questions: [{id: site, options: {Moon: {site: [moon]}}}]", "site:"),
        ("questions: [{id: site}]\nneeds_a_person: {nobody: true}", "needs_a_person: unknown"),
        ("questions: [{id: site}]\nneeds_a_person: {injury: true}", "elsewhere: None is no"),
    ):
        file.write_text(text)
        with pytest.raises(DataFileError, match=said):
            Interview.load(file, DATA.attributes)


@pytest.mark.parametrize(
    "text", ["the second one", "2nd", "number 2", "option two", "the last one"]
)
def test_a_place_in_the_emergency_checklist_is_said_back_before_it_counts(text: str) -> None:
    given = answer("emergency_screen", text)
    assert not given.answered
    assert not given.changes
    assert given.meant in INTERVIEW["emergency_screen"].options


def test_a_sign_meant_by_its_place_counts_once_it_is_confirmed() -> None:
    meant = answer("emergency_screen", "the first one").meant
    assert meant is not None
    changes = INTERVIEW.option("emergency_screen", meant, {})
    assert changes == {"chest_breath": ["chest_pain"], "emergency_screen": "positive"}


@pytest.mark.parametrize("question", ["general_screen", "risk_screen"])
def test_a_sign_of_another_question_denies_nothing_of_a_list(question: str) -> None:
    given = answer(question, "just tingling", neuro_arm=["tingling"])
    assert not given.answered
    assert question not in given.changes


def test_something_harmless_that_is_all_there_is_denies_a_list() -> None:
    assert answer("risk_screen", "only hay fever").changes["risk_screen"] == "clear"


@pytest.mark.parametrize(("text", "words"), [("a 4", None), ("an 8", "extreme")])
def test_a_number_below_strong_replaces_the_words_said_before(text: str, words: str | None) -> None:
    known = {"severity_words": "extreme"}
    changes = answer("severity", text, **known).changes
    assert {**known, **changes}["severity_words"] == words


def test_fine_denies_a_sign_and_agrees_to_an_offer() -> None:
    assert confirming_act("fine", SpeechAct.AFFIRM) is SpeechAct.DENY
    assert confirming_act("both normal", SpeechAct.OTHER) is SpeechAct.DENY
    assert confirming_act("not normal", SpeechAct.OTHER) is not SpeechAct.DENY
    assert confirming_act("yes, since Monday", SpeechAct.AFFIRM) is SpeechAct.AFFIRM


@pytest.mark.parametrize(
    "text",
    ["mine's fine", "very well", "all good here", "grand thanks", "I feel great", "quite well"],
)
def test_calm_words_alone_deny_a_sign(text: str) -> None:
    for act in (SpeechAct.AFFIRM, SpeechAct.OTHER, SpeechAct.REQUEST):
        assert confirming_act(text, act) is SpeechAct.DENY


@pytest.mark.parametrize("text", ["ok", "okay", "alright then", "all right", "ok thanks", "Ok."])
def test_a_bare_ok_is_neither_a_yes_nor_a_no(text: str) -> None:
    assert leaves_unsaid(text)
    for act in (SpeechAct.AFFIRM, SpeechAct.DENY, SpeechAct.OTHER):
        assert confirming_act(text, act) is SpeechAct.OTHER


@pytest.mark.parametrize(
    "text",
    ["yes", "aye", "I did", "yeah it is", "ok yes", "ok I did", "yes, fine, I did", "well, it is"],
)
def test_a_yes_to_a_sign_stays_one(text: str) -> None:
    assert confirming_act(text, SpeechAct.AFFIRM) is SpeechAct.AFFIRM
    assert not leaves_unsaid(text)
    assert not is_calm_after_yes(text)


@pytest.mark.parametrize(
    ("text", "calm"),
    [
        ("aye fine, just frazzled", True),
        ("yes I'm fine", True),
        ("yeah mine's grand", True),
        ("yeah fine", False),
        ("yes I'm fine but I took twenty", False),
    ],
)
def test_a_yes_that_leads_to_fine_is_no_yes(text: str, calm: bool) -> None:
    assert confirming_act(text, SpeechAct.AFFIRM) is SpeechAct.OTHER
    assert says_yes_and_fine(text)
    assert is_calm_after_yes(text) is calm


@pytest.mark.parametrize("text", ["not good", "not great", "not so well", "not really ok"])
def test_not_good_denies_nothing(text: str) -> None:
    assert confirming_act(text, SpeechAct.DENY) is SpeechAct.OTHER
    assert not reassures(text)
    assert answer("emergency_screen", text, SpeechAct.DENY).changes == {}


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("not pain in chest, but I have no air", True),
        ("no, though the left one drags", True),
        ("no chest pain, only a heavy pressing", True),
        ("no, nothing like that", False),
        ("no but thanks", False),
    ],
)
def test_a_no_may_go_on_with_something_else(text: str, more: bool) -> None:
    assert goes_on_after_a_no(text) is more


@pytest.mark.parametrize(
    ("text", "agreed"), [("yes please", True), ("ok", True), ("go on", True), ("new job", False)]
)
def test_an_offer_is_agreed_to_in_so_many_words(text: str, agreed: bool) -> None:
    assert agrees(text) is agreed


@pytest.mark.parametrize(
    "text",
    [
        "eyesight is perfect, there really are two of them",
        "walking beautifully, eight miles on Sunday",
        "balance brilliant, I cycle to work",
        "breathing is superb, I sing in a choir",
        "voice excellent, I sang all weekend",
    ],
)
def test_one_thing_that_works_well_answers_the_checklist(text: str) -> None:
    reading = DATA.reader.read(text, date(2027, 3, 3))
    read = INTERVIEW.read_answer(
        "emergency_screen", text, reading, SpeechAct.OTHER, {}, sounds_harmless=True
    )
    assert read.changes["emergency_screen"] == "clear"


@pytest.mark.parametrize("text", ["well", "steady, I paint thin lines", "strong, full feeling"])
def test_an_answer_that_opens_with_all_is_well_denies_the_signs_of_a_hand(text: str) -> None:
    assert answer("neuro_arm", text).changes["neuro_arm"] == []


def test_well_said_of_something_numb_denies_nothing() -> None:
    assert answer("neuro_arm", "well, it is numb").changes.get("neuro_arm") != []
    assert not answer("emergency_screen", "well").answered


def test_an_answer_about_a_sign_may_open_with_fine() -> None:
    fine, not_so = "fine, eating well", "fine until noon, then my skin is yellow"
    about = {"abdomen"}
    assert opens_calmly(fine, DATA.reader.read(fine, date(2027, 3, 3)), about)
    assert not opens_calmly(not_so, DATA.reader.read(not_so, date(2027, 3, 3)), about)


def test_many_denials_deny_the_emergency_checklist_and_one_uncertain_sign_does_not() -> None:
    denials = "my hands are fine, no headache, no fever, feet on the floor"
    assert answer("emergency_screen", denials).changes["emergency_screen"] == "clear"
    doubt = "my legs are fine, no headache, no fever, maybe some chest pain"
    assert answer("emergency_screen", doubt).changes.get("emergency_screen") != "clear"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("leaking wee after my first birth, gone since", True),
        ("I have always been leaking wee, it has not changed", True),
        ("I leak a little when I stand up", False),
    ],
)
def test_what_is_over_or_old_explains_a_sign_away(text: str, gone: bool) -> None:
    reading = DATA.reader.read(text, date(2026, 11, 22))
    assert explains_away(reading, {"bladder_bowel_saddle"}) is gone


def test_what_has_a_known_cause_answers_a_list_of_signs() -> None:
    said = "I only shiver inside the walk-in freezer at work"
    assert answer("general_screen", said).changes["general_screen"] == "clear"
    first = answer("emergency_screen", said)
    assert (first.changes, first.wording) == ({}, Wording.AGAIN)
    assert answer("general_screen", "I shiver all day").changes["general_screen"] == "positive"
