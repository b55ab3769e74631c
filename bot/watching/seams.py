"""Put the watching in place: around Rasa's own methods and those of Atlas that matter.

Done once, when something watches; otherwise nothing is wrapped and nothing costs anything. Rasa
3.6 left its tracing to the commercial edition (`rasa.tracing` is not in the package), whose spans
would carry texts of messages and slots anyway.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import rasa.engine.graph
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import Engine, event

import bot.privacy_service
from bot.channels.turns import Turn
from bot.channels.web_api import ChatApi
from bot.channels.web_events import Audience
from bot.stores.tracker_store import WRITTEN, EncryptedTrackerStore
from bot.watching.stages import TurnNote, current_turn, happened, timed
from clinic import failures
from clinic.scheduling.port import AlreadyBooked, SchedulingError, SlotTaken, TooManyTries
from clinic.scheduling.sql_scheduler import SqlScheduler

_Namer = Callable[[tuple[Any, ...], dict[str, Any]], str]

_FALLBACK = "action_default_fallback"
_LEVEL, _SIGNS = "disposition", "red_flags"
_CONSENT = {"notice_given": "notice", "consent": "yes"}
# What the calendar does, and what it is called in the past tense.
_BOOKING_STEPS = {
    "hold": "held",
    "confirm": "confirmed",
    "move": "moved",
    "cancel": "cancelled",
    "ask_call_back": "call_back",
}
_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT", "PRAGMA", "NOTIFY"})


@functools.cache
def put_in_place() -> None:
    """Wrap what is watched; calling it again changes nothing."""
    _wrap(MessageProcessor, "handle_message", _bot_begins)
    _wrap(MessageProcessor, "parse_message", _as_stage("nlu"))
    _wrap(MessageProcessor, "_predict_next_with_tracker", _as_stage("policies"))
    run = _as_stage("action", lambda args, names: (names.get("action") or args[1]).name())
    _wrap(MessageProcessor, "_run_action", run)
    extract = _as_stage("action", lambda _args, _names: "action_extract_slots")
    _wrap(MessageProcessor, "run_action_extract_slots", extract)
    component = _as_stage("component", lambda args, _: args[0]._component_class.__name__)
    _wrap(rasa.engine.graph.GraphNode, "__call__", component)
    _wrap(EncryptedTrackerStore, "retrieve", _as_stage("load"))
    _wrap(EncryptedTrackerStore, "save", _saving)
    _wrap(Turn, "start", _starting)
    for method, step in _BOOKING_STEPS.items():
        _wrap(SqlScheduler, method, functools.partial(_booking, step))
    for method, told in (("session", "opened"), ("end", "ended"), ("delete", "deleted")):
        _wrap(ChatApi, method, functools.partial(_telling, told))
    _wrap(Audience, "watch", _streaming)
    _wrap(bot.privacy_service, "purge", _purging)
    _wrap(bot.privacy_service, "refused", _refusing)
    failures.listeners.append(_failed)
    event.listen(Engine, "before_cursor_execute", _statement_begins)
    event.listen(Engine, "after_cursor_execute", _statement_ends)
    event.listen(Engine, "handle_error", _statement_fails)


def _wrap(owner: Any, name: str, wrapper: Callable[[Callable[..., Any]], Any]) -> None:
    plain = getattr(owner, name)
    setattr(owner, name, functools.wraps(plain)(wrapper(plain)))


def _as_stage(kind: str, part: _Namer = lambda _args, _kwargs: "") -> Callable[..., Any]:
    """Return what wraps a method as a stage.

    Args:
        kind: The stage's.
        part: Names the part from the method's arguments, by position and by name.
    """

    def wrap(plain: Callable[..., Any]) -> Callable[..., Any]:
        async def later(*args: Any, **kwargs: Any) -> Any:
            with timed(kind, part(args, kwargs)):
                return await plain(*args, **kwargs)

        def at_once(*args: Any, **kwargs: Any) -> Any:
            with timed(kind, part(args, kwargs)):
                return plain(*args, **kwargs)

        return later if inspect.iscoroutinefunction(plain) else at_once

    return wrap


def _starting(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Time a turn from its arrival at the channel to its last reply."""

    async def watched(channel: str, work: Any) -> Any:
        current_turn.set(TurnNote(channel, time.perf_counter()))
        with timed("turn", channel):
            return await work

    def start(turn: Turn, work: Any) -> None:
        plain(turn, watched(turn.channel, work))

    return start


