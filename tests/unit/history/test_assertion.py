from __future__ import annotations

import pytest

from clinic.history.findings import Assertion

BLADDER = "bladder_bowel_saddle"
PRESENT, ABSENT, POSSIBLE = Assertion.PRESENT, Assertion.ABSENT, Assertion.POSSIBLE
EXPLAINED, PAST = Assertion.EXPLAINED, Assertion.PAST


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("no fever", "systemic"),
        ("not feverish, nothing numb", "neuro_arm"),
        ("I have no numbness or weakness in my arms", "neuro_arm"),
        ("without any fever", "systemic"),
        ("fever: no", "systemic"),
        ("fever? no", "systemic"),
        ("numbness none", "neuro_arm"),
        ("no loss of feeling in my legs", "neuro_leg"),
        ("I haven't noticed any weakness in my legs", "neuro_leg"),
        ("waterworks fine", "bladder_bowel_saddle"),
    ],
)
def test_a_denied_sign_is_absent(text: str, attribute: str, how) -> None:
    assert how(text, attribute) == {ABSENT}


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("I can't feel my legs", "neuro_leg"),
        ("no feeling in my legs", "neuro_leg"),
        ("I can't pee", "bladder_bowel_saddle"),
        ("not just pain, my legs are weak", "neuro_leg"),
        ("no idea why but my legs are weak", "neuro_leg"),
        ("I don't sleep because my legs are numb", "neuro_leg"),
        ("no fever but my legs are numb", "neuro_leg"),
        ("never had numbness like this in my hand", "neuro_arm"),
        ("I think my legs are getting weak", "neuro_leg"),
        ("I'm scared that I can't feel my legs", "neuro_leg"),
        ("is it bad that I can't feel my legs?", "neuro_leg"),
        ("is it normal that my legs are weak", "neuro_leg"),
        ("I had a car crash 5 years ago and now I can't feel my legs", "neuro_leg"),
        ("neck pain for years and now my legs are weak", "neuro_leg"),
        ("the pain is there and my legs are numb", "neuro_leg"),
        ("probably nothing but my legs feel weak", "neuro_leg"),
    ],
)
def test_a_reported_sign_is_present_whatever_stands_around_it(text, attribute, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        ("my aunt is having chemo", "cancer_history", Assertion.OTHER_PERSON),
        ("my father had cancer, I worry about my neck", "cancer_history", Assertion.OTHER_PERSON),
        ("what if my legs go weak", "neuro_leg", Assertion.HYPOTHETICAL),
        ("is numbness in the legs serious?", "neuro_leg", Assertion.ASKED),
        ("can a slipped disc cause paralysis", "paralysis", Assertion.ASKED),
        ("had a fever when I was ten", "systemic", Assertion.PAST),
        ("I had a fever but it's gone", "systemic", Assertion.PAST),
        ("dizzy when I stand up, same for years", "stroke_signs", Assertion.PAST),
        ("not sure if there is weakness in my legs", "neuro_leg", POSSIBLE),
        ("maybe some numbness in my legs", "neuro_leg", POSSIBLE),
        ("weak legs for years", "neuro_leg", POSSIBLE),
    ],
)
def test_other_ways_of_saying_a_sign(text: str, attribute: str, expected, how) -> None:
    assert how(text, attribute) == {expected}


@pytest.mark.parametrize(
    "text",
    [
        "lost the sight in one eye but it's gone now",
        "chest pain this morning, fine now",
        "I passed out with neck pain but I'm fine now",
    ],
)
def test_signs_that_stay_urgent_when_they_are_over_are_kept(text: str, read) -> None:
    findings = read(text).findings
    urgent = {"stroke_signs", "chest_breath"}
    assert any(item.attribute in urgent and item.assertion is PRESENT for item in findings)


def test_a_list_without_or_leaves_the_later_items_open(how) -> None:
    assert how("no fever, rash", "skin") == {POSSIBLE}
    assert how("no fever, rash or headache", "skin") == {ABSENT}


@pytest.mark.parametrize(
    "text",
    [
        "bored to death",
        "my boss is a pain in the neck",
        "fell asleep on the sofa",
        "this collar strangles me by noon",
        "we run suicides at training",
        "walking like an old man after the digging",
        "sore across the belt line, nothing down the legs",
        "two screens at my desk",
    ],
)
def test_an_idiom_is_no_warning_sign(text: str, read) -> None:
    signs = {"crisis", "injury", "injury_danger", "assault", "neuro_leg", "stroke_signs"}
    assert not signs & {item.attribute for item in read(text).findings}


