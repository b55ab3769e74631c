"""Answers put together from the knowledge base."""

from __future__ import annotations

import pytest

from clinic.knowledge.answers import answer, compare, list_kind, more, origin
from clinic.knowledge.base import KnowledgeBase, UnknownTopicError
from clinic.knowledge.handbook import render_handbook


def test_a_topic_is_answered_with_its_short_text_and_safety_line(base: KnowledgeBase) -> None:
    said = answer(base, "condition/herniated_disc", emergency_number="911")
    topic = base.topic("condition/herniated_disc")
    assert said.topic_id == topic.id
    assert said.text.startswith(topic.short)
    assert said.text.endswith(topic.safety_line.replace("{emergency_number}", "911"))
    assert said.related == topic.related


def test_a_source_line_names_the_source_the_review_and_its_status(base: KnowledgeBase) -> None:
    said = answer(base, "test/bone_scan", emergency_number="911")
    assert said.source_line == (
        "Source: MedlinePlus (National Library of Medicine): Nuclear Scans. "
        "Reviewed 2026-11-22, awaiting clinical review."
    )
    assert said.links == (
        (
            "MedlinePlus (National Library of Medicine): Nuclear Scans",
            "https://medlineplus.gov/nuclearscans.html",
        ),
    )


def test_no_visitor_reads_what_is_unchecked_and_the_handbook_tells_it(base: KnowledgeBase) -> None:
    unchecked = [topic for topic in base.topics.values() for s in topic.sources if not s.is_checked]
    assert unchecked
    for topic in unchecked:
        assert "check" not in answer(base, topic.id).source_line
    assert "unchecked" in render_handbook(base)


def test_the_clinics_own_page_has_no_link(base: KnowledgeBase) -> None:
    said = answer(base, "clinic/accessibility", emergency_number="911")
    assert "This clinic's own page" in said.source_line
    assert said.links == ()


def test_an_aspect_is_answered_alone(base: KnowledgeBase) -> None:
    said = answer(base, "test/mri", ("duration",), emergency_number="911")
    assert said.text == "About 30 to 60 minutes."


def test_an_aspect_still_carries_the_safety_line(base: KnowledgeBase) -> None:
    said = answer(base, "symptom/stiff_neck", ("duration",), emergency_number="112")
    assert said.text.startswith("Mostly some days")
    assert "Call 112 now for a stiff neck with fever" in said.text


def test_an_aspect_close_in_meaning_answers_for_one_that_is_missing(base: KnowledgeBase) -> None:
    topic = base.topic("condition/cervical_stenosis")
    assert "risks" not in topic.aspects
    said = answer(base, topic.id, ("risks",), emergency_number="911")
    assert said.text.startswith(topic.aspects["warning"])


def test_a_missing_aspect_is_admitted_and_the_short_text_given(base: KnowledgeBase) -> None:
    said = answer(base, "anatomy/atlas", ("risks",), emergency_number="911")
    topic = base.topic("anatomy/atlas")
    assert said.text.startswith("I don't have anything reviewed about")
    assert topic.title in said.text
    assert said.text.endswith(topic.short)


@pytest.mark.parametrize("number", ["911", "999", "112"])
def test_the_emergency_number_is_the_clinics(base: KnowledgeBase, number: str) -> None:
    said = answer(base, "advice/emergency_signs", emergency_number=number)
    assert f"Call {number} now" in said.text


@pytest.mark.parametrize("number", ["", "  "])
def test_an_unknown_emergency_number_leaves_no_gap(base: KnowledgeBase, number: str) -> None:
    said = answer(base, "advice/emergency_signs", emergency_number=number)
    assert "Call your local emergency number now" in said.text


def test_no_answer_of_any_topic_and_aspect_keeps_a_placeholder(base: KnowledgeBase) -> None:
    for topic_id in base.topics:
        for aspects in ((), *((name,) for name in base.aspects)):
            said = answer(base, topic_id, aspects, emergency_number="911")
            assert said.text
            assert "{" not in said.text + said.source_line


def test_an_unknown_topic_or_aspect_is_an_error(base: KnowledgeBase) -> None:
    with pytest.raises(UnknownTopicError):
        answer(base, "test/horoscope", emergency_number="911")
    with pytest.raises(UnknownTopicError):
        answer(base, "test/mri", ("smell",), emergency_number="911")


