"""Check what the machine gives: a clock, disk space, and files that only Atlas may read."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from clinic import clock
from clinic.checkup.findings import Finding, ok, problem, warning
from clinic.clock import ClockSettingError
from clinic.settings import ClinicSettings

# Rasa's model unpacks to some 100 MB at each start, and a log of write-ahead pages comes on top.
_TOO_LITTLE = 200 * 1024**2
_LITTLE = 1024**3

_SECRET_FILES = ("master_key", "secret_key", "model_key")
_FILE_VARIABLES = ("ATLAS_MASTER_KEY_FILE", "ATLAS_MODEL_KEY_FILE", "ATLAS_NEW_MASTER_KEY_FILE")


def check_clock(clinic: ClinicSettings, newest_file: Path) -> list[Finding]:
    """Check the clock and the clinic's time zone.

    Args:
        clinic: Names the zone.
        newest_file: Something that was made before now.
    """
    try:
        now = clock.now()
    except ClockSettingError as error:
        return [problem("clock", str(error), "unset ATLAS_NOW")]
    findings = []
    if os.environ.get("ATLAS_NOW", "").strip():
        told = f"ATLAS_NOW stops the clock at {now:%Y-%m-%d %H:%M} UTC"
        make = warning if clinic.demo else problem
        findings.append(make("clock", told, "unset it; it is for tests only"))
    made = newest_file.stat().st_mtime if newest_file.exists() else 0.0
    if datetime.now(UTC).timestamp() < made - 60:
        told = f"this machine's clock is earlier than {newest_file.name} was made"
        findings.append(problem("clock", told, "set the clock (NTP)"))
    local = now.astimezone(ZoneInfo(clinic.time_zone))
    told = f"it is {local:%a %Y-%m-%d %H:%M %Z} at the clinic ({clinic.time_zone})"
    return [*findings, ok("clock", told)]


def check_disk(*folders: Path) -> list[Finding]:
    """Check how much room there is on each file system.

    Args:
        *folders: Where Atlas writes.
    """
    findings, seen = [], set()
    for folder in folders:
        device = folder.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(folder).free
        told = f"{free / 1024**3:.1f} GB free at {folder}"
        if free < _TOO_LITTLE:
            findings.append(problem("disk", told, "make room; below 0.2 GB Atlas may not start"))
        elif free < _LITTLE:
            findings.append(warning("disk", told, "make room soon"))
        else:
            findings.append(ok("disk", told))
    return findings


def check_permissions(var: Path, databases: list[Path]) -> list[Finding]:
    """Check that nobody else may read the keys and the databases.

    Args:
        var: The folder for what running leaves behind.
        databases: Files of SQLite databases.
    """
    keys = [var / name for name in _SECRET_FILES]
    keys += [Path(os.environ[name]) for name in _FILE_VARIABLES if os.environ.get(name)]
    findings = [_others(path, problem) for path in keys]
    findings += [_others(path, warning) for path in databases]
    if _mode(var) & stat.S_IWOTH:
        told = f"everybody may write to {var}"
        findings.append(problem("permissions", told, f"chmod o-w {var}"))
    found = [finding for finding in findings if finding is not None]
    return found or [ok("permissions", "keys and databases are for their owner only")]


def _others(path: Path, make: Callable[[str, str, str], Finding]) -> Finding | None:
    mode = _mode(path)
    if mode & stat.S_IRWXO:
        return make("permissions", f"everybody on this machine may use {path}", f"chmod 600 {path}")
    if mode & stat.S_IRWXG:
        # Kubernetes hands secrets to a group; elsewhere nobody else should be in it.
        told = f"the group of {path} may use it"
        return warning("permissions", told, f"chmod 600 {path}, unless the group is Atlas's own")
    return None


def _mode(path: Path) -> int:
    return path.stat().st_mode if path.exists() else 0
