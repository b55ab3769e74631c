"""How much conversations take in the databases, and many of them made at once."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

# How many turns of a real conversation each synthetic one has.
SYNTHETIC_TURNS = 3

_NUMBERS = """
CREATE TEMP TABLE made AS
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
SELECT lower(hex(randomblob(32))) AS id FROM numbers
"""
# The rows of one real conversation under other ids. Nothing ever reads them, as it is with the
# conversations of other visitors; so it does not matter that they do not open under these ids.
_ATLAS = (
    """
    INSERT INTO conversations
    SELECT made.id, sealed_id, incarnation, began_at, active_at, :turns, session
    FROM made, (SELECT * FROM conversations ORDER BY began_at DESC LIMIT 1)
    """,
    """
    INSERT INTO conversation_turns
    SELECT made.id, number, session, sealed_events FROM made, conversation_turns
    WHERE conversation_id = (SELECT id FROM conversations WHERE turns > :turns LIMIT 1)
      AND number < :turns
    """,
)
# A turn of Rasa's own store is about eight rows.
_STOCK = (
    """
    INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)
    SELECT made.id, type_name, timestamp, intent_name, action_name, data FROM made, (
      SELECT * FROM events WHERE sender_id = (SELECT sender_id FROM events ORDER BY id DESC LIMIT 1)
      ORDER BY id LIMIT :turns * 8
    )
    """,
)
_STATEMENTS = {"atlas": _ATLAS, "stock": _STOCK}


def used_bytes(databases: Sequence[Path]) -> int:
    """Return how much of the files holds data.

    Args:
        databases: SQLite files; missing ones count nothing.
    """
    total = 0
    for path in databases:
        if path.exists():
            with closing(sqlite3.connect(path)) as connection:
                pages, free, size = (
                    connection.execute(f"PRAGMA {name}").fetchone()[0]
                    for name in ("page_count", "freelist_count", "page_size")
                )
            total += (pages - free) * size
    return total


def add_synthetic(target: str, database: Path, count: int) -> None:
    """Write conversations in bulk, while the server is idle.

    Args:
        target: Whose schema: "atlas" or "stock".
        database: Where conversations are kept; a real one must be there.
        count: How many.
    """
    with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as connection:
        connection.execute(_NUMBERS, {"count": count})
        connection.execute("BEGIN IMMEDIATE")
        for statement in _STATEMENTS[target]:
            names = {"turns": SYNTHETIC_TURNS} if ":turns" in statement else {}
            connection.execute(statement, names)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def bookings(database: Path) -> int:
    """Return how many appointments a calendar holds; 0 where there is none."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM appointments").fetchone()[0])