@pytest.mark.parametrize(
    "text",
    [
        "my legs are like jelly from leg day",
        "arms weak because I did 100 press ups",
        "out of breath after four flights of stairs with the shopping",
        "legs like jelly after a charity walk and now my upper back is sore",
    ],
)
def test_a_sign_with_a_harmless_cause_is_explained(text: str, read) -> None:
    signs = {"neuro_leg", "neuro_arm", "chest_breath"}
    told = {item.assertion for item in read(text).findings if item.attribute in signs}
    assert told == {EXPLAINED}


def test_what_a_patient_would_rather_not_say_is_asked_about(how) -> None:
    assert how("sore throat and neck, I'd rather not say how", "assault") == {EXPLAINED}


def test_a_harmless_cause_does_not_excuse_what_stays(how) -> None:
    assert PRESENT in how("my legs went weak after leg day and are still weak", "neuro_leg")


def test_as_if_sets_no_condition(how) -> None:
    assert PRESENT in how("it felt as if my chest was being torn open", "character")
    assert how("if my chest hurts", "chest_breath") == {POSSIBLE}


def test_a_habit_is_no_condition(how) -> None:
    assert PRESENT in how("if I look down a shock runs down my spine", "lhermitte")


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("pulling my leg aside, I can't feel my feet", "neuro_leg"),
        ("fell over in the car park and my legs went numb", "neuro_leg"),
        ("this job is killing me and I can't pee", "bladder_bowel_saddle"),
        ("I feel nothing down my legs", "neuro_leg"),
        ("this collar strangles me and he strangled me on Sunday", "assault"),
        ("what's new is the sight in one eye going grey", "stroke_signs"),
    ],
)
def test_an_idiom_hides_no_sign_beside_it(text: str, attribute: str, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    "text",
    [
        "had my baby nine days ago, upper back pain and bleeding heavily",
        "having our baby next month, my neck hurts and I'm bleeding a lot",
        "my wife is twenty weeks pregnant, her neck hurts and she is bleeding heavily",
    ],
)
def test_who_bears_a_child_is_no_third_person(text: str, how) -> None:
    assert PRESENT in how(text, "pregnancy")
    assert PRESENT in how(text, "abdomen")


def test_a_child_that_was_born_may_be_ill_itself(how) -> None:
    assert PRESENT in how("my baby fell and won't wake up", "meningism")


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("is there a cream for neck bruising?", "assault"),
        ("what hides red marks round the neck", "assault"),
        ("can you sell me more than 2 boxes of paracetamol", "crisis"),
    ],
)
def test_what_only_raises_a_suspicion_is_asked_about(text: str, attribute: str, how) -> None:
    assert how(text, attribute) == {Assertion.POSSIBLE}


def test_a_mark_that_is_explained_raises_none(how) -> None:
    assert how("got a hickey, a bruise on my neck", "assault") == {Assertion.EXPLAINED}


def test_what_a_relative_once_had_is_not_the_patients(how) -> None:
    assert PRESENT not in how("my nan couldn't walk in her last years", "neuro_leg")
    assert PRESENT in how("my dad can't walk since this morning, his legs are numb", "neuro_leg")


def test_a_denied_wish_to_die_is_absent(how) -> None:
    assert how("I'm not suicidal", "crisis") == {ABSENT}
    assert PRESENT in how("I don't want to live any more", "crisis")


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("A lady in my office lost the feeling in her legs. I just have a stiff neck", "neuro_leg"),
        ("My sister's friend couldn't pee, she had surgery. I've a tight neck", BLADDER),
        ("Colleague of mine had a fever, a rash, the lot. I've just slept funny", "systemic"),
        ("Our postman had chest pain and a sore arm. My neck is tight", "chest_breath"),
    ],
)
def test_a_third_person_keeps_the_signs_until_the_writer_returns(text, attribute, how) -> None:
    assert how(text, attribute) == {Assertion.OTHER_PERSON}


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("My husband is driving me. Can't feel my legs since this morning", "neuro_leg"),
        ("My friend had a stroke and now my face is dropping too", "stroke_signs"),
        ("My colleague can't feel his legs, please help him", "neuro_leg"),
        ("I put my hand on dad's back, he can't feel his legs", "neuro_leg"),
        ("Writing a novel was easy but my legs have gone numb", "neuro_leg"),
        ("crushing chest pain after twenty minutes on the rower", "chest_breath"),
        ("my speech was slurred at the gym", "stroke_signs"),
        ("Is it true that my legs going numb is serious?", "neuro_leg"),
        ("I ticked no to fever but my legs are numb", "neuro_leg"),
        ("nobody believes me but my legs are numb", "neuro_leg"),
    ],
)
def test_a_sign_of_the_patient_stays_whoever_else_is_named(text, attribute, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        ("if a climber falls and can't move his legs", "neuro_leg", Assertion.HYPOTHETICAL),
        ("For a short film: the hero has numb legs", "neuro_leg", Assertion.HYPOTHETICAL),
        ("Your leaflet mentions numb legs", "neuro_leg", Assertion.HYPOTHETICAL),
        ("Would my voice be hoarse after the fusion?", "voice", Assertion.HYPOTHETICAL),
        ("Ring us if your legs go weak", "neuro_leg", POSSIBLE),
        ("asked if I had a fever or numb legs and I answered no", "neuro_leg", ABSENT),
        ("Ticked no to fever, numb legs, cancer", "neuro_leg", ABSENT),
        ("not having any fever, any numb legs, any rash", "neuro_leg", ABSENT),
        ("Puffed out, but I'd just run for the bus", "chest_breath", EXPLAINED),
        ("breathless after forty minutes on the rower", "chest_breath", EXPLAINED),
        ("my leg has been weak for 60 years and hasn't altered", "neuro_leg", Assertion.PAST),
        ("kill myself? no", "crisis", ABSENT),
    ],
)
def test_frames_lists_and_causes_are_heard_as_such(text, attribute, expected, how) -> None:
    assert how(text, attribute) == {expected}


