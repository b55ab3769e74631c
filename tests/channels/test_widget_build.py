"""The committed build of the widget belongs to its sources, so that nobody needs Node to run it."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

WIDGET = Path(__file__).resolve().parents[2] / "widget"
BUILT = WIDGET / "dist" / "atlas-chat.js"
GOAL = 40 * 1024


def sources_digest() -> str:
    """Return the digest that vite.config.ts writes into the build."""
    names = ["package-lock.json", "package.json", "tsconfig.json", "vite.config.ts"]
    names += [
        path.relative_to(WIDGET).as_posix()
        for path in (WIDGET / "src").rglob("*")
        if path.is_file()
    ]
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(name.encode() + b"\0" + (WIDGET / name).read_bytes() + b"\0")
    return digest.hexdigest()


def test_the_committed_build_belongs_to_the_sources() -> None:
    found = re.search(r"sources: ([0-9a-f]{64})", BUILT.read_text(encoding="utf-8"))
    assert found is not None
    assert found[1] == sources_digest(), "run `npm ci && npm run build` in widget/ and commit dist"


def test_the_element_stays_small_on_the_wire() -> None:
    assert len(gzip.compress(BUILT.read_bytes(), 9)) < GOAL


def test_the_element_asks_no_other_server_for_anything() -> None:
    code = BUILT.read_text(encoding="utf-8")
    addresses = set(re.findall(r"https?://[\w./-]+", code))
    assert {address for address in addresses if "w3.org" not in address} == set()


@pytest.mark.skipif(
    shutil.which("node") is None or not (WIDGET / "node_modules").is_dir(),
    reason="node and widget/node_modules are needed (npm ci in widget/)",
)
def test_building_anew_gives_the_committed_file_and_the_elements_own_tests_pass(
    tmp_path: Path,
) -> None:
    quiet = {**os.environ, "NO_COLOR": "1"}
    build = ["npx", "vite", "build", "--outDir", str(tmp_path), "--emptyOutDir"]
    for command in (["npx", "tsc", "--noEmit"], build, ["npx", "vitest", "run"]):
        done = subprocess.run(
            command, cwd=WIDGET, env=quiet, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / BUILT.name).read_bytes() == BUILT.read_bytes()
