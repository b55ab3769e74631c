"""Metrics: bounded labels, figures of several processes, and nothing for who has no token."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from support.project import ROOT
from support.server import AtlasServer

from bot.watching.metrics import Metrics, exposition
from bot.watching.start import check_watching, forget_figures, forget_process, share_figures
from clinic.settings import SettingsError

TOKEN = "t" * 32


def figures(text: bytes) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_a_label_that_grows_without_bounds_ends_as_other(tmp_path: Path) -> None:
    metrics = Metrics()
    for number in range(1000):
        metrics.happened("intent", {"intent": f"invented_{number}"})
    shown = figures(exposition(metrics, tmp_path, "atlas", shared=False))
    intents = {key: value for key, value in shown.items() if key[0] == "atlas_intents_total"}
    assert len(intents) < 250
    assert sum(intents.values()) == 1000
    assert intents["atlas_intents_total", "other"] > 700


def test_what_an_alert_waits_for_is_there_before_it_happens(tmp_path: Path) -> None:
    shown = figures(exposition(Metrics(), tmp_path, "atlas", shared=False))
    assert shown["atlas_bookings_total", "failed", "confirmed"] == 0
    assert shown["atlas_levels_total", "emergency_ambulance"] == 0
    assert shown["atlas_disk_free_bytes",] > 0


WORKER = """
    import sys
    from pathlib import Path
    from bot.watching.metrics import Metrics, exposition
    from bot.watching.stages import Stage
    metrics = Metrics()
    metrics.happened("fallback", {})
    metrics.begin(Stage("turn", "web"))
    if sys.argv[1] == "show":
        sys.stdout.buffer.write(exposition(metrics, Path("."), "atlas", shared=True))
    print(__import__("os").getpid(), file=sys.stderr)
"""


def test_the_figures_of_several_workers_add_up_and_a_dead_one_is_busy_with_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATLAS_METRICS_TOKEN", TOKEN)
    environment = dict(os.environ)
    folder = share_figures(environment)
    assert folder is not None

    def work(how: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-c", textwrap.dedent(WORKER), how]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)

    dead = int(work("count").stderr)
    forget_process(folder, dead)
    shown = figures(work("show").stdout)
    assert shown["atlas_fallbacks_total",] == 2
    assert shown["atlas_turns_in_flight",] == 1
    forget_figures(folder)
    assert not folder.exists()


def test_without_a_token_nothing_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_METRICS_TOKEN", raising=False)
    environment: dict[str, str] = {}
    assert share_figures(environment) is None
    assert environment == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ATLAS_METRICS_TOKEN", "short"),
        ("ATLAS_LOG", "xml"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
    ],
)
def test_a_wrong_variable_stops_the_start_with_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        check_watching()


@pytest.mark.server
def test_a_server_that_nobody_watches_has_no_metrics(atlas: AtlasServer) -> None:
    answer = requests.get(f"{atlas.base_url}/metrics", timeout=30)
    assert answer.status_code == 404


def test_a_purge_that_was_refused_shows_until_one_is_done(tmp_path: Path) -> None:
    metrics = Metrics()

    def refused() -> bool:
        return (
            "atlas_purge_refused 1.0"
            in exposition(metrics, tmp_path, "atlas", shared=False).decode()
        )

    assert not refused()
    metrics.happened("purge_refused", {})
    assert refused()
    metrics.happened("purged", {})
    assert not refused()