def test_two_topics_are_set_side_by_side(base: KnowledgeBase) -> None:
    said = compare(base, "test/mri", "test/ct_scan", emergency_number="911")
    assert said.topic_id == "test/mri"
    for topic_id in ("test/mri", "test/ct_scan"):
        topic = base.topic(topic_id)
        assert f"- {topic.title}: {topic.aspects['what']}" in said.text
    assert "clinician can go through both" in said.text
    assert "MRI Scans" in said.source_line and "CT Scans" in said.source_line
    assert not {"test/mri", "test/ct_scan"} & set(said.related)


def test_every_pair_of_treatments_can_be_compared_within_reason(base: KnowledgeBase) -> None:
    treatments = base.of_kind("treatment")
    for first in treatments:
        for second in treatments:
            said = compare(base, first.id, second.id, emergency_number="911")
            assert len(said.text.split()) <= 330
            assert "{" not in said.text


def test_a_topic_compared_with_itself_is_just_answered(base: KnowledgeBase) -> None:
    assert compare(base, "test/mri", "test/mri") == answer(base, "test/mri")


def test_one_safety_line_for_both_is_said_once(base: KnowledgeBase) -> None:
    said = compare(base, "condition/herniated_disc", "condition/cervical_stenosis")
    assert said.text.count("Clumsy hands need a doctor today") == 1


def test_a_kind_is_listed_with_every_member(base: KnowledgeBase) -> None:
    said = list_kind(base, "test", emergency_number="911")
    assert said.topic_id == "test/overview"
    for topic in base.of_kind("test"):
        assert f"- {topic.title}" in said.text
    assert said.related == tuple(topic.id for topic in base.of_kind("test"))


def test_a_kind_without_an_overview_is_listed_too(base: KnowledgeBase) -> None:
    said = list_kind(base, "anatomy")
    assert "- The atlas (C1)" in said.text
    assert said.topic_id == "anatomy/cervical_spine"


def test_an_unknown_kind_is_an_error(base: KnowledgeBase) -> None:
    with pytest.raises(UnknownTopicError):
        list_kind(base, "horoscope")


def test_two_sides_are_told_under_headings_of_their_own(base: KnowledgeBase) -> None:
    text = answer(base, "test/mri", ("duration", "feels")).text
    topic = base.topic("test/mri")
    assert text.startswith(f"**How long:** {topic.aspects['duration']}")
    assert f"**What it feels like:** {topic.aspects['feels']}" in text


def test_a_side_that_only_fits_the_question_comes_after_the_short_text(base: KnowledgeBase) -> None:
    text = answer(base, "test/mri", fact="prepare").text
    topic = base.topic("test/mri")
    assert text.startswith(topic.short)
    assert topic.aspects["prepare"] in text


def test_sides_of_a_topic_that_is_new_begin_with_its_title(base: KnowledgeBase) -> None:
    title = f"**{base.topic('test/mri').title}**"
    assert answer(base, "test/mri", ("hurts",), titled=True).text.startswith(title)
    assert title not in answer(base, "test/mri", ("hurts",)).text
    assert title not in answer(base, "test/mri", titled=True).text


def test_the_short_text_is_told_beside_a_side_where_it_answers_better(base: KnowledgeBase) -> None:
    topic = base.topic("test/mri")
    text = answer(base, topic.id, ("hurts",), in_short=True).text
    assert topic.aspects["hurts"] in text and topic.short in text


def test_a_short_topic_is_told_whole_after_the_side_that_was_asked_for(base: KnowledgeBase) -> None:
    text = answer(base, "fact/how_common", ("common",)).text
    topic = base.topic("fact/how_common")
    assert topic.aspects["common"] in text and topic.short in text


def test_more_tells_what_was_not_told_yet_and_then_that_there_is_no_more(
    base: KnowledgeBase,
) -> None:
    topic = base.topic("test/mri")
    first = more(base, topic.id)
    assert topic.aspects["why"] in first.text
    assert topic.aspects["why"] not in more(base, topic.id, ("why",)).text
    assert more(base, topic.id, base.rules.more_aspects).text == base.rules.answers.no_more


def test_the_origin_of_a_text_is_told_with_every_address(base: KnowledgeBase) -> None:
    said = origin(base, "test/mri")
    for source in base.topic("test/mri").sources:
        assert source.title in said.text and source.url in said.text
    assert "own words" in said.text


def test_pictures_come_with_the_first_text_and_not_with_a_side(base: KnowledgeBase) -> None:
    assert [picture.file for picture in answer(base, "anatomy/disc").pictures] == ["disc.svg"]
    assert answer(base, "anatomy/disc", ("how",)).pictures == ()
