from __future__ import annotations

from typing import Any

import pytest

from clinic.clinical import get_clinical_data
from clinic.triage.conditions import ConditionError, compile_condition

ATTRIBUTES = get_clinical_data().attributes


@pytest.mark.parametrize(
    ("condition", "history", "holds"),
    [
        ({"neuro_leg": "any"}, {"neuro_leg": ["weak"]}, True),
        ({"neuro_leg": "any"}, {"neuro_leg": []}, False),
        ({"neuro_leg": "any"}, {}, False),
        ({"paralysis": "any"}, {"paralysis": False}, False),
        ({"paralysis": True}, {"paralysis": True}, True),
        ({"paralysis": True}, {"paralysis": None}, False),
        ({"side": "left"}, {"side": "left"}, True),
        ({"side": ["left", "both"]}, {"side": "right"}, False),
        ({"systemic": "fever"}, {"systemic": ["chills", "fever"]}, True),
        ({"severity": {"at_least": 8}}, {"severity": 8}, True),
        ({"severity": {"at_least": 8}}, {"severity": 7.9}, False),
        ({"severity": {"at_most": 3}}, {"severity": 3}, True),
        ({"severity": {"at_least": 4, "at_most": 6}}, {"severity": 7}, False),
        ({"severity": {"at_least": 0}}, {}, False),
        ({"all": [{"injury": True}, {"side": "left"}]}, {"injury": True}, False),
        ({"any": [{"injury": True}, {"side": "left"}]}, {"injury": True}, True),
        ({"not": {"injury": True}}, {}, True),
        ({"not": {"injury": True}}, {"injury": True}, False),
        (
            {
                "at_least": 2,
                "of": [{"injury": True}, {"side": "left"}, {"severity": {"at_least": 1}}],
            },
            {"injury": True, "severity": 1},
            True,
        ),
        ({"at_least": 2, "of": [{"injury": True}, {"side": "left"}]}, {"injury": True}, False),
    ],
)
def test_a_condition_holds_or_not(
    condition: dict[str, Any], history: dict[str, Any], holds: bool
) -> None:
    assert compile_condition(condition, ATTRIBUTES)(history) is holds


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ([], "is no condition"),
        ({}, "is no condition"),
        ("fever", "is no condition"),
        ({"injury": True, "side": "left"}, "expected one key"),
        ({"nose": "any"}, "unknown attribute 'nose'"),
        ({"side": "up"}, "'up' is no value of side"),
        ({"injury": "yes"}, "is true or false"),
        ({"severity": 11}, "lies between"),
        ({"severity": {"over": 3}}, "expected at_least or at_most"),
        ({"severity": {"at_least": "high"}}, "severity: expected a number"),
        ({"all": []}, "all needs a list of conditions"),
        ({"any": {"injury": True}}, "any needs a list of conditions"),
        ({"at_least": 2, "of": []}, "at_least needs"),
        ({"at_least": "two", "of": [{"injury": True}]}, "at_least needs"),
    ],
)
def test_a_faulty_condition_is_refused(condition: Any, said: str) -> None:
    with pytest.raises(ConditionError, match=said):
        compile_condition(condition, ATTRIBUTES)