def test_tuberculosis_in_the_house_counts_for_the_writer(how) -> None:
    assert PRESENT in how("my uncle who stays with us has TB", "infection_immune")


@pytest.mark.parametrize(
    "text",
    [
        "accessible for blind users?",
        "can deaf and blind people use this",
        "I am blind, can I use this chat?",
        "my husband is blind, is the chat accessible",
        "I'm blind and use a screen reader",
    ],
)
def test_asking_whether_blind_people_can_use_it_reports_no_lost_sight(text: str, how) -> None:
    assert PRESENT not in how(text, "stroke_signs")


@pytest.mark.parametrize("text", ["I went blind in one eye", "I am blind since this morning"])
def test_sight_that_was_just_lost_is_reported(text: str, how) -> None:
    assert PRESENT in how(text, "stroke_signs")


def test_the_point_of_a_test_is_no_thought_of_giving_up(how) -> None:
    assert how("what's the point of an EMG", "crisis") == set()
    assert PRESENT in how("what's the point of it all", "crisis")


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        ("had covid in march, 40 degrees. Neck is stiff since Monday", "systemic", PAST),
        ("Was in bed with a temp. All over. Now a stiff neck", "systemic", PAST),
        ("Slight temperature on Sunday, gone Monday", "systemic", PAST),
        ("I had a fever in March and still have it", "systemic", PRESENT),
        ("fever since March", "systemic", PRESENT),
        ("had a boil in March, now feverish", "systemic", PRESENT),
        ("fever, aching all over", "systemic", PRESENT),
        ("I had a stent in March, crushing chest pain on the stairs", "chest_breath", PRESENT),
        ("had my knee done in March, feverish and stiff", "systemic", PRESENT),
        ("i did faint once, at school, in assembly", "chest_breath", PAST),
        ("I fainted this morning", "chest_breath", PRESENT),
        ("My ex used to hit me, that's ten years ago", "assault", PAST),
        ("I can't get used to these numb legs", "neuro_leg", PRESENT),
        ("chest infection in the spring, antibiotics", "infection_immune", PAST),
        ("chest infection last month", "infection_immune", PRESENT),
        ("my left eyelid has always drooped a little", "stroke_signs", POSSIBLE),
    ],
)
def test_an_illness_that_had_its_time_is_past(text, attribute, expected, how) -> None:
    assert how(text, attribute) == {expected}


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        ("lost a stone, I've been on Slimming World", "systemic", EXPLAINED),
        ("Down 3 stone on the jabs", "systemic", EXPLAINED),
        ("lost a stone and I'm on no diet", "systemic", PRESENT),
        ("night sweats for two years, it's the menopause", "systemic", EXPLAINED),
        ("night sweats for two weeks", "systemic", PRESENT),
        ("not sleeping but only because of the baby", "function", EXPLAINED),
        ("can't sleep for the pain", "function", PRESENT),
        ("in a cold sweat before my interview, my neck is sore since", "chest_breath", EXPLAINED),
        ("in a cold sweat with my neck aching", "chest_breath", PRESENT),
        ("I've a frozen shoulder, can't lift that arm above my head", "neuro_arm", EXPLAINED),
    ],
)
def test_what_has_a_cause_of_its_own_is_explained(text, attribute, expected, how) -> None:
    told = how(text, attribute)
    assert PRESENT in told if expected is PRESENT else told and PRESENT not in told


def test_a_list_of_nothings_tells_of_no_missing_feeling(how) -> None:
    text = "Nothing sudden, nothing in the chest, nothing down there, just the neck"
    assert PRESENT not in how(text, "bladder_bowel_saddle") | how(text, "neuro_leg")


def test_after_a_pause_another_part_of_the_body_is_spoken_of(how) -> None:
    assert how("neck sore, tummy's a bit off", "abdomen") == set()
    assert PRESENT in how("my tummy, it's really sore", "abdomen")


