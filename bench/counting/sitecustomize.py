"""Count the statements that a server sends to SQLite, when Python starts with this on its path.

Used for a run of its own, whose times are not measured.
"""

import json
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

_KINDS = {
    "SELECT": "reads",
    "INSERT": "writes",
    "UPDATE": "writes",
    "DELETE": "writes",
    "COMMIT": "transactions",
}
_file = os.environ.get("BENCH_SQL_COUNTS")
_counts = {"reads": 0, "writes": 0, "transactions": 0}
_lock = threading.Lock()
_connect = sqlite3.connect


def _note(statement: str) -> None:
    kind = _KINDS.get(statement.lstrip()[:6].upper())
    if kind and _file:
        with _lock:
            _counts[kind] += 1
            Path(_file).write_text(json.dumps(_counts))


def _counting(*arguments: Any, **named: Any) -> sqlite3.Connection:
    connection = _connect(*arguments, **named)
    connection.set_trace_callback(_note)
    return connection


if _file:
    sqlite3.connect = sqlite3.dbapi2.connect = _counting  # type: ignore[assignment,attr-defined]
