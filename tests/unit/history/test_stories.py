"""What is told beside the patient's own trouble, and its urgent twins."""

from __future__ import annotations

import pytest

from clinic.history.findings import Assertion

PRESENT, OTHER = Assertion.PRESENT, Assertion.OTHER_PERSON
NOT_THE_PATIENTS = {
    OTHER,
    Assertion.EXPLAINED,
    Assertion.POSSIBLE,
    Assertion.HYPOTHETICAL,
    Assertion.ABSENT,
    Assertion.PAST,
}
BLADDER = "bladder_bowel_saddle"


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("A heifer was bad, she was staggering and couldn't get up. My neck is sore", "neuro_leg"),
        ("Our ewe had twins then went down, couldn't swallow. My neck is stiff", "stroke_signs"),
        ("The mare had colic, drenched in sweat, kept collapsing. My neck is sore", "chest_breath"),
        ("The old cat couldn't pee at all and was crying. My neck aches", BLADDER),
        ("Lady Muffin couldn't pee, straining in the litter tray. My neck aches", BLADDER),
        ("Rang the vet about our tortoise: legs floppy, eyes shut. My neck is sore", "neuro_leg"),
        ("One pullet has a wry neck and a fever. My shoulders ache", "meningism"),
        (
            "Our spaniel slipped a disc, his back legs are paralysed. I have a stiff neck",
            "paralysis",
        ),
        (
            "Cow went down and couldn't get up. Paralysed after calving. Me neck is sore",
            "paralysis",
        ),
        ("Me kelpie copped a tick, then she couldn't breathe. My neck is tight", "chest_breath"),
    ],
)
def test_the_signs_of_a_beast_are_its_own(text: str, attribute: str, how) -> None:
    assert how(text, attribute) <= NOT_THE_PATIENTS


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("my horse threw me and I can't feel my legs", "neuro_leg"),
        ("The horse bolted, thrown off, can't feel my legs", "neuro_leg"),
        ("my dog pulled me down the steps, she's fine, my legs are numb", "neuro_leg"),
        ("cow kicked, broke ribs and can't breathe", "chest_breath"),
        ("my mare went down on top of me, knocked out, neck hurts", "injury_danger"),
        ("chicken stuck in throat, can't swallow", "airway"),
        ("Ate duck at lunch, throat swelling up and can't breathe", "airway"),
        ("Downward dog this morning, arm went numb", "neuro_arm"),
        ("Had a CAT scan Monday, legs numb since", "neuro_leg"),
        ("Cat scratch on my neck, fever and shivering", "systemic"),
        ("hen do on Saturday, legs numb since", "neuro_leg"),
        ("Sheep shearing all week, legs numb", "neuro_leg"),
        ("Donkey ride, legs went numb", "neuro_leg"),
        ("walked the dog, legs numb since", "neuro_leg"),
        ("my dog is lovely. Neck pain, numb legs", "neuro_leg"),
        ("vet here, I collapsed with chest pain", "chest_breath"),
        ("sharp pain on breathing in and my calf is swollen", "chest_breath"),
        ("I was lambing, lifted a ewe, both legs numb", "neuro_leg"),
    ],
)
def test_what_befalls_who_minds_a_beast_counts(text: str, attribute: str, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("A fare had a seizure on my back seat, wet the seat, poor man. My neck is stiff", BLADDER),
        ("me best mate dived off the bridge, snapped his neck. My neck is sore", "injury_danger"),
        ("eleven children down with fever and headaches. My neck aches", "systemic"),
        (
            "Writing for my wife. Her dad had a stroke, slurred speech. Her neck aches",
            "stroke_signs",
        ),
        ("throat closing at lunch, it was one of the little ones. My neck is sore", "airway"),
        ("At bingo Doreen collapsed. I'm fine, just a stiff neck", "chest_breath"),
        ("The hooker went down, couldn't move his legs. My neck is sore", "neuro_leg"),
        ("at the till she couldn't swallow. My neck is in bits", "stroke_signs"),
        ("My neck is stiff. Her boss had chest pain and collapsed", "chest_breath"),
    ],
)
def test_the_signs_of_a_third_person_are_not_the_writers(text: str, attribute: str, how) -> None:
    assert how(text, attribute) <= NOT_THE_PATIENTS


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("writing for my wife, her face dropped", "stroke_signs"),
        ("writing for my husband. He collapsed and his speech is slurred", "stroke_signs"),
        ("he says my face droops, my neck hurts", "stroke_signs"),
        ("My wife noticed my face drooping, neck hurts", "stroke_signs"),
        ("the kids had a fever and now I have one with a stiff neck", "systemic"),
        ("my son had a rash last week, now I've got it, stiff neck", "skin"),
        ("On Monday collapsed at work. My neck hurts", "chest_breath"),
        ("In Glasgow had chest pain and sweating. My neck hurts", "chest_breath"),
        ("Dr Patel was sure. Both legs are numb. My neck hurts", "neuro_leg"),
        ("My dog has a fever and so do I, with a stiff neck", "systemic"),
        ("he squeezed my neck and I passed out", "chest_breath"),
    ],
)
def test_what_somebody_says_or_sees_of_the_patient_counts(text: str, attribute: str, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    "text",
    [
        "a pickup rolled in front of me, guy got thrown clear and was knocked out. I was way back",
        "on I-80 a van flipped right in front of me, driver knocked out. I wasn't in it",
        "biker came off ahead of us, out cold on the road. I only stopped",
    ],
)
def test_an_accident_that_was_only_seen_is_not_the_writers(text: str, how) -> None:
    assert how(text, "injury_danger") <= NOT_THE_PATIENTS


