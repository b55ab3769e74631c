"""Tell the other processes what happened in this one: news for open tabs, ended chats, rates.

It goes through PostgreSQL (NOTIFY), sealed like everything that the database gets to see. News
may be lost when the connection breaks; nothing relies on it that the database does not know too.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import secrets
import zlib
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from bot.stores.postgres_link import PostgresLink
from clinic.failures import describe_failure
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.privacy.master_key import KeyProblem
from clinic.privacy.vault import Vault

logger = logging.getLogger(__name__)

# What PostgreSQL takes as one notification.
_MOST_BYTES = 7_900
# Seconds in which news are gathered, so that a turn costs one notification or two.
_GATHER = 0.01
_START_SECONDS = 3.0
_PLACE = "bus"

News = dict[str, Any]


class Bus:
    """News between the processes of one service.

    Args:
        link: Carries them; None: there is no other process.
        vault: Returns what seals them; called where waiting for the database disturbs nobody.
    """

    def __init__(self, link: PostgresLink | None, vault: Callable[[], Vault]) -> None:
        self._link = link
        self._open_vault = vault
        self._vault: Vault | None = None
        self._own = secrets.token_hex(6)
        self._heed: defaultdict[str, list[Callable[[News], None]]] = defaultdict(list)
        self._too_long: dict[str, Callable[[News], None]] = {}
        self._reconnected: list[Callable[[], None]] = []
        self._gathered: list[tuple[str, News]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def subscribe(
        self,
        topic: str,
        heed: Callable[[News], None],
        too_long: Callable[[News], None] | None = None,
    ) -> None:
        """Say what to call in the event loop.

        Args:
            topic: Which news.
            heed: Gets each news of another process.
            too_long: Gets news of this process that do not fit into a notification.
        """
        self._heed[topic].append(heed)
        if too_long is not None:
            self._too_long[topic] = too_long

    def on_connection(self, catch_up: Callable[[], None]) -> None:
        """Say what to call, in a thread, whenever news may have been missed."""
        self._reconnected.append(catch_up)

    async def start(self) -> None:
        """Begin to listen, in the running event loop; a database out of reach holds up nothing."""
        self._loop = asyncio.get_running_loop()
        if self._link is None:
            return
        self._link.listen(self._receive, self._catch_up)
        deadline = self._loop.time() + _START_SECONDS
        while not self._link.is_up and self._loop.time() < deadline:
            await asyncio.sleep(0.02)

    @property
    def is_up(self) -> bool:
        """Whether the other processes can be reached, or there are none."""
        return self._link is None or self._link.is_up

    def tell(self, topic: str, **news: Any) -> None:
        """Tell the other processes; returns at once.

        Args:
            topic: What they may have subscribed to.
            **news: What JSON can hold.
        """
        if self._link is None or self._loop is None:
            return
        if not self._gathered:
            self._loop.call_later(_GATHER, self._send)
        self._gathered.append((topic, news))

    def tell_from_thread(self, topic: str, **news: Any) -> None:
        """Tell the other processes, from another thread than the event loop's."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(lambda: self.tell(topic, **news))

    def _send(self) -> None:
        gathered, self._gathered = self._gathered, []
        self._tell(gathered)

    def _tell(self, gathered: list[tuple[str, News]]) -> None:
        if self._link is None or self._vault is None:
            return  # the database was never reached
        content = zlib.compress(json.dumps(gathered).encode(), level=1)
        sealed = self._vault.seal(content, _PLACE)
        payload = self._own + base64.b64encode(sealed).decode()
        if len(payload) <= _MOST_BYTES:
            self._link.tell(payload)
        elif len(gathered) > 1:
            middle = len(gathered) // 2
            self._tell(gathered[:middle])
            self._tell(gathered[middle:])
        else:
            topic, news = gathered[0]
            if too_long := self._too_long.get(topic):
                too_long(news)

    def _receive(self, payload: str) -> None:
        """Read what came in, in the link's thread."""
        if payload.startswith(self._own) or self._loop is None or self._vault is None:
            return
        try:
            sealed = base64.b64decode(payload[len(self._own) :], validate=True)
            content = json.loads(zlib.decompress(self._vault.open(sealed, _PLACE)))
        except (KeyProblem, ValueError, zlib.error) as error:
            logger.warning("News of another process cannot be read: %s", describe_failure(error))
            return
        self._loop.call_soon_threadsafe(self._deliver, content)

    def _deliver(self, content: list[tuple[str, News]]) -> None:
        for topic, news in content:
            for heed in self._heed[topic]:
                heed(news)

    def _catch_up(self) -> None:
        """Get ready after each connecting, in the link's thread."""
        try:
            self._vault = self._open_vault()
        except (ConversationsUnavailable, KeyProblem) as error:
            logger.warning("The other processes cannot be told of news: %s", error)
        for catch_up in self._reconnected:
            catch_up()
