"""A data folder with keys of its own, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.stores import postgresql_server

from bench.postgresql import Server
from clinic.privacy.conversations import Conversations
from clinic.settings import Settings, load_settings

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setenv("ATLAS_NOW", NOW.isoformat())
    for name in ("KEY", "KEY_FILE"):
        monkeypatch.delenv(f"ATLAS_MASTER_{name}", raising=False)
        monkeypatch.delenv(f"ATLAS_NEW_MASTER_{name}", raising=False)
    return NOW


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    yield from postgresql_server()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty Atlas; everything that it leaves behind is under `var`."""
    var = tmp_path / "var"
    var.mkdir()
    url = f"sqlite:///{var / 'atlas.db'}"
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        server.empty()
        url = server.url("atlas")
    return replace(load_settings(), var=var, database_url=url)


@pytest.fixture
def conversations(settings: Settings) -> Iterator[Conversations]:
    opened = Conversations(settings)
    yield opened
    opened.close()
