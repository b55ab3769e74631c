"""`atlas doctor` beside a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from support.stores import postgresql_server

from bench.postgresql import Server
from clinic.checkup.stores import check_stores
from clinic.privacy.conversations import Conversations
from clinic.scheduling.database import Database
from clinic.settings import Settings, load_settings

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from postgresql_server()


@pytest.fixture
def settings(server: Server, tmp_path: Path) -> Settings:
    server.empty()
    made = replace(load_settings(), var=tmp_path, database_url=server.url("atlas"))
    with closing(Conversations(made)) as kept:
        kept.append("someone", [[{"event": "user", "text": "my neck hurts"}]])
    with closing(Database(made)) as calendar:
        calendar.prepare()
    return made


def test_a_server_that_can_be_used_is_said_to_be_right(settings: Settings) -> None:
    findings = check_stores(settings)
    assert {finding.verdict for finding in findings} == {"ok"}
    told = "\n".join(finding.line() for finding in findings)
    assert "differ by 0." in told
    assert "opens a turn of a conversation" in told


def test_a_user_who_may_only_read_is_found(server: Server, settings: Settings) -> None:
    server.sql("CREATE ROLE reader LOGIN")
    server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    url = settings.database_url.replace("postgres@", "reader@")
    findings = check_stores(replace(settings, database_url=url))
    assert any(one.verdict == "problem" and "not written" in one.told for one in findings)


def test_looking_leaves_no_table_behind(server: Server, settings: Settings) -> None:
    def tables() -> set[object]:
        return {row[0] for row in server.sql("SELECT tablename FROM pg_tables")}

    before = tables()
    check_stores(settings)
    assert tables() == before
