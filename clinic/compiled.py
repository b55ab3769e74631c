"""Keep what was compiled from data files, so that only a change of them is compiled again.

What is kept are plain values without any code in them, under a digest of all that they were made
from. A file that is missing, stale, damaged or cannot be written costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import secrets
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_DIGEST_BYTES = 32


def kept(folder: Path, name: str, sources: Iterable[Path], compile_all: Callable[[], Any]) -> Any:
    """Return what sources compile to, from the last time where nothing changed since.

    Args:
        folder: Where it is kept; only whoever may change the sources may write there.
        name: What the file is called there.
        sources: All files that the result follows from, code included.
        compile_all: Makes it: dictionaries, lists, tuples, strings, numbers, truth values, None.

    Returns:
        What `compile_all` gives.
    """
    file = folder / f"{name}.compiled"
    made_from = _digest(sources)
    with contextlib.suppress(OSError):
        content = file.read_bytes()
        ends = 2 * _DIGEST_BYTES
        whole = hashlib.sha256(content[ends:]).digest()
        # Marshal trusts what it reads, so that nothing half written may reach it.
        if content[:ends] == made_from + whole:
            return marshal.loads(content[ends:])
    made = compile_all()
    body = marshal.dumps(made)
    draft = folder / f".{file.name}-{secrets.token_hex(8)}"
    try:
        draft.write_bytes(made_from + hashlib.sha256(body).digest() + body)
        draft.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return made


def _digest(sources: Iterable[Path]) -> bytes:
    state = hashlib.sha256(f"{sys.version} {marshal.version}".encode())
    for source in sorted(sources):
        content = source.read_bytes()
        state.update(f"\0{os.fspath(source)}\0{len(content)}\0".encode())
        state.update(content)
    return state.digest()
