"""No regular expression of the project takes long on texts made to make it so.

Every compiled pattern that a module holds, and every pattern written in a call, is tried on long
runs of what the pattern itself is made of, with an end on which it fails.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType, ModuleType
from typing import Any

import pytest

import actions
import bot
import clinic

LENGTH = 1500  # cubic time shows from here on; channels let 4000 characters through
SECONDS = 20  # for all texts of one expression; an exponential one takes for ever
COMMON = ("a", " ", "1", "a ", "1 ", "-", ".", "a.", "a@", "not ", "\n", "é", "aA1", "my neck ")


def modules() -> Iterator[ModuleType]:
    for package in (actions, bot, clinic):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." not in found.name:
                yield importlib.import_module(found.name)


def compiled(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from compiled(item, depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for item in [*value, *value.values()]:
            yield from compiled(item, depth + 1)


def written(module: ModuleType) -> Iterator[tuple[re.Pattern[str], bool]]:
    """Patterns that a call such as re.sub writes in full, and whether it searches with them."""
    tree = ast.parse(Path(str(module.__file__)).read_bytes())
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            anchored = node.func.attr in ("match", "fullmatch")
            yield re.compile(node.args[0].value), not anchored


def all_patterns() -> list[tuple[re.Pattern[str], bool]]:
    found: dict[tuple[str, int], tuple[re.Pattern[str], bool]] = {}
    for module in modules():
        for pattern, searches in written(module):
            found[pattern.pattern, pattern.flags] = pattern, searches
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        for name, value in vars(module).items():
            anchored = re.search(rf"\b{name}\.(full)?match\(", source) and not re.search(
                rf"\b{name}\.(search|sub|subn|finditer|findall|split)\(", source
            )
            for pattern in compiled(value):
                found[pattern.pattern, pattern.flags] = pattern, not anchored
    return [entry for entry in found.values() if isinstance(entry[0].pattern, str)]


def ingredients(pattern: re.Pattern[str]) -> list[str]:
    """Single characters and runs of literals that the pattern is made of."""
    literals: list[str] = []

    def walk(parts: Any) -> None:
        run = ""
        for operation, argument in parts:
            if str(operation) == "LITERAL":
                run += chr(argument)
                continue
            literals.append(run)
            run = ""
            for inner in argument if isinstance(argument, list | tuple) else (argument,):
                if isinstance(inner, parser.SubPattern):
                    walk(inner)
                elif isinstance(inner, list):
                    for branch in inner:
                        if isinstance(branch, parser.SubPattern):
                            walk(branch)
        literals.append(run)

    walk(parser.parse(pattern.pattern, pattern.flags))
    return [text for text in dict.fromkeys(literals) if text][:12]


def texts(pattern: re.Pattern[str]) -> Iterator[str]:
    units = [*COMMON, *(unit for text in ingredients(pattern) for unit in (text, f"{text} "))]
    for unit in dict.fromkeys(units):
        yield (unit * LENGTH)[:LENGTH] + "\x00"
    for unit in ingredients(pattern)[:4]:
        yield (unit + " a " * LENGTH)[:LENGTH] + "!"


def stop(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


@pytest.mark.timeout(280)
def test_no_expression_takes_long_on_a_text_made_for_it() -> None:
    patterns = all_patterns()
    assert len(patterns) > 100
    slow, tried = [], 0
    before = signal.signal(signal.SIGALRM, stop)
    try:
        for pattern, searches in patterns:
            signal.alarm(SECONDS)
            try:
                for text in texts(pattern):
                    tried += 1
                    if searches:
                        pattern.search(text)
                    pattern.fullmatch(text)
            except TimeoutError:
                slow.append(pattern.pattern[:200])
            finally:
                signal.alarm(0)
    finally:
        signal.signal(signal.SIGALRM, before)
    print(f"{len(patterns)} expressions on {tried} texts")
    assert slow == []


def test_the_search_for_slow_expressions_finds_one() -> None:
    bad = re.compile(r"(a+)+b$")
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(1)
    try:
        with pytest.raises(TimeoutError):
            for text in texts(bad):
                bad.search(text)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
