"""Where the master key comes from, what happens without it, and how keys are changed."""

from __future__ import annotations

import base64
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from clinic.privacy import keys, master_key
from clinic.privacy.conversations import Conversations
from clinic.privacy.master_key import KeyProblem, LocalKeyService
from clinic.privacy.vault import data_keys
from clinic.scheduling.port import Contact, PatientDetails, SlotQuery
from clinic.scheduling.sql_scheduler import SqlScheduler
from clinic.settings import Settings

EVENT = {"event": "user", "text": "my neck hurts", "timestamp": 1.0}
CONTACT = Contact(phone="+12125550199", email="jane@example.com")


def fill(settings: Settings) -> str:
    """Keep a conversation and an appointment; return the reference."""
    with closing(Conversations(settings)) as kept, closing(SqlScheduler(settings)) as scheduler:
        kept.append("one", [[EVENT]])
        hold = scheduler.hold(scheduler.find_slots(SlotQuery(visit_type="new"), 1)[0], "one")
        patient = PatientDetails("Jane Doe", CONTACT, None)
        return scheduler.confirm(hold.id, patient, "new", "key", "I use a wheelchair").reference


def assert_readable(settings: Settings, reference: str) -> None:
    with closing(Conversations(settings)) as kept, closing(SqlScheduler(settings)) as scheduler:
        read = kept.read("one")
        assert read is not None
        assert read.events == [EVENT]
        visit = scheduler.look_up(reference, CONTACT, "asker")
        assert visit is not None
        assert (visit.patient_name, visit.note) == ("Jane Doe", "I use a wheelchair")


def ring(settings: Settings) -> list[tuple[int, str, bool]]:
    """The keys of the conversations: number, master key, whether it still seals."""
    with closing(Conversations(settings)) as kept, kept.reading() as (connection, _):
        rows = connection.execute(sa.select(data_keys).order_by(data_keys.c.number)).all()
    return [(row.number, row.master, row.retired_at is None) for row in rows]


def test_a_key_is_made_that_only_its_owner_may_read(settings: Settings):
    fill(settings)
    path = settings.var / "master_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(base64.b64decode(path.read_text())) == 32


def test_a_lost_key_is_one_clear_error_and_no_new_key_takes_its_place(settings: Settings):
    fill(settings)
    path = settings.var / "master_key"
    path.unlink()
    with pytest.raises(KeyProblem, match="sealed data but no master key"):
        keys.check_keys(settings)
    assert not path.exists()


def test_another_key_is_one_clear_error(settings: Settings):
    reference = fill(settings)
    path = settings.var / "master_key"
    old = path.read_text()
    path.write_text(master_key.new_key_text())
    with pytest.raises(KeyProblem, match=r"another master key than the one in .*master_key"):
        keys.check_keys(settings)
    path.write_text(old)
    keys.check_keys(settings)
    assert_readable(settings, reference)


@pytest.mark.parametrize("text", ["", "short", "é" * 44, base64.b64encode(b"x" * 31).decode()])
def test_a_malformed_key_names_its_source(tmp_path: Path, text: str):
    path = tmp_path / "key"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KeyProblem, match=str(path)):
        master_key.read_key_file(path)


def test_a_key_from_the_environment_leaves_no_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATLAS_MASTER_KEY", master_key.new_key_text())
    reference = fill(settings)
    assert not (settings.var / "master_key").exists()
    assert_readable(settings, reference)


class Kms(LocalKeyService):
    """Stands for a key management service, and counts what it is asked."""

    asked: list[str] = []  # noqa: RUF012 - shared on purpose

    def __init__(self) -> None:
        super().__init__(b"k" * 32, "the service")

    def unwrap(self, wrapped: bytes) -> bytes:
        self.asked.append("unwrap")
        return super().unwrap(wrapped)


def test_a_key_service_of_the_clinics_own_wraps_and_is_asked_seldom(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATLAS_KEY_SERVICE", f"{__name__}:Kms")
    reference = fill(settings)
    assert_readable(settings, reference)
    Kms.asked.clear()
    with closing(Conversations(settings)) as kept:
        for _ in range(20):
            kept.append("one", [[EVENT]])
    assert len(Kms.asked) == 2  # the key that seals and the one for hashes
    monkeypatch.setenv("ATLAS_KEY_SERVICE", "no.such:thing")
    with pytest.raises(KeyProblem, match="ATLAS_KEY_SERVICE"):
        keys.check_keys(settings)


def test_new_data_keys_seal_everything_anew_and_old_ones_are_destroyed_later(
    settings: Settings, now: Any, monkeypatch: pytest.MonkeyPatch
):
    reference = fill(settings)
    before = ring(settings)
    # A process that runs on with the old key, and has not noticed yet
    with closing(Conversations(settings)) as running:
        running.append("two", [[EVENT]])
        # name, phone, e-mail and note; two ids and two turns
        assert keys.rotate_data_keys(settings) == 8
        running.append("three", [[EVENT]])
        assert_readable(settings, reference)
        kept = running.read("one")  # sealed with a key that it has to look for
        assert kept is not None
        assert kept.events == [EVENT]
        with keys.open_stores(settings) as stores:
            assert keys.destroy_unused_keys(stores) == 0  # too early
            monkeypatch.setenv("ATLAS_NOW", (now + timedelta(hours=2)).isoformat())
            keys.destroy_unused_keys(stores)  # "three" was sealed with the old key
        assert_readable(settings, reference)
        assert running.read("three") is not None
    keys.rotate_data_keys(settings)
    monkeypatch.setenv("ATLAS_NOW", (now + timedelta(hours=4)).isoformat())
    with keys.open_stores(settings) as stores:
        assert keys.destroy_unused_keys(stores) >= 1
    assert_readable(settings, reference)
    numbers = [number for number, _, _ in ring(settings)]
    assert before[0][0] not in numbers


def test_a_new_master_key_takes_the_place_of_the_old_one_and_leaves_sealed_data_alone(
    settings: Settings,
):
    reference = fill(settings)
    path = settings.var / "master_key"
    old, before = path.read_text(), ring(settings)
    assert "restart Atlas" in keys.rotate_master_key(settings)
    assert path.read_text() != old
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    after = ring(settings)
    assert [number for number, _, _ in after] == [number for number, _, _ in before]
    assert {master for _, master, _ in after}.isdisjoint(master for _, master, _ in before)
    assert_readable(settings, reference)
    path.write_text(old)
    with pytest.raises(KeyProblem, match="another master key"):
        keys.check_keys(settings)


def test_a_master_key_rotation_that_was_broken_off_is_finished_by_another_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    reference = fill(settings)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", fail)
        with pytest.raises(KeyboardInterrupt):
            keys.rotate_master_key(settings)
    with pytest.raises(KeyProblem):
        keys.check_keys(settings)
    keys.rotate_master_key(settings)
    assert_readable(settings, reference)


def test_a_master_key_of_the_environment_needs_its_successor_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    old, new = master_key.new_key_text(), master_key.new_key_text()
    monkeypatch.setenv("ATLAS_MASTER_KEY", old)
    reference = fill(settings)
    with pytest.raises(KeyProblem, match="ATLAS_NEW_MASTER_KEY"):
        keys.rotate_master_key(settings)
    monkeypatch.setenv("ATLAS_NEW_MASTER_KEY", new)
    assert "Put the new master key" in keys.rotate_master_key(settings)
    monkeypatch.setenv("ATLAS_MASTER_KEY", new)
    assert_readable(settings, reference)
