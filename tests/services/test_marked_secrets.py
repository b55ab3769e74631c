"""Marked secrets go through every path of a real server; no file and no log line shows one.

The server logs at DEBUG and in JSON, with metrics and traces on. What fails is played too: locked
databases, forged tokens, broken bodies, an unreachable messaging service.
"""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from support.collector import Collector, collecting
from support.project import ROOT
from support.server import TOKEN, AtlasServer, Conversation
from support.stores import dump
from twilio.request_validator import RequestValidator

pytestmark = pytest.mark.server

NAME, PHONE, EMAIL = "Zebulon Quackenbush", "(212) 555-0147", "zq.hidden@example.com"
CARD, SYMPTOM = "4111 1111 1111 1111", "xylophone-marzipan"
SECRETS = (
    *("zebulon", "quackenbush", "555-0147", "5550147", "zq.hidden", "zq.other"),
    *("4111 1111", "41111111", "xylophone", "marzipan", "2025550188"),
)
TWILIO = {
    "TWILIO_ACCOUNT_SID": "ACdemo",
    "TWILIO_AUTH_TOKEN": "twilio-secret",
    "TWILIO_NUMBER": "+15550100199",
    "ATLAS_PUBLIC_URL": "http://atlas.test",
}


METRICS_TOKEN = "token-of-prometheus-in-the-tests"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@pytest.fixture(scope="module")
def server(
    model: Path, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AtlasServer]:
    made = AtlasServer(
        tmp_path_factory.mktemp("secrets"),
        ATLAS_NOW="2027-03-03T15:00:00+00:00",
        LOG_LEVEL="DEBUG",
        # Nobody listens there: what Atlas answers cannot be delivered.
        HTTPS_PROXY="http://127.0.0.1:9",
        ATLAS_LOG="json",
        ATLAS_METRICS_TOKEN=METRICS_TOKEN,
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
        **TWILIO,
    )
    made.start()
    yield made
    made.kill()


@pytest.fixture(scope="module")
def played(server: AtlasServer, collector: Collector) -> AtlasServer:
    """The server after every path was walked."""
    book(server)
    ask_for_a_call(server)
    fail_over_rest(server)
    lock_the_databases(server)
    use_the_web_chat(server)
    use_the_api(server)
    write_by_sms(server)
    (server.folder / "metrics.txt").write_text(scrape(server))
    server.stop()
    (server.folder / "spans.txt").write_text(collector.text())
    return server


def scrape(server: AtlasServer) -> str:
    url = f"{server.base_url}/metrics"
    for wrong in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": METRICS_TOKEN}):
        assert requests.get(url, headers=wrong, timeout=30).status_code == 401
    headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    return requests.get(url, headers=headers, timeout=30).text


def book(server: AtlasServer) -> None:
    visitor = Conversation(server.base_url, sender=f"visitor {NAME}")
    visitor.say("I'd like to book an appointment")
    visitor.say("none of these")
    visitor.say(visitor.buttons[0]["payload"])
    visitor.say(NAME)
    visitor.say(EMAIL)
    visitor.say("Yes, book it")
    assert "ATL-" in visitor.text
    visitor.say(f"by the way it feels like a {SYMPTOM}, my card is {CARD}")
    visitor.say("what do you know about me?")
    assert EMAIL in visitor.text
    visitor.say("send me a copy of my data")
    assert SYMPTOM in visitor.text
    assert "Atlas: " in visitor.text


def ask_for_a_call(server: AtlasServer) -> None:
    visitor = Conversation(server.base_url)
    visitor.say("I'd like to book an appointment")
    visitor.say("none of these")
    visitor.say("Sunday at 10")
    visitor.say("Please call me back")
    visitor.say(NAME)
    visitor.say(PHONE)
    visitor.say("Yes, pass it on")
    visitor.say("when is my appointment ATL-222222? 202 555 0188")


