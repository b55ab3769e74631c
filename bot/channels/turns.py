"""Run the bot's answers in tasks of their own, and say kindly when one fails."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any
from uuid import UUID

from rasa.core.channels.channel import UserMessage
from sanic import Request

from clinic.failures import describe_failure, note_failure
from clinic.settings import get_settings

logger = logging.getLogger(__name__)

NewMessageHandler = Callable[[UserMessage], Coroutine[Any, Any, Any]]

# A patient who has heard nothing for so long is told to try again, and whom to call.
FIRST_WORD_SECONDS = 15.0

_running: set[asyncio.Task[Any]] = set()


class Turn:
    """The bot's answer to one message, readable while it grows and again afterwards.

    Args:
        text: The message that is answered.
        channel: The channel's name, for the log.
        patience: Seconds until it is given up where nothing was added; None: never.
    """

    def __init__(self, text: str, channel: str, patience: float | None = None) -> None:
        self.text = text
        self.messages: list[dict[str, Any]] = []
        self.finished = False
        self.failed = False
        self.channel = channel
        self._patience = patience
        self._giving_up: asyncio.TimerHandle | None = None
        self._grown = asyncio.Event()

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let the bot work in a task of its own, which outlives a lost connection.

        Args:
            work: What calls the bot; its replies reach `add`.
        """
        task = asyncio.create_task(work)
        _running.add(task)
        task.add_done_callback(self._end)
        if self._patience is not None:
            self._giving_up = task.get_loop().call_later(self._patience, self._give_up, task)

    def add(self, message: dict[str, Any]) -> None:
        """Append one message of the bot and wake up the readers."""
        self.messages.append(message)
        self._wake_readers()

    async def read(self) -> AsyncIterator[dict[str, Any]]:
        """Yield every message from the first on, and return when the turn is over."""
        position = 0
        while True:
            # Taken before looking, so that nothing can arrive unnoticed in between.
            grown = self._grown
            while position < len(self.messages):
                yield self.messages[position]
                position += 1
            if self.finished:
                return
            await grown.wait()

    async def over(self) -> bool:
        """Wait for the end of the turn.

        Returns:
            Whether the bot got through it.
        """
        async for _ in self.read():
            pass
        return not self.failed

    def _give_up(self, task: asyncio.Task[Any]) -> None:
        """End a turn that has not said a word yet; what is said already is worth the waiting."""
        if not self.messages and not task.done():
            logger.error("A %s message was not answered in time.", self.channel)
            task.cancel()

    def _end(self, task: asyncio.Task[Any]) -> None:
        _running.discard(task)
        if self._giving_up is not None:
            self._giving_up.cancel()
        error = None if task.cancelled() else task.exception()
        self.failed = task.cancelled() or error is not None
        self.finished = True
        if error is not None:
            log_failure(self.channel, error)
        self._wake_readers()

    def _wake_readers(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()


class Conversation:
    """The recent turns of one session in this process."""

    MOST_TURNS = 50

    def __init__(self) -> None:
        self._turns: OrderedDict[UUID, Turn] = OrderedDict()

    def turn(self, message_id: UUID) -> Turn | None:
        """Return the turn of a message that came before, unless it failed."""
        turn = self._turns.get(message_id)
        return None if turn is None or turn.failed else turn

    def remember(self, message_id: UUID, turn: Turn) -> None:
        """Keep a turn for as long as a browser may ask for it again."""
        self._turns[message_id] = turn
        if len(self._turns) > self.MOST_TURNS:
            self._turns.popitem(last=False)


class Conversations:
    """The conversations that were active last, for replaying their turns."""

    def __init__(self, most: int = 5_000) -> None:
        self._most = most
        self._conversations: OrderedDict[str, Conversation] = OrderedDict()

    def of(self, conversation_id: str) -> Conversation:
        """Return a conversation's turns, and forget those of the one idle for longest."""
        conversation = self._conversations.pop(conversation_id, None) or Conversation()
        self._conversations[conversation_id] = conversation
        if len(self._conversations) > self._most:
            self._conversations.popitem(last=False)
        return conversation

    def forget(self, conversation_id: str) -> None:
        """Drop what is kept of a conversation."""
        self._conversations.pop(conversation_id, None)


def running_turns() -> int:
    """Return how many messages are being answered in this process."""
    return len(_running)


def ready_agent(request: Request) -> Any | None:
    """Return Rasa's agent, or None while it has no model to answer with."""
    agent = getattr(request.app.ctx, "agent", None)
    return agent if agent is not None and agent.is_ready() else None


def emergency_words() -> str:
    """Return the sentence that belongs to every answer that could not be given."""
    return f"In an emergency, call {get_settings().clinic.emergency_number}."


def starting_words() -> str:
    """Return what a visitor reads while no model is loaded yet."""
    return f"Atlas is starting. {emergency_words()}"


def failure_words() -> str:
    """Return what a visitor reads when the bot failed."""
    return (
        "Sorry, something went wrong and Atlas could not answer. Please try again. "
        f"{emergency_words()}"
    )


def log_failure(channel: str, error: BaseException) -> None:
    """Log the kind of an error and where it happened, and no word of the visitor's.

    Args:
        channel: The channel's name.
        error: What the bot raised; its own words may quote the visitor, so they stay out of
            every level but DEBUG.
    """
    note_failure("channel", error)
    logger.error("The bot failed to answer a %s message: %s", channel, describe_failure(error))
    logger.debug("The failure in full", exc_info=error)