@pytest.mark.parametrize(
    "text",
    [
        "a car pulled out in front of me and I went over the bonnet, knocked out",
        "a lorry stopped in front of me and I flipped the van, knocked out",
    ],
)
def test_an_accident_of_the_writers_own_counts(text: str, how) -> None:
    assert PRESENT in how(text, "injury_danger")


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("had a horrid dream that I could not move my legs and then I woke up", "neuro_leg"),
        ("had that falling dream, off the roof, my legs were numb, then I woke up", "neuro_leg"),
        ("last night I dreamt I'd taken all the tablets. My neck aches", "crisis"),
        ("a nightmare where my face drooped and nobody came. Neck is stiff", "stroke_signs"),
        ("I couldn't feel my legs in a dream. My neck aches", "neuro_leg"),
    ],
)
def test_what_is_dreamt_is_only_asked_about(text: str, attribute: str, how) -> None:
    assert how(text, attribute) == {Assertion.EXPLAINED}


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("woke up from a dream and couldn't move my arm", "neuro_arm"),
        ("woke from a nightmare and my legs are numb", "neuro_leg"),
        ("I had a nightmare and in the morning my arm was paralysed", "paralysis"),
        ("bad dreams all week and now my legs are numb", "neuro_leg"),
        ("dreadful nightmare of a week, chest pain and I fainted", "chest_breath"),
        ("the commute was a nightmare and I fainted with chest pain", "chest_breath"),
    ],
)
def test_what_is_told_after_waking_counts(text: str, attribute: str, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("staring at slides of rashes and stiff necks and fevers. my neck aches", "systemic"),
        ("I've written our new leaflet on paracetamol overdose, suicide helplines", "crisis"),
        ("marking essays on meningitis, fever, drowsy children. My neck aches", "systemic"),
        ("typing up numb legs all day. Neck sore", "neuro_leg"),
        ("Marking 90 scripts on stroke: face drooping, slurred speech", "stroke_signs"),
        ("I translate patient leaflets, heart attack, crushing chest pain", "chest_breath"),
        ("We did three days of sepsis drill. My neck is stiff", "infection_immune"),
        ("I'm on stage as a dying soldier, gasping for breath every night", "chest_breath"),
        ("Reception this week: chest pains, stabbings, overdoses. Neck stiff", "chest_breath"),
        ("Wrote a piece on spinal injury, paralysis, no feeling below the waist", "neuro_leg"),
        ("I do the voice of a dying robot, choking and wheezing for hours", "chest_breath"),
        ("On Casualty last night someone couldn't feel their legs after a fall", "neuro_leg"),
        ("the quiz answer was Lhermitte's. My neck aches", "lhermitte"),
        (
            "I work in a haunted house, I'm the hanged man, I can't breathe all night",
            "chest_breath",
        ),
        ("I drum in a band called Blackout. My neck is sore", "stroke_signs"),
        ("hand feeding a lamb and my neck is sore", "neuro_arm"),
    ],
)
def test_what_is_taught_played_or_named_is_no_report(text: str, attribute: str, how) -> None:
    assert how(text, attribute) <= NOT_THE_PATIENTS


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("I work on a meningitis leaflet and I have a fever", "systemic"),
        ("reading up on cauda equina, legs numb", "neuro_leg"),
        ("marking essays on meningitis all week, now fever and stiff neck", "systemic"),
        ("doing a first aid course and felt crushing chest pain", "chest_breath"),
        ("I've had seizures and mini strokes, my arm is weak", "neuro_arm"),
        ("I wanted to talk about numb legs and neck pain", "neuro_leg"),
        ("collapsed training on Tuesday with chest pain", "chest_breath"),
        ("a tour of the castle, collapsed with chest pain", "chest_breath"),
        ("I work in a haunted house. Yesterday I collapsed with chest pain", "chest_breath"),
        ("game called off, then legs numb", "neuro_leg"),
        ("Chest pains, faints, sweats and fits. Neck pain", "chest_breath"),
        ("typing with numb fingers, neck pain", "neuro_arm"),
        ("marking essays since March and now my hands are numb", "neuro_arm"),
        ("I'm an actor and I collapsed with chest pain on stage last night", "chest_breath"),
        ("it feels like what they called a stroke, my face drooped", "stroke_signs"),
    ],
)
def test_what_befalls_who_teaches_or_plays_counts(text: str, attribute: str, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    "text",
    [
        "fell off a cliff and got run over by my own tank lmaooo. final boss still alive",
        "got shot twice, fell off the bridge in ranked lol. neck sore",
        "lobby full of noobs, fell off the map, knocked out every round",
    ],
)
def test_a_game_hurts_nobody(text: str, how) -> None:
    assert how(text, "injury_danger") <= NOT_THE_PATIENTS
    assert how(text, "injury") <= NOT_THE_PATIENTS


