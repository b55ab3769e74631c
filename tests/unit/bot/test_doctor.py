"""`atlas doctor` on set-ups that are broken for real, each in a folder of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url
from support.project import ROOT, trained_model

from bot import doctor as command
from bot.doctor import examine
from bot.model_signature import signature_path
from clinic.checkup import machine
from clinic.checkup.findings import Finding
from clinic.checkup.variables import KNOWN
from clinic.privacy.conversations import Conversations
from clinic.privacy.master_key import new_key_text
from clinic.scheduling.database import Database, move_tables
from clinic.scheduling.models import Patient
from clinic.settings import load_settings

LINKED = ("bot", "data", "clinic", "domain.yml", "uv.lock")
COPIED = ("clinic.yml", "config.yml", "credentials.yml")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that is whole: configuration, model, databases with a patient in them."""
    made = tmp_path_factory.mktemp("whole")
    for name in LINKED:
        (made / name).symlink_to(ROOT / name)
    for name in COPIED:
        shutil.copy(ROOT / name, made / name)
    model = trained_model()
    (made / "models").mkdir()
    (made / "models" / model.name).symlink_to(model)
    if signature_path(model).exists():
        (made / "models" / signature_path(model).name).symlink_to(signature_path(model))
    settings = load_settings(made)
    with closing(Conversations(settings)) as kept:
        kept.append("someone", [[{"event": "user", "text": "my neck hurts"}]])
    with closing(Database(settings)) as calendar, calendar.transaction(writes=True) as session:
        session.add(Patient(name="Jane Doe", email="jane@example.com"))
    return made


