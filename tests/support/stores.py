"""The same tests on SQLite and on a real PostgreSQL server, and dumps of all that they keep."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from bench.postgresql import Server, find_binaries, running_server
from clinic.privacy.chain import Verdict
from clinic.privacy.conversations import conversations_url
from clinic.scheduling import trail
from clinic.scheduling.database import Database, make_engine
from clinic.settings import Settings


def postgresql_server(within: Path | None = None) -> Iterator[Server]:
    """Give a PostgreSQL server; skip where none is installed, except in CI.

    Args:
        within: Where its folder is made.
    """
    binaries = find_binaries()
    if binaries is None:
        reason = "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_server(binaries, within) as made:
        yield made


def dump(database_url: str, *folders: Path) -> bytes:
    """Return everything that is kept: each value of each table, and the bytes of each file.

    Args:
        database_url: Where appointments are kept.
        *folders: Folders whose files belong to it, such as the one of the SQLite files.
    """
    found: list[bytes] = []
    for url in {make_url(database_url), conversations_url(database_url)}:
        engine = make_engine(url)
        with engine.connect() as connection:
            for table in inspect(connection).get_table_names():
                for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                    for value in row:
                        blob = isinstance(value, bytes | memoryview)
                        found.append(bytes(value) if blob else str(value).encode())
        engine.dispose()
    for folder in folders:
        found += [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(found)


def trail_of(settings: Settings, noted: frozenset[str] = frozenset()) -> Verdict:
    """Check the calendar's trail.

    Args:
        settings: Where the calendar is.
        noted: Heads that were noted elsewhere.
    """
    with closing(Database(settings)) as calendar:
        vault = calendar.vault()
        with calendar.transaction(writes=False) as session:
            return trail.verify(session, vault, noted)
