"""Run Alembic on the connection that Atlas hands over, or on the configured database."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from clinic.privacy.columns import attach
from clinic.privacy.vault import open_vault
from clinic.scheduling.database import VERSION_TABLE, make_engine
from clinic.scheduling.models import Base
from clinic.settings import get_settings
from clinic.staff import models as staff_models

# Their tables are beside the calendar's once their module is loaded.
OWN_TABLES = {staff_models.StaffMember.__tablename__, *Base.metadata.tables}


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
    _engine = make_engine(make_url(get_settings().database_url), migrates=True)
    with _engine.begin() as _connection:
        attach(_engine.dialect, open_vault(_connection, get_settings().var))
        _migrate(_connection)
