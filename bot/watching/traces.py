"""Send the stages of each turn as OpenTelemetry spans.

A span names a stage and a part of Atlas, tells how long it took and of what kind its error was. No
span carries a text, a slot, a statement's values or an error's message. The names of actions tell
what a conversation was about, under a keyed hash: the place that the spans go to has to be kept
like health data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode

from bot.watching.conversation_key import ConversationKey
from bot.watching.stages import Stage, current_turn

# A collector that is away must not hold up the end of the process.
_SEND_SECONDS = 3
# A web chat that is open is no work.
_LEFT_OUT = frozenset({"stream"})


class Traces:
    """Makes a span of each stage; a `bot.watching.stages.Watcher`.

    The SDK reads OTEL_EXPORTER_OTLP_ENDPOINT and its other variables itself, such as
    OTEL_SERVICE_NAME and OTEL_TRACES_SAMPLER.

    Args:
        key: Names conversations.
        processor: Gets the finished spans; sends them by OTLP over HTTP when None.
    """

    def __init__(self, key: ConversationKey, processor: SpanProcessor | None = None) -> None:
        self._key = key
        resource = Resource.create()
        if str(resource.attributes["service.name"]).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": "atlas"}))
        self.provider = TracerProvider(resource=resource)
        if processor is None:
            processor = BatchSpanProcessor(OTLPSpanExporter(timeout=_SEND_SECONDS))
        self.provider.add_span_processor(processor)
        self._tracer = self.provider.get_tracer("atlas")

    def begin(self, stage: Stage) -> Any:
        """Begin a span below the one that runs."""
        if stage.kind in _LEFT_OUT:
            return None
        name = f"{stage.kind} {stage.part}".strip()
        kind = trace.SpanKind.SERVER if stage.kind == "turn" else trace.SpanKind.INTERNAL
        attributes = {"atlas.stage": stage.kind, "atlas.part": stage.part}
        span = self._tracer.start_span(name, kind=kind, attributes=attributes)
        return span, context.attach(trace.set_span_in_context(span))

    def end(self, stage: Stage, token: Any, seconds: float, error: BaseException | None) -> None:
        """End the span."""
        if token is None:
            return
        span, before = token
        context.detach(before)
        note = current_turn.get()
        if stage.kind == "turn" and note is not None and note.conversation_id is not None:
            span.set_attribute("atlas.conversation", self._key.of(note.conversation_id))
        if error is not None:
            # Its message could quote a patient.
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        span.end()

    def happened(self, what: str, facts: Mapping[str, str]) -> None:
        """Take no note of events; metrics count them."""
