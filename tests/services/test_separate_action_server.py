"""The plain `rasa run` with `rasa run actions` beside it, as Rasa's own documents describe."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from support.project import ROOT, clean_environment
from support.server import Conversation, free_port

pytestmark = pytest.mark.server

_START_SECONDS = 90


def wait_until(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        try:
            if requests.get(url, timeout=2).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)


@pytest.fixture(scope="module")
def two_processes(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`rasa run` and `rasa run actions`; gives the folder with port and database."""
    folder = tmp_path_factory.mktemp("rasa")
    port, action_port = free_port(), free_port()
    endpoints = (ROOT / "endpoints.yml").read_text().replace("5055", str(action_port))
    (folder / "endpoints.yml").write_text(endpoints)
    (folder / "port").write_text(str(port))
    environment = clean_environment(
        ATLAS_DATABASE_URL=f"sqlite:///{folder / 'atlas.db'}",
        ATLAS_NOW="2027-03-03T15:00:00+00:00",
        RASA_TELEMETRY_ENABLED="false",
    )
    commands = (
        ["run", "actions", "--actions", "actions", "-p", str(action_port)],
        [
            "run",
            *("-m", str(model), "-p", str(port), "-i", "127.0.0.1"),
            *("--endpoints", str(folder / "endpoints.yml"), "--credentials", "credentials.yml"),
        ],
    )
    log = folder / "log"
    processes = []
    with log.open("wb") as output:
        for command in commands:
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "rasa", *command],
                    cwd=ROOT,
                    env=environment,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            )
    try:
        wait_until(f"http://127.0.0.1:{action_port}/health", processes[0], log)
        wait_until(f"http://127.0.0.1:{port}/webhooks/rest/", processes[1], log)
        yield folder
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def test_a_visitor_describes_a_pain_and_books(two_processes: Path) -> None:
    port = (two_processes / "port").read_text()
    conversation = Conversation(f"http://127.0.0.1:{port}")
    conversation.say("my neck has been hurting for 3 weeks")
    assert "3 weeks" in conversation.text
    conversation.say("I'd like to book an appointment")
    conversation.say("none of these")
    conversation.say(conversation.buttons[0]["payload"])
    conversation.say("Jane Doe")
    conversation.say("jane@example.com")
    conversation.press("Yes, book it")
    assert "ATL-" in conversation.text
    with closing(sqlite3.connect(two_processes / "atlas.db")) as connection:
        statuses = connection.execute("SELECT status FROM appointments").fetchall()
    assert statuses == [("booked",)]


def test_an_emergency_is_heard_too(two_processes: Path) -> None:
    port = (two_processes / "port").read_text()
    conversation = Conversation(f"http://127.0.0.1:{port}")
    conversation.say("I can't move my legs")
    assert "911" in conversation.text
    levels = [reply["custom"]["level"] for reply in conversation.replies if "custom" in reply]
    assert levels == ["emergency_ambulance"]
