"""Wait for what comes in its own time, instead of sleeping and hoping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(right: Callable[[], bool]) -> None:
    """Return once something is so.

    Args:
        right: Tells whether it is.

    Raises:
        TimeoutError: It is not so after 20 seconds.
    """
    async with asyncio.timeout(20):
        while not right():
            await asyncio.sleep(0.02)
