"""Keep passwords as scrypt hashes that say how they were made."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from functools import lru_cache

SHORTEST, LONGEST = 12, 200
_FEWEST_DIFFERENT = 5
# OWASP's recommendation of 2024 that takes 32 MB: the server answers patients meanwhile.
_LOG_N, _BLOCK, _ROUNDS = 15, 8, 3
_SALT_BYTES = _HASH_BYTES = 32


class UnfitPassword(ValueError):  # noqa: N818 - named for what the person is told
    """The password is too easy to guess; one sentence says why."""


def check_password(password: str, name: str) -> None:
    """Check that a new password is no invitation.

    Args:
        password: As it was typed.
        name: Whose it will be.

    Raises:
        UnfitPassword: It is not fit.
    """
    plain = _normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise UnfitPassword(f"a password has {SHORTEST} to {LONGEST} characters")
    if len(set(plain)) < _FEWEST_DIFFERENT:
        raise UnfitPassword(f"a password has at least {_FEWEST_DIFFERENT} different characters")
    if name.casefold() in plain.casefold():
        raise UnfitPassword("the password must not hold the name")


def hash_password(password: str) -> str:
    """Return what is kept of a password: how it was hashed, the salt and the hash."""
    salt = secrets.token_bytes(_SALT_BYTES)
    hashed = _scrypt(password, salt, _LOG_N, _BLOCK, _ROUNDS)
    encoded = (base64.b64encode(part).decode() for part in (salt, hashed))
    return "$".join(("scrypt", str(_LOG_N), str(_BLOCK), str(_ROUNDS), *encoded))


def fits(password: str, kept: str | None) -> bool:
    """Tell whether a password is the one that a hash was made of.

    Args:
        password: As it was typed.
        kept: From `hash_password`; None where there is no such person, which takes as long.
    """
    _, log_n, block, rounds, salt, wanted = (kept or _nobodys()).split("$")
    hashed = _scrypt(password, base64.b64decode(salt), int(log_n), int(block), int(rounds))
    return hmac.compare_digest(hashed, base64.b64decode(wanted)) and kept is not None


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hash_password(secrets.token_urlsafe())


def _scrypt(password: str, salt: bytes, log_n: int, block: int, rounds: int) -> bytes:
    plain = _normal(password).encode(errors="surrogatepass")
    # OpenSSL refuses more than 32 MB unless told otherwise; what scrypt takes, and as much again.
    most = 2 * 128 * block * 2**log_n
    return hashlib.scrypt(
        plain, salt=salt, n=2**log_n, r=block, p=rounds, maxmem=most, dklen=_HASH_BYTES
    )


def _normal(password: str) -> str:
    # One keyboard writes é as one character, another as two.
    return unicodedata.normalize("NFKC", password)
