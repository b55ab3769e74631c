"""What happens when something around Atlas breaks: the database, the port, a file, the power."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from support.project import ROOT, clean_environment, copy_project
from support.server import AtlasServer, Conversation, free_port

from bot.nlu.pipeline_check import PipelineError, check_pipeline
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import load_settings

pytestmark = pytest.mark.server

NOW = "2027-03-03T15:00:00+00:00"
UNAVAILABLE = "can't reach the appointment book"


@pytest.fixture
def own_atlas(model: Path, tmp_path: Path) -> Iterator[AtlasServer]:
    """A server of the test's own, which it may break."""
    server = AtlasServer(tmp_path, ATLAS_NOW=NOW)
    yield server
    server.kill()


def up_to_the_summary(conversation: Conversation) -> None:
    conversation.say("I'd like to book an appointment")
    conversation.say("none of these")
    conversation.say(conversation.buttons[0]["payload"])
    conversation.say("Jane Doe")
    conversation.say("jane@example.com")
    assert "Shall I book this?" in conversation.text


def booked(database: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT reference, status FROM appointments").fetchall()


def test_a_locked_database_books_nothing_and_a_second_try_books_once(
    own_atlas: AtlasServer,
) -> None:
    own_atlas.start()
    conversation = Conversation(own_atlas.base_url)
    up_to_the_summary(conversation)
    with closing(sqlite3.connect(own_atlas.database, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        conversation.say("Yes, book it")
        lock.execute("ROLLBACK")
    assert UNAVAILABLE in conversation.text
    assert "911" in conversation.text
    assert conversation.slots["appointment_reference"] is None
    assert booked(own_atlas.database) == []
    conversation.say("book the appointment please")
    assert "Jane Doe" in conversation.text
    conversation.say("Yes, book it")
    assert [status for _, status in booked(own_atlas.database)] == ["booked"]


def without_superuser_rights() -> tuple[str, ...]:
    """Return a command that lets file permissions bind the superuser, too."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv (util-linux) is needed to test file permissions as root")
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


def test_a_read_only_database_is_said_to_be_out_of_reach(model: Path, tmp_path: Path) -> None:
    server = AtlasServer(tmp_path, wrapper=without_superuser_rights(), ATLAS_NOW=NOW)
    settings = replace(load_settings(), database_url=f"sqlite:///{server.database}")
    SqlScheduler.open(settings).close()
    server.database.chmod(0o400)
    try:
        server.start()
        conversation = Conversation(server.base_url)
        conversation.say("I'd like to book an appointment")
        conversation.say("none of these")
        conversation.say(conversation.buttons[0]["payload"])
        assert UNAVAILABLE in conversation.text
        assert conversation.slots["requested_slot"] is None
        conversation.say("what is an MRI?")
        assert "MRI" in conversation.text
    finally:
        server.kill()
    assert booked(server.database) == []


def test_an_appointment_survives_a_power_cut_right_after_the_reference_was_shown(
    own_atlas: AtlasServer,
) -> None:
    own_atlas.start()
    conversation = Conversation(own_atlas.base_url)
    up_to_the_summary(conversation)
    conversation.say("Yes, book it")
    own_atlas.kill()
    reference = re.search(r"ATL-\w{6}", conversation.text)
    assert reference is not None
    own_atlas.start()
    assert booked(own_atlas.database) == [(reference[0], "booked")]
    later = Conversation(own_atlas.base_url)
    later.say(f"when is my appointment {reference[0]}? jane@example.com")
    assert reference[0] in later.text


def test_the_server_ends_when_it_is_asked_to(own_atlas: AtlasServer) -> None:
    own_atlas.start()
    assert own_atlas.stop() == 0
    assert "Traceback" not in own_atlas.logged()


def break_nothing(root: Path) -> None:
    pass


def remove_model(root: Path) -> None:
    for model in (root / "models").iterdir():
        model.unlink()


def cut_model(root: Path) -> None:
    for model in (root / "models").iterdir():
        model.write_bytes(model.read_bytes()[:1000])


def break_rules(root: Path) -> None:
    path = root / "data" / "clinical" / "red_flags.yml"
    path.write_text(path.read_text().replace("level: emergency_ambulance", "level: urgentish", 1))


def break_yaml(root: Path) -> None:
    path = root / "data" / "clinical" / "interview.yml"
    path.write_text(path.read_text() + "\n  - [unclosed\n")


def break_clinic(root: Path) -> None:
    path = root / "clinic.yml"
    path.write_text(path.read_text().replace("America/New_York", "America/Newest_York"))


@pytest.fixture(scope="module")
def project(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.mark.parametrize(
    ("damage", "environment", "said"),
    [
        (remove_model, {}, r"no model .*make train"),
        (cut_model, {}, r"model .* is broken.*make train"),
        (break_rules, {}, r"red_flags\.yml, RF01\.levels: .*urgentish"),
        (break_yaml, {}, r"interview\.yml, line \d+"),
        (break_clinic, {}, r"clinic\.yml.*time_zone"),
        (break_nothing, {"PORT": "abc"}, r"PORT.*number from 1 to 65535"),
        (break_nothing, {"PORT": "70000"}, r"PORT.*number from 1 to 65535"),
        (break_nothing, {"ATLAS_NOW": "nonsense"}, r"ATLAS_NOW is 'nonsense'"),
        (break_nothing, {"ATLAS_DATABASE_URL": "mysql://x"}, r"ATLAS_DATABASE_URL.*expected"),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value),
)
def test_what_cannot_start_says_why_in_one_sentence(
    project: Path,
    tmp_path: Path,
    damage: Callable[[Path], None],
    environment: dict[str, str],
    said: str,
) -> None:
    root = tmp_path / "project"
    shutil.copytree(project, root)
    damage(root)
    assert_refused(
        root,
        said,
        "serve",
        PORT=environment.get("PORT", str(free_port())),
        **{name: value for name, value in environment.items() if name != "PORT"},
    )


def test_a_port_in_use_is_said_to_be_in_use(project: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert_refused(project, rf"Port {port} .* cannot be used", "serve", PORT=str(port))


def assert_refused(root: Path, said: str, command: str, **environment: str) -> None:
    """Run an `atlas` command that must fail with one sentence on stderr."""
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli", command],
        cwd=root,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    lines = [line for line in run.stderr.splitlines() if line.startswith("atlas: ")]
    assert len(lines) == 1
    assert re.search(said, lines[0])
    assert "ready" not in run.stdout


def with_component(root: Path, name: str) -> Path:
    path = root / "config.yml"
    before = "  - name: FallbackClassifier\n"
    path.write_text(path.read_text().replace(before, f"  - name: {name}\n{before}", 1))
    return path


@pytest.mark.parametrize("name", ["DIETClassifier", "ResponseSelector"])
def test_a_component_that_needs_tensorflow_is_refused(tmp_path: Path, name: str) -> None:
    shutil.copy(ROOT / "config.yml", tmp_path / "config.yml")
    check_pipeline(tmp_path / "config.yml")
    with pytest.raises(PipelineError, match=f"{name}: needs TensorFlow"):
        check_pipeline(with_component(tmp_path, name))


@pytest.mark.parametrize(
    "name",
    [
        "bot.nlu.message_guard.MessageGuard",
        "bot.nlu.findings_extractor.FindingsExtractor",
        "bot.policies.agenda_policy.AgendaPolicy",
    ],
)
def test_a_pipeline_that_would_not_hear_emergencies_is_refused(tmp_path: Path, name: str) -> None:
    config = (ROOT / "config.yml").read_text()
    (tmp_path / "config.yml").write_text(config.replace(f"  - name: {name}\n", ""))
    with pytest.raises(PipelineError, match=f"lacks {re.escape(name)}"):
        check_pipeline(tmp_path / "config.yml")


def test_training_with_diet_fails_with_one_sentence(project: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(project, root)
    with_component(root, "DIETClassifier")
    assert_refused(root, "DIETClassifier.*needs TensorFlow", "train")


def test_the_plain_rasa_train_with_diet_says_what_is_wrong(project: Path, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(project, root, ignore=shutil.ignore_patterns("models"))
    # DIET behind the least it needs; our own parts would train for minutes before it is reached.
    names = ("WhitespaceTokenizer", "CountVectorsFeaturizer", "DIETClassifier")
    pipeline = "".join(f"  - name: {name}\n" for name in names)
    config = (root / "config.yml").read_text()
    config = re.sub("importers:.*?policies:", f"pipeline:\n{pipeline}policies:", config, flags=re.S)
    (root / "config.yml").write_text(config)
    run = subprocess.run(
        [sys.executable, "-m", "rasa", "train", "nlu", "--out", str(tmp_path / "models")],
        cwd=root,
        env=clean_environment(RASA_TELEMETRY_ENABLED="false"),
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert run.returncode != 0
    assert "TensorFlow" in run.stdout + run.stderr
    assert not list((tmp_path / "models").glob("*.tar.gz"))
