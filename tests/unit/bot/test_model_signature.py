"""A model that is not the one that was signed is not loaded."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.model_signature import SignatureProblem, check, sign, signature_path


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATLAS_MODEL_PUBLIC_KEY", raising=False)
    monkeypatch.delenv("ATLAS_MODEL_KEY_FILE", raising=False)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "atlas-0123.tar.gz"
    path.write_bytes(b"a model")
    sign(path, tmp_path)
    return path


def test_a_signed_model_is_taken(archive: Path, tmp_path: Path) -> None:
    check(archive, tmp_path)
    assert stat.S_IMODE((tmp_path / "model_key").stat().st_mode) == 0o600


def test_a_changed_model_is_refused(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(b"another model")
    with pytest.raises(SignatureProblem, match="not the one that was signed"):
        check(archive, tmp_path)


def test_an_older_model_under_a_new_name_is_refused(archive: Path, tmp_path: Path) -> None:
    renamed = archive.with_name("atlas-4567.tar.gz")
    archive.replace(renamed)
    signature_path(archive).replace(signature_path(renamed))
    with pytest.raises(SignatureProblem, match="not the one that was signed"):
        check(renamed, tmp_path)


def test_a_model_signed_by_somebody_else_is_refused(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    sign(archive, other)
    with pytest.raises(SignatureProblem, match="not the one that was signed"):
        check(archive, tmp_path)


def test_where_a_key_is_demanded_an_unsigned_model_is_refused(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = (tmp_path / "model_key.pub").read_text()
    monkeypatch.setenv("ATLAS_MODEL_PUBLIC_KEY", public)
    check(archive, tmp_path / "elsewhere")
    signature_path(archive).unlink()
    with pytest.raises(SignatureProblem, match="not signed"):
        check(archive, tmp_path)
    monkeypatch.delenv("ATLAS_MODEL_PUBLIC_KEY")
    check(archive, tmp_path)


@pytest.mark.parametrize("text", ["not base64!", "", "AAAA"])
def test_a_broken_signature_or_key_is_one_sentence(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    signature_path(archive).write_text(text)
    with pytest.raises(SignatureProblem):
        check(archive, tmp_path)
    monkeypatch.setenv("ATLAS_MODEL_PUBLIC_KEY", text or "x")
    with pytest.raises(SignatureProblem):
        check(archive, tmp_path)
