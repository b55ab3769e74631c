"""The `atlas` commands for keys, retention and the audit log."""

from __future__ import annotations

import argparse

from clinic.privacy import keys, master_key
from clinic.settings import Settings


def add_privacy_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the `atlas` parser; `chosen.run` is what carries one out.

    Args:
        commands: Where commands are added.
    """
    make = commands.add_parser("make-key", help="print a new master key for ATLAS_MASTER_KEY")
    make.set_defaults(run=_make_key)

    rotate = commands.add_parser(
        "rotate-key",
        help="make new data keys and seal everything with them",
        description="Make new data keys and seal everything with them; Atlas may be running.",
    )
    rotate.add_argument(
        "--master",
        action="store_true",
        help="change the master key instead; restart Atlas afterwards",
    )
    rotate.set_defaults(run=_rotate)


def _make_key(_settings: Settings, _chosen: argparse.Namespace) -> None:
    print(master_key.new_key_text())


def _rotate(settings: Settings, chosen: argparse.Namespace) -> None:
    if chosen.master:
        print(keys.rotate_master_key(settings))
        return
    count = keys.rotate_data_keys(settings)
    print(f"Sealed {count} values with new data keys; a later purge destroys the old ones.")
