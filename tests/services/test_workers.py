"""Two workers on one PostgreSQL are one Atlas: no message is lost, doubled or crossed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from support.cluster import WORKERS, Cluster, Line
from support.project import ROOT, clean_environment
from support.server import free_port
from support.staff import PASSWORD, StaffBrowser, environment_of, fill_calendar, staff_command

from bench.soak import soak

pytestmark = [pytest.mark.server, pytest.mark.services]


@pytest.fixture
def lines(cluster: Cluster) -> tuple[Line, Line]:
    cluster.wait_until(lambda: len(cluster.workers()) == WORKERS)
    cluster.wait_until(cluster.is_ready)
    return cluster.one_of_each()


@pytest.fixture
def sender() -> str:
    return uuid.uuid4().hex


def open_chat(line: Line) -> dict[str, str]:
    token = line.post("/chat/session").json()["token"]
    return {"Authorization": f"Bearer {token}"}


def write(line: Line, chat: dict[str, str], text: str, message_id: str = "") -> list[dict]:
    body = {"id": message_id or str(uuid.uuid4()), "text": text}
    answer = line.post("/chat/messages", body, **chat)
    assert answer.status_code == 200, answer.text
    return [json.loads(part) for part in answer.text.splitlines()]


def test_what_one_worker_hears_the_other_knows(lines: tuple[Line, Line], sender: str) -> None:
    one, other = lines
    one.say(sender, "aching pain in my neck for three weeks")
    other.say(sender, "6/10")
    one.say(sender, "no injury")
    slots = other.tracker(sender)["slots"]
    assert (slots["site"], slots["severity"], slots["injury"]) == (["neck"], 6, False)
    assert one.tracker(sender)["events"] == other.tracker(sender)["events"]


def test_messages_that_come_at_once_are_answered_one_after_another(
    lines: tuple[Line, Line], sender: str
) -> None:
    lines[0].say(sender, "hello")
    texts = [f"what is an MRI? {'z' * number}" for number in range(1, 9)]
    with ThreadPoolExecutor(len(texts)) as pool:
        fresh = [Line(lines[0].base_url) for _ in texts]
        answers = list(pool.map(lambda line, text: line.say(sender, text), fresh, texts))
    assert all("MRI" in answer for answer in answers)
    assert len({line.worker for line in fresh}) == WORKERS
    heard = lines[1].heard(sender)
    assert sorted(heard[1:]) == sorted(texts)


def test_a_message_that_reaches_both_workers_is_answered_once(
    lines: tuple[Line, Line], sender: str
) -> None:
    lines[0].say(sender, "hello")
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda line: line.say(sender, "my neck hurts", "the-same-id"), lines)
        )
    assert answers[0] == answers[1] != ""
    assert lines[0].heard(sender) == ["hello", "my neck hurts"]


def test_a_tab_on_one_worker_sees_what_is_said_on_the_other(lines: tuple[Line, Line]) -> None:
    one, _ = lines
    chat = open_chat(one)
    stream = Line(one.base_url)
    while stream.worker == one.worker:
        stream = Line(one.base_url)
    with stream.stream("/chat/events", **chat) as events:
        parts = events.iter_lines(decode_unicode=True)
        assert next(parts) == ": hello"
        write(one, chat, "what is an MRI?")
        seen = []
        for part in parts:
            seen.append(part)
            if part == 'data: {"busy": false}':
                break
    assert any('"from": "user"' in part and "MRI" in part for part in seen)
    assert any('"from": "bot"' in part and "magnet" in part for part in seen)


def test_a_chat_that_one_worker_ended_is_over_on_the_other(
    cluster: Cluster, lines: tuple[Line, Line]
) -> None:
    one, other = lines
    chat = open_chat(one)
    assert other.get("/chat/history", **chat).status_code == 200
    one.post("/chat/end", **chat)
    cluster.wait_until(lambda: other.get("/chat/history", **chat).status_code == 401)


def test_who_writes_too_much_is_slowed_down_by_both_workers(lines: tuple[Line, Line]) -> None:
    chat = open_chat(lines[0])
    opinion = {"message": "none", "helpful": True}
    # 20 at once are allowed: were each worker counting for itself, none of 38 would be refused.
    assert any(
        lines[number % 2].post("/chat/feedback", opinion, **chat).status_code == 429
        for number in range(38)
    )


def test_a_worker_killed_in_mid_turn_loses_and_doubles_nothing(
    cluster: Cluster, lines: tuple[Line, Line], sender: str
) -> None:
    one, other = lines
    one.say(sender, "hello")
    with ThreadPoolExecutor(1) as pool, cluster.holding_all_conversations():
        turn = pool.submit(one.say, sender, "my neck hurts", "first")
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        cluster.wait_until(lambda: bool(cluster.postgresql.sql(waiting)))
        os.kill(one.worker, signal.SIGKILL)
        with pytest.raises(OSError):
            turn.result()
    assert other.heard(sender) == ["hello"]
    assert "neck" in other.say(sender, "my neck hurts", "first")
    assert other.heard(sender) == ["hello", "my neck hurts"]
    cluster.wait_until(lambda: len(cluster.workers()) == WORKERS)
    assert one.worker not in cluster.workers()


def test_new_workers_take_over_without_dropping_a_chat(
    cluster: Cluster, lines: tuple[Line, Line], sender: str
) -> None:
    before = cluster.workers()
    stop = threading.Event()
    said: list[str] = []

    def chat() -> list[str]:
        answers = []
        while not stop.is_set():
            said.append(f"what is an MRI? z{'z' * len(said)}")
            answers.append(Line(cluster.base_url).say(sender, said[-1]))
            stop.wait(0.3)
        return answers

    with ThreadPoolExecutor(1) as pool:
        chatting = pool.submit(chat)
        try:
            cluster.signal(signal.SIGHUP)
            cluster.wait_until(lambda: not before & cluster.workers())
        finally:
            stop.set()
        answers = chatting.result()
    assert all("MRI" in answer for answer in answers)
    assert cluster.one_of_each()[0].heard(sender) == said


def test_a_broken_new_model_leaves_the_present_workers_where_they_are(
    cluster: Cluster, lines: tuple[Line, Line], sender: str
) -> None:
    before = cluster.workers()
    (model,) = (cluster.root / "models").glob("*.tar.gz")
    whole = model.read_bytes()
    model.write_bytes(whole[: len(whole) // 2])
    try:
        cluster.signal(signal.SIGHUP)
        cluster.wait_until(lambda: "the present ones go on" in cluster.server.logged())
    finally:
        model.write_bytes(whole)
    assert cluster.workers() == before
    assert "MRI" in lines[0].say(sender, "what is an MRI?")


def test_many_conversations_at_once_lose_double_and_cross_nothing(cluster: Cluster) -> None:
    cluster.wait_until(cluster.is_ready)
    outcome = asyncio.run(soak(cluster.base_url, 24, seconds=6, pause=2, begin_within=2))
    assert outcome.is_right, outcome.lines()
    assert outcome.messages > outcome.conversations


def test_several_workers_on_sqlite_are_refused_in_one_sentence() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bot.cli", "serve", "--workers", "2"],
        cwd=ROOT,
        env=clean_environment(PORT=str(free_port())),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert "2 workers need PostgreSQL" in run.stderr
    assert "Traceback" not in run.stderr


def test_behind_tls_two_workers_on_postgresql_share_sessions_and_locks(cluster: Cluster):
    key = cluster.root / "var" / "master_key"
    with environment_of(cluster.postgresql.url("atlas"), key=key):
        staff_command("add", "ana")
        references = fill_calendar()
    tls = {"X-Forwarded-Proto": "https", "Origin": cluster.base_url.replace("http:", "https:")}

    def log_in(address: str, password: str) -> requests.Response:
        """Log in from an address; a client library keeps safe cookies from plain HTTP, as a
        browser does, so that they are handed on here."""
        browser = StaffBrowser(cluster.base_url, **tls, **{"X-Forwarded-For": address})
        form = browser.get("/staff/login")
        cookie = form.headers["Set-Cookie"]
        assert cookie.startswith("__Host-atlas_staff_form=")
        assert "; Secure" in cookie
        token = re.search(r'name="token" value="(\w+)"', form.text)
        assert token is not None
        fields = {"token": token[1], "name": "ana", "password": password}
        answer: requests.Response = browser.post(
            "/staff/login", fields, headers={"Cookie": cookie.partition(";")[0]}
        )
        return answer

    given = log_in("192.0.2.1", PASSWORD)
    assert given.status_code == 303
    session = next(
        header.partition(";")[0]
        for header in given.raw.headers.getlist("Set-Cookie")
        if header.startswith("__Host-atlas_staff=") and "; Secure" in header
    )
    for line in cluster.one_of_each():
        page = line.get("/staff/appointments", Cookie=session, **tls)
        assert "<h1>Appointments</h1>" in page.text
        assert references[0] in page.text
        # The same cookie without its prefix, as plain HTTP could have set it, is nothing.
        plain = line.get("/staff/appointments", Cookie=session.removeprefix("__Host-"), **tls)
        assert "<h1>Log in</h1>" in plain.text
    for number in range(5):
        assert log_in(f"192.0.2.{number + 10}", "wrong password").status_code == 403
    assert log_in("192.0.2.99", PASSWORD).status_code == 429
    told = cluster.postgresql.sql("SELECT kind, actor FROM privacy_audit ORDER BY number")
    assert ("access", "staff ana") in told
    assert told.count(("refused", "unknown")) == 5


# The last one: it ends the cluster.
def test_the_service_ends_when_every_message_is_answered(
    cluster: Cluster, lines: tuple[Line, Line], sender: str
) -> None:
    one, other = lines
    one.say(sender, "hello")
    chat = open_chat(other)
    page = other.stream("/chat/events", **chat)
    with ThreadPoolExecutor(1) as pool:
        with cluster.holding_all_conversations():
            turn = pool.submit(one.say, sender, "what is an MRI?")
            waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            cluster.wait_until(lambda: bool(cluster.postgresql.sql(waiting)))
            assert not turn.done()
            cluster.signal(signal.SIGTERM)
        assert "MRI" in turn.result()
        assert "went wrong" not in turn.result()
    cluster.wait_until(lambda: not cluster.is_ready())
    # The page is sent away and not told that its chat is over: it comes back to another worker.
    assert "ended" not in page.text
    assert cluster.server.wait_for_end() == 0
