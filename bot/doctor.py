"""`atlas doctor`: look at everything that Atlas needs, and say what to do about what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

from bot.model import model_path
from bot.model_signature import PUBLIC_KEY, signature_path
from bot.nlu.pipeline_check import check_pipeline
from bot.server import StartError, check_signature, check_whole, usable_model
from clinic.checkup.findings import (
    Finding,
    findings_as_json,
    findings_as_text,
    has_problem,
    ok,
    problem,
    warning,
)
from clinic.checkup.machine import check_clock, check_disk, check_permissions
from clinic.checkup.stores import check_stores, sqlite_files
from clinic.checkup.variables import check_variables
from clinic.clinical import get_clinical_data
from clinic.datafiles import DataFileError, load_yaml
from clinic.knowledge.base import get_knowledge
from clinic.language.languages import get_languages
from clinic.settings import Settings, load_settings
from clinic.settings.environment import PROJECT_ROOT


def doctor(*, as_json: bool) -> int:
    """Check everything and print what was found.

    Args:
        as_json: Print it for programs.

    Returns:
        The exit code: 0, or 1 when something does not work.
    """
    findings = examine(PROJECT_ROOT)
    print(findings_as_json(findings) if as_json else findings_as_text(findings), flush=True)
    return int(has_problem(findings))


def examine(root: Path) -> list[Finding]:
    """Return what every check found; one that fails keeps no other from running.

    Args:
        root: The project's folder.
    """
    findings = check_variables(os.environ)
    try:
        settings = load_settings(root)
    except DataFileError as error:
        settings_problem = problem("configuration", str(error), "correct it; Atlas does not start")
        return [*findings, settings_problem, *_check_model(root, root / "var")]
    return [
        *findings,
        *_check_configuration(settings),
        *check_stores(settings),
        *_check_model(root, settings.var),
        *_check_channels(root),
        ok("mail", "this Atlas sends no e-mail; notices wait in the outbox"),
        *check_clock(settings.clinic, root / "clinic.yml"),
        *check_disk(settings.var, *(path.parent for path in sqlite_files(settings))),
        *check_permissions(settings.var, sqlite_files(settings)),
    ]


def _check_configuration(settings: Settings) -> list[Finding]:
    findings = []
    try:
        check_pipeline(settings.root / "config.yml")
        get_clinical_data()
        get_knowledge()
        get_languages()
        findings.append(ok("configuration", "clinic.yml, config.yml and data/ can be used"))
    except DataFileError as error:
        findings.append(problem("configuration", str(error), "correct it; Atlas does not start"))
    if settings.clinic.demo:
        told = "clinic.yml says demo: true; visitors are told that the clinic is invented"
        findings.append(warning("configuration", told, "set false when everything is your own"))
    return findings


def _check_model(root: Path, var: Path) -> list[Finding]:
    try:
        model = usable_model(root)
        check_whole(model)
    except StartError as error:
        return [problem("model", str(error), "atlas train")]
    except OSError as error:
        return [problem("model", f"{error.filename}: {error.strerror}", "restore the file")]
    fits = f"{model_path(root).name} fits the present data and code"
    try:
        check_signature(model, var)
    except StartError as error:
        return [problem("model", str(error), "atlas train --force, or the right public key")]
    if not signature_path(model).exists():
        return [warning("model", f"{fits}, and is not signed", "atlas train --force signs it")]
    own_key = os.environ.get(PUBLIC_KEY, "").strip() or (var / "model_key.pub").exists()
    if not own_key:
        told = f"{fits}; its signature was not checked, since no public key is here"
        return [warning("model", told, f"set {PUBLIC_KEY}")]
    return [ok("model", f"{fits}, signature checked")]


def _check_channels(root: Path) -> list[Finding]:
    """Say which channels are on; names of variables are told, never what they hold."""
    from rasa.shared.exceptions import RasaException
    from rasa.shared.utils.common import class_from_module_path

    from bot.channels.switch import SwitchedChannel

    findings = []
    try:
        credentials = load_yaml(root / "credentials.yml")
        for path, content in credentials.items():
            channel = class_from_module_path(path).from_credentials(content)
            if not isinstance(channel, SwitchedChannel) or channel.is_on:
                findings.append(ok("channels", f"{channel.name()} is on"))
            elif channel.why_off:
                told = f"{channel.name()} is off: {channel.why_off}"
                findings.append(warning("channels", told, "set what is missing, or unset the rest"))
            else:
                findings.append(ok("channels", f"{channel.name()} is off"))
    except (DataFileError, RasaException, ImportError, AttributeError, ValueError) as error:
        told = str(error) or f"credentials.yml cannot be used ({type(error).__name__})"
        findings.append(problem("channels", told, "correct credentials.yml"))
    return findings
