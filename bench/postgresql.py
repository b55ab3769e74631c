"""A PostgreSQL server of one's own, in a temporary folder, for tests and measurements."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text


@dataclass
class Server:
    """A PostgreSQL server in a folder of its own."""

    binaries: Path
    folder: Path
    port: int

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, which refuse to work for root."""
        command = [str(self.binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, timeout=90, cwd=self.folder, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        self.run(
            "pg_ctl",
            *("-D", str(self.folder / "data"), "-l", str(self.folder / "log")),
            *("-o", options, "-w", "start"),
        )

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """Run a statement beside Atlas."""
        engine = create_engine(self.url("atlas"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            found = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return found

    def empty(self) -> None:
        """Take every table away."""
        self.sql("DROP SCHEMA public CASCADE")
        self.sql("CREATE SCHEMA public")

    def url(self, database: str) -> str:
        """Where a database is, as ATLAS_DATABASE_URL has it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


def find_binaries() -> Path | None:
    """Return the folder of PostgreSQL's programs (Debian: apt-get install postgresql)."""
    found = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name),
    )
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running_server(binaries: Path, within: Path | None = None) -> Iterator[Server]:
    """Make a server with an empty database "atlas", and take it away at the end.

    Args:
        binaries: From `find_binaries`.
        within: Where its folder is made; the system's place for temporary files when None.
    """
    # In a folder that the user postgres may enter, which pytest's own is not.
    folder = Path(tempfile.mkdtemp(prefix="atlas-postgresql-", dir=within))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(binaries, folder, port)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        made.run(
            "initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "postgres", "-E", "UTF8"
        )
        made.start()
        admin = create_engine(made.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE atlas"))
        admin.dispose()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)