@pytest.fixture
def root(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to break."""
    for name in [*os.environ]:
        if name.startswith(("ATLAS_", "TWILIO_")) or name in ("PORT", "LOG_LEVEL"):
            monkeypatch.delenv(name)
    return Path(shutil.copytree(whole, tmp_path / "atlas", symlinks=True))


def found(root: Path, verdict: str) -> list[Finding]:
    return [finding for finding in examine(root) if finding.verdict == verdict]


def test_a_whole_set_up_has_no_problem(root: Path) -> None:
    findings = examine(root)
    assert [finding for finding in findings if finding.verdict == "problem"] == []
    told = "\n".join(finding.line() for finding in findings)
    assert "opens a turn of a conversation in the conversations" in told
    assert "opens a patient's name in the appointments" in told
    assert "can be reached and written" in told
    assert "the newest" in told


def cut_model(root: Path) -> None:
    model = next((root / "models").glob("*.tar.gz"))
    model.unlink()
    model.write_bytes(b"cut")


def remove_model(root: Path) -> None:
    next((root / "models").glob("*.tar.gz")).unlink()


def misspell_zone(root: Path) -> None:
    edit(root / "clinic.yml", "America/New_York", "America/Newest_York")


def empty_pipeline(root: Path) -> None:
    edit(root / "config.yml", "  - name: bot.nlu.message_guard.MessageGuard\n", "")


def misname_channel(root: Path) -> None:
    edit(root / "credentials.yml", "twilio_number: TWILIO_NUMBER", "twilio_nr: TWILIO_NUMBER")


def lose_master_key(root: Path) -> None:
    (root / "var" / "master_key").unlink()


def exchange_master_key(root: Path) -> None:
    (root / "var" / "master_key").write_text(new_key_text())


def open_master_key_to_all(root: Path) -> None:
    (root / "var" / "master_key").chmod(0o644)


def put_garbage_in_database(root: Path) -> None:
    for name in ("atlas.db-wal", "atlas.db-shm"):
        (root / "var" / name).unlink(missing_ok=True)
    (root / "var" / "atlas.db").write_bytes(b"this is no database, " * 500)


def come_from_the_future(root: Path) -> None:
    with closing(sqlite3.connect(root / "var" / "atlas.db")) as connection:
        connection.execute("UPDATE scheduling_migrations SET version_num = '9999'")
        connection.commit()


def set_clock_back(root: Path) -> None:
    later = time.time() + 86400
    os.utime(root / "clinic.yml", (later, later))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("damage", "check", "words"),
    [
        (cut_model, "model", "is broken"),
        (remove_model, "model", "no model"),
        (misspell_zone, "configuration", "clinic.yml, time_zone"),
        (empty_pipeline, "configuration", "MessageGuard"),
        (misname_channel, "channels", "twilio_nr"),
        (lose_master_key, "keys", "no master key"),
        (exchange_master_key, "keys", "another master key"),
        (open_master_key_to_all, "permissions", "master_key"),
        (put_garbage_in_database, "database", "cannot be used"),
        (come_from_the_future, "migrations", "9999"),
        (set_clock_back, "clock", "earlier than"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_broken_is_found_and_said_with_what_to_do(
    root: Path, damage: Callable[[Path], None], check: str, words: str
) -> None:
    damage(root)
    fitting = [one for one in found(root, "problem") if one.check == check and words in one.told]
    assert fitting, [one.line() for one in examine(root)]
    assert all(one.todo for one in fitting)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("LOG_LEVEL", "loud"),
        ("ATLAS_REST", "perhaps"),
        ("ATLAS_MASTER_KEY", "c2hvcnQ="),
        ("ATLAS_MASTER_KEY_FILE", "/nowhere/key"),
        ("ATLAS_SECRET_KEY", "short-secret"),
        ("ATLAS_ALLOWED_ORIGINS", "example.org"),
        ("ATLAS_DATABASE_URL", "mysql://root:hidden-word@db/atlas"),
        ("ATLAS_DATABASE_URL", "postgresql://atlas:hidden-word@127.0.0.1:1/atlas"),
        ("ATLAS_NOW", "yesterday"),
    ],
)
def test_a_wrong_variable_is_named_and_a_secret_is_not_shown(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    problems = found(root, "problem")
    assert any(name in one.told + one.todo for one in problems), problems
    shown = "\n".join(one.line() for one in examine(root))
    assert "c2hvcnQ=" not in shown
    assert "short-secret" not in shown
    assert "hidden-word" not in shown


def test_a_misspelt_variable_is_named_with_the_right_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_DATABSE_URL", "x")
    assert any(
        "ATLAS_DATABSE_URL" in one.told and "ATLAS_DATABASE_URL" in one.todo
        for one in found(root, "warning")
    )


def test_a_channel_that_is_half_set_up_says_what_is_missing_and_no_value(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "secret-of-twilio")
    lines = [one.line() for one in examine(root)]
    assert any("TWILIO_ACCOUNT_SID" in line and "warning" in line for line in lines)
    assert not any("secret-of-twilio" in line for line in lines)


def test_tables_of_an_older_version_are_said_to_be_migrated(root: Path) -> None:
    settings = load_settings(root)
    move_tables(make_url(settings.database_url), "0002", settings.var)
    assert any(one.check == "migrations" for one in found(root, "warning"))


def test_a_full_disk_is_a_problem(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 50 * 1024**2

    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: Full)
    assert any(one.check == "disk" for one in found(root, "problem"))


def test_looking_makes_neither_keys_nor_databases(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(root / "var")
    findings = examine(root)
    assert [one for one in findings if one.verdict == "problem"] == []
    assert list((root / "var").iterdir()) == []


def test_the_exit_status_and_the_json_tell_whether_all_is_well(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PROJECT_ROOT", root)
    assert command.doctor(as_json=True) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["healthy"] is True
    assert {"check", "verdict", "told", "todo"} == set(content["findings"][0])
    remove_model(root)
    assert command.doctor(as_json=False) == 1
    assert "problem  model" in capsys.readouterr().out


def test_every_variable_that_the_code_reads_is_known_to_the_doctor() -> None:
    files = [file for name in ("bot", "clinic", "actions") for file in (ROOT / name).rglob("*.py")]
    read = set().union(*(re.findall(r'"(ATLAS_[A-Z_]+)"', file.read_text()) for file in files))
    assert "ATLAS_DATABASE_URL" in read
    assert read - set(KNOWN) == set()
