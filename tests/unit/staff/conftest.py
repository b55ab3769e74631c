"""A clinic with a database of its own, at a moment that tests move on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.staff import PASSWORD, environment_of
from support.stores import postgresql_server

from bench.postgresql import Server
from clinic.privacy import audit
from clinic.privacy.provider import get_stores
from clinic.scheduling.database import Database
from clinic.settings import reset_settings
from clinic.staff import members, passwords
from clinic.staff.entrance import Entrance

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    yield from postgresql_server()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with empty SQLite databases: migrating once is enough."""
    folder = tmp_path_factory.mktemp("empty")
    with environment_of(f"sqlite:///{folder / 'atlas.db'}"):
        stores = get_stores()
        stores.calendar.prepare()
        stores.conversations.check()
        stores.calendar.close()
        stores.conversations.close()
    return folder


@pytest.fixture
def database(
    request: pytest.FixtureRequest, empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """The calendar's database, empty: SQLite, or PostgreSQL where a test names it."""
    url = f"sqlite:///{tmp_path / 'atlas.db'}"
    if getattr(request, "param", "") == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        server.empty()
        url = server.url("atlas")
    else:
        shutil.copytree(empty, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("ATLAS_NOW", NOW.isoformat())
    monkeypatch.setenv("ATLAS_DATABASE_URL", url)
    # The real cost is one test's subject; elsewhere it would only take time.
    monkeypatch.setattr(passwords, "_LOG_N", 4)
    passwords._nobodys.cache_clear()
    reset_settings()
    stores = get_stores()
    yield stores.calendar
    stores.calendar.close()
    stores.conversations.close()
    reset_settings()
    passwords._nobodys.cache_clear()


@pytest.fixture
def entrance(database: Database) -> Entrance:
    """The way in for one member, ana."""
    members.add(database, "ana", PASSWORD)
    return Entrance(database)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Move the clock on from where it stands."""
    stands = [NOW]

    def move(**time: float) -> None:
        stands[0] += timedelta(**time)
        monkeypatch.setenv("ATLAS_NOW", stands[0].isoformat())

    return move


@pytest.fixture
def audited(database: Database) -> Callable[[], str]:
    """What the audit log holds."""

    def read() -> str:
        kept = get_stores().conversations
        with kept.reading() as (connection, _):
            return "\n".join(str(line) for line in audit.newest(connection, 1000))

    return read