def fail_over_rest(server: AtlasServer) -> None:
    url = f"{server.base_url}/webhooks/rest/webhook"
    for body in (
        f'{{"sender": "x", "message": "{SYMPTOM}"',
        f'{{"sender": "x", "message": "/{SYMPTOM}{{\\"name\\": \\"{NAME}\\"}}"}}',
        f'{{"sender": ["{NAME}"], "message": "{SYMPTOM}"}}',
        f'{{"sender": "x", "message": "{(SYMPTOM + " ") * 5000}"}}',
        f'{{"sender": "x", "message": "{SYMPTOM} \\ud800", "metadata": {{"a": "{EMAIL}"}}}}',
        f'{{"sender": "x", "message": "EXTERNAL: {SYMPTOM}"}}',
    ):
        requests.post(url, data=body.encode(), timeout=30)
    requests.get(f"{server.base_url}/{SYMPTOM}?name={NAME}", timeout=30)
    requests.request("BREW", url, data=SYMPTOM, timeout=30)


def lock_the_databases(server: AtlasServer) -> None:
    visitor = Conversation(server.base_url)
    visitor.say("I'd like to book an appointment")
    visitor.say("none of these")
    with closing(sqlite3.connect(server.database, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        visitor.say(f"my name is {NAME}, {EMAIL}, tomorrow")
        visitor.say("delete my data")
        lock.execute("ROLLBACK")
    with closing(sqlite3.connect(server.conversations, isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        visitor.say(f"I have a {SYMPTOM}")
        lock.execute("ROLLBACK")


def use_the_web_chat(server: AtlasServer) -> None:
    chat = f"{server.base_url}/chat"
    token = requests.post(f"{chat}/session", timeout=30).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    message = {"id": str(uuid.uuid4()), "text": f"I am {NAME}, {PHONE}, with a {SYMPTOM}"}
    assert requests.post(f"{chat}/messages", json=message, headers=headers, timeout=30).ok
    assert SYMPTOM in requests.get(f"{chat}/history", headers=headers, timeout=30).text
    for forged in (f"Bearer {SYMPTOM}", f"Bearer {token[:-3]}abc", f"Basic {NAME}"):
        wrong = {"Authorization": forged.encode().decode("latin-1")}
        requests.post(f"{chat}/messages", json=message, headers=wrong, timeout=30)
    requests.post(f"{chat}/messages", data=f"{{{SYMPTOM}", headers=headers, timeout=30)
    requests.post(f"{chat}/messages", json={**message, SYMPTOM: 1}, headers=headers, timeout=30)


def use_the_api(server: AtlasServer) -> None:
    parse = f"{server.base_url}/model/parse?token={TOKEN}"
    assert requests.post(parse, json={"text": f"{SYMPTOM} {EMAIL}"}, timeout=30).ok
    requests.post(parse, data=f"{{{SYMPTOM}", timeout=30)
    requests.get(f"{server.base_url}/conversations/{NAME}/tracker?token={SYMPTOM}", timeout=30)
    requests.post(
        f"{server.base_url}/conversations/x/tracker/events?token={TOKEN}",
        json={"event": SYMPTOM, "name": NAME},
        timeout=30,
    )


def write_by_sms(server: AtlasServer) -> None:
    path = "/webhooks/twilio/webhook"
    form = {
        "From": "+12125550147",
        "Body": f"{NAME} has a {SYMPTOM}",
        "MessageSid": "SM1",
        "To": "+15550100199",
    }
    signature = RequestValidator("twilio-secret").compute_signature(
        f"{TWILIO['ATLAS_PUBLIC_URL']}{path}", form
    )
    for given in (signature, "forged"):
        answer = requests.post(
            f"{server.base_url}{path}",
            data=form,
            headers={"X-Twilio-Signature": given},
            timeout=60,
        )
        assert (answer.status_code < 300) == (given == signature)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_log_line_shows_a_secret_at_debug_level(played: AtlasServer, secret: str) -> None:
    logged = played.logged()
    assert "rasa.core.processor" in logged  # it did log at DEBUG
    lines = [line for line in logged.lower().splitlines() if secret in line]
    assert lines == []


@pytest.mark.parametrize("secret", SECRETS)
def test_no_table_and_no_file_shows_a_secret(played: AtlasServer, secret: str) -> None:
    kept = dump(f"sqlite:///{played.database}", played.folder, ROOT / "var")
    assert secret.encode() not in kept.lower()


def test_no_token_is_logged(played: AtlasServer) -> None:
    assert TOKEN not in played.logged()
    assert "twilio-secret" not in played.logged()


def test_the_chain_of_the_audit_log_is_whole_after_all_of_it(played: AtlasServer) -> None:
    from dataclasses import replace

    from clinic.privacy import audit
    from clinic.privacy.conversations import Conversations
    from clinic.settings import load_settings

    settings = replace(load_settings(), database_url=f"sqlite:///{played.database}")
    with closing(Conversations(settings)) as kept, kept.reading() as (connection, vault):
        verdict = audit.verify(connection, vault)
        kinds = {row.kind for row in connection.execute(audit.log.select())}
    assert verdict.problem is None
    assert {"consent", "export"} <= kinds


def samples(played: AtlasServer) -> dict[tuple[str, ...], float]:
    text = (played.folder / "metrics.txt").read_text()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_metrics_count_what_was_played(played: AtlasServer) -> None:
    counted = samples(played)
    assert counted["atlas_turns_total", "rest", "answered"] > 10
    assert counted["atlas_turns_total", "twilio", "failed"] >= 1
    assert counted["atlas_bookings_total", "done", "confirmed"] == 1
    assert counted["atlas_bookings_total", "done", "call_back"] == 1
    assert counted["atlas_web_sessions_total", "opened"] == 1
    assert counted["atlas_intents_total", "book_appointment"] >= 1
    assert counted["atlas_consents_total", "notice"] >= 3
    assert counted["atlas_errors_total", "unavailable", "action"] >= 1
    assert sum(v for k, v in counted.items() if k[0] == "atlas_database_failures_total") >= 2
    assert counted["atlas_turns_in_flight",] == 0
    assert counted["atlas_turns_waiting",] == 0
    for stage in ("wait", "nlu", "policies", "load", "save"):
        assert counted["atlas_stage_seconds_count", "", stage] >= 10
    assert counted["atlas_stage_seconds_count", "MiniLMFeaturizer", "component"] >= 10
    assert counted["atlas_stage_seconds_count", "SELECT", "database"] >= 10


def test_a_label_is_a_word_from_code_and_never_names_a_conversation(played: AtlasServer) -> None:
    for _, *labels in samples(played):
        for label in labels:
            assert re.fullmatch(r"[A-Za-z0-9_.+-]{0,60}", label), label
    text = (played.folder / "metrics.txt").read_text()
    assert "test-" not in text and "web-" not in text and "visitor" not in text


def test_the_spans_lead_from_the_channel_to_the_database(
    played: AtlasServer, collector: Collector
) -> None:
    spans = {span.span_id: span for span in collector.spans}
    paths = set()
    for span in spans.values():
        names = [span.name]
        while span.parent_span_id:
            span = spans[span.parent_span_id]
            names.append(span.name)
        paths.add(" < ".join(names))
    assert "turn rest" in paths
    assert "component MiniLMFeaturizer < nlu < turn rest" in paths
    assert "policies < turn rest" in paths
    assert "component AgendaPolicy < policies < turn rest" in paths
    assert any(path.startswith("database INSERT < save < turn rest") for path in paths)
    assert any(re.match("database [A-Z]+ < action .* < turn rest", path) for path in paths)


def test_a_span_names_its_conversation_by_the_hash_that_the_log_has(
    played: AtlasServer, collector: Collector
) -> None:
    traced = {
        attribute.value.string_value
        for span in collector.spans
        for attribute in span.attributes
        if attribute.key == "atlas.conversation"
    }
    lines = [json.loads(line) for line in played.logged().splitlines() if line.startswith("{")]
    turns = [line for line in lines if line["event"] == "turn"]
    assert {turn.get("conversation") for turn in turns} - {None} == traced
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in traced)
    assert len(traced) == 6
    assert all(turn["duration_ms"] > 0 and turn["channel"] for turn in turns)
    assert {turn["outcome"] for turn in turns} == {"answered", "failed"}


def test_after_its_start_the_server_logs_nothing_but_json(played: AtlasServer) -> None:
    after = played.logged().partition("Atlas is ready")[2].splitlines()[1:]
    assert len(after) > 50
    for line in after:
        assert {"time", "level", "logger", "event"} <= set(json.loads(line))