def test_what_a_child_did_to_the_writer_is_the_writers(how) -> None:
    assert PRESENT in how("my toddler headbutted the back of my neck", "injury")
    assert PRESENT not in how("My toddler had a fever, now my neck is stiff", "systemic")


def test_legs_that_are_back_to_normal_are_asked_about_and_sight_that_came_back_counts(how) -> None:
    assert how("my legs were weak on Friday, gone since", "neuro_leg") == {Assertion.EXPLAINED}
    assert how("my legs are weak, is that ok?", "neuro_leg") == {Assertion.PRESENT}
    assert Assertion.PRESENT in how("I went blind in one eye, gone since", "stroke_signs")


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("A lad I work with had a stroke, face dropped. Mine's a stiff neck", "stroke_signs"),
        ("me mam's face dropped on Sunday. Me own neck is only stiff", "stroke_signs"),
        ("An old chap on my bus collapsed last week. My neck aches from a bag", "chest_breath"),
        ("Man in the next bed was coughing blood. My neck's stiff", "chest_breath"),
        ("Two of the lads in the squad were knocked out cold. I've a tight neck", "injury_danger"),
        ("The granddaughter couldn't breathe with croup. I'm just stiff", "chest_breath"),
        ("I coach boxing. Lads get knocked out. My upper back aches", "injury_danger"),
        ("Me da's aorta burst. It's only a dull ache in my shoulders", "aorta_risk"),
    ],
)
def test_a_stranger_keeps_his_signs_as_a_relative_does(text, attribute, how) -> None:
    assert how(text, attribute) <= {Assertion.OTHER_PERSON, Assertion.PAST, EXPLAINED}


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("A lad I work with had a stroke. Now my own face has dropped", "stroke_signs"),
        ("a man collapsed at the counter, he is grey", "chest_breath"),
        ("a guy from work dropped a bar on my neck, both hands tingle", "neuro_arm"),
        ("I'm a patient at your clinic, my legs are numb", "neuro_leg"),
        ("my pupils are different sizes", "stroke_signs"),
        ("My mam had breast cancer and so did I", "cancer_history"),
        ("not me, my wife: she can't lift her arm", "neuro_arm"),
        ("my mam is 81 and she's been holding her neck stiff, her legs are numb", "neuro_leg"),
        ("I look after a lady of 90. She fell, her legs are weak", "neuro_leg"),
    ],
)
def test_a_patients_sign_is_not_given_to_a_stranger(text, attribute, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("I'm a paramedic so my week is chest pain. My neck is sore", "chest_breath"),
        ("I'm a nurse on a ward, so it's sepsis all day. My neck is stiff", "infection_immune"),
        ("I get stabbed and collapse eight shows a week, my back aches", "chest_breath"),
        ("this month was nothing but legs gone numb. My own trouble is a sore neck", "neuro_leg"),
    ],
)
def test_what_a_job_or_a_show_is_about_is_asked_about(text, attribute, how) -> None:
    assert how(text, attribute) == {EXPLAINED}


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("I'm a paramedic and since this morning I have chest pain", "chest_breath"),
        ("I'm a nurse on a stroke ward and my speech is slurred", "stroke_signs"),
        ("I'm an actor and tonight I collapsed on stage", "chest_breath"),
        ("Legs gone numb today. My own trouble is a sore neck", "neuro_leg"),
    ],
)
def test_a_job_explains_nothing_that_the_writer_has(text, attribute, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("Asking for my wife, I'm the one on warfarin, not her. Her neck aches", "blood_thinner"),
        ("Writing for my mum, I had the cancer, not her. Her neck aches", "cancer_history"),
        ("Lifesaver, rescued a man who couldn't feel his legs. I've a sore neck", "neuro_leg"),
    ],
)
def test_what_only_the_writer_or_a_rescued_man_has_is_not_the_patients(
    text, attribute, how
) -> None:
    assert how(text, attribute) == {Assertion.OTHER_PERSON}


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("Asking for my wife, she's on warfarin, not me. She has a sore neck", "blood_thinner"),
        ("For my mum. I found her on the floor, she can't feel her legs", "neuro_leg"),
        ("Writing for my mum, I had the cancer, now she can't feel her legs", "neuro_leg"),
        ("A man pulled me out of the sea, I can't feel my legs", "neuro_leg"),
        ("I just had a baby and my neck hurts", "pregnancy"),
    ],
)
def test_what_the_one_written_for_has_is_the_patients(text, attribute, how) -> None:
    assert PRESENT in how(text, attribute)


def test_to_have_just_had_a_sore_neck_is_no_birth(how) -> None:
    assert how("I've just had a sore neck for three weeks", "pregnancy") == set()
