"""A demo clinic with a calendar of its own, at a fixed moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic.scheduling.port import Contact, PatientDetails
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import ClinicSettings, Settings, load_settings

# A Wednesday, ten in the morning in New York
NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setenv("ATLAS_NOW", NOW.isoformat())
    return NOW


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings(), database_url=f"sqlite:///{tmp_path / 'atlas.db'}")


@pytest.fixture
def clinic(settings: Settings) -> ClinicSettings:
    return settings.clinic


@pytest.fixture
def scheduler(settings: Settings) -> Iterator[SqlScheduler]:
    opened = SqlScheduler.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def patient() -> PatientDetails:
    return PatientDetails(
        name="Jane O'Brien",
        contact=Contact(phone="+12125550199", email="jane@example.com"),
        contact_consent_at=NOW,
    )
