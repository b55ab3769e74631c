"""A file system with little room, which a test can fill."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_MOUNT = ("mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs")


class SmallDisk:
    """A file system of 160 MB.

    Args:
        folder: Where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._filler.open("ab", buffering=0) as filler:
            for size in (1024**2, 4096):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    continue  # and now in smaller pieces
        assert shutil.disk_usage(self.folder).free == 0

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk() -> Iterator[SmallDisk]:
    """Mount one, and take it away at the end; skip where that is not permitted."""
    folder = Path(tempfile.mkdtemp(prefix="atlas-small-disk-"))
    rights = () if os.geteuid() == 0 else ("sudo", "-n")
    try:
        run = subprocess.run([*rights, *_MOUNT, str(folder)], capture_output=True, text=True)
    except OSError as error:
        run = subprocess.CompletedProcess(_MOUNT, 1, "", str(error))
    if run.returncode != 0:
        folder.rmdir()
        pytest.skip(f"no file system can be mounted here: {run.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run([*rights, "umount", "--lazy", str(folder)], check=True)
        folder.rmdir()
