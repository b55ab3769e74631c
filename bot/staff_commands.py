"""The `atlas staff` commands: who of the clinic may log in at /staff."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable

from clinic.privacy.provider import get_stores
from clinic.scheduling.database import Database
from clinic.settings import Settings
from clinic.staff import members
from clinic.staff.members import Member, StaffError
from clinic.staff.passwords import SHORTEST


def add_staff_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands to the `atlas` parser; `chosen.run` is what carries one out.

    Args:
        commands: Where commands are added.
    """
    staff = commands.add_parser(
        "staff",
        help="add, list, reset or remove who may log in at /staff",
        description="Who may log in at /staff; without anybody the pages are off. A password is "
        "asked for, or read from the first line of standard input.",
    )
    does = staff.add_subparsers(dest="does", required=True)
    for name, words, run in (
        ("add", "let somebody log in", _add),
        ("reset", "give a new password, log out everywhere, lift a lock", _reset),
        ("remove", "let somebody log in no more, and log them out", _remove),
    ):
        command = does.add_parser(name, help=words)
        command.add_argument("name", help="what they log in with, such as ana")
        command.set_defaults(run=run)
    does.add_parser("list", help="list who may log in").set_defaults(run=_list)


def _add(_settings: Settings, chosen: argparse.Namespace) -> None:
    made = _with_password(members.add, chosen.name)
    print(f"{made.name} may log in at /staff.")


def _reset(_settings: Settings, chosen: argparse.Namespace) -> None:
    members.check_exists(_calendar(), chosen.name)
    changed = _with_password(members.reset, chosen.name)
    print(f"{changed.name} has a new password and is logged out everywhere.")


def _remove(_settings: Settings, chosen: argparse.Namespace) -> None:
    gone = members.remove(_calendar(), chosen.name)
    print(f"{gone.name} may not log in any more.")
    if not members.members(_calendar()):
        print("Nobody is left: the staff pages are off.")


def _list(settings: Settings, _chosen: argparse.Namespace) -> None:
    found = members.members(_calendar())
    for one in found:
        print(f"{one.name}  since {one.added_at.astimezone(settings.clinic.zone):%Y-%m-%d}")
    if not found:
        print("Nobody may log in: the staff pages are off.")


def _with_password(change: Callable[[Database, str, str], Member], name: str) -> Member:
    return change(_calendar(), name, _ask_password())


def _ask_password() -> str:
    """Ask for a password twice, or read it where nobody is there to ask.

    Raises:
        StaffError: Both are not the same.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"New password ({SHORTEST} characters or more): ")
    if getpass.getpass("Once more: ") != password:
        raise StaffError("the two passwords are not the same")
    return password


def _calendar() -> Database:
    return get_stores().calendar
