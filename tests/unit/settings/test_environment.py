"""The environment: defaults that work, and clear refusals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clinic.settings import SettingsError, get_settings, load_settings, reset_settings
from clinic.settings.environment import PROJECT_ROOT


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("ATLAS_DATABASE_URL", "PORT", "ATLAS_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    shutil.copy(PROJECT_ROOT / "clinic.yml", tmp_path)
    return tmp_path


def test_without_any_setting_bookings_go_to_sqlite_under_var(root: Path):
    settings = load_settings(root)
    assert settings.database_url == f"sqlite:///{root / 'var' / 'atlas.db'}"
    assert settings.var.is_dir()
    assert settings.port == 5005
    assert settings.api_token == ""


def test_the_environment_wins(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATLAS_DATABASE_URL", "postgres://atlas:secret@db/atlas")
    monkeypatch.setenv("PORT", "8080")
    monkeypatch.setenv("ATLAS_API_TOKEN", "token-1")
    settings = load_settings(root)
    assert settings.database_url == "postgresql://atlas:secret@db/atlas"
    assert (settings.port, settings.api_token) == (8080, "token-1")


def test_secrets_do_not_show_when_settings_are_printed(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATLAS_DATABASE_URL", "postgresql://atlas:hunter2@db/atlas")
    monkeypatch.setenv("ATLAS_API_TOKEN", "token-1")
    shown = repr(load_settings(root))
    assert "hunter2" not in shown
    assert "token-1" not in shown


@pytest.mark.parametrize(
    "value", ["mysql://db/atlas", "nonsense", "sqlite://", "sqlite:///:memory:"]
)
def test_a_database_that_cannot_work_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, value: str
):
    monkeypatch.setenv("ATLAS_DATABASE_URL", value)
    with pytest.raises(SettingsError, match="ATLAS_DATABASE_URL: expected sqlite"):
        load_settings(root)


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", "²"])
def test_a_port_that_cannot_be_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("PORT", value)
    with pytest.raises(SettingsError, match="PORT: expected a number from 1 to 65535"):
        load_settings(root)


def test_settings_are_read_once_until_they_are_reset(monkeypatch: pytest.MonkeyPatch):
    reset_settings()
    monkeypatch.setenv("PORT", "6001")
    first = get_settings()
    monkeypatch.setenv("PORT", "6002")
    assert get_settings() is first
    reset_settings()
    assert get_settings().port == 6002
    reset_settings()
