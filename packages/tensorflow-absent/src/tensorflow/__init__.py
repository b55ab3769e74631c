"""Stand in for TensorFlow so that every `rasa` command starts without it.

Rasa 3.6 imports TensorFlow while its own modules load, although only DIET, TED,
UnexpecTED and ResponseSelector compute with it. Any attribute of this package is a
placeholder class that can be subclassed, called and used as a decorator. Atlas refuses
a pipeline that names one of those components before any placeholder could be reached
(`bot.nlu.pipeline_check`).
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

_STOOD_IN_FOR = ("tensorflow", "keras", "tensorflow_hub", "tensorflow_addons")


class _PlaceholderType(type):
    """Answer any class attribute with the placeholder itself."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder


class Placeholder(metaclass=_PlaceholderType):
    """Be whatever class, function or decorator Rasa's modules name while they load."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Accept the arguments of any TensorFlow class.

        Raises:
            RasaException: A class that derives from one of TensorFlow's is being used, so
                the configuration names a component that cannot work here.
        """
        if type(self) is not Placeholder:
            from rasa.shared.exceptions import RasaException

            raise RasaException(
                f"{type(self).__name__} needs TensorFlow, which Atlas does without: take DIET, "
                "TED, UnexpecTED and ResponseSelector out of config.yml and use "
                "bot.nlu.intent_classifier.EmbeddingIntentClassifier and rules instead."
            )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return a decorated function unchanged, anything else as a placeholder."""
        return args[0] if args and callable(args[0]) else Placeholder()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder()

    def __class_getitem__(cls, item: Any) -> type[Placeholder]:
        """Allow generic aliases such as `tf.data.Dataset[int]`."""
        return cls


class _PlaceholderModule(types.ModuleType):
    """A module whose every attribute is the placeholder."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder


class _PlaceholderFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import `tensorflow.anything`, `keras.anything` and so on as placeholders."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] not in _STOOD_IN_FOR:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _PlaceholderModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: a placeholder module has no code."""


sys.meta_path.insert(0, _PlaceholderFinder())

__path__: list[str] = []


def is_tensor(value: Any) -> bool:
    """Say no: matplotlib asks this of everything that it draws."""
    return False


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return Placeholder
