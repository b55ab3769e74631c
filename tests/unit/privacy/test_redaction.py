"""Libraries' log lines keep their own words and lose everybody else's."""

from __future__ import annotations

import importlib.util
import io
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from clinic.privacy.redaction import redact_logs
from clinic.settings import SettingsError

SECRET = "my-neck-secret-3141"

LIBRARY = """
import logging
logger = logging.getLogger(__name__)

def speak(text):
    logger.debug(f"Parsed {text!r} with " + str(text))
    logger.info("Received %s", text)
    logger.warning("Unknown: {}".format(text))
    logger.log(logging.ERROR, f"{text}")
    logger.error(
        "On several lines, "
        f"about {text}",
    )
    logger.error(text)
    try:
        raise ValueError(text)
    except ValueError as error:
        logger.exception(error)
        logger.error("It failed", exc_info=True, extra={"text": text})
    (logger.info)("In brackets " + text)
    for level in (10, 20): logger.log(level, "Twice on %s", text)
"""


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root, before = logging.getLogger(), logging.getLogger().level
    kept = logging.getLogRecordFactory(), sys.excepthook, sys.unraisablehook, threading.excepthook
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)
    logging.setLogRecordFactory(kept[0])
    sys.excepthook, sys.unraisablehook, threading.excepthook = kept[1:]


def library(folder: Path, name: str) -> ModuleType:
    path = folder / f"{name}.py"
    path.write_text(LIBRARY)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_librarys_words_stay_and_a_patients_go(output: io.StringIO, tmp_path: Path):
    redact_logs(demo=False)
    library(tmp_path, "some_library").speak(SECRET)
    logged = output.getvalue()
    assert SECRET not in logged
    for line in (
        "DEBUG some_library: Parsed {…} with {…}",
        "INFO some_library: Received %s",
        "WARNING some_library: Unknown: {}",
        "ERROR some_library: {…}",
        "ERROR some_library: On several lines, about {…}",
        "ERROR some_library: It failed\nValueError\n",
        "DEBUG some_library: Twice on %s",
    ):
        assert line in logged


def test_code_without_source_is_named_by_its_logger(output: io.StringIO):
    redact_logs(demo=False)
    code = compile("logging.getLogger('lost').error(text)", "/nowhere/lost.py", "exec")
    exec(code, {"logging": logging, "text": SECRET})
    assert output.getvalue() == "ERROR lost: (a line of lost)\n"


def test_atlas_own_lines_stay_and_their_exceptions_lose_the_message(output: io.StringIO):
    redact_logs(demo=False)
    logger = logging.getLogger("bot.somewhere")
    try:
        raise ValueError(SECRET)
    except ValueError:
        logger.warning("Port %d is taken", 5005, exc_info=True)
    assert "Port 5005 is taken\nValueError" in output.getvalue()
    assert SECRET not in output.getvalue()


def test_structured_lines_keep_the_name_of_their_event(output: io.StringIO):
    import structlog
    from rasa.utils.log_utils import configure_structlog

    redact_logs(demo=False)
    configure_structlog(logging.DEBUG)
    structlog.get_logger("rasa.core.x").debug("processor.message.parse", parse_data_text=SECRET)
    configure_structlog(logging.WARNING)
    assert SECRET not in output.getvalue()
    assert "processor.message.parse" in output.getvalue()


def test_crashes_are_told_without_their_message(
    output: io.StringIO, capsys: pytest.CaptureFixture[str]
):
    redact_logs(demo=False)

    def fail() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    told = capsys.readouterr().err
    assert "a thread ended with ValueError" in told
    assert "stopped by ValueError" in told
    assert SECRET not in told


def test_developers_may_see_everything_of_a_demo_clinic_only(
    output: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ATLAS_LOG_TEXT", "on")
    with pytest.raises(SettingsError, match="demo"):
        redact_logs(demo=False)
    redact_logs(demo=True)
    library(tmp_path, "other_library").speak(SECRET)
    assert SECRET in output.getvalue()
    monkeypatch.setenv("ATLAS_LOG_TEXT", "maybe")
    with pytest.raises(SettingsError, match='"on" or "off"'):
        redact_logs(demo=True)
