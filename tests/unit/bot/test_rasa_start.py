"""A model loads as in plain Rasa, in fewer passes."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

from bot.rasa_start import load_domain, read_yaml, unpack


def archive(path: Path, member: tarfile.TarInfo, content: bytes = b"") -> Path:
    member.size = len(content)
    with tarfile.open(path, "w:gz") as written:
        written.addfile(member, io.BytesIO(content))
    return path


def test_an_archive_is_unpacked_whole(tmp_path: Path) -> None:
    packed = archive(tmp_path / "m.tar.gz", tarfile.TarInfo("components/x/weights"), b"123")
    unpack(packed, tmp_path / "to")
    assert (tmp_path / "to/components/x/weights").read_bytes() == b"123"


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "a/../../outside"])
def test_nothing_is_written_outside_of_the_folder(tmp_path: Path, name: str) -> None:
    packed = archive(tmp_path / "m.tar.gz", tarfile.TarInfo(name), b"123")
    with pytest.raises(tarfile.TarError, match="does not belong"):
        unpack(packed, tmp_path / "to")


def test_a_link_does_not_belong_into_a_model(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with pytest.raises(tarfile.TarError, match="does not belong"):
        unpack(archive(tmp_path / "m.tar.gz", link), tmp_path / "to")


def test_the_domain_of_a_model_is_the_one_that_rasa_loads(tmp_path: Path) -> None:
    storage, resource = LocalModelStorage(tmp_path), Resource("domain_provider")
    written = DomainProvider(storage, resource)
    written._persist(Domain.from_path("domain.yml"))
    read = load_domain(
        DomainProvider, {}, storage, resource, ExecutionContext(GraphSchema({}), "test")
    ).provide_inference()
    assert read.as_dict() == Domain.from_path(tmp_path / "domain_provider").as_dict()
    assert read.fingerprint() == Domain.from_path(tmp_path / "domain_provider").fingerprint()


def test_a_yaml_that_is_read_twice_is_two_values() -> None:
    text = Path("endpoints.yml").read_text()
    first = read_yaml(text)
    first.clear()
    assert read_yaml(text) == rasa.shared.utils.io.read_yaml(text) != {}
