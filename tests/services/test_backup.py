"""Backups are proved by restoring them, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.stores import postgresql_server

from bench.postgresql import Server
from clinic.backup.archive import back_up, restore
from clinic.backup.contents import BackupError
from clinic.privacy import audit
from clinic.privacy.conversations import Conversations
from clinic.privacy.master_key import KeyProblem, new_key_text
from clinic.scheduling.desk import Desk
from clinic.scheduling.port import Contact, PatientDetails, SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings, load_settings

pytestmark = pytest.mark.services

NOW = datetime(2026, 6, 10, 14, 0, tzinfo=UTC)
SAID = [{"event": "user", "text": "a sharp pain in my neck"}]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from postgresql_server()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A clinic with one appointment and two conversations."""
    for name in ("ATLAS_MASTER_KEY", "ATLAS_MASTER_KEY_FILE", "ATLAS_KEY_SERVICE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ATLAS_NOW", NOW.isoformat())
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'atlas.db'}"
    else:
        server: Server = request.getfixturevalue("server")
        server.empty()
        url = server.url("atlas")
    made = replace(load_settings(), var=tmp_path, database_url=url)
    with closing(Conversations(made)) as kept:
        kept.append("one", [SAID], [audit.Entry("consent", "patient")])
        kept.append("two", [SAID])
    book(made, "Jane Doe")
    return made


def book(settings: Settings, name: str) -> None:
    with closing(SqlScheduler.open(settings)) as scheduler:
        slot = scheduler.find_slots(SlotQuery(visit_type="new"), 1)[0]
        patient = PatientDetails(name, Contact(email=f"{name[:4].lower()}@example.com"), None)
        scheduler.confirm(scheduler.hold(slot, name).id, patient, "new", name)


def patients(settings: Settings) -> list[str]:
    with closing(Desk(settings)) as desk:
        entries = desk.appointments(NOW, NOW + timedelta(days=90))
    return sorted(entry.appointment.patient_name for entry in entries)


def said(settings: Settings) -> dict[str, object]:
    with closing(Conversations(settings)) as kept:
        found = {one: kept.read(one) for one in kept.ids()}
    return {one: read.events for one, read in found.items() if read is not None}


def lose_everything(settings: Settings, request: pytest.FixtureRequest) -> None:
    if settings.database_url.startswith("sqlite"):
        for file in settings.var.glob("*.db*"):
            file.unlink()
    else:
        request.getfixturevalue("server").empty()


def test_a_lost_database_comes_back_whole(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = back_up(settings, tmp_path / "backups")
    lose_everything(settings, request)
    restore(settings, made, replace=False)
    assert patients(settings) == ["Jane Doe"]
    assert said(settings) == {"one": SAID, "two": SAID}
    with closing(Conversations(settings)) as kept, kept.reading() as (connection, vault):
        verdict = audit.verify(connection, vault)
        assert (verdict.problem, verdict.entries) == (None, 1)
    book(settings, "Nora Next")  # and it can be written
    assert patients(settings) == ["Jane Doe", "Nora Next"]


def test_what_came_after_the_backup_is_overwritten_only_when_that_is_wanted(
    settings: Settings, tmp_path: Path
) -> None:
    made = back_up(settings, tmp_path / "backups")
    book(settings, "Nora Next")
    with pytest.raises(BackupError, match="--replace"):
        restore(settings, made, replace=False)
    assert patients(settings) == ["Jane Doe", "Nora Next"]
    restore(settings, made, replace=True)
    assert patients(settings) == ["Jane Doe"]


def test_a_backup_that_is_taken_while_atlas_writes_is_of_one_moment(
    settings: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(Conversations(settings)) as kept:
            number = 0
            while not stop.is_set():
                kept.append(f"busy {number}", [SAID], [audit.Entry("consent", "patient")])
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(settings, tmp_path / f"backups{number}") for number in range(2)][-1]
    finally:
        stop.set()
        writer.join()
    lose_everything(settings, request)
    restored = restore(settings, made, replace=False).values()
    (contents,) = [one for one in restored if "privacy_audit" in one.counts]
    # Each conversation but the second came with one entry, in one transaction.
    assert contents.counts["conversations"] == contents.counts["privacy_audit"] + 1


def test_no_backup_holds_the_master_key_or_a_word_of_a_patient(
    settings: Settings, tmp_path: Path
) -> None:
    made = back_up(settings, tmp_path / "backups")
    content = b"".join(file.read_bytes() for file in made.iterdir())
    for word in (b"sharp pain", b"Jane", b"example.com"):
        assert word not in content
    assert (settings.var / "master_key").read_bytes().strip() not in content
    assert {file.stat().st_mode & 0o077 for file in made.iterdir() if file.suffix != ".json"} == {0}


def other_key(settings: Settings, backup: Path) -> None:
    (settings.var / "master_key").write_text(new_key_text())


def no_key(settings: Settings, backup: Path) -> None:
    (settings.var / "master_key").unlink()


def changed_file(settings: Settings, backup: Path) -> None:
    file = next(file for file in backup.iterdir() if file.suffix != ".json")
    file.write_bytes(file.read_bytes()[:-10] + b"0123456789")


def no_manifest(settings: Settings, backup: Path) -> None:
    (backup / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (other_key, "another master key"),
        (no_key, "no master key"),
        (changed_file, "changed or damaged"),
        (no_manifest, "is no backup"),
    ],
)
def test_a_backup_that_does_not_fit_changes_nothing(
    settings: Settings,
    tmp_path: Path,
    damage: Callable[[Settings, Path], None],
    told: str,
) -> None:
    made = back_up(settings, tmp_path / "backups")
    key = (settings.var / "master_key").read_text()
    damage(settings, made)
    with pytest.raises((BackupError, KeyProblem), match=told):
        restore(settings, made, replace=True)
    (settings.var / "master_key").write_text(key)
    assert patients(settings) == ["Jane Doe"]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_tampered_audit_log_is_noticed_when_it_is_backed_up(
    settings: Settings, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "atlas-conversations.db")) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("UPDATE privacy_audit SET actor = 'nobody'")
        connection.commit()
    with pytest.raises(BackupError, match="tampered"):
        back_up(settings, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
