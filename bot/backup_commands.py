"""The `atlas` commands that back the databases up and bring them back."""

from __future__ import annotations

import argparse
from pathlib import Path

from clinic.backup.archive import back_up, restore
from clinic.backup.contents import Contents
from clinic.settings import Settings


def add_backup_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the `atlas` parser; `chosen.run` is what carries one out.

    Args:
        commands: Where commands are added.
    """
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


def _back_up(settings: Settings, chosen: argparse.Namespace) -> None:
    made = back_up(settings, chosen.folder)
    print(f"Backed up to {made}. The master key is not in it: keep a copy elsewhere.")


def _restore(settings: Settings, chosen: argparse.Namespace) -> None:
    for name, contents in restore(settings, chosen.backup, replace=chosen.replace).items():
        print(f"{name}: {_told(contents)}")
    print("Restored, opened with the master key, audit chain whole. Now run `atlas purge`.")


def _told(contents: Contents) -> str:
    return ", ".join(f"{count} in {table}" for table, count in contents.counts.items())
