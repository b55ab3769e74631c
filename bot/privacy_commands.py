"""The `atlas` commands for keys, retention and the audit log."""

from __future__ import annotations

import argparse

from clinic import clock
from clinic.privacy import audit, audit_check, keys, master_key, purge_clock, retention
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

    purge = commands.add_parser(
        "purge",
        help="delete what was kept for long enough, and say what is left",
        description="Delete what was kept as long as clinic.yml says; the server does it hourly.",
    )
    purge.add_argument(
        "--confirm-clock",
        action="store_true",
        help="purge though the clock is far ahead of the last purge: it is right",
    )
    purge.set_defaults(run=_purge)

    log = commands.add_parser("audit", help="check or show the audit log")
    log.add_argument("what", choices=("verify", "show"))
    log.add_argument("--head", metavar="HASH", help="a chain head noted earlier (verify)")
    log.add_argument("--last", type=int, default=50, help="how many entries (show; default: 50)")
    log.set_defaults(run=_audit)


def _make_key(_settings: Settings, _chosen: argparse.Namespace) -> None:
    print(master_key.new_key_text())


def _rotate(settings: Settings, chosen: argparse.Namespace) -> None:
    if chosen.master:
        print(keys.rotate_master_key(settings))
        return
    count = keys.rotate_data_keys(settings)
    print(f"Sealed {count} values with new data keys; a later purge destroys the old ones.")


def _purge(settings: Settings, chosen: argparse.Namespace) -> None:
    with keys.open_stores(settings) as stores:
        vouched = chosen.confirm_clock
        now = clock.now() if vouched else purge_clock.check(stores.conversations)
        report = retention.purge(stores, settings.clinic.privacy, now, clock_confirmed=vouched)
    print("\n".join(report.lines()))


def _audit(settings: Settings, chosen: argparse.Namespace) -> None:
    with keys.open_stores(settings) as stores:
        if chosen.what == "show":
            for line in audit_check.newest(stores, chosen.last):
                print(line)
            return
        verdicts = audit_check.verify(stores, chosen.head)
    for name, verdict in verdicts.items():
        if verdict.problem:
            raise audit.ChainBroken(f"the audit log was tampered with: {verdict.problem}")
        print(f"{name}: {verdict.entries} entries, none changed. Head: {verdict.head}")
