"""The environment variables that Atlas knows, and what each may hold."""

from __future__ import annotations

import base64
import binascii
import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from clinic.checkup.findings import Finding, ok, problem, warning

_CHECK = "environment"
_SHORTEST_SECRET = 32

# A check answers what was expected, or "" when the value can be right.
_Check = Callable[[str], str]


def _any(_value: str) -> str:
    return ""


def _port(value: str) -> str:
    fits = value.isascii() and value.isdigit() and 1 <= int(value) <= 65535
    return "" if fits else "a number from 1 to 65535"


def _count(value: str) -> str:
    return "" if value.isascii() and value.isdigit() and int(value) >= 1 else "a number from 1"


def _seconds(value: str) -> str:
    fits = value.isascii() and value.isdigit() and int(value) <= 300
    return "" if fits else "whole seconds from 0 to 300"


def _broker(value: str) -> str:
    fits = re.fullmatch(r"amqps?://[^\s/]+\S*", value)
    return "" if fits else "an address such as amqp://user:password@host:5672/"


def _switch(value: str) -> str:
    return "" if value.lower() in ("on", "off") else '"on" or "off"'


def _secret(value: str) -> str:
    return "" if len(value) >= _SHORTEST_SECRET else f"{_SHORTEST_SECRET} characters or more"


def _key(value: str) -> str:
    try:
        fits = len(base64.b64decode(value, validate=True)) == _SHORTEST_SECRET
    except (binascii.Error, ValueError):
        fits = False
    return "" if fits else "32 bytes in base64 (`atlas make-key` prints some)"


def _file(value: str) -> str:
    return "" if Path(value).is_file() else "a file that is there"


def _web_address(value: str) -> str:
    return "" if re.fullmatch(r"https?://[^\s/]+\S*", value) else "an address such as http://host"


def _one_of(*choices: str) -> _Check:
    def check(value: str) -> str:
        return "" if value.lower() in choices else "one of " + ", ".join(choices)

    return check


def _origins(value: str) -> str:
    parts = [part.strip().rstrip("/") for part in value.split(",") if part.strip()]
    fits = all(re.fullmatch(r"https?://[^/?#\s]+", part) for part in parts)
    return "" if fits else "origins such as https://chat.example.org, separated by commas"


KNOWN: dict[str, _Check] = {
    "PORT": _port,
    "LOG_LEVEL": _one_of("debug", "info", "warning", "error", "critical"),
    "ATLAS_ACTION_HOST": _any,
    "ATLAS_ACTION_PORT": _port,
    "ATLAS_ACTION_SECRET": _secret,
    "ATLAS_ACTION_URL": _web_address,
    "ATLAS_ALLOWED_ORIGINS": _origins,
    "ATLAS_API_TOKEN": _any,
    "ATLAS_BROKER_QUEUE": _any,
    "ATLAS_BROKER_URL": _broker,
    "ATLAS_DATABASE_URL": _any,  # clinic.settings reads it with SQLAlchemy's own parser
    "ATLAS_DRAIN_DELAY": _seconds,
    "ATLAS_HOST": _any,
    "ATLAS_KEY_SERVICE": _any,
    "ATLAS_LOG": _one_of("json", "text"),
    "ATLAS_LOG_TEXT": _switch,
    "ATLAS_MASTER_KEY": _key,
    "ATLAS_MASTER_KEY_FILE": _file,
    "ATLAS_METRICS_TOKEN": _secret,
    "ATLAS_MODEL_KEY_FILE": _file,
    "ATLAS_MODEL_PUBLIC_KEY": _key,
    "ATLAS_NEW_MASTER_KEY": _key,
    "ATLAS_NEW_MASTER_KEY_FILE": _file,
    "ATLAS_NOW": _any,  # clinic.clock reads it
    "ATLAS_PUBLIC_URL": _web_address,
    "ATLAS_REST": _switch,
    "ATLAS_SECRET_KEY": _secret,
    "ATLAS_WORKERS": _count,
    "OTEL_EXPORTER_OTLP_ENDPOINT": _web_address,
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": _web_address,
}


def check_variables(environment: Mapping[str, str]) -> list[Finding]:
    """Check each variable that is set, and name those that Atlas does not know.

    Args:
        environment: The variables; values never reach a finding.
    """
    findings = []
    for name in sorted(environment):
        value = environment[name].strip()
        if name in KNOWN and value and (expected := KNOWN[name](value)):
            findings.append(problem(_CHECK, f"{name} cannot be right", f"expected {expected}"))
        elif name.startswith("ATLAS_") and name not in KNOWN:
            close = difflib.get_close_matches(name, KNOWN, n=1)
            advice = f"did you mean {close[0]}?" if close else "take it away"
            findings.append(warning(_CHECK, f"{name} is not known to Atlas", advice))
    shared = [name for name in KNOWN if environment.get(name, "").strip()]
    return findings or [ok(_CHECK, f"set and right: {', '.join(shared) or 'nothing'}")]
