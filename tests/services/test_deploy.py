"""The files in deploy/, held against the tools that read them and against what Atlas really has."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from support.project import ROOT

from bot.watching.metrics import Metrics, exposition
from clinic.checkup.variables import KNOWN

DEPLOY = ROOT / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yml"))
# The oldest and the newest version that the manifests are for.
VERSIONS = ("1.29", kubernetes_validate.latest_version())
OF_OTHERS = {"up", "probe_success", "probe_ssl_earliest_cert_expiry"}


def program(name: str) -> str:
    """Return a program's path; skip where it is not installed, except in CI."""
    found = shutil.which(name)
    if found is None:
        reason = f"{name} is not installed (Debian: apt-get install {PACKAGES[name]})"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return str(found)


PACKAGES = {"promtool": "prometheus", "caddy": "caddy"}


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=DEPLOY / "prometheus",
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def documents(path: Path) -> list[dict[str, Any]]:
    # Not ruamel.yaml: once Rasa is imported it expands the variables, which Compose does itself.
    return list(yaml.safe_load_all(path.read_text()))


def rules() -> list[dict[str, Any]]:
    (groups,) = documents(DEPLOY / "prometheus" / "alerts.yml")
    return [rule for group in groups["groups"] for rule in group["rules"]]


def test_promtool_takes_the_rules_and_each_alert_fires_when_it_should() -> None:
    promtool = program("promtool")
    run(promtool, "check", "rules", "alerts.yml")
    run(promtool, "test", "rules", "alerts_test.yml")
    tested = (DEPLOY / "prometheus" / "alerts_test.yml").read_text()
    for rule in rules():
        if "alert" in rule:
            assert rule["alert"] in tested


def test_promtool_takes_the_configuration(tmp_path: Path) -> None:
    for name in ("prometheus.yml", "alerts.yml"):
        shutil.copy(DEPLOY / "prometheus" / name, tmp_path)
    (tmp_path / "metrics_token").write_text("x")
    run(program("promtool"), "check", "config", str(tmp_path / "prometheus.yml"))


def known_metrics(tmp_path: Path) -> set[str]:
    text = exposition(Metrics(), tmp_path, "atlas", shared=False).decode()
    families = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, flags=re.M))
    parts = [f"{name}{end}" for name in families for end in ("_bucket", "_sum", "_count")]
    recorded = [rule["record"] for rule in rules() if "record" in rule]
    return {*families, *parts, *recorded, *OF_OTHERS}


def named_metrics(expression: str) -> set[str]:
    plain = re.sub(r'"[^"]*"', "", expression)
    plain = re.sub(r"\{[^}]*\}|\b(by|on) *\([^)]*\)", "", plain)
    return set(re.findall(r"\b(?:atlas\w*(?::\w+)*|up|probe_\w+)\b", plain))


def test_rules_and_dashboard_name_only_metrics_that_there_are(tmp_path: Path) -> None:
    dashboard = json.loads((DEPLOY / "grafana" / "atlas.json").read_text())
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    asked = [rule["expr"] for rule in rules()]
    assert len(shown) > 20
    named = set().union(*(named_metrics(one) for one in [*shown, *asked]))
    assert "atlas_turns_total" in named
    assert named - known_metrics(tmp_path) == set()


def test_promtool_takes_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    dashboard = json.loads((DEPLOY / "grafana" / "atlas.json").read_text())
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    made = [{"record": f"panel:{number}", "expr": one} for number, one in enumerate(shown)]
    file = tmp_path / "dashboard.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": made}]}))
    run(program("promtool"), "check", "rules", str(file))


def test_the_runbook_has_every_alert() -> None:
    page = (ROOT / "docs" / "operating.md").read_text()
    for rule in rules():
        if "alert" in rule:
            assert f"| `{rule['alert']}`" in page


@pytest.mark.parametrize("path", KUBERNETES, ids=lambda path: path.name)
def test_kubernetes_takes_the_manifests(path: Path) -> None:
    for document in documents(path):
        for version in VERSIONS:
            kubernetes_validate.validate(document, version, strict=True)


def pods() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in KUBERNETES:
        for document in documents(path):
            spec = document.get("spec", {})
            spec = spec.get("jobTemplate", {}).get("spec", spec)
            if "containers" in spec.get("template", {}).get("spec", {}):
                found.append((document["metadata"]["name"], spec["template"]["spec"]))
    return found


def test_no_container_may_write_to_its_system_or_gain_rights() -> None:
    assert len(pods()) == 3
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["automountServiceAccountToken"] is False, name
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"], name
            assert container["securityContext"]["allowPrivilegeEscalation"] is False, name
            assert container["securityContext"]["capabilities"]["drop"] == ["ALL"], name
            assert "memory" in container["resources"]["limits"], name
            mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
            assert {"/app/var", "/tmp"} <= mounted, name
            volumes = {volume["name"] for volume in pod["volumes"]}
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes, name


def test_variables_in_the_files_are_ones_that_atlas_knows() -> None:
    # What a proxy, PostgreSQL and Sanic read.
    others = {"ATLAS_DOMAIN", "ATLAS_UPSTREAM"}
    for path in [*KUBERNETES, DEPLOY / "compose.yml", DEPLOY / "atlas.env.example"]:
        named = set(re.findall(r"\bATLAS_[A-Z_]+\b", path.read_text()))
        assert named - set(KNOWN) - others == set(), path.name


def test_caddy_takes_its_file_and_hides_what_is_for_operators() -> None:
    adapted = run(
        program("caddy"),
        *("adapt", "--validate", "--adapter", "caddyfile"),
        *("--config", str(DEPLOY / "Caddyfile")),
        ATLAS_DOMAIN="chat.example.org",
    )
    hidden = re.search(r'"path": ?\[([^\]]*/metrics[^\]]*)\]', adapted)
    assert hidden is not None
    for path in ("/readyz", "/conversations/*", "/model/*", "/webhooks/rest/*"):
        assert path in hidden[1]


def test_the_compose_file_keeps_the_database_inside_and_migrates_first() -> None:
    (compose,) = documents(DEPLOY / "compose.yml")
    services = compose["services"]
    assert {name for name, one in services.items() if "ports" in one} == {"proxy"}
    assert compose["networks"]["inside"]["internal"] is True
    assert services["database"]["networks"] == ["inside"]
    condition = services["atlas"]["depends_on"]["migrate"]["condition"]
    assert condition == "service_completed_successfully"
    for name in ("atlas", "migrate", "proxy"):
        assert services[name]["read_only"] is True, name
        assert services[name]["cap_drop"] == ["ALL"], name
    used = {volume.split(":")[0] for one in services.values() for volume in one.get("volumes", [])}
    assert {one for one in used if not one.startswith(".")} == set(compose["volumes"])


def test_the_image_runs_without_root_and_holds_no_key() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    last = text.split("\nFROM ")[-1]
    assert re.search(r"^USER 10001:10001$", last, flags=re.M)
    assert "rm -rf var" in text.split("\nFROM ")[-2]
    assert not re.search(r"curl|wget|\bADD\b|--trusted-host|git clone", text)
    taken = (ROOT / ".dockerignore").read_text().splitlines()
    assert taken[1] == "**"
    for name in [line[1:] for line in taken if line.startswith("!")]:
        assert (ROOT / name).exists(), name
    assert not {"!var", "!models", "!.git", "!tests"} & set(taken)