def test_a_fall_beside_a_game_counts(how) -> None:
    text = "after the boss fight lol I stood up and then really fell down the stairs"
    assert PRESENT in how(text, "injury")


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("our production server crashed last week and my neck is sore", "injury"),
        ("there was complete paralysis in the company. My neck is sore", "paralysis"),
        ("server down, all nodes going numb one by one. My neck is sore", "neuro_arm"),
        ("the database collapsed at noon. My neck is sore", "chest_breath"),
        ("My laptop died, froze, had a seizure. My shoulders ache", "meningism"),
        ("payroll collapsed, whole company paralysed. My neck is stiff", "paralysis"),
        ("the tenors had a complete collapse. My neck is sore", "chest_breath"),
    ],
)
def test_a_machine_has_no_signs(text: str, attribute: str, how) -> None:
    assert how(text, attribute) <= NOT_THE_PATIENTS


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("server here at a restaurant, my hands went numb", "neuro_arm"),
        ("at the company do I collapsed with chest pain", "chest_breath"),
        ("At the market collapsed with chest pain", "chest_breath"),
        ("in the bank collapsed with chest pain", "chest_breath"),
        ("the shelf fell on my neck and my arm is numb", "neuro_arm"),
        ("computer work, numb hands both sides", "neuro_arm"),
        ("the computer screen is half missing in one eye, headache", "stroke_signs"),
        ("after the server crash I passed out with chest pain", "chest_breath"),
    ],
)
def test_who_works_with_machines_has(text: str, attribute: str, how) -> None:
    assert PRESENT in how(text, attribute)


@pytest.mark.parametrize(
    "text",
    [
        "38 degrees in that kitchen, my neck is stiff",
        "hot yoga in a 40 degree room, my neck is stiff",
        "the cab was 39 degrees, my neck is stiff",
        "it's 40 degrees in the greenhouse, neck sore",
        "40 degrees in the tent, soaked in sweat every night. Neck sore",
        "40 degrees outside and a stiff neck",
    ],
)
def test_the_heat_of_a_room_is_no_fever(text: str, how) -> None:
    assert how(text, "systemic") <= NOT_THE_PATIENTS


@pytest.mark.parametrize(
    "text",
    [
        "it was 40 degrees in the kitchen and now I have a fever of 39 and a stiff neck",
        "I have 39 degrees and a stiff neck in bed",
        "my temperature is 39 degrees, stiff neck",
        "three days 39 degrees and stiff neck",
        "I do hot yoga but since Monday drenching night sweats",
    ],
)
def test_the_heat_of_the_body_is(text: str, how) -> None:
    assert PRESENT in how(text, "systemic")
