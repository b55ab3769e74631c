"""The `atlas` commands that migrate the databases, back them up and bring them back."""

from __future__ import annotations

import argparse
from pathlib import Path

from clinic.backup.archive import back_up, restore
from clinic.backup.contents import Contents
from clinic.privacy.keys import open_stores
from clinic.settings import Settings


def add_database_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the `atlas` parser; `chosen.run` is what carries one out.

    Args:
        commands: Where commands are added.
    """
    migrate = commands.add_parser(
        "migrate",
        help="bring the tables up to date, as a start does",
        description="Bring the tables of both databases up to date. A start does it, too; a job "
        "that runs before several servers start keeps them from waiting for each other.",
    )
    migrate.set_defaults(run=_migrate)
    save = commands.add_parser(
        "backup",
        help="back both databases up; Atlas may be running",
        description="Write a backup of both databases into a new folder; Atlas may be running. "
        "The master key is not in it: keep that elsewhere.",
    )
    save.add_argument("folder", type=Path, help="where backups are kept, such as /backups")
    save.set_defaults(run=_back_up)
    load = commands.add_parser(
        "restore",
        help="put both databases back as a backup has them; stop Atlas first",
        description="Put both databases back as a backup has them. Stop Atlas first.",
    )
    load.add_argument("backup", type=Path, help="the backup's own folder, atlas-<date>")
    load.add_argument("--replace", action="store_true", help="overwrite what the databases hold")
    load.set_defaults(run=_restore)


def _migrate(settings: Settings, _chosen: argparse.Namespace) -> None:
    with open_stores(settings) as stores:
        stores.calendar.prepare()
        count, _ = stores.conversations.extent()
    print(f"The tables are up to date; {count} conversations are kept.")


def _back_up(settings: Settings, chosen: argparse.Namespace) -> None:
    made = back_up(settings, chosen.folder)
    print(f"Backed up to {made}. The master key is not in it: keep a copy elsewhere.")


def _restore(settings: Settings, chosen: argparse.Namespace) -> None:
    for name, contents in restore(settings, chosen.backup, replace=chosen.replace).items():
        print(f"{name}: {_told(contents)}")
    print("Restored, opened with the master key, audit chains whole.")
    print("Now run `atlas purge --confirm-clock`: the last purge it knows of is as old as it is.")


def _told(contents: Contents) -> str:
    return ", ".join(f"{count} in {table}" for table, count in contents.counts.items())
