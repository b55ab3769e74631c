"""Leave out of the server what Rasa imports and no server of Atlas's uses.

Rasa's modules import every channel, every kind of tracker store, and the tools of training and
evaluation while they load. That was half of the start and a quarter of the memory. In the server
these packages are stand-ins; training, `rasa` commands and tests load the real ones.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
import types
from collections.abc import Sequence
from typing import Any

# What Rasa imports each for; none of it is reached by a message.
_UNUSED = (
    "boto3",  # DynamoDB as a tracker store, S3 for models
    "botocore",
    "dask",  # bot/graph_runner.py
    "matplotlib",  # plots of `rasa test`
    "mattermostwrapper",
    "prompt_toolkit",  # questions of `rasa init`
    "pymongo",  # MongoDB as a tracker store
    "questionary",
    "rocketchat_API",
    "sklearn",  # splitting training data, `rasa test`
    "webexteamssdk",
)
# Of channels that are off without these variables
_UNUSED_WITHOUT = {
    "aiogram": "TELEGRAM_ACCESS_TOKEN",
    "slack_sdk": "SLACK_BOT_TOKEN",
}
# structlog and typer colour their output with it where it can be imported.
_MISSED_BY_NOBODY = ("rich",)


class PackageLeftOut(RuntimeError):  # noqa: N818 - named for what happened
    """Something reached for a package that the server does without."""


class _StandInType(type):
    """Answer any class attribute with a stand-in."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn


class StandIn(metaclass=_StandInType):
    """Be whatever class or decorator Rasa's modules name while they load."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to be used.

        Raises:
            PackageLeftOut: Always.
        """
        raise PackageLeftOut(
            f"{type(self).__name__} belongs to a package that the server leaves out; "
            "see bot/unused_packages.py."
        )


class _StandInModule(types.ModuleType):
    """A module whose every attribute is the stand-in."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import packages and everything in them as stand-ins.

    Args:
        names: The packages.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in self._names:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _StandInModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: a stand-in has no code."""


def leave_out_unused_packages() -> None:
    """Stand in for the unused packages that are not loaded yet."""
    names = [
        *_UNUSED,
        *(name for name, needs in _UNUSED_WITHOUT.items() if needs not in os.environ),
    ]
    sys.meta_path.insert(0, _StandInFinder([name for name in names if name not in sys.modules]))
    for name in _MISSED_BY_NOBODY:
        # What Python has as None, it refuses to import.
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    _use_pythons_own_distutils()


def _use_pythons_own_distutils() -> None:
    """Let Sanic's import of distutils load Python's own, and not the whole of setuptools."""
    shim = sys.modules.get("_distutils_hack")
    if shim is not None:
        shim.remove_shim()
