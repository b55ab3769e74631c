"""A backup: a folder with a file for each database and a manifest that proves them whole.

SQLite is copied by its online backup, PostgreSQL by pg_dump from one snapshot, so that Atlas may
run meanwhile. What is sealed stays sealed: the master key is never in a backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from clinic import clock
from clinic.backup.contents import BackupError, Contents, look_into
from clinic.privacy.conversations import conversations_url
from clinic.privacy.master_key import KeyService, load_key_service
from clinic.scheduling.database import make_engine
from clinic.settings import Settings

MANIFEST = "manifest.json"

_FORMAT = 1
_POSTGRESQL = "atlas.dump"
_PROGRAM_SECONDS = 3600


def back_up(settings: Settings, target: Path) -> Path:
    """Write a backup; it appears under its name only when it is whole.

    Args:
        settings: Where the databases and the master key are.
        target: A folder for backups; made when missing, for its owner only.

    Returns:
        The backup's own folder in it.

    Raises:
        BackupError: A database cannot be read, or the disk cannot be written.
        KeyProblem: The master key does not open what is stored.
    """
    service = load_key_service(settings.var, may_make=False)
    now = clock.now()
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target))
        try:
            held = _copy_out(settings, draft, service)
            _write_manifest(draft, now, held, service)
            made = target / f"atlas-{now:%Y%m%dT%H%M%SZ}"
            draft.rename(made)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise BackupError(f"the backup could not be made ({_reason(error)})") from error
    return made


def restore(settings: Settings, backup: Path, *, replace: bool) -> dict[str, Contents]:
    """Put the databases back as a backup has them; Atlas must not run meanwhile.

    The files and the key are checked before anything is changed, the result afterwards.

    Args:
        settings: Where the databases and the master key are.
        backup: The backup's own folder.
        replace: Whether databases that hold something may be overwritten.

    Returns:
        What each restored database holds.

    Raises:
        BackupError: The backup is not whole, does not fit, or something would be overwritten.
        KeyProblem: The master key is missing or does not open the backup.
    """
    manifest = _read_manifest(backup)
    databases = _databases(settings)
    if set(manifest["files"]) != set(databases):
        raise BackupError(
            "the backup is of another kind of database than ATLAS_DATABASE_URL names: a backup of "
            "SQLite goes back into SQLite, one of PostgreSQL into PostgreSQL"
        )
    service = load_key_service(settings.var, may_make=False)
    if service.key_id != manifest["master_key"]:
        raise BackupError(
            "the backup was sealed with another master key than the present one: put the key of "
            "that time back first (ATLAS_MASTER_KEY, ATLAS_MASTER_KEY_FILE or var/master_key)"
        )
    try:
        if not replace:
            _want_empty(databases)
        found = {}
        for name, url in databases.items():
            _copy_in(backup / name, url)
            found[name] = _look(make_engine(url), service)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise BackupError(f"the backup could not be restored ({_reason(error)})") from error
    for name, contents in found.items():
        # A backup of before the calendar's trail was chained does not tell its head.
        if asdict(contents) != {"calendar_head": "", **manifest["files"][name]["holds"]}:
            raise BackupError(f"{name} was restored and holds something else than the backup did")
    return found


def _databases(settings: Settings) -> dict[str, URL]:
    """Return each database under the name that its file has in a backup."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "postgresql":
        return {_POSTGRESQL: url}
    return {
        # First, since its audit log notes heads of the calendar's trail, which has to be as new.
        "conversations.db": conversations_url(settings.database_url),
        "appointments.db": url,
    }


def _copy_out(settings: Settings, folder: Path, service: KeyService) -> dict[str, Contents]:
    held = {}
    for name, url in _databases(settings).items():
        if url.get_backend_name() == "postgresql":
            held[name] = _dump_postgresql(url, folder / name, service)
        elif Path(str(url.database)).exists():
            _copy_sqlite(Path(str(url.database)), folder / name)
            held[name] = _look(make_engine(url.set(database=str(folder / name))), service)
            # One file, with nothing left in a write-ahead log beside it.
            with closing(sqlite3.connect(folder / name)) as copy:
                copy.execute("PRAGMA journal_mode=DELETE")
        else:
            raise BackupError(f"there is no database {url.database} to back up")
    return held


