"""The master key, which wraps the keys that seal the data, and where it comes from.

A key management service fits behind `KeyService`: data keys go in to be wrapped and come back,
and the master key itself never leaves the service.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import importlib
import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
FILE_NAME = "master_key"

_CONTEXT = b"atlas data key"


class KeyProblem(Exception):  # noqa: N818 - named for what it tells the operator
    """A key is missing, malformed or the wrong one; one sentence says what to do."""


class KeyService(Protocol):
    """Wraps and unwraps data keys with a master key."""

    @property
    def key_id(self) -> str:
        """Name of the master key, at most 64 characters; no secret."""

    def wrap(self, data_key: bytes) -> bytes:
        """Encrypt a data key.

        Raises:
            KeyProblem: The service cannot be used.
        """

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt what `wrap` returned.

        Raises:
            KeyProblem: It was wrapped with another master key, or was changed.
        """


class LocalKeyService:
    """A master key in this process, from the environment or a file.

    Args:
        master: 32 random bytes.
        source: Where it comes from, for the operator.
    """

    def __init__(self, master: bytes, source: str) -> None:
        self._cipher = AESGCM(master)
        self._source = source
        self.key_id = hashlib.sha256(b"atlas master key id" + master).hexdigest()[:16]

    def wrap(self, data_key: bytes) -> bytes:
        """Encrypt a data key with AES-256-GCM."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data_key, _CONTEXT)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt what `wrap` returned.

        Raises:
            KeyProblem: It was wrapped with another master key, or was changed.
        """
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _CONTEXT)
        except (InvalidTag, ValueError) as error:
            raise KeyProblem(
                f"the stored data was sealed with another master key than the one in "
                f"{self._source}: put the old key back there; without it the data cannot be read"
            ) from error


def load_key_service(var: Path, *, may_make: bool) -> KeyService:
    """Return the configured master key.

    ATLAS_KEY_SERVICE ("package.module:function", which returns a KeyService) comes first, then
    ATLAS_MASTER_KEY, then the file that ATLAS_MASTER_KEY_FILE names, then var/master_key.

    Args:
        var: The folder for what running leaves behind.
        may_make: Whether a missing var/master_key may be made: only where nothing is sealed yet.

    Raises:
        KeyProblem: The key is missing or malformed.
    """
    if named := os.environ.get("ATLAS_KEY_SERVICE", "").strip():
        return _named_service(named)
    if text := os.environ.get("ATLAS_MASTER_KEY", "").strip():
        return LocalKeyService(decode_key(text, "ATLAS_MASTER_KEY"), "ATLAS_MASTER_KEY")
    if name := os.environ.get("ATLAS_MASTER_KEY_FILE", "").strip():
        return read_key_file(Path(name))
    path = var / FILE_NAME
    if not path.exists():
        if not may_make:
            raise KeyProblem(
                f"there is sealed data but no master key: put the key back into {path}, "
                "ATLAS_MASTER_KEY or ATLAS_MASTER_KEY_FILE; without it the data cannot be read"
            )
        make_key_file(path)
    return read_key_file(path)


def new_key_text() -> str:
    """Return a new master key as it is written in a file or the environment."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def make_key_file(path: Path) -> None:
    """Write a new key that only its owner may read; a key that is there already stays.

    Raises:
        KeyProblem: The file cannot be written.
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(new_key_text() + "\n")
                file.flush()
                os.fsync(file.fileno())
            # A link appears with its content complete, and fails when another process was first.
            os.link(draft, path)
        except FileExistsError:
            return
        finally:
            draft.unlink()
    except OSError as error:
        raise KeyProblem(
            f"the master key {path} cannot be made ({error.strerror}): make the folder writable "
            "or set ATLAS_MASTER_KEY"
        ) from error


def read_key_file(path: Path) -> LocalKeyService:
    """Return the key in a file.

    Raises:
        KeyProblem: The file cannot be read or holds no key.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise KeyProblem(f"the master key {path} cannot be read ({reason})") from error
    return LocalKeyService(decode_key(text, str(path)), str(path))


def decode_key(text: str, source: str) -> bytes:
    """Return the bytes of a written key.

    Raises:
        KeyProblem: It is not 32 bytes in base64.
    """
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyProblem(
            f"the master key in {source} is not {KEY_BYTES} bytes in base64; "
            "make one with `atlas make-key`"
        )
    return key


def _named_service(named: str) -> KeyService:
    module, _, function = named.partition(":")
    try:
        service: KeyService = getattr(importlib.import_module(module), function)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise KeyProblem(
            f"ATLAS_KEY_SERVICE is {named!r}; expected package.module:function, a function that "
            "returns a key service"
        ) from error
    return service
