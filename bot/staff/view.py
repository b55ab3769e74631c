"""Say which visits somebody looks at, in an address and in a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from clinic import clock
from clinic.settings import ClinicSettings

FIRST_PAGE = "/staff/appointments"
# No calendar reaches farther, and dates end somewhere.
_FARTHEST = timedelta(days=20 * 365)


@dataclass(frozen=True)
class View:
    """Which visits somebody looks at.

    Args:
        first: The first day.
        who: Id of the practitioner whose; "" is everybody.
        cancelled: Also those that were cancelled.
    """

    first: date
    who: str
    cancelled: bool

    @classmethod
    def of(cls, fields: Mapping[str, Any], clinic: ClinicSettings) -> View:
        """Read an address or a form; what makes no sense is left out."""
        today = clock.now().astimezone(clinic.zone).date()
        try:
            first = date.fromisoformat(str(fields.get("day") or today))
        except ValueError:
            first = today
        who = str(fields.get("who") or "")
        return cls(
            first if abs(first - today) < _FARTHEST else today,
            who if clinic.practitioner(who) else "",
            bool(fields.get("cancelled")),
        )

    def fields(self, **others: object) -> dict[str, str]:
        """Return the fields that bring one here again, with others; empty ones are left out."""
        own = {
            "day": self.first.isoformat(),
            "who": self.who,
            "cancelled": "yes" if self.cancelled else "",
        }
        return {name: str(value) for name, value in {**own, **others}.items() if value}

    def address(self, **others: object) -> str:
        """Return where it is shown."""
        return f"{FIRST_PAGE}?{urlencode(self.fields(**others))}"
