"""Facts about the clinic come from clinic.yml, and what it does not tell is not made up."""

from __future__ import annotations

import pytest

from actions.clinic_info import clinic_fact
from clinic.settings import get_settings, load_settings


@pytest.mark.parametrize("subject", ["prices", "insurance", "parking"])
def test_what_clinic_yml_leaves_empty_is_unknown(subject: str) -> None:
    assert clinic_fact(subject) == ""


def test_the_hours_name_every_day() -> None:
    said = clinic_fact("hours")
    assert "Monday: 9:00 AM to 12:30 PM, 1:30 PM to 5:30 PM" in said
    assert "Sunday: closed" in said
    assert "public holidays" in said


def test_people_phone_and_address_are_those_of_clinic_yml() -> None:
    clinic = get_settings().clinic
    assert clinic.phone in clinic_fact("phone")
    assert clinic.address in clinic_fact("address")
    for person in clinic.practitioners:
        assert person.name in clinic_fact("practitioners")


@pytest.mark.parametrize("subject", ["phone", "address"])
def test_an_empty_phone_or_address_is_unknown(
    monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    settings = load_settings()
    changed = settings.clinic.copy(update={subject: ""})
    monkeypatch.setattr(
        "clinic.settings.environment._cached",
        type(settings)(
            clinic=changed, root=settings.root, var=settings.var, database_url=settings.database_url
        ),
    )
    assert clinic_fact(subject) == ""
