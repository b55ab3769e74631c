"""Visitors' questions on every row of the clinic's page, played through the whole of Atlas.

The sets were written one after the other; README.md beside them holds their first figures. Each
question is the first message of a conversation of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.core.agent import Agent
from ruamel.yaml import YAML
from support.dialogue import Stage

from clinic.knowledge.base import get_knowledge

_FOLDER = Path(__file__).parent
_SETS = sorted(_FOLDER.glob("*.yml"))
# The writer of the eighth went through the page by an own numbering.
_BY_ROW = [path for path in _SETS if path.stem != "content_map_8"]
_BOOKING = "booking"
_BOOKS = {"booking_form", "action_note_booking_wish"}
# The share of questions whose topic and fact must be right; less is a step back.
_LEAST = {
    **{"content_map": 0.95, "content_map_2": 0.90, "content_map_3": 0.95},
    **{"content_map_4": 0.88, "content_map_5": 0.77, "content_map_6": 0.92},
    **{"content_map_7": 0.95, "content_map_8": 0.91, "content_map_9": 0.95, "content_map_10": 0.95},
    **{"content_map_11": 0.93, "content_map_12": 0.94},
}


def _questions(path: Path) -> list[dict[str, Any]]:
    found = []
    for row in YAML(typ="safe").load(path.read_text(encoding="utf-8"))["rows"]:
        for entry in row["questions"]:
            question = {"ask": entry} if isinstance(entry, str) else entry
            topic = question.get("topic") or row["topic"]
            topics = topic if isinstance(topic, list) else [topic]
            found.append({**question, "row": row["row"], "topics": topics})
    return found


async def _is_right(question: dict[str, Any], stage: Stage, visitor: str) -> bool:
    await stage.say(question["ask"], visitor)
    slots = (await stage.tracker(visitor)).current_slot_values()
    agenda = set(slots["agenda"] or [])
    if _BOOKING in question["topics"] and agenda & _BOOKS:
        return True
    told = stage.text(visitor).lower()
    words = question.get("says", [""])
    return slots["topic"] in question["topics"] and any(str(w).lower() in told for w in words)


@pytest.mark.parametrize("path", _SETS, ids=[path.stem for path in _SETS])
async def test_questions_get_the_right_topic_and_fact(
    path: Path, agent: Agent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(agent, tmp_path, monkeypatch)
    questions = _questions(path)
    wrong = [
        f"{question['row']}: {question['ask']}"
        for number, question in enumerate(questions)
        if not await _is_right(question, stage, f"visitor-{number}")
    ]
    share = 1 - len(wrong) / len(questions)
    print(f"{path.stem}: {share:.1%} of {len(questions)} questions")
    assert share >= _LEAST[path.stem], f"{share:.1%} right; wrong:\n" + "\n".join(wrong)


@pytest.mark.parametrize("path", _BY_ROW, ids=[path.stem for path in _BY_ROW])
def test_every_row_of_the_clinics_page_is_asked_about(path: Path) -> None:
    assert {question["row"] for question in _questions(path)} == set(get_knowledge().page.rows)


def test_no_question_of_the_sets_is_trained_on() -> None:
    trained = {
        question.lower().strip("?. ")
        for topic in get_knowledge().topics.values()
        for question in topic.all_questions
    }
    asked = {
        question["ask"].lower().strip("?. ") for path in _SETS for question in _questions(path)
    }
    assert asked & trained == set()
