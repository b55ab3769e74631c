"""The commands that need nothing of Rasa: the calendar, privacy, staff, databases."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from bot.booking_commands import add_booking_commands
from bot.database_commands import add_database_commands
from bot.privacy_commands import add_privacy_commands
from bot.staff_commands import add_staff_commands
from clinic.backup.contents import BackupError
from clinic.clock import ClockSettingError
from clinic.datafiles import DataFileError
from clinic.privacy.access import note_access
from clinic.privacy.audit import ChainBroken
from clinic.privacy.conversations import ConversationsUnavailable
from clinic.privacy.master_key import KeyProblem
from clinic.privacy.purge_clock import ClockInDoubt
from clinic.scheduling.desk import DeskError
from clinic.scheduling.port import SchedulingError
from clinic.settings import get_settings
from clinic.staff.members import StaffError

_TOLD = (
    *(DataFileError, ClockSettingError, SchedulingError, DeskError),
    *(KeyProblem, ConversationsUnavailable, ChainBroken, ClockInDoubt),
    *(BackupError, StaffError),
)
# The commands that show or change what the clinic keeps of patients.
_SHOW_PATIENTS = ("appointments", "call-backs", "status", "backup", "restore")


def add_offline_commands(commands: Any) -> None:
    """Add the commands to the parser.

    Args:
        commands: What argparse's `add_subparsers` returned.
    """
    add_booking_commands(commands)
    add_privacy_commands(commands)
    add_staff_commands(commands)
    add_database_commands(commands)


def run_offline(chosen: argparse.Namespace) -> int:
    """Run one of them.

    Args:
        chosen: What was read from the command line.

    Returns:
        The exit code: 0, or 1 after one sentence on what is wrong.
    """
    try:
        chosen.run(get_settings(), chosen)
        if chosen.command in _SHOW_PATIENTS:
            note_access("operator", {"command": chosen.command})
    except _TOLD as error:
        print(f"atlas: {error}", file=sys.stderr)
        return 1
    return 0
