"""Sign the model archive when it is trained, and check the signature before it is loaded.

Whoever can exchange the archive could make the server do anything. The private key stays where
models are trained (var/model_key, made with the first training, or ATLAS_MODEL_KEY_FILE); a server
needs the public key only (var/model_key.pub, or ATLAS_MODEL_PUBLIC_KEY).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

PUBLIC_KEY, KEY_FILE = "ATLAS_MODEL_PUBLIC_KEY", "ATLAS_MODEL_KEY_FILE"

_CONTEXT = b"atlas model archive\0"


class SignatureProblem(Exception):  # noqa: N818 - named for what it tells the operator
    """An archive is not what was signed, or a key cannot be used; one sentence says which."""


def sign(archive: Path, var: Path) -> None:
    """Write an archive's signature beside it.

    Args:
        archive: The trained model.
        var: Where the private key is, or is made.

    Raises:
        SignatureProblem: The key cannot be read or made.
    """
    key = _private_key(var)
    text = base64.b64encode(key.sign(_content(archive))).decode()
    signature_path(archive).write_text(text + "\n", encoding="ascii")


def check(archive: Path, var: Path) -> None:
    """Check an archive's signature before anything of it is unpacked.

    Without a signature it is refused where ATLAS_MODEL_PUBLIC_KEY says who signs. Elsewhere, on a
    developer's machine, it is taken.

    Args:
        archive: The trained model.
        var: Where the public key is by default.

    Raises:
        SignatureProblem: It was changed, was signed by somebody else, or has to be signed.
    """
    path = signature_path(archive)
    given = os.environ.get(PUBLIC_KEY, "").strip()
    if not path.exists():
        if given:
            raise SignatureProblem(
                f"the model {archive.name} is not signed, and {PUBLIC_KEY} demands it: copy the "
                "signature with the model, or train again"
            )
        return
    own = var / "model_key.pub"
    if not given and not own.exists():
        return
    key = _public_key(given or own.read_text(encoding="ascii").strip())
    try:
        key.verify(_signature(path), _content(archive))
    except InvalidSignature as error:
        raise SignatureProblem(
            f"the model {archive.name} is not the one that was signed: delete it and train again"
        ) from error


def signature_path(archive: Path) -> Path:
    """Return where the signature of an archive is."""
    return archive.with_name(archive.name + ".sig")


def _content(archive: Path) -> bytes:
    with archive.open("rb") as file:
        # The name tells the data and code that it was trained from.
        digest = hashlib.file_digest(file, "sha256").digest()
    return _CONTEXT + archive.name.encode() + b"\0" + digest


def _signature(path: Path) -> bytes:
    try:
        return base64.b64decode(path.read_bytes().strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureProblem(f"the signature {path.name} is no signature") from error


def _public_key(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError) as error:
        raise SignatureProblem(
            f"{PUBLIC_KEY} or var/model_key.pub is no public key (32 bytes in base64)"
        ) from error


def _private_key(var: Path) -> Ed25519PrivateKey:
    path = Path(os.environ.get(KEY_FILE, "").strip() or var / "model_key")
    try:
        if not path.exists():
            _make_key(path, var)
        return Ed25519PrivateKey.from_private_bytes(
            base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
        )
    except OSError as error:
        raise SignatureProblem(f"the key {path} cannot be used ({error.strerror})") from error
    except (binascii.Error, ValueError) as error:
        raise SignatureProblem(f"the file {path} holds no private key") from error


def _make_key(path: Path, var: Path) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(base64.b64encode(private).decode() + "\n")
    draft.replace(path)
    (var / "model_key.pub").write_text(base64.b64encode(public).decode() + "\n", encoding="ascii")
