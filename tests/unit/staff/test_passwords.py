from __future__ import annotations

import hashlib
from typing import Any

import pytest

from clinic.staff import passwords
from clinic.staff.passwords import UnfitPassword, check_password, fits, hash_password


def test_a_password_fits_its_own_hash_and_no_other():
    kept = hash_password("correct horse battery")
    assert fits("correct horse battery", kept)
    assert not fits("correct horse batterz", kept)
    assert not fits("correct horse battery", None)
    assert "correct" not in kept
    assert hash_password("correct horse battery") != kept


def test_hashing_costs_what_is_recommended():
    _, log_n, block, rounds, salt, _ = hash_password("correct horse battery").split("$")
    assert (int(log_n), int(block), int(rounds)) == (15, 8, 3)
    assert len(salt) == 44


def test_a_hash_made_at_another_cost_still_fits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "_LOG_N", 4)
    kept = hash_password("correct horse battery")
    monkeypatch.undo()
    assert kept.startswith("scrypt$4$")
    assert fits("correct horse battery", kept)


def test_a_letter_typed_on_another_keyboard_is_the_same_letter(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "_LOG_N", 4)
    assert fits("cafe\u0301 con leche", hash_password("caf\u00e9 con leche"))


def test_a_name_that_is_nobodys_costs_the_same_work(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "_LOG_N", 4)
    passwords._nobodys.cache_clear()
    kept = hash_password("correct horse battery")
    fits("x", None)  # makes the hash of nobody's password, once
    work: list[dict[str, Any]] = []
    scrypt = hashlib.scrypt

    def counting(password: bytes, **how: Any) -> bytes:
        work.append({name: how[name] for name in ("n", "r", "p", "dklen")})
        return scrypt(password, **how)

    monkeypatch.setattr(hashlib, "scrypt", counting)
    fits("wrong", kept)
    fits("wrong", None)
    assert len(work) == 2
    assert work[0] == work[1]
    passwords._nobodys.cache_clear()


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("eleven char", "12 to 200"),
        ("x" * 201, "12 to 200"),
        ("aaaabbbbaaaabbbb", "different characters"),
        ("I am Ana and here", "must not hold the name"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_the_reason(password: str, problem: str):
    with pytest.raises(UnfitPassword, match=problem):
        check_password(password, "ana")


def test_a_password_of_exactly_twelve_characters_will_do():
    check_password("twelve chars", "ana")
