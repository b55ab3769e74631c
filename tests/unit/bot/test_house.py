"""The files that must agree with each other do: slots, buttons, responses, actions."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest
from support.project import ROOT

import actions
from actions.safe_action import clinic_facts
from bot.policies.agenda_policy import AFTER_FORM
from clinic.clinical import get_clinical_data
from clinic.datafiles import load_yaml
from clinic.knowledge.base import get_knowledge
from clinic.triage.rules import Level

DOMAIN: dict[str, Any] = load_yaml(ROOT / "domain.yml")
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("actions", "clinic/dialogue", "bot/policies", "bot/in_process_actions.py")
    for path in (
        sorted((ROOT / folder).rglob("*.py")) if (ROOT / folder).is_dir() else [ROOT / folder]
    )
)
RULES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("data/rules", "data/stories")
    for path in sorted((ROOT / folder).glob("*.yml"))
)
KINDS = {"list": "list", "choice": "categorical", "number": "float", "flag": "bool"}
QUESTIONS = get_clinical_data().interview.questions


def variations(response: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = DOMAIN["responses"][response]
    return found


def composed() -> set[str]:
    """The responses whose names are put together in the code."""
    rules = get_clinical_data().rules
    names = {f"utter_level_{level.value}" for level in Level if level is not Level.CONSULTATION}
    names |= {"utter_level_consultation_days", "utter_level_consultation_routine"}
    names |= {
        f"utter_guidance_{words}"
        for rule in rules.red_flags
        for words in (rule.guidance, *(grade.guidance for grade in rule.levels))
        if words
    }
    names |= {f"utter_explain_{question.id}" for question in QUESTIONS}
    names |= {f"utter_meaning_{question.id}" for question in QUESTIONS}
    names |= {f"utter_ask_interview_form_{question.id}" for question in QUESTIONS}
    names |= {
        f"utter_when_{problem}"
        for problem in ("past", "no_such_date", "no_such_time", "weekday_mismatch", "contradiction")
    }
    names |= {f"utter_note_{verdict}" for verdict in ("medical", "not_practical", "too_long")}
    for form, slots in {
        "booking_form": ("patient_name", "patient_contact", "appointment_note"),
        "appointment_form": ("manage_reference", "manage_contact", "manage_confirmed"),
    }.items():
        names |= {f"utter_ask_{form}_{slot}" for slot in slots}
        names |= {f"utter_invalid_{slot}" for slot in slots}
    invalid = ("appointment_slot", "booking_confirmed", "visit_type")
    return names | {f"utter_invalid_{question}" for question in invalid}


def written() -> set[str]:
    """The responses that code and rules name in full."""
    return set(re.findall(r"\butter_[a-z0-9_]*[a-z0-9]\b(?![{_])", CODE + RULES)) - {
        "utter_message",
        "utter_level",
        "utter_invalid",
        "utter_explain",
        "utter_guidance",
        "utter_when",
    }


def action_classes() -> Iterator[type]:
    for module in pkgutil.walk_packages(actions.__path__, "actions."):
        loaded = importlib.import_module(module.name)
        for _, found in inspect.getmembers(loaded, inspect.isclass):
            own = found.__module__ == loaded.__name__ and hasattr(found, "run")
            if own and not inspect.isabstract(found):
                yield found


@pytest.mark.parametrize("attribute", list(get_clinical_data().attributes), ids=lambda a: a.name)
def test_every_attribute_of_the_history_is_a_slot_of_the_same_kind(attribute: Any) -> None:
    slot = DOMAIN["slots"][attribute.name]
    assert slot["type"] == KINDS[attribute.kind]
    assert slot["mappings"] == [{"type": "custom"}]
    if attribute.kind == "choice":
        assert slot["values"] == list(attribute.values)
    if attribute.kind == "number":
        assert (slot["min_value"], slot["max_value"]) == (attribute.minimum, attribute.maximum)


def test_no_slot_can_be_filled_by_an_entity_from_outside_or_steers_the_policies() -> None:
    for name, slot in DOMAIN["slots"].items():
        assert slot["mappings"] == [{"type": "custom"}], name
        assert slot["influence_conversation"] is False, name


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_every_option_of_a_question_is_a_button_and_every_button_an_option(question: Any) -> None:
    for variation in variations(f"utter_ask_interview_form_{question.id}"):
        buttons = variation["buttons"]
        assert [button["title"].lower() for button in buttons] == list(question.options)
        assert all(button["title"] == button["payload"] for button in buttons)


def test_no_button_sends_a_command() -> None:
    for name, texts in DOMAIN["responses"].items():
        for variation in texts:
            for button in variation.get("buttons", ()):
                assert not button["payload"].startswith("/"), name


def test_every_response_that_code_or_rules_name_is_in_the_domain() -> None:
    assert sorted((written() | composed()) - set(DOMAIN["responses"])) == []


def test_every_response_of_the_domain_is_used() -> None:
    assert sorted(set(DOMAIN["responses"]) - written() - composed()) == []


def test_every_action_of_the_domain_is_a_class_and_every_class_is_in_the_domain() -> None:
    names = sorted(found().name() for found in action_classes())
    assert names == sorted(DOMAIN["actions"])


def test_every_action_that_a_plan_or_rule_names_is_in_the_domain() -> None:
    named = set(re.findall(r"\baction_[a-z_]+[a-z]\b", RULES))
    named |= set(
        re.findall(
            r'(?<!startswith\()"(action_[a-z_]+)"', (ROOT / "clinic/dialogue/agenda.py").read_text()
        )
    )
    named |= set(AFTER_FORM.values())
    assert sorted(named - set(DOMAIN["actions"])) == []


def test_every_form_is_validated_and_its_end_is_known() -> None:
    assert set(AFTER_FORM) == set(DOMAIN["forms"])
    for form in DOMAIN["forms"]:
        assert f"validate_{form}" in DOMAIN["actions"]


def test_everything_that_responses_fill_in_is_supplied() -> None:
    """A fact of the clinic is a slot, so that rules may utter it; the rest comes with the call."""
    facts = set(clinic_facts())
    assert facts <= set(DOMAIN["slots"])
    for name, texts in DOMAIN["responses"].items():
        for variation in texts:
            wanted = {field for _, field, _, _ in Formatter().parse(variation["text"]) if field}
            for field in wanted - facts - set(DOMAIN["slots"]):
                supplied = re.search(rf"""\b{field}=|"{field}"(:|\])""", CODE)
                assert supplied, f"{name} wants {field}"


def test_no_response_writes_the_emergency_number_itself() -> None:
    for name, texts in DOMAIN["responses"].items():
        for variation in texts:
            assert not re.search(r"\b(911|999|112)\b", variation["text"]), name


@pytest.mark.parametrize(
    "forbidden",
    [
        r"you have (a|an|got)\b",
        r"you('re| are) fine",
        r"nothing serious",
        r"\d ?mg\b",
        r"guarantee",
    ],
)
def test_no_response_diagnoses_doses_or_promises(forbidden: str) -> None:
    for name, texts in DOMAIN["responses"].items():
        for variation in texts:
            assert not re.search(forbidden, variation["text"], re.IGNORECASE), name


def test_every_intent_has_examples_and_every_example_an_intent_of_the_domain() -> None:
    intents = {name for entry in DOMAIN["intents"] for name in entry}
    trained = {
        block["intent"]
        for path in sorted((ROOT / "data" / "nlu").glob("*.yml"))
        for block in load_yaml(path)["nlu"]
    }
    assert trained == intents


def test_the_topics_that_actions_name_exist() -> None:
    base = get_knowledge()
    for topic in re.findall(r'"((?:advice|test|condition|treatment|cause)/[a-z_]+)"', CODE):
        assert base.topic(topic).id == topic
