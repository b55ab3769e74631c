"""Tell the time; tests and demonstrations fix it with ATLAS_NOW."""

from __future__ import annotations

import os
from datetime import UTC, datetime


class ClockSettingError(ValueError):
    """ATLAS_NOW is no ISO 8601 date and time."""


def now() -> datetime:
    """Return the present moment, aware and in UTC.

    Raises:
        ClockSettingError: ATLAS_NOW is set to something that is no ISO 8601 moment.
    """
    fixed = os.environ.get("ATLAS_NOW", "").strip()
    if not fixed:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(fixed)
    except ValueError as error:
        raise ClockSettingError(
            f"ATLAS_NOW is {fixed!r}; expected a moment such as 2026-06-10T10:00:00+00:00"
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
