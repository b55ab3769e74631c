"""Give the process its one scheduler."""

from __future__ import annotations

from functools import lru_cache

from clinic.scheduling.port import Scheduler
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import get_settings


@lru_cache(maxsize=1)
def get_scheduler() -> Scheduler:
    """Return the scheduler of the configured database; it connects on first use."""
    return SqlScheduler(get_settings())
