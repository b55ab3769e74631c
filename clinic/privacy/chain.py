"""Chain the lines of a log: each carries a keyed hash over itself and the line before.

Whoever can write to the database but has no key can neither change, insert, move nor remove a line
unnoticed. Cutting off the newest lines shows only against a hash that was noted elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from clinic.privacy.vault import Vault

# What stands for the line before the first one.
START = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """What checking a chain found.

    Args:
        entries: How many lines there are.
        head: The chain hash of the newest one.
        problem: What is wrong, in one sentence; None: nothing.
    """

    entries: int
    head: str
    problem: str | None


def link(vault: Vault, purpose: str, before: str, values: Mapping[str, Any]) -> str:
    """Return the chain hash of a line.

    Args:
        vault: Its hash chains.
        purpose: Keeps the chains of different logs apart.
        before: The hash of the line before, or `START`.
        values: All that the line says; moments are aware.
    """
    plain = {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
    return vault.hash(f"{before}{json.dumps(plain, sort_keys=True)}", purpose)
