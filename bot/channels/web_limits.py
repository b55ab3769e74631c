"""Slow down a visitor or an address that asks too much of the web chat."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from bot.stores.bus import Bus, News


@dataclass(frozen=True)
class Rate:
    """How often something may happen: `burst` times at once, then `per_second`."""

    burst: float
    per_second: float


@dataclass(frozen=True)
class Limits:
    """What one visitor and one address may do.

    The address allows for many visitors behind one router, such as the clinic's own.
    """

    messages_per_session: Rate = Rate(burst=20, per_second=1)
    copies_per_session: Rate = Rate(burst=3, per_second=1 / 60)
    messages_per_address: Rate = Rate(burst=120, per_second=10)
    sessions_per_address: Rate = Rate(burst=60, per_second=0.5)


class TokenBuckets:
    """Count events per key with one token bucket each, for the most recent keys only.

    Args:
        rate: What each key may do.
        most: How many keys are remembered.
        bus: Tells the other processes what was taken here.
        name: What the buckets are called there.
    """

    def __init__(
        self, rate: Rate, most: int = 20_000, bus: Bus | None = None, name: str = ""
    ) -> None:
        self._rate = rate
        self._most = most
        self._bus = bus
        self._topic = f"rate {name}"
        if bus is not None:
            bus.subscribe(self._topic, self._heed)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one token.

        Args:
            key: Whose bucket.

        Returns:
            0 when it was there, otherwise the seconds until it will be.
        """
        wait = self._draw(key)
        if not wait and self._bus is not None:
            self._bus.tell(self._topic, key=key)
        return wait

    def _heed(self, news: News) -> None:
        self._draw(news["key"])

    def _draw(self, key: str) -> float:
        moment = time.monotonic()
        level, updated = self._buckets.pop(key, (self._rate.burst, moment))
        level = min(self._rate.burst, level + (moment - updated) * self._rate.per_second)
        allowed = level >= 1
        self._buckets[key] = (level - 1 if allowed else level, moment)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - level) / self._rate.per_second
