"""Keep patients' words out of every log, at every level.

Rasa and the libraries below it write message texts, slots and phone numbers into their log
lines, most of all at DEBUG. No list of their fields would stay complete, so that nothing variable
of theirs is logged at all: a line of a library is replaced by the text that stands in its source,
with `{…}` in the place of values. Atlas's own lines stay as they are, since the house writes them
without words of patients. Of an exception the kinds and places are logged, never its message.
"""

from __future__ import annotations

import ast
import logging
import os
import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic.failures import describe_failure
from clinic.settings import SettingsError

# The packages whose log lines are written without a patient's words.
OWN = ("bot", "actions", "clinic", "atlas")
SWITCH = "ATLAS_LOG_TEXT"

_CALLS = {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log"}
_GAP = "{…}"

_plain_factory = logging.getLogRecordFactory()


def redact_logs(*, demo: bool) -> None:
    """Redact every log line of this process from now on; calling it again changes nothing.

    Args:
        demo: Whether the clinic is a demonstration: there ATLAS_LOG_TEXT=on shows developers
            everything.

    Raises:
        SettingsError: ATLAS_LOG_TEXT is on for a real clinic, or neither "on" nor "off".
    """
    switch = os.environ.get(SWITCH, "").strip().lower()
    if switch not in ("", "on", "off"):
        raise SettingsError(Path("environment"), SWITCH, 'expected "on" or "off"')
    if switch == "on":
        if not demo:
            message = "logs patients' words, which only a demo clinic may do (clinic.yml: demo)"
            raise SettingsError(Path("environment"), SWITCH, message)
        return
    logging.setLogRecordFactory(redacted_record)
    sys.excepthook = _tell_crash
    sys.unraisablehook = _tell_unraisable
    threading.excepthook = _tell_thread_crash


def redacted_record(
    name: str,
    level: int,
    path: str,
    line: int,
    message: Any,
    args: Any,
    exc_info: Any,
    function: str | None = None,
    stack: str | None = None,
    **kwargs: Any,
) -> logging.LogRecord:
    """Make a log record without a patient's words; takes what `logging.LogRecord` takes."""
    if name.split(".")[0] not in OWN:
        message, args = _template(path, line) or f"(a line of {name})", ()
    record = _plain_factory(name, level, path, line, message, args, None, function, stack, **kwargs)
    error = exc_info[1] if isinstance(exc_info, tuple) else None
    if error is not None:
        record.exc_text = describe_failure(error)
    return record


@lru_cache(maxsize=4096)
def _template(path: str, line: int) -> str | None:
    """Return the text of the logging call in a source line, with gaps for its values."""
    calls = [call for call in _logging_calls(path) if call.lineno <= line <= _end(call)]
    if not calls:
        return None
    text = calls[-1].args
    if isinstance(calls[-1].func, ast.Attribute) and calls[-1].func.attr == "log":
        text = text[1:]
    return _static(text[0]) if text else None


@lru_cache(maxsize=256)
def _logging_calls(path: str) -> list[ast.Call]:
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return []
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _CALLS
    ]
    return sorted(found, key=lambda call: (call.lineno, -_end(call)))


def _static(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, str) else _GAP
    if isinstance(node, ast.JoinedStr):
        return "".join(_static(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _static(node.left) + _static(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _static(node.left)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _static(node.func.value) if node.func.attr == "format" else _GAP
    return _GAP


def _end(call: ast.Call) -> int:
    return call.end_lineno or call.lineno


def _tell_crash(_kind: type[BaseException], error: BaseException, _trace: Any) -> None:
    print(f"atlas: stopped by {describe_failure(error)}", file=sys.stderr)


def _tell_unraisable(found: Any) -> None:
    if found.exc_value is not None:
        print(f"atlas: ignored {describe_failure(found.exc_value)}", file=sys.stderr)


def _tell_thread_crash(found: Any) -> None:
    if found.exc_value is not None:
        print(f"atlas: a thread ended with {describe_failure(found.exc_value)}", file=sys.stderr)
