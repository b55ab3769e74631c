"""Database columns that are sealed, or hashed with a key.

Which vault seals is a matter of the connection: `attach` ties it to an engine's dialect.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import LargeBinary, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from clinic.privacy.vault import Vault

_vaults: WeakKeyDictionary[Dialect, Vault] = WeakKeyDictionary()


def attach(dialect: Dialect, vault: Vault) -> None:
    """Let the sealed columns of an engine use a vault."""
    _vaults[dialect] = vault


def vault_of(dialect: Dialect) -> Vault:
    """Return the vault of an engine.

    Raises:
        LookupError: None was attached.
    """
    vault = _vaults.get(dialect)
    if vault is None:
        raise LookupError("this engine has no vault")
    return vault


class SealedText(TypeDecorator[str]):
    """Text that only the holder of the keys can read; it cannot be searched or compared.

    Args:
        place: The table and column, which the seal is bound to.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal."""
        if value is None:
            return None
        return vault_of(dialect).seal(value.encode(), self.place)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Open."""
        return None if value is None else vault_of(dialect).open(value, self.place).decode()


class KeyedHash(TypeDecorator[str]):
    """A value that can be found and compared, and not read; it comes back as its hash.

    Args:
        purpose: Keeps equal values of different kinds apart.
    """

    impl = String(64)
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Hash."""
        return None if value is None else vault_of(dialect).hash(value, self.purpose)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the hash."""
        return value
