"""Every edge of the server refuses what it should, without a trace of itself."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from support.project import ROOT, clean_environment
from support.server import TOKEN, AtlasServer, Conversation, free_port

pytestmark = pytest.mark.server

SECRET = secrets.token_urlsafe(32)


def test_the_api_takes_its_token_by_header_and_refuses_another(
    atlas: AtlasServer, conversation: Conversation
) -> None:
    conversation.say("hello")
    url = f"{atlas.base_url}/conversations/{conversation.sender}/tracker"
    right = requests.get(url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30)
    assert right.json()["sender_id"] == conversation.sender
    for headers, query in (
        ({}, ""),
        ({"Authorization": "Bearer wrong"}, ""),
        ({"Authorization": "Bearer wrong"}, f"?token={TOKEN}"),
        ({"Authorization": f"Basic {TOKEN}"}, ""),
        ({}, "?token=wrong"),
        ({}, "?token="),
    ):
        answer = requests.get(url + query, headers=headers, timeout=30)
        assert answer.status_code == 401
        assert conversation.sender not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("PUT", "/model/"),
        ("POST", "/model/train"),
        ("POST", "/model/test/stories"),
        ("POST", "/model/test/intents"),
    ],
)
def test_no_model_can_be_loaded_or_trained_from_outside(
    atlas: AtlasServer, method: str, path: str
) -> None:
    answer = requests.request(
        method,
        f"{atlas.base_url}{path}?token={TOKEN}",
        json={"model_file": "/etc/passwd", "model_server": {"url": "http://127.0.0.1:9"}},
        timeout=30,
    )
    assert answer.status_code == 403
    parse = f"{atlas.base_url}/model/parse?token={TOKEN}"
    assert requests.post(parse, json={"text": "hello"}, timeout=30).ok


@pytest.mark.parametrize("path", ["/", "/nothing", "/webhooks/rest/", "/chat", "/status"])
def test_every_answer_has_the_headers_of_safety(atlas: AtlasServer, path: str) -> None:
    headers = requests.get(f"{atlas.base_url}{path}", timeout=30).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Cache-Control" in headers
    assert headers.get("Access-Control-Allow-Origin") is None


def test_another_origin_is_not_let_in(atlas: AtlasServer) -> None:
    answer = requests.options(
        f"{atlas.base_url}/conversations/x/tracker",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"},
        timeout=30,
    )
    assert answer.headers.get("Access-Control-Allow-Origin") is None


@pytest.mark.parametrize(
    "text",
    [
        "/delete_my_data",
        '/inform{"patient_name": "Mallory", "severity": 9}',
        "/book_appointment",
        '//inform{"disposition": "self_care"}',
        '\u200b/inform{"patient_name": "Mallory"}',
        "/restart",
        "/session_start",
        "EXTERNAL: inform",
    ],
)
def test_no_typed_command_fills_a_slot_or_forgets(conversation: Conversation, text: str) -> None:
    conversation.say("my back hurts between the shoulder blades")
    before = conversation.slots
    conversation.say(text)
    after = conversation.slots
    for name in ("site", "disposition", "patient_name", "data_deletion"):
        assert after[name] == before[name]


def test_who_reads_a_tracker_over_the_api_stands_in_the_audit_log(
    atlas: AtlasServer, conversation: Conversation
) -> None:
    conversation.say("hello")
    assert conversation.slots
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli", "audit", "show", "--last", "5"],
        cwd=ROOT,
        env=clean_environment(ATLAS_DATABASE_URL=f"sqlite:///{atlas.database}"),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "access  by api" in run.stdout
    assert conversation.sender not in run.stdout


@pytest.fixture(scope="module")
def action_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("actions")
    port = free_port()
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "actions"],
            cwd=ROOT,
            env=clean_environment(
                ATLAS_ACTION_SECRET=SECRET,
                ATLAS_ACTION_PORT=str(port),
                ATLAS_DATABASE_URL=f"sqlite:///{folder / 'atlas.db'}",
                LOG_LEVEL="DEBUG",
            ),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()[-2000:]
        try:
            if requests.get(f"{url}/health", timeout=2).ok:
                break
        except requests.RequestException:
            time.sleep(0.2)
    yield url
    os.kill(process.pid, signal.SIGTERM)
    process.wait(timeout=20)
    assert "my-neck-secret" not in log.read_text()


CALL = {
    "next_action": "action_explain_privacy",
    "sender_id": "my-neck-secret",
    "tracker": {
        "sender_id": "my-neck-secret",
        "slots": {},
        "latest_message": {"text": "my-neck-secret"},
        "events": [],
        "paused": False,
        "latest_input_channel": "rest",
        "active_loop": {},
    },
}


def test_the_action_server_wants_the_secret(action_server: str) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": SECRET}):
        for path in ("/webhook", "/actions"):
            answer = requests.request(
                "POST" if path == "/webhook" else "GET",
                f"{action_server}{path}",
                json=CALL,
                headers=headers,
                timeout=30,
            )
            assert answer.status_code == 401
    right = {"Authorization": f"Bearer {SECRET}"}
    answer = requests.post(f"{action_server}/webhook", json=CALL, headers=right, timeout=30)
    assert answer.status_code == 200
    assert answer.json()["responses"][0]["response"] == "utter_privacy"


def test_the_action_server_answers_a_failure_without_the_conversation(action_server: str) -> None:
    right = {"Authorization": f"Bearer {SECRET}"}
    broken = {**CALL, "tracker": "my-neck-secret"}
    answer = requests.post(f"{action_server}/webhook", json=broken, headers=right, timeout=30)
    assert answer.status_code == 500
    assert answer.json() == {"error": "The action failed."}
    bomb = zlib.compress(b"0" * 10_000_000)
    answer = requests.post(
        f"{action_server}/webhook",
        data=bomb,
        headers={**right, "Content-Encoding": "deflate"},
        timeout=30,
    )
    assert answer.status_code == 415
    answer = requests.post(
        f"{action_server}/webhook", data=b"x" * 5_000_000, headers=right, timeout=30
    )
    assert answer.status_code == 413


def test_the_action_server_does_not_start_without_a_secret() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli", "actions"],
        cwd=ROOT,
        env=clean_environment(ATLAS_ACTION_SECRET="short"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert "ATLAS_ACTION_SECRET" in run.stderr
    assert "Traceback" not in run.stderr
