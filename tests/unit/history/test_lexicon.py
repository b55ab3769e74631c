from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic.datafiles import DataFileError
from clinic.history.attributes import AttributeCatalogue
from clinic.history.lexicon import Lexicon
from clinic.history.phrases import PhraseTree, expand, grown, refuse_unreachable
from clinic.history.words import split_words

CONCEPTS = 'concepts:\n  NUMB: ["numb(ness)?"]\n  LEG: ["(my )?leg(s)?"]\n'
GOOD = "  - {id: leg, attribute: neuro_leg, value: numb, patterns: ['LEG <3> NUMB']}\n"


@pytest.fixture
def write(tmp_path: Path):
    def writer(text: str) -> Path:
        (tmp_path / "legs.yml").write_text(text, encoding="utf-8")
        return tmp_path

    return writer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1\n", "expected some of the keys concepts, findings, hidden_inside"),
        (CONCEPTS + "finding:\n" + GOOD, "expected some of the keys"),
        ("concepts: []\nfindings:\n" + GOOD, "expected phrases by concept"),
        ("concepts: {numb: [x]}\nfindings:\n" + GOOD, "a concept is named in upper case"),
        ("concepts: {NUMB: []}\nfindings:\n" + GOOD, "expected a list of phrases"),
        ('concepts:\n  NUMB: ["numb(ness"]\nfindings:\n' + GOOD, "unbalanced brackets"),
        (CONCEPTS + "hidden_inside: {LEG: [ARM]}\nfindings:\n" + GOOD, "unknown concept ARM"),
        (CONCEPTS + "findings:\n  - {attribute: site}\n", "every finding needs an id"),
        (CONCEPTS + "findings:\n" + GOOD + GOOD, "line 6, leg: stands twice"),
        (CONCEPTS + "findings:\n" + GOOD.replace("LEG <", "ARM <"), "unknown concept ARM"),
        (CONCEPTS + "findings:\n" + GOOD.replace("neuro_leg", "nose"), "unknown attribute 'nose'"),
        (CONCEPTS + "findings:\n" + GOOD.replace("numb,", "red,"), "'red' is no value of"),
        (CONCEPTS + "findings:\n" + GOOD.replace("id:", "colour: 1, id:"), "unknown field colour"),
        (CONCEPTS + "findings:\n" + GOOD.replace("'LEG <3> NUMB'", "'~3'"), "empty pattern"),
    ],
)
def test_a_faulty_lexicon_is_refused_with_its_file_and_entry(
    text: str, said: str, write, attributes: AttributeCatalogue
) -> None:
    with pytest.raises(DataFileError) as error:
        Lexicon.load(write(text), attributes)
    assert said in str(error.value)
    assert "legs.yml" in str(error.value)


def test_a_lexicon_without_findings_is_refused(
    write: Callable[[str], Path], attributes: AttributeCatalogue
) -> None:
    with pytest.raises(DataFileError, match="expected a list in at least one file"):
        Lexicon.load(write(CONCEPTS), attributes)


def test_a_concept_of_two_files_is_refused_with_the_line(
    write: Callable[[str], Path], attributes: AttributeCatalogue
) -> None:
    folder = write(CONCEPTS + "findings:\n" + GOOD)
    (folder / "toes.yml").write_text('concepts:\n  TOE: [toe]\n  LEG: ["toe"]\n')
    with pytest.raises(DataFileError, match=r"toes\.yml, line 3, LEG: stands in another file too"):
        Lexicon.load(folder, attributes)


def test_a_concept_may_be_used_in_another_file(
    write: Callable[[str], Path], attributes: AttributeCatalogue
) -> None:
    folder = write("findings:\n" + GOOD)
    (folder / "words.yml").write_text(CONCEPTS)
    words = split_words("my legs are numb")
    lexicon = Lexicon.load(folder, attributes)
    assert lexicon.find_findings(words, lexicon.find_concepts(words, 2026))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my legs are so numb", True),
        ("numb in both legs", True),
        ("legs that for days now have been numb", False),
        ("my legs. Numb.", False),
    ],
)
def test_a_pattern_reaches_as_far_as_its_gap_inside_a_sentence(
    text: str, found: bool, write, attributes: AttributeCatalogue
) -> None:
    lexicon = Lexicon.load(write(CONCEPTS + "findings:\n" + GOOD), attributes)
    words = split_words(text)
    assert bool(lexicon.find_findings(words, lexicon.find_concepts(words, 2026))) is found


@pytest.mark.parametrize(
    ("phrase", "forms"),
    [
        ("numb(ness)?", ["numb", "numbness"]),
        ("(my )?leg(s)?", ["leg", "legs", "my leg", "my legs"]),
        ("(cant|can not)+ feel", ["can not feel", "cant feel"]),
        ("shoulder ?blade", ["shoulder blade", "shoulderblade"]),
    ],
)
def test_a_phrase_is_written_out(phrase: str, forms: list[str]) -> None:
    assert expand(phrase, Path("lexicon.yml"), "X") == forms


def test_a_phrase_with_too_many_forms_is_refused() -> None:
    with pytest.raises(DataFileError, match="more than"):
        expand("(a|b|c)" * 9, Path("lexicon.yml"), "X")


def test_the_tree_finds_overlapping_phrases() -> None:
    tree = PhraseTree(grown([("A", ["my", "neck"]), ("B", ["neck"])]))
    assert list(tree.find([("my",), ("neck",)])) == [(("A",), 0, 2), (("B",), 1, 2)]


def test_phrases_that_end_alike_keep_their_own_names() -> None:
    endings = (["neck"], ["neck", "hurts"], ["back", "hurts"])
    phrases = [("MINE", ["my", *words]) for words in endings]
    phrases += [("YOURS", ["your", *words]) for words in endings[:2]]
    phrases += [("BOTH", ["your", "neck"]), ("BOTH", ["my", "neck"]), ("MINE", ["my", "neck"])]
    tree = PhraseTree(grown(phrases))
    assert list(tree.find([("my",), ("neck",), ("hurts",)])) == [
        (("MINE", "BOTH"), 0, 2),
        (("MINE",), 0, 3),
    ]
    assert list(tree.find([("your",), ("neck",)])) == [(("YOURS", "BOTH"), 0, 2)]
    assert list(tree.find([("your",), ("back",), ("hurts",)])) == []


def test_the_tree_finds_a_number_by_itself_and_by_its_kind() -> None:
    tree = PhraseTree(grown([("ANY", ["#", "days"]), ("FEVER", ["#fever"])]))
    found = list(tree.find([("39", "#", "#fever"), ("days",)]))
    assert sorted(found) == [(("ANY",), 0, 2), (("FEVER",), 0, 1)]


@pytest.mark.parametrize(
    ("phrase", "fault"),
    [
        ("c5", "is never found: it is cut into 'c 5'"),
        ("pins & needles", "is never found: it is cut into 'pins needles'"),
        ("(my )?(the )?", "may be missing"),
        ("?drop", "is never found"),
    ],
)
def test_a_phrase_that_no_message_can_hold_is_refused(phrase: str, fault: str) -> None:
    with pytest.raises(DataFileError, match=re.escape(fault)):
        refuse_unreachable(phrase, expand(phrase, Path("x.yml"), "X"), Path("x.yml"), "X")


def test_a_phrase_that_is_also_written_as_it_is_cut_is_taken() -> None:
    for phrase in ("c ?5", "# ?mg", "for #year", "(20|30) ?s", "#many tablets"):
        refuse_unreachable(phrase, expand(phrase, Path("x.yml"), "X"), Path("x.yml"), "X")
