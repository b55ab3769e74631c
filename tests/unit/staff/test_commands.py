"""`atlas staff`, as the manager types it."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Callable

import pytest
from support.staff import PASSWORD

from bot.cli import main
from clinic.privacy import keys
from clinic.scheduling.database import Database
from clinic.settings import get_settings
from clinic.staff.entrance import Entrance, LoggedIn


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a line where the command reads."""
    return lambda line: monkeypatch.setattr(sys, "stdin", io.StringIO(line))


def test_a_manager_adds_lists_resets_and_removes(
    database: Database,
    typed: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
    audited: Callable[[], str],
):
    typed(f"{PASSWORD}\n")
    assert main(["staff", "add", "Ana"]) == 0
    assert main(["staff", "list"]) == 0
    assert "ana  since 2026-06-10" in capsys.readouterr().out
    typed("another long password\n")
    assert main(["staff", "reset", "ana"]) == 0
    outcome = Entrance(database).log_in("ana", "another long password", "192.0.2.1")
    assert isinstance(outcome, LoggedIn)
    assert main(["staff", "remove", "ana"]) == 0
    assert main(["staff", "list"]) == 0
    assert "the staff pages are off" in capsys.readouterr().out
    for did in ("staff added", "staff password reset", "staff removed"):
        assert f'{{"did": "{did}", "member": "ana"}}' in audited()
    assert PASSWORD not in audited()


def test_what_cannot_be_done_is_told_in_one_sentence(
    database: Database, typed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
):
    for does, name, password, problem in (
        ("add", "ana", "short", "12 to 200 characters"),
        ("add", "ana maria", PASSWORD, "cannot be a name"),
        ("add", "<b>", PASSWORD, "cannot be a name"),
        ("add", "a" * 41, PASSWORD, "cannot be a name"),
        ("reset", "bob", PASSWORD, "there is no member 'bob'"),
        ("remove", "bob", "", "there is no member 'bob'"),
    ):
        typed(f"{password}\n")
        assert main(["staff", does, name]) == 1, name
        said = capsys.readouterr()
        assert problem in said.err
        assert said.err.count("\n") == 1
        assert "Traceback" not in said.err
    typed(f"{PASSWORD}\n")
    assert main(["staff", "add", "ana"]) == 0
    typed(f"{PASSWORD}\n")
    assert main(["staff", "add", "ANA"]) == 1
    assert "there is a member ana already" in capsys.readouterr().err


def test_a_password_typed_on_a_terminal_is_asked_for_twice_and_not_shown(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    answers = iter([PASSWORD, "something else entirely", PASSWORD, PASSWORD])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(answers))
    assert main(["staff", "add", "ana"]) == 1
    assert "not the same" in capsys.readouterr().err
    assert main(["staff", "add", "ana"]) == 0
    assert PASSWORD not in capsys.readouterr().out


def test_after_a_change_of_keys_the_password_still_fits(
    database: Database, typed: Callable[[str], None]
):
    typed(f"{PASSWORD}\n")
    assert main(["staff", "add", "ana"]) == 0
    assert keys.rotate_data_keys(get_settings()) == 1
    assert isinstance(Entrance(database).log_in("ana", PASSWORD, "192.0.2.1"), LoggedIn)
