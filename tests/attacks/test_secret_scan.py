"""What would leak with a commit is found, and the repository holds nothing of it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.project import ROOT

# Put together here, so that this file holds none.
SECRETS = {
    "private key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "AWS key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "GitHub token": "ghp_" + "a1" * 18,
    "Slack token": "xoxb-" + "123456789012-" + "abcdefghijkl",
    "Telegram token": "123456789:" + "AA" * 17 + "x",
    "Twilio key": "AC" + "0f" * 16,
    "database password": "postgresql://atlas:" + "hunter22@db.clinic.org/atlas",
    "named secret": "ATLAS_X: api_token = " + "'abc123def456ghi789jkl012mno'",
}


def scan(*names: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/find_secrets.py", *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_and_not_printed(tmp_path_factory: pytest.TempPathFactory, kind: str):
    file = tmp_path_factory.mktemp("scan") / "file.py"
    file.write_text(f"x = 1\ny = {SECRETS[kind]}\n")
    run = scan(str(file))
    assert run.returncode == 1
    assert f":2: looks like a {kind}" in run.stdout
    assert SECRETS[kind] not in run.stdout


def test_the_repository_holds_no_secret():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    if listed.returncode:
        pytest.skip("this copy is no git repository")
    run = scan(*listed.stdout.strip("\0").split("\0"))
    assert run.stdout == ""
