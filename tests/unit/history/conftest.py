from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from clinic.clinical import get_clinical_data
from clinic.history.attributes import AttributeCatalogue
from clinic.history.findings import Assertion
from clinic.history.reader import Reading

TODAY = date(2026, 11, 22)  # a Sunday

Read = Callable[[str], Reading]
How = Callable[[str, str], set[Assertion]]


@pytest.fixture(scope="session")
def attributes() -> AttributeCatalogue:
    return get_clinical_data().attributes


@pytest.fixture(scope="session")
def read() -> Read:
    reader = get_clinical_data().reader
    return lambda text: reader.read(text, TODAY)


@pytest.fixture(scope="session")
def how(read: Read) -> How:
    """How a message says an attribute."""

    def assertions(text: str, attribute: str) -> set[Assertion]:
        return {item.assertion for item in read(text).findings if item.attribute == attribute}

    return assertions
