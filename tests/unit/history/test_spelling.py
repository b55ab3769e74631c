"""Misspelt words are read as the lexicon's, and words of other domains are left alone."""

from __future__ import annotations

from datetime import date

import pytest

from clinic.clinical import get_clinical_data
from clinic.history.slips import slip, sound
from clinic.history.spelling import Speller
from clinic.history.words import split_words

COMMON = frozenset({"bank", "teacher", "sofa", "at"})
USES = {"numb": 5, "weakness": 3, "back": 9, "neck": 30, "legs": 30, "lips": 2, "chest": 9}
USES |= {"pain": 30, "my": 1, "swollen": 2, "fingers": 4, "breathe": 4}


def read(text: str) -> list[str]:
    return [word.norm for word in Speller(COMMON, USES).mend(split_words(text))]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nubm", "numb"),
        ("hcest", "chest"),
        ("weaknes", "weakness"),
        ("weekness", "weakness"),
        ("nmub", "numb"),
        ("chesst", "chest"),
        ("vhest", "chest"),
        ("nek", "neck"),
        ("swolen", "swollen"),
        ("phingers", "fingers"),
        ("brethe", "breathe"),
    ],
)
def test_a_slip_is_mended(typed: str, meant: str) -> None:
    assert read(typed) == [meant]


@pytest.mark.parametrize("word", ["bank", "xq", "teachers", "sofas", "sir", "mri", "covid19"])
def test_other_words_are_left_alone(word: str) -> None:
    assert read(word) == split_norms(word)


def split_norms(text: str) -> list[str]:
    return [word.norm for word in split_words(text)]


def test_of_two_near_words_the_more_used_is_read_and_the_other_kept_beside_it() -> None:
    (word,) = Speller(COMMON, {"hand": 30, "hind": 2}).mend(split_words("hend"))
    assert (word.norm, word.also) == ("hand", ("hind",))


def test_of_two_words_as_near_and_as_used_neither_is_taken() -> None:
    speller = Speller(COMMON, {"hand", "hard"})
    assert [word.norm for word in speller.correct(split_words("haxd"))] == ["haxd"]


def test_joined_words_are_cut_and_cut_words_joined() -> None:
    assert read("chestpain") == ["chest", "pain"]
    assert read("my num b legs") == ["my", "numb", "legs"]
    words = Speller(COMMON, USES).mend(split_words("mychest pain"))
    assert [(word.start, word.end) for word in words] == [(0, 2), (2, 7), (8, 12)]


def test_every_word_keeps_its_place_when_each_is_corrected_by_itself() -> None:
    words = split_words("chestpain nubm")
    assert len(Speller(COMMON, USES).correct(words)) == len(words)


@pytest.mark.parametrize(
    ("typed", "meant", "plausible"),
    [
        ("nubm", "numb", True),
        ("numbb", "numb", True),
        ("nunb", "numb", True),
        ("numx", "numb", True),
        ("bnum", "numb", False),
        ("nb", "numb", False),
    ],
)
def test_one_slip_and_no_more(typed: str, meant: str, plausible: bool) -> None:
    assert (slip(typed, meant) is not None) is plausible


def test_a_swapped_pair_is_likelier_than_a_strange_letter() -> None:
    assert (slip("nubm", "numb") or 0) < (slip("nuzb", "numb") or 0)


def test_words_that_sound_alike_have_one_sound() -> None:
    assert sound("diarrea") == sound("diarrhoea")
    assert sound("coff") != sound("caught")


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("my lesg are nubm", "neuro_leg", "numb"),
        ("cantfeel my legs", "neuro_leg", "numb"),
        ("chestpain and swaeting", "chest_breath", "chest_pain"),
        ("cnat pee sinse yesturday", "bladder_bowel_saddle", "retention"),
        ("my fase is droping on one side", "stroke_signs", "face"),
    ],
)
def test_a_sign_is_heard_through_its_slips(text: str, attribute: str, value: str) -> None:
    found = get_clinical_data().reader.read(text, date(2026, 11, 22)).present(attribute)
    assert value in found


@pytest.mark.parametrize(
    "text",
    [
        "mi cuello me duele mucho desde hace dos semanas",
        "ich habe seit zwei Wochen starke Nackenschmerzen",
        "boli mnie szyja od dwoch tygodni i nie moge ruszac glowa",
    ],
)
def test_another_language_is_no_misspelt_english(text: str) -> None:
    reading = get_clinical_data().reader.read(text, date(2026, 11, 22))
    assert list(reading.words) == split_norms(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bowls man, 70, Tauranga. Sore since Monday, from the green.", "tauranga"),
        ("I live in Hitchin and my neck is sore.", "hitchin"),
        ("im a driver from tauranga, neck sore since monday", "tauranga"),
        ("my wife Bethan has a stiff neck", "bethan"),
        ("Sunita, 34, sore neck from sewing.", "sunita"),
        ("Mr Fintan Achieng is my boss and he told me to write", "achieng"),
    ],
)
def test_a_name_is_no_slip(text: str, name: str) -> None:
    assert name in get_clinical_data().reader.read(text, date(2026, 11, 22)).words


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Numness in both Hands", "numbness"),
        ("i have Numness in my fingers", "numbness"),
        ("Diziness since this morning", "dizziness"),
        ("my father has Weaknes of Left Leg", "weakness"),
        ("My husband is Sweting a lot and pale", "sweating"),
        ("there is Weaknes in my leg, Numness too, since monday", "numbness"),
    ],
)
def test_a_sign_with_a_capital_is_still_a_slip(text: str, word: str) -> None:
    assert word in get_clinical_data().reader.read(text, date(2026, 11, 22)).words
