"""Shorten how Rasa loads a model, without changing what it loads.

The archive was written by `rasa train` from a domain that was checked then, and its signature is
checked before this. Rasa reads the archive twice while it unpacks it, and the domain four times.
"""

from __future__ import annotations

import copy
import tarfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

_DOMAIN_FILE = "domain.yml"
_SHORT = 10_000  # characters
_read_yaml = rasa.shared.utils.io.read_yaml


def shorten_start() -> None:
    """Put the shortcuts in place; once more does no harm."""
    for owner, name, shortcut in (
        (LocalModelStorage, "_extract_archive_to_directory", staticmethod(unpack)),
        (DomainProvider, "load", classmethod(load_domain)),
        (rasa.shared.utils.io, "read_yaml", read_yaml),
    ):
        setattr(owner, name, shortcut)


def unpack(archive: str | Path, folder: Path) -> None:
    """Unpack a model's archive in one pass.

    Args:
        archive: The archive.
        folder: An empty folder.

    Raises:
        TarError: It is no whole archive, or holds what does not belong into the folder.
    """
    inside = folder.resolve()
    with tarfile.open(archive, "r:gz") as members:
        for member in members:
            target = (inside / member.name).resolve()
            if not (member.isreg() or member.isdir()) or not target.is_relative_to(inside):
                raise tarfile.ExtractError(f"{member.name} does not belong into a model")
            members.extract(member, folder, set_attrs=False)


def load_domain(
    cls: type[DomainProvider],
    /,
    config: dict[str, Any],
    model_storage: ModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    **kwargs: Any,
) -> DomainProvider:
    """Load the domain of a model; arguments as for `DomainProvider.load`."""
    with model_storage.read_from(resource) as folder:
        text = rasa.shared.utils.io.read_file(folder / _DOMAIN_FILE)
    return cls(model_storage, resource, Domain.from_dict(rasa.shared.utils.io.read_yaml(text)))


def read_yaml(content: str, reader_type: str | list[str] = "safe") -> Any:
    """Read YAML, a short text once; arguments and errors as for Rasa's `read_yaml`.

    endpoints.yml is read anew for each kind of endpoint.
    """
    if reader_type != "safe" or len(content) > _SHORT:
        return _read_yaml(content, reader_type)
    return copy.deepcopy(_read_once(content))


@lru_cache(maxsize=4)
def _read_once(content: str) -> Any:
    return _read_yaml(content)