def _bot_begins(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Note whose turn it is, and how long it waited for the conversation's lock."""

    async def handle(processor: Any, message: Any) -> Any:
        note = current_turn.get()
        if note is not None:
            note.conversation_id = message.sender_id
            happened("waited", seconds=str(time.perf_counter() - note.began))
        return await plain(processor, message)

    return handle


def _saving(plain: Callable[..., Any]) -> Callable[..., Any]:
    """Time the writing of a turn, and tell what came of the turn once it is written."""

    async def save(store: Any, tracker: DialogueStateTracker) -> None:
        written: int = getattr(tracker, WRITTEN, 0)
        with timed("save"):
            await plain(store, tracker)
        _tell_outcomes(tracker, written)

    return save


def _tell_outcomes(tracker: DialogueStateTracker, written: int) -> None:
    changed: dict[str, Any] = {}
    for one in islice(tracker.events, written, None):
        if isinstance(one, UserUttered):
            happened("intent", intent=str(one.intent.get("name")))
        elif isinstance(one, ActionExecuted) and one.action_name == _FALLBACK:
            happened("fallback")
        elif isinstance(one, SlotSet) and one.key in (_LEVEL, _SIGNS, *_CONSENT):
            changed[one.key] = one.value
    if not changed:
        return
    before = _values_before(list(islice(tracker.events, written)), set(changed))
    level = changed.get(_LEVEL)
    if level and level != before.get(_LEVEL):
        happened("level", level=str(level))
    for sign in set(changed.get(_SIGNS) or ()) - set(before.get(_SIGNS) or ()):
        happened("red_flag", red_flag=str(sign))
    for key, kind in _CONSENT.items():
        if changed.get(key) and not before.get(key):
            happened("consent", kind=kind)


def _values_before(events: list[Event], wanted: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in reversed(events):
        if isinstance(one, SlotSet) and one.key in wanted and one.key not in found:
            found[one.key] = one.value
            if len(found) == len(wanted):
                break
    return found


def _booking(step: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        result = "failed"
        try:
            given = plain(*args, **kwargs)
            result = "refused" if given is None and step in ("moved", "cancelled") else "done"
            return given
        except (SlotTaken, AlreadyBooked):
            result = "taken"
            raise
        except (TooManyTries, ValueError):
            result = "refused"
            raise
        finally:
            happened("booking", step=step, result=result)

    return call


def _telling(told: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    async def answer(*args: Any, **kwargs: Any) -> Any:
        reply = await plain(*args, **kwargs)
        happened("web_session", event=told)
        return reply

    return answer


def _streaming(plain: Callable[..., Any]) -> Callable[..., Any]:
    @contextmanager
    def watch(audience: Audience, conversation_id: str) -> Iterator[Any]:
        with timed("stream"), plain(audience, conversation_id) as news:
            yield news

    return watch


def _purging(plain: Callable[..., Any]) -> Callable[..., Any]:
    async def purge(*args: Any) -> Any:
        report = await plain(*args)
        happened("purged")
        return report

    return purge


def _refusing(plain: Callable[..., Any]) -> Callable[..., Any]:
    def refused(error: Any) -> None:
        plain(error)
        happened("purge_refused")

    return refused


def _failed(where: str, error: BaseException) -> None:
    kind = "unavailable" if isinstance(error, SchedulingError) else type(error).__name__
    happened("error", where=where, kind=kind)


def _statement_begins(
    connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool
) -> None:
    stage = timed("database", _verb(statement))
    stage.__enter__()
    # The statement itself stays here; it could hold values that were written into it.
    connection.info["atlas_stage"] = stage


def _statement_ends(
    connection: Any, _cursor: Any, _statement: str, _values: Any, _context: Any, _many: bool
) -> None:
    stage = connection.info.pop("atlas_stage", None)
    if stage is not None:
        stage.__exit__(None, None, None)


def _statement_fails(failure: Any) -> None:
    error = failure.original_exception
    if failure.connection is not None:
        stage = failure.connection.info.pop("atlas_stage", None)
        if stage is not None:
            stage.__exit__(type(error), error, None)
    happened("database_failure", kind=type(error).__name__)


def _verb(statement: str) -> str:
    verb = statement.lstrip(" \n(").split(None, 1)[0].upper() if statement.strip() else ""
    return verb if verb in _VERBS else "other"
