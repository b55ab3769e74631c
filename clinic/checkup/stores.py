"""Check both databases without changing anything: reach, right to write, tables, keys, clock."""

from __future__ import annotations

import os
import secrets
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.orm import Session

from clinic import clock
from clinic.checkup.findings import Finding, ok, problem, warning
from clinic.clock import ClockSettingError
from clinic.privacy import audit, purge_clock
from clinic.privacy.columns import attach
from clinic.privacy.conversations import conversations, conversations_url, open_newest
from clinic.privacy.master_key import FILE_NAME, KeyProblem, load_key_service
from clinic.privacy.vault import Vault, data_keys
from clinic.scheduling.database import MIGRATIONS, VERSION_TABLE, make_engine
from clinic.scheduling.models import Patient
from clinic.settings import Settings

# Seconds between this machine's clock and the database server's.
_SKEW_TO_MENTION = 2.0
_SKEW_TOO_MUCH = 30.0


def check_stores(settings: Settings) -> list[Finding]:
    """Check the databases of appointments and conversations, and the keys that seal them.

    Args:
        settings: Where they are.
    """
    url = make_url(settings.database_url)
    findings = []
    for name, where in (("appointments", url), ("conversations", conversations_url(url_text(url)))):
        if name == "conversations" and where == url:
            continue  # one database on PostgreSQL
        findings += _check_store(name, where, settings)
    return findings


def sqlite_files(settings: Settings) -> list[Path]:
    """Return the files of the databases; none where they are on a server."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return []
    return [Path(str(one.database)) for one in (url, conversations_url(url_text(url)))]


def url_text(url: URL) -> str:
    """Return an address with its password, as `conversations_url` wants it."""
    return url.render_as_string(hide_password=False)


def _check_store(name: str, url: URL, settings: Settings) -> list[Finding]:
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return [_will_be_made(Path(str(url.database))), *_unused_key(settings)]
    engine = make_engine(url)
    try:
        with closing(engine.connect()) as connection:
            findings = [_writable(connection, shown)]
        with closing(engine.connect()) as connection:
            findings += _skew(connection)
            tables = sa.inspect(connection).get_table_names()
            if name == "appointments":
                findings.append(_migrations(connection))
            findings.append(_keys(connection, name, tables, settings))
            if audit.log.name in tables:
                findings += _purge(connection)
    except (SQLAlchemyError, OSError) as error:
        # The driver's own words may name users and hosts, and are for the server's log.
        kind = type(getattr(error, "orig", None) or error).__name__
        told = f"{shown} cannot be used ({kind})"
        return [problem("database", told, "start it, or correct ATLAS_DATABASE_URL and its rights")]
    finally:
        engine.dispose()
    return findings


def _will_be_made(path: Path) -> Finding:
    folder = path.parent
    if folder.is_dir() and os.access(folder, os.W_OK):
        return ok("database", f"{path} will be made at the first start")
    return problem("database", f"{path} cannot be made", f"make the folder {folder} writable")


def _unused_key(settings: Settings) -> list[Finding]:
    """Check a key that seals nothing yet, without making one."""
    try:
        load_key_service(settings.var, may_make=False)
    except KeyProblem as error:
        if (settings.var / FILE_NAME).exists() or any(
            os.environ.get(name)
            for name in ("ATLAS_KEY_SERVICE", "ATLAS_MASTER_KEY", "ATLAS_MASTER_KEY_FILE")
        ):
            return [problem("keys", str(error), "put the right key there")]
    return []


def _writable(connection: Connection, shown: str) -> Finding:
    """Make a table and take it back, which asks for the same rights as a migration."""
    table = f"atlas_doctor_{secrets.token_hex(4)}"
    try:
        with connection.begin() as transaction:
            connection.execute(sa.text(f"CREATE TABLE {table} (number INTEGER)"))
            transaction.rollback()
    except DatabaseError as error:
        kind = type(error.orig).__name__
        told = f"{shown} can be reached and not written ({kind})"
        advice = "give Atlas's user the right to write and to make tables, or free a lock"
        return problem("database", told, advice)
    return ok("database", f"{shown} can be reached and written")


def _skew(connection: Connection) -> list[Finding]:
    if connection.dialect.name != "postgresql":
        return []
    there: datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    seconds = abs((datetime.now(UTC) - there).total_seconds())
    told = f"this machine and the database server differ by {seconds:.1f} s"
    if seconds > _SKEW_TOO_MUCH:
        return [problem("clock", told, "set both clocks (NTP); holds and tokens would end wrongly")]
    if seconds > _SKEW_TO_MENTION:
        return [warning("clock", told, "set both clocks (NTP)")]
    return [ok("clock", told)]


def _purge(connection: Connection) -> list[Finding]:
    """Check whether a purge would believe the clock."""
    try:
        found = purge_clock.doubt(connection, clock.now())
    except ClockSettingError:
        return []  # told by the check of the clock itself
    if found is None:
        return []
    make = warning if found.passes else problem
    return [make("clock", f"{found.told}: nothing is purged", found.todo)]


def _migrations(connection: Connection) -> Finding:
    script = ScriptDirectory(str(MIGRATIONS))
    head = script.get_current_head()
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    current = context.get_current_revision()
    if current == head:
        return ok("migrations", f"the tables are at {head}, the newest")
    if current is None:
        return ok("migrations", f"there are no tables yet; the first start makes them ({head})")
    if current in [step.revision for step in script.walk_revisions()]:
        told = f"the tables are at {current}, this Atlas wants {head}"
        return warning("migrations", told, "the next start migrates; take a backup first")
    told = f"the tables are at {current}, which this Atlas does not know"
    return problem("migrations", told, "run the newer Atlas that made them, or restore a backup")


def _keys(connection: Connection, name: str, tables: list[str], settings: Settings) -> Finding:
    if data_keys.name not in tables:
        return ok("keys", f"nothing is sealed yet in the {name}")
    try:
        vault = Vault(load_key_service(settings.var, may_make=False), connection)
        found = []
        if conversations.name in tables and open_newest(connection, vault):
            found.append("a turn of a conversation")
        columns = _columns(connection, Patient.__tablename__, tables)
        if "sealed_name" in columns:  # older tables are sealed by the next migration
            attach(connection.engine.dialect, vault)
            with Session(connection) as session:
                newest = sa.select(Patient.name).order_by(Patient.id.desc()).limit(1)
                if session.scalar(newest) is not None:
                    found.append("a patient's name")
    except KeyProblem as error:
        return problem("keys", str(error), "nothing can be read without it; restore the key")
    opened = " and ".join(found) or "the data keys (nothing else is sealed yet)"
    return ok("keys", f"the master key opens {opened} in the {name}")


def _columns(connection: Connection, table: str, tables: list[str]) -> set[str]:
    found = sa.inspect(connection).get_columns(table) if table in tables else []
    return {column["name"] for column in found}
