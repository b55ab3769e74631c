"""The audit log cannot be changed unnoticed."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from clinic.privacy import audit
from clinic.privacy.conversations import Conversations, conversations_url
from clinic.scheduling.database import make_engine
from clinic.settings import Settings


def write(conversations: Conversations, count: int) -> list[str]:
    heads = []
    for number in range(count):
        with conversations.writing() as (connection, vault):
            entry = audit.Entry("export", "patient", {"number": number})
            heads.append(audit.append(connection, vault, entry, subject="s"))
    return heads


def verify(conversations: Conversations, head: str | None = None) -> audit.Verdict:
    with conversations.reading() as (connection, vault):
        return audit.verify(connection, vault, head)


def tamper(settings: Settings, statement: str) -> None:
    """Do as somebody who owns the database: take the triggers away, and change what is there."""
    engine = make_engine(conversations_url(settings.database_url))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS privacy_audit_no_{verb}")
        else:
            connection.exec_driver_sql("ALTER TABLE privacy_audit DISABLE TRIGGER ALL")
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_an_untouched_log_is_whole(conversations: Conversations):
    assert verify(conversations).entries == 0
    heads = write(conversations, 5)
    assert verify(conversations) == audit.Verdict(5, heads[-1], None)
    assert verify(conversations, heads[1]).problem is None


@pytest.mark.parametrize(
    "change", ["UPDATE privacy_audit SET kind = 'x'", "DELETE FROM privacy_audit"]
)
def test_the_database_refuses_to_change_an_entry(
    conversations: Conversations, settings: Settings, change: str
):
    write(conversations, 2)
    engine = make_engine(conversations_url(settings.database_url))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(sa.text(change))
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE privacy_audit SET detail = '{}' WHERE number = 3", "entry 3"),
        ("UPDATE privacy_audit SET actor = 'nobody' WHERE number = 1", "entry 1"),
        ("UPDATE privacy_audit SET subject = 't' WHERE number = 5", "entry 5"),
        ("DELETE FROM privacy_audit WHERE number = 2", "entry 2 is missing"),
        ("DELETE FROM privacy_audit WHERE number = 1", "entry 1 is missing"),
    ],
)
def test_a_change_past_the_triggers_is_found(
    conversations: Conversations, settings: Settings, change: str, problem: str
):
    write(conversations, 5)
    tamper(settings, change)
    found = verify(conversations).problem
    assert found is not None
    assert problem in found


def test_cutting_off_the_end_shows_against_a_noted_head(
    conversations: Conversations, settings: Settings
):
    heads = write(conversations, 5)
    tamper(settings, "DELETE FROM privacy_audit WHERE number > 3")
    assert verify(conversations).problem is None  # the log itself cannot tell
    found = verify(conversations, heads[-1]).problem
    assert found is not None
    assert "cut off" in found
