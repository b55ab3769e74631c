"""Join clinic.yml with what the environment sets."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from clinic.settings.clinic_file import ClinicSettings, SettingsError, load_clinic

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 5005

_lock = threading.Lock()
_cached: Settings | None = None


@dataclass(frozen=True)
class Settings:
    """What a running Atlas goes by.

    Args:
        clinic: What clinic.yml says.
        root: The project's folder.
        var: The folder for what running leaves behind; it exists.
        database_url: Where bookings are kept, as SQLAlchemy writes it.
        port: The port of the server.
        api_token: The token that opens Rasa's HTTP API; empty keeps it shut.
    """

    clinic: ClinicSettings
    root: Path
    var: Path
    # A database URL may hold a password, so that neither it nor the token shows in a repr.
    database_url: str = field(repr=False)
    port: int = DEFAULT_PORT
    api_token: str = field(default="", repr=False)


def load_settings(root: Path = PROJECT_ROOT) -> Settings:
    """Read clinic.yml and the environment.

    Args:
        root: The folder that holds clinic.yml; var/ is made in it.

    Returns:
        The settings, all checked.

    Raises:
        SettingsError: A value cannot be right, or var/ cannot be made.
    """
    var = root / "var"
    try:
        var.mkdir(exist_ok=True)
    except OSError as error:
        raise SettingsError(var, "", f"this folder cannot be made ({error.strerror})") from error
    return Settings(
        clinic=load_clinic(root / "clinic.yml"),
        root=root,
        var=var,
        database_url=_database_url(os.environ.get("ATLAS_DATABASE_URL", "").strip(), var),
        port=_port(os.environ.get("PORT", "").strip()),
        api_token=os.environ.get("ATLAS_API_TOKEN", "").strip(),
    )


def get_settings() -> Settings:
    """Return the settings, read once a process.

    Raises:
        SettingsError: See `load_settings`.
    """
    global _cached
    with _lock:
        if _cached is None:
            _cached = load_settings()
        return _cached


def reset_settings() -> None:
    """Forget the settings, so that the next `get_settings` reads them again (for tests)."""
    global _cached
    with _lock:
        _cached = None


def _database_url(value: str, var: Path) -> str:
    if not value:
        return f"sqlite:///{var / 'atlas.db'}"
    # Hosts still hand out the short form, which SQLAlchemy 2 no longer knows.
    if value.startswith("postgres://"):
        value = "postgresql://" + value.removeprefix("postgres://")
    expected = "expected sqlite:///folder/atlas.db or postgresql://user@host/database"
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise SettingsError(Path("environment"), "ATLAS_DATABASE_URL", expected) from error
    # A database in memory would be another one in each thread, and gone after a restart.
    in_memory = url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")
    if url.get_backend_name() not in ("sqlite", "postgresql") or in_memory:
        raise SettingsError(Path("environment"), "ATLAS_DATABASE_URL", expected)
    return value


def _port(value: str) -> int:
    if not value:
        return DEFAULT_PORT
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        raise SettingsError(Path("environment"), "PORT", "expected a number from 1 to 65535")
    return int(value)
