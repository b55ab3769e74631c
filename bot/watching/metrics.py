"""Count and time for Prometheus.

Every label is a word from code or configuration: an intent, a level, the id of a warning sign. No
label names a person, a conversation or a time, and none may grow without bounds.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.watching.stages import Stage, current_turn

# A label takes at most so many values; what comes later is counted as "other".
_MOST_VALUES = 200
_STAGE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_TURN_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Keeps the figures of this process; a `bot.watching.stages.Watcher`.

    Args:
        registry: Where the figures are kept; a new one when None.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._values: dict[str, set[str]] = {}
        disable_created_metrics()  # type: ignore[no-untyped-call]
        kept: dict[str, Any] = {"registry": self.registry}
        self._turns = Counter("atlas_turns", "Messages answered", ["channel", "outcome"], **kept)
        self._turn_seconds = Histogram(
            "atlas_turn_seconds",
            "From a message's arrival to its last reply",
            ["channel"],
            buckets=_TURN_BUCKETS,
            **kept,
        )
        self._stage_seconds = Histogram(
            "atlas_stage_seconds",
            "Time of one stage of a turn; stages contain each other",
            ["stage", "part"],
            buckets=_STAGE_BUCKETS,
            **kept,
        )
        in_flight = {"multiprocess_mode": "livesum", **kept}
        self._in_flight = Gauge("atlas_turns_in_flight", "Being answered now", **in_flight)
        self._waiting = Gauge("atlas_turns_waiting", "Waiting for their turn now", **in_flight)
        self._streams = Gauge("atlas_web_streams", "Web chats that are open now", **in_flight)
        self._purged = Gauge(
            "atlas_last_purge_timestamp_seconds",
            "When old data was deleted last",
            multiprocess_mode="max",
            **kept,
        )
        self._purge_refused = Gauge(
            "atlas_purge_refused",
            "1 while nothing is purged, since the clock is in doubt",
            multiprocess_mode="livemax",
            **kept,
        )
        self._counters = {
            "intent": Counter("atlas_intents", "Intents that were read", ["intent"], **kept),
            "fallback": Counter("atlas_fallbacks", "Messages that were not understood", **kept),
            "level": Counter("atlas_levels", "Levels of urgency reached", ["level"], **kept),
            "red_flag": Counter("atlas_red_flags", "Warning signs heard", ["red_flag"], **kept),
            "consent": Counter("atlas_consents", "Notices given, consents", ["kind"], **kept),
            "booking": Counter("atlas_bookings", "Calendar's steps", ["step", "result"], **kept),
            "web_session": Counter("atlas_web_sessions", "Web chats", ["event"], **kept),
            "error": Counter("atlas_errors", "Failures told kindly", ["where", "kind"], **kept),
            "database_failure": Counter(
                "atlas_database_failures",
                "Statements that failed",
                ["kind"],
                **kept,
            ),
        }
        # Shown as 0 from the start, so that an alert sees the first one as a rise.
        for step in ("held", "confirmed", "moved", "cancelled"):
            for result in ("done", "taken", "failed"):
                self._counters["booking"].labels(step, result)
        for level in ("emergency_ambulance", "emergency"):
            self._counters["level"].labels(level)

    def begin(self, stage: Stage) -> None:
        """Count what is going on now."""
        if stage.kind == "turn":
            self._in_flight.inc()
            self._waiting.inc()
        elif stage.kind == "stream":
            self._streams.inc()

    def end(self, stage: Stage, token: Any, seconds: float, error: BaseException | None) -> None:
        """Keep how long it took."""
        if stage.kind == "turn":
            self._in_flight.dec()
            note = current_turn.get()
            if note is None or note.conversation_id is None:
                self._waiting.dec()  # it ended before the bot took it on
            channel = self._bounded("channel", stage.part)
            self._turns.labels(channel, "failed" if error else "answered").inc()
            self._turn_seconds.labels(channel).observe(seconds)
        elif stage.kind == "stream":
            self._streams.dec()
        else:
            part = self._bounded(stage.kind, stage.part)
            self._stage_seconds.labels(stage.kind, part).observe(seconds)

    def happened(self, what: str, facts: Mapping[str, str]) -> None:
        """Count an event."""
        if what == "waited":
            self._waiting.dec()
            self._stage_seconds.labels("wait", "").observe(float(facts["seconds"]))
        elif what == "purged":
            self._purged.set(time.time())
            self._purge_refused.set(0)
        elif what == "purge_refused":
            self._purge_refused.set(1)
        elif facts:
            values = {name: self._bounded(f"{what}.{name}", word) for name, word in facts.items()}
            self._counters[what].labels(**values).inc()
        else:
            self._counters[what].inc()

    def _bounded(self, label: str, value: str) -> str:
        known = self._values.setdefault(label, set())
        if value in known:
            return value
        if len(known) >= _MOST_VALUES:
            return "other"
        known.add(value)
        return value


class _Machine(Collector):
    """What is looked up when Prometheus asks.

    Args:
        var: A folder on the file system that Atlas writes to.
        model: The name of the model.
    """

    def __init__(self, var: Path, model: str) -> None:
        self._var = var
        self._model = model

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return free space and the model's name."""
        free = shutil.disk_usage(self._var).free
        yield GaugeMetricFamily("atlas_disk_free_bytes", "Room where Atlas writes", value=free)
        info = GaugeMetricFamily("atlas_model_info", "The model that answers", labels=["model"])
        info.add_metric([self._model], 1)
        yield info


def exposition(metrics: Metrics, var: Path, model: str, *, shared: bool) -> bytes:
    """Return the figures of all processes, as Prometheus reads them.

    Args:
        metrics: Those of this process.
        var: See `_Machine`.
        model: See `_Machine`.
        shared: Whether there are more processes, and a folder where all write theirs.
    """
    registry = metrics.registry
    if shared:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    machine = CollectorRegistry()
    machine.register(_Machine(var, model))
    return generate_latest(registry) + generate_latest(machine)
