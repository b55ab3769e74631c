"""Read messages exactly as the served assistant reads them, inside this process."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Set before Rasa is imported anywhere, as the `atlas` command does.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

from rasa.core.agent import Agent
from rasa.engine.graph import ExecutionContext, GraphNodeHook
from rasa.utils.log_utils import configure_structlog
from rasa_sdk import Tracker

from actions.reading import MessageReading
from bot.model import model_path
from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError
from clinic.history.findings import Finding
from clinic.triage.engine import assess
from clinic.triage.rules import Level

ROOT = Path(__file__).resolve().parents[1]
FALLBACK = "nlu_fallback"
# The data sets count back from this day, a Sunday; the hour is mid-morning in New York.
NOW = "2026-11-22T15:00:00+00:00"
_RUN_PREFIX = "run_"


@dataclass(frozen=True, slots=True)
class Understood:
    """What Atlas makes of one message that opens a conversation.

    Attributes:
        intent: The intent that the dialogue acts on; `nlu_fallback` below the threshold.
        top_intent: The best intent, whatever its confidence.
        confidence: Of `top_intent`, 0-1.
        ranking: Names of the best intents, best first, without the fallback.
        findings: What the reading layer found.
        slots: The attributes of the history that the message fills.
        level: How urgent the message alone is.
        disposition: The level that the turn announces, or None.
        red_flags: Ids of the warning signs that hold.
        asks: Whether the turn asks to confirm a warning sign.
    """

    intent: str
    top_intent: str
    confidence: float
    ranking: tuple[str, ...]
    findings: tuple[Finding, ...]
    slots: Mapping[str, Any]
    level: Level
    disposition: Level | None
    red_flags: tuple[str, ...]
    asks: bool


class ServedPipeline:
    """The trained model and the reading of every message, without a server around them.

    Args:
        agent: Rasa with the trained model.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._runner = asyncio.Runner()
        self._known: dict[str, Understood] = {}

    @classmethod
    def load(cls, model: Path | None = None) -> ServedPipeline:
        """Load a model archive.

        Args:
            model: The archive; None for the one that fits the present data and code.

        Raises:
            DataFileError: There is no such archive.
        """
        archive = model or model_path(ROOT)
        if not archive.is_file():
            raise DataFileError(archive, "", "is not there; `make train` makes it")
        configure_structlog(logging.ERROR)
        return cls(Agent.load(str(archive)))

    def read(self, text: str) -> Understood:
        """Read one message as the first of a conversation; the same text is read once."""
        if text not in self._known:
            with _fixed_clock():
                self._known[text] = _understand(text, self.parse(text))
        return self._known[text]

    def parse(self, text: str) -> dict[str, Any]:
        """Return Rasa's parse result."""
        parsed: dict[str, Any] = self._runner.run(self._agent.parse_message(text))
        return parsed

    @property
    def components(self) -> dict[str, Any]:
        """Return the loaded components of the NLU pipeline by their short names, in order."""
        return {
            _short_name(name): node._component
            for name, node in self._nodes().items()
            if name.startswith(_RUN_PREFIX) and node._fn_name == "process"
        }

    @contextmanager
    def stopwatch(self) -> Iterator[Stopwatch]:
        """Time every component while the block runs."""
        watch = Stopwatch()
        nodes = self._nodes().values()
        for node in nodes:
            node._hooks.append(watch)
        try:
            yield watch
        finally:
            for node in nodes:
                node._hooks.remove(watch)

    def _nodes(self) -> Mapping[str, Any]:
        # Agent.load gives no way to pass hooks to the runner, so they are added to its nodes.
        nodes: Mapping[str, Any] = self._agent.processor.graph_runner._instantiated_nodes
        return nodes


@dataclass
class Stopwatch(GraphNodeHook):
    """Add up the processor seconds that each component of the NLU pipeline takes.

    Processor time, for a machine that does other things as well would be measured with it; the
    pipeline runs on one thread and waits for nothing, so that a free core needs just as long.

    Attributes:
        seconds: By component, since the last `reset`.
    """

    seconds: dict[str, float] = field(default_factory=dict)

    def reset(self) -> None:
        """Forget what was measured."""
        self.seconds = {}

    def on_before_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        received_inputs: dict[str, Any],
    ) -> dict[str, float]:
        """Start the clock for one component."""
        return {"started": time.thread_time()}

    def on_after_node(
        self,
        node_name: str,
        execution_context: ExecutionContext,
        config: dict[str, Any],
        output: Any,
        input_hook_data: dict[str, float],
    ) -> None:
        """Stop it."""
        if node_name.startswith(_RUN_PREFIX):
            name = _short_name(node_name)
            elapsed = time.thread_time() - input_hook_data["started"]
            self.seconds[name] = self.seconds.get(name, 0.0) + elapsed


def read_turn(text: str, parsed: dict[str, Any]) -> MessageReading:
    """Let the reading action's own code read a parsed message as the first of a conversation."""
    return MessageReading(
        Tracker(
            sender_id="evaluation",
            slots={},
            latest_message=parsed,
            events=[{"event": "user", "text": text}],
            paused=False,
            followup_action=None,
            active_loop={},
            latest_action_name=None,
        )
    )


def _understand(text: str, parsed: dict[str, Any]) -> Understood:
    reading = read_turn(text, parsed)
    control = reading.control_slots()
    ranking = [item for item in parsed["intent_ranking"] if item["name"] != FALLBACK]
    disposition = control.get("disposition")
    return Understood(
        intent=parsed["intent"]["name"],
        top_intent=ranking[0]["name"],
        confidence=float(ranking[0]["confidence"]),
        ranking=tuple(item["name"] for item in ranking),
        findings=tuple(
            Finding.from_entity(entity) for entity in parsed["entities"] if "assertion" in entity
        ),
        slots=reading.changes,
        level=assess(reading.changes, get_clinical_data().rules).level,
        disposition=Level(disposition) if disposition else None,
        red_flags=tuple(control["red_flags"]),
        asks=bool(control["unconfirmed"]),
    )


@contextmanager
def _fixed_clock() -> Iterator[None]:
    before = os.environ.get("ATLAS_NOW")
    os.environ["ATLAS_NOW"] = NOW
    try:
        yield
    finally:
        if before is None:
            del os.environ["ATLAS_NOW"]
        else:
            os.environ["ATLAS_NOW"] = before


def _short_name(node_name: str) -> str:
    """Turn "run_bot.nlu.message_guard.MessageGuard0" into "MessageGuard"."""
    return node_name.removeprefix(_RUN_PREFIX).rpartition(".")[2].rstrip("0123456789")
