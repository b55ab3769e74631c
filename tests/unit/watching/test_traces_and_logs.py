"""Spans and log lines without a running server."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support.project import ROOT, clean_environment

from bot.watching.conversation_key import ConversationKey
from bot.watching.json_logs import JsonLines
from bot.watching.stages import TurnNote, add_watcher, current_turn, remove_watcher, timed
from bot.watching.traces import Traces

KEY = ConversationKey("s" * 32)


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    made = InMemorySpanExporter()
    watcher = Traces(KEY, SimpleSpanProcessor(made))
    add_watcher(watcher)
    yield made
    remove_watcher(watcher)


def test_an_error_is_traced_by_its_kind_and_not_by_its_words(
    exporter: InMemorySpanExporter,
) -> None:
    with pytest.raises(ValueError), timed("turn", "rest"), timed("nlu"):
        raise ValueError("my neck hurts")
    inner, outer = exporter.get_finished_spans()
    assert inner.parent is not None and inner.parent.span_id == outer.context.span_id
    assert inner.status.description == "ValueError"
    assert "my neck hurts" not in inner.to_json() + outer.to_json()


def test_a_span_names_the_service(exporter: InMemorySpanExporter) -> None:
    with timed("nlu"):
        pass
    (span,) = exporter.get_finished_spans()
    assert span.resource.attributes["service.name"] == "atlas"


def test_a_conversation_has_the_same_hash_with_the_same_secret_only() -> None:
    assert KEY.of("web-1") == ConversationKey("s" * 32).of("web-1")
    assert KEY.of("web-1") != ConversationKey("t" * 32).of("web-1")
    assert KEY.of("web-1") != KEY.of("web-2")
    assert "web-1" not in KEY.of("web-1")


def test_a_line_of_a_turn_names_its_conversation_by_the_hash() -> None:
    token = current_turn.set(TurnNote("web", 0.0, "web-secret-id"))
    record = logging.makeLogRecord({"msg": "line %s", "args": ("one\ntwo",), "name": "bot.x"})
    text = JsonLines(KEY).format(record)
    current_turn.reset(token)
    line = json.loads(text)
    assert "\n" not in text
    assert line["event"] == "line one\ntwo"
    assert line["conversation"] == KEY.of("web-secret-id")
    assert "web-secret-id" not in text


def test_who_does_not_watch_loads_none_of_it() -> None:
    code = """
import sys
from bot.watching.start import start_watching
from clinic.settings import load_settings
UNUSED = ("prometheus", "opentelemetry", "bot.watching.seams")
start_watching(load_settings(), "model")(None)
print([name for name in sys.modules if name.startswith(UNUSED)])
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
