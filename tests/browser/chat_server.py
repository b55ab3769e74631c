"""Serve the real web channel around a scripted bot, for tests of the page alone."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rasa.core.channels.channel import UserMessage, register
from rasa.shared.core.events import BotUttered, SessionStarted, UserUttered
from sanic import Sanic

from bot.channels.web import WebInput
from bot.stores.lock_store import ConversationLocks

Reply = dict[str, Any]


class ScriptedAgent:
    """Answers with what the script has for a text, else by repeating it.

    Args:
        script: The replies to a text; "" is the welcome.
    """

    def __init__(self, script: dict[str, list[Reply]]) -> None:
        self.script = script
        self.heard: list[str] = []
        self.broken = False
        self.pause = 0.0
        self.trackers: dict[str, Any] = {}
        self.lock_store = ConversationLocks()
        self.processor = self
        self.tracker_store = self
        self.channel: WebInput | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def is_ready(self) -> bool:
        return True

    async def retrieve(self, conversation_id: str) -> Any:
        return self.trackers.get(conversation_id)

    async def forget(self, conversation_id: str, *_entry: Any) -> None:
        self.trackers.pop(conversation_id, None)

    async def fetch_tracker_and_update_session(self, conversation_id: str, output: Any) -> Any:
        events = [SessionStarted()]
        tracker = SimpleNamespace(sender_id=conversation_id, events=events, update=events.append)
        self.trackers[conversation_id] = tracker
        return tracker

    async def trigger_intent(
        self, intent_name: str, entities: list[Any], output_channel: Any, tracker: Any
    ) -> None:
        await self._say(tracker, output_channel, self.script[""])

    async def handle_message(self, message: UserMessage) -> None:
        self.heard.append(message.text)
        tracker = self.trackers[message.sender_id]
        before = len(tracker.events)
        tracker.events.append(UserUttered(message.text, message_id=message.message_id))
        repeat = [{"text": f"You wrote: {message.text}"}]
        try:
            await self._say(tracker, message.output_channel, self.script.get(message.text, repeat))
        except RuntimeError:
            del tracker.events[before:]  # Rasa saves whole turns only
            raise

    def say_later(self, reply: Reply) -> None:
        """Let the bot say something outside a turn to the visitor who came last."""
        assert self.channel is not None
        assert self.loop is not None
        output = self.channel.get_output_channel()
        tracker = list(self.trackers.values())[-1]
        asyncio.run_coroutine_threadsafe(self._say(tracker, output, [reply]), self.loop).result(10)

    async def _say(self, tracker: Any, output: Any, replies: list[Reply]) -> None:
        for number, reply in enumerate(replies):
            await asyncio.sleep(self.pause)
            if self.broken and number == len(replies) - 1:
                raise RuntimeError("broken on purpose")
            rest = {key: value for key, value in reply.items() if key != "text"}
            event = BotUttered(reply.get("text"), rest)
            tracker.events.append(event)
            await output.send_response(tracker.sender_id, event.message())


@contextmanager
def chat_server(agent: ScriptedAgent, var: Path) -> Iterator[str]:
    """Serve the channel from a thread.

    Args:
        agent: Who answers.
        var: The folder for the channel's files.

    Yields:
        The base URL.
    """
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        app = Sanic(f"chat-{uuid.uuid4().hex}", configure_logging=False)
        app.ctx.agent = agent
        agent.channel, agent.loop = WebInput(var=var), loop
        register([agent.channel], app, "/webhooks/")
        server = await app.create_server(
            sock=listener, return_asyncio_server=True, access_log=False
        )
        await server.startup()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    # Otherwise Sanic rewrites its own code on start, which works once a process.
    before, Sanic.test_mode = Sanic.test_mode, True
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        _wait_for(listener.getsockname())
        yield "http://{}:{}".format(*listener.getsockname())
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        Sanic.test_mode = before


def _wait_for(address: tuple[str, int]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(address) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the chat server did not start")
