"""Tell an analytics system what happens in conversations, without anything of a patient's in it.

Off unless ATLAS_BROKER_URL names a RabbitMQ (amqp:// or amqps://). Only what is listed here goes
out: kinds of events, times, the names of intents, actions and forms, the channel, and a keyed
hash in place of the conversation's id that nothing else is called by. A broker that is down never
holds up a patient: events wait in memory, up to a limit, and the oldest give way.
"""

from __future__ import annotations

import asyncio
import logging
import os
from asyncio import AbstractEventLoop
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aio_pika
import aiormq
from rasa.core.brokers.pika import PikaEventBroker
from rasa.utils.endpoints import EndpointConfig

from clinic.privacy.conversations import ConversationsUnavailable
from clinic.privacy.master_key import KeyProblem
from clinic.privacy.provider import get_stores
from clinic.privacy.vault import Vault
from clinic.settings import SettingsError

logger = logging.getLogger(__name__)

URL, QUEUE = "ATLAS_BROKER_URL", "ATLAS_BROKER_QUEUE"
_DEFAULT_QUEUE = "atlas.events"
_PURPOSE = "events for analytics"

_MOST_WAITING = 10_000
_RETRY_SECONDS = 2.0
# A broker that does not confirm an event within this time is taken for broken.
_CONFIRM_SECONDS = 5.0
# How long the end of the process waits for events that are not sent yet.
_FLUSH_SECONDS = 3.0
_FAILURES = (
    *aio_pika.exceptions.CONNECTION_EXCEPTIONS,
    aio_pika.exceptions.AMQPError,
    aiormq.exceptions.AMQPError,
    TimeoutError,
    OSError,
)

# What goes out of each kind of event; a kind that is not here does not go out at all. Slots stay
# here: their values are what a patient has.
_TOLD: dict[str, tuple[str, ...]] = {
    "session_started": (),
    "user": ("input_channel",),
    "bot": (),
    "action": ("name", "policy", "confidence"),
    "active_loop": ("name",),
    "action_execution_rejected": ("name",),
}


def told(event: dict[str, Any]) -> dict[str, Any] | None:
    """Return what may be told of an event besides its conversation; None: nothing.

    Args:
        event: As Rasa gives it to a broker.
    """
    kind = str(event.get("event"))
    if kind not in _TOLD:
        return None
    kept = {name: event.get(name) for name in _TOLD[kind]}
    if kind == "user":
        intent = (event.get("parse_data") or {}).get("intent") or {}
        kept["intent"] = intent.get("name")
        kept["confidence"] = intent.get("confidence")
    elif kind == "bot":
        kept["response"] = (event.get("metadata") or {}).get("utter_action")
    return {"event": kind, "at": event.get("timestamp"), **kept}


class RedactedEvents(PikaEventBroker):
    """Rasa's RabbitMQ broker, which gets the redacted events only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._link: aio_pika.abc.AbstractConnection | None = None
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque(maxlen=_MOST_WAITING)
        self._arrived = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    @classmethod
    async def from_endpoint_config(
        cls,
        broker_config: EndpointConfig | None,
        event_loop: AbstractEventLoop | None = None,
    ) -> RedactedEvents | None:
        """Return the broker that the environment names; None: there is none.

        Args:
            broker_config: What endpoints.yml says; ignored.
            event_loop: The server's.

        Raises:
            SettingsError: The address cannot be right.
        """
        url = os.environ.get(URL, "").strip()
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
            message = "expected amqp://user:password@host:5672/ or amqps://…"
            raise SettingsError(Path("environment"), URL, message)
        broker = cls(
            url,
            username=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            port=parts.port or (5671 if parts.scheme == "amqps" else 5672),
            queues=[os.environ.get(QUEUE, "").strip() or _DEFAULT_QUEUE],
            event_loop=event_loop or asyncio.get_running_loop(),
            exchange_name="atlas",
        )
        broker.begin()
        return broker

    def begin(self) -> None:
        """Start to connect and to send, beside everything else."""
        self._sender = self._loop.create_task(self._send_all())

    def publish(self, event: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        """Take an event; what may be told of it is sent later.

        Args:
            event: As Rasa has it.
            headers: Ignored.
        """
        redacted = told(event)
        if redacted is None:
            return
        if len(self._waiting) == _MOST_WAITING:
            logger.warning("The broker takes no events: the oldest that waits is dropped.")
        self._waiting.append((str(event.get("sender_id")), redacted))
        self._arrived.set()

    def is_ready(self) -> bool:
        """Tell whether the broker can be reached now."""
        return self._exchange is not None

    async def close(self) -> None:
        """Send what waits, as far as that is quick, and close the connection."""
        deadline = self._loop.time() + _FLUSH_SECONDS
        while self._waiting and self.is_ready() and self._loop.time() < deadline:
            await asyncio.sleep(0.05)
        if self._sender is not None:
            self._sender.cancel()
        await self._disconnect()
        if self._waiting:
            logger.warning("%d events were never told to the broker.", len(self._waiting))

    async def _send_all(self) -> None:
        while True:
            try:
                # In a thread, because it may have to wait for the database.
                vault = await asyncio.to_thread(get_stores().conversations.vault)
                await self._connect_once()
                await self._send_until_it_fails(vault)
            except _FAILURES as error:
                # Its text may name the host and the user.
                logger.warning("The broker cannot be reached: %s", type(error).__name__)
            except (ConversationsUnavailable, KeyProblem) as error:
                logger.warning("Nothing can be told to the broker: %s", error)
            await self._disconnect()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _connect_once(self) -> None:
        # Not a connection that mends itself: it would keep an event that is on its way for ever.
        async with asyncio.timeout(_CONFIRM_SECONDS):
            self._link = await aio_pika.connect(self._configure_url())
            channel = await self._link.channel()
            self._exchange = await self._set_up_exchange(channel)

    async def _send_until_it_fails(self, vault: Vault) -> None:
        while True:
            self._arrived.clear()
            while self._waiting:
                waiting = self._waiting[0]
                sender, event = waiting
                event["conversation"] = vault.hash(sender, _PURPOSE)
                async with asyncio.timeout(_CONFIRM_SECONDS):
                    await self._exchange.publish(self._message(event, None), "")
                # Only now: what was not confirmed is sent again, twice rather than never.
                if self._waiting and self._waiting[0] is waiting:
                    self._waiting.popleft()
            await self._arrived.wait()

    async def _disconnect(self) -> None:
        connection, self._link, self._exchange = self._link, None, None
        if connection is None:
            return
        try:
            async with asyncio.timeout(1):
                await connection.close()
        except _FAILURES:
            logger.debug("The connection to the broker was broken already.")
