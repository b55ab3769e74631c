"""What a patient hears and what is kept when something around two workers breaks."""

from __future__ import annotations

import os
import resource
import signal
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from support.cluster import WORKERS, Cluster, Line
from support.server import AtlasServer

pytestmark = [pytest.mark.server, pytest.mark.services]

EMERGENCY = "911"
SORRY = "Sorry, something went wrong"


@pytest.fixture
def line(cluster: Cluster) -> Line:
    cluster.wait_until(lambda: len(cluster.workers()) == WORKERS)
    cluster.wait_until(cluster.is_ready)
    return Line(cluster.base_url)


@pytest.fixture
def sender() -> str:
    return uuid.uuid4().hex


def test_while_the_database_is_away_the_patient_hears_whom_to_call(
    cluster: Cluster, line: Line, sender: str
) -> None:
    line.say(sender, "aching pain in my neck for three weeks")
    cluster.postgresql.stop()
    try:
        answer = line.say(sender, "my arm went numb", "meanwhile")
        assert SORRY in answer
        assert EMERGENCY in answer
        assert line.get("/livez").status_code == 200
        time.sleep(1.1)  # readiness may be a second old
        assert line.get("/readyz").status_code == 503
        chat = line.post("/chat/session")
        assert chat.status_code in (500, 503)
        assert EMERGENCY in chat.json()["message"]
    finally:
        cluster.postgresql.start()
    cluster.wait_until(cluster.is_ready)
    assert line.heard(sender) == ["aching pain in my neck for three weeks"]
    line.say(sender, "my arm went numb", "meanwhile")
    assert line.heard(sender)[1:] == ["my arm went numb"]
    assert line.tracker(sender)["slots"]["site"] == ["neck"]


def test_traffic_goes_on_after_the_database_was_restarted_under_it(
    cluster: Cluster, line: Line
) -> None:
    senders = [uuid.uuid4().hex for _ in range(6)]
    texts = [f"what is an MRI? z{'z' * number}" for number in range(6)]

    def chat(sender: str) -> None:
        own = Line(cluster.base_url)
        for number, text in enumerate(texts):
            while SORRY in own.say(sender, text, f"{sender}-{number}"):
                time.sleep(0.5)

    with ThreadPoolExecutor(len(senders)) as pool:
        chats = [pool.submit(chat, sender) for sender in senders]
        cluster.postgresql.stop()
        cluster.postgresql.start()
        for one in chats:
            one.result()
    assert [line.heard(sender) for sender in senders] == [texts] * len(senders)


def test_a_slow_database_keeps_nobody_waiting_without_a_word(
    cluster: Cluster, line: Line, sender: str
) -> None:
    line.say(sender, "hello")
    cluster.proxy.delay = 2.0
    try:
        answer = line.say(sender, "my neck hurts", "slowly")
        alive = line.get("/livez").status_code
    finally:
        cluster.proxy.delay = 0.0
    assert alive == 200
    assert "neck" in answer or (SORRY in answer and EMERGENCY in answer)
    cluster.wait_until(cluster.is_ready)
    assert "neck" in line.say(sender, "my neck hurts", "slowly")
    assert line.heard(sender) == ["hello", "my neck hurts"]


def test_a_worker_without_memory_is_replaced_and_the_chat_goes_on(
    cluster: Cluster, line: Line, sender: str
) -> None:
    line.say(sender, "aching pain in my neck for three weeks")
    usage = Path(f"/proc/{line.worker}/statm").read_text().split()[0]
    most = int(usage) * resource.getpagesize()
    resource.prlimit(line.worker, resource.RLIMIT_AS, (most, most))
    for number in range(40):
        try:
            answer = line.say(sender, f"what is an MRI? z{'z' * 80 * number}", f"m{number}")
        except requests.RequestException:
            break  # it died
        assert "MRI" in answer or EMERGENCY in answer
    os.kill(line.worker, signal.SIGKILL)
    cluster.wait_until(lambda: line.worker not in cluster.workers())
    cluster.wait_until(lambda: len(cluster.workers()) == WORKERS)
    other = Line(cluster.base_url)
    other.say(sender, "6/10")
    slots = other.tracker(sender)["slots"]
    assert (slots["site"], slots["severity"]) == (["neck"], 6)
    heard = other.heard(sender)
    assert len(heard) == len(set(heard))


def test_a_full_disk_is_told_kindly_and_what_was_said_before_is_kept(
    model: Path, tmp_path: Path, sender: str
) -> None:
    server = AtlasServer(tmp_path)
    server.start()
    try:
        line = Line(server.base_url)
        line.say(sender, "aching pain in my neck for three weeks")
        log = tmp_path / "atlas-conversations.db-wal"
        full = max(log.stat().st_size, server.conversations.stat().st_size) + 4096
        # No file may grow beyond it, as on a disk that has no room.
        unlimited = resource.RLIM_INFINITY
        resource.prlimit(line.worker, resource.RLIMIT_FSIZE, (full, unlimited))
        answers = [line.say(sender, f"what is an MRI? z{'z' * n}", f"d{n}") for n in range(12)]
        failed = [answer for answer in answers if SORRY in answer]
        assert failed
        assert all(EMERGENCY in answer for answer in failed)
        assert line.get("/livez").status_code == 200
        resource.prlimit(line.worker, resource.RLIMIT_FSIZE, (unlimited, unlimited))
        again = [line.say(sender, f"what is an MRI? z{'z' * n}", f"d{n}") for n in range(12)]
        assert not [answer for answer in again if SORRY in answer]
        heard = line.heard(sender)
        assert len(heard) == len(set(heard)) == 13
    finally:
        server.kill()
