"""Run Alembic on the connection that Atlas hands over, or on the configured database."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

from clinic.scheduling.database import VERSION_TABLE
from clinic.scheduling.models import Base
from clinic.settings import get_settings

OWN_TABLES = set(Base.metadata.tables)


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        render_as_batch=connection.dialect.name == "sqlite",
        include_name=lambda name, kind, _parents: kind != "table" or name in OWN_TABLES,
    )
    with context.begin_transaction():
        context.run_migrations()


_given: Connection | None = context.config.attributes.get("connection")
if _given is not None:
    _migrate(_given)
else:
    with create_engine(get_settings().database_url).connect() as _connection:
        _migrate(_connection)
