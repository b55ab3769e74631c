"""Keep conversations in a database beside the one of the appointments."""

from __future__ import annotations

from functools import cache
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from sqlalchemy import Engine, String, event, inspect, text
from sqlalchemy.engine import URL, make_url

from clinic.settings import get_settings

_SQLITE_BUSY_MILLISECONDS = 3000

# Rasa walks through all event classes for each event that it reads from the database, which
# took a quarter of a turn; the classes do not change while the server runs.
Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))


# Rasa's table takes ids of 255 characters, Atlas's REST channel of 256; PostgreSQL would refuse.
_LONGEST_ID = 512
SQLTrackerStore.SQLEvent.__table__.c.sender_id.type = String(_LONGEST_ID)


class AtlasTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store at the address that ATLAS_DATABASE_URL gives.

    On SQLite conversations have a file of their own, so that health answers and
    appointments are two stores and neither waits for the other's lock.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain=domain, event_broker=event_broker)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _set_up_sqlite)
            self.engine.dispose()  # connections made before the listener lack its settings
        elif self.engine.dialect.name == "postgresql":
            _widen_ids(self.engine)

    @staticmethod
    def get_db_url(*args: Any, **kwargs: Any) -> URL:
        """Return the address of the conversations, whatever endpoints.yml says."""
        return conversations_url(get_settings().database_url)

    async def forget(self, conversation_id: str) -> None:
        """Delete every event of a conversation; the caller holds its lock."""
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter_by(sender_id=conversation_id).delete()
            session.commit()


def conversations_url(database_url: str) -> URL:
    """Return where conversations are kept.

    Args:
        database_url: Where appointments are kept.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        stem = url.database.removesuffix(".db")
        return url.set(database=f"{stem}-conversations.db")
    return url


def _widen_ids(engine: Engine) -> None:
    """Make room in a table that Rasa or an earlier Atlas made; PostgreSQL rewrites no row for it.

    Raises:
        SQLAlchemyError: The database refused.
    """
    columns = {column["name"]: column["type"] for column in inspect(engine).get_columns("events")}
    length = getattr(columns["sender_id"], "length", None)
    if length is not None and length < _LONGEST_ID:
        with engine.begin() as connection:
            connection.execute(
                text(f"ALTER TABLE events ALTER COLUMN sender_id TYPE VARCHAR({_LONGEST_ID})")
            )


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={_SQLITE_BUSY_MILLISECONDS}")
    cursor.close()