def _copy_in(file: Path, url: URL) -> None:
    if url.get_backend_name() == "postgresql":
        _run_postgresql(
            url,
            *("pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges"),
            *("--single-transaction", "--exit-on-error", f"--dbname={url.database}", str(file)),
        )
    else:
        _copy_sqlite(file, Path(str(url.database)))


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy by SQLite's online backup, which gives one moment's state also while others write."""
    target.touch(mode=0o600, exist_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        (state,) = new.execute("PRAGMA integrity_check").fetchone()
    if state != "ok":
        raise BackupError(f"{source} is damaged: {state}")


def _dump_postgresql(url: URL, file: Path, service: KeyService) -> Contents:
    engine = make_engine(url)
    try:
        # What is counted and what is dumped are one snapshot.
        with (
            engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
            connection.begin(),
        ):
            # A large database takes longer than a patient's question may.
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            contents = look_into(connection, service)
            snapshot = connection.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one()
            _run_postgresql(
                url,
                *("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}"),
                str(url.database),
            )
    finally:
        engine.dispose()
    file.chmod(0o600)
    return contents


def _run_postgresql(url: URL, program: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; the password goes by the environment, unseen by others."""
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGSSLMODE": url.query.get("sslmode"),
        "PGSSLROOTCERT": url.query.get("sslrootcert"),
    }
    environment = {**os.environ, **{name: str(value) for name, value in given.items() if value}}
    try:
        run = subprocess.run(
            [_program(program), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_PROGRAM_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise BackupError(f"{program} took longer than an hour") from error
    if run.returncode != 0:
        lines = run.stderr.strip().splitlines() or ["it said nothing"]
        # Its first line names the trouble; further ones may quote rows.
        raise BackupError(f"{program} failed: {lines[0]}")


def _program(name: str) -> str:
    """Return the newest installed version: an older one cannot read a newer server."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: float(path.parts[-3]) if path.parts[-3].isdigit() else 0.0,
    )
    found = str(installed[-1]) if installed else shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is needed and was not found (Debian: postgresql-client)")
    return found


def _want_empty(databases: dict[str, URL]) -> None:
    for url in databases.values():
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
            continue
        engine = make_engine(url)
        try:
            with engine.connect() as connection:
                tables = sa.inspect(connection).get_table_names()
        finally:
            engine.dispose()
        if tables:
            shown = url.render_as_string(hide_password=True)
            raise BackupError(f"{shown} holds something already; --replace overwrites it")


def _look(engine: Engine, service: KeyService) -> Contents:
    try:
        with engine.execution_options(writes=False).begin() as connection:
            return look_into(connection, service)
    finally:
        engine.dispose()


def _write_manifest(
    folder: Path, now: datetime, held: dict[str, Contents], service: KeyService
) -> None:
    files = {
        name: {"sha256": _digest(folder / name), "holds": asdict(contents)}
        for name, contents in held.items()
    }
    manifest = {
        "format": _FORMAT,
        "made_at": now.isoformat(),
        "master_key": service.key_id,
        "files": files,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _read_manifest(backup: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != _FORMAT:
            raise BackupError(f"{backup} was made by another version of Atlas; restore with that")
        for name, facts in manifest["files"].items():
            if _digest(backup / name) != facts["sha256"]:
                raise BackupError(f"{backup / name} was changed or damaged since it was written")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{backup} is no backup of Atlas, or not all of it is there") from error
    return manifest


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _reason(error: Exception) -> str:
    """Say what failed; a database's own words may quote rows and stay out."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(getattr(error, "orig", None) or error).__name__
