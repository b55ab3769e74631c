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

# What is imported for what; none of it is reached by a message.
_UNUSED = (
    "apscheduler",  # reminders, which no rule of Atlas's sets
    "boto3",  # DynamoDB as a tracker store, S3 for models
    "botocore",
    "dask",  # bot/graph_runner.py
    "google.auth",  # the channel of Hangouts
    "google.oauth2",
    "matplotlib",  # plots of `rasa test`
    "mattermostwrapper",
    "prompt_toolkit",  # questions of `rasa init`
    "pymongo",  # MongoDB as a tracker store
    "questionary",
    "redis",  # Redis as a tracker and lock store
    "rocketchat_API",
    "safetensors",  # features kept on disk in training
    "scipy",  # sparse features, which no component of Atlas's makes
    "sentry_sdk",  # crash reports to Rasa's makers
    "sklearn",  # splitting training data, `rasa test`
    "socketio",  # a channel that Atlas has its own for
    "spacy.cli",
    "spacy.pipeline",  # taggers and parsers; bot/nlu/message_guard.py has the tokenizer alone
    "webexteamssdk",
)
# Of what is off without these variables.
_UNUSED_WITHOUT = {
    "aiogram": "TELEGRAM_ACCESS_TOKEN",
    "slack_sdk": "SLACK_BOT_TOKEN",
}
# structlog, typer and mako colour their output with these where they can be imported.
_MISSED_BY_NOBODY = ("pygments", "rich")


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
        names: The packages, and parts of others by their dotted names.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        steps = fullname.split(".")
        if not any(".".join(steps[:end]) in self._names for end in range(1, len(steps) + 1)):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _StandInModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: a stand-in has no code."""


class _PassOn:
    """Stand where structlog would report to Sentry, and report nothing."""

    def __init__(self, **settings: Any) -> None:
        """Take what `structlog_sentry.SentryProcessor` takes."""

    def __call__(self, logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
        return event


def leave_out_unused_packages() -> None:
    """Stand in for the unused packages that are not loaded yet."""
    if "structlog_sentry" not in sys.modules:
        reporter = types.ModuleType("structlog_sentry")
        reporter.SentryProcessor = _PassOn  # type: ignore[attr-defined]
        sys.modules[reporter.__name__] = reporter
    names = [
        *_UNUSED,
        *(name for name, needs in _UNUSED_WITHOUT.items() if needs not in os.environ),
    ]
    if not os.environ.get("ATLAS_DATABASE_URL", "").strip().startswith("postgres"):
        names.append("psycopg2")
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
