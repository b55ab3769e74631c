"""No library that the server loads reports anything to anybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.project import ROOT, clean_environment


def test_the_sentence_model_leaves_nothing_to_report(tmp_path: Path) -> None:
    environment = clean_environment(HOME=str(tmp_path))
    for name in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    program = "import bot, onnxruntime; onnxruntime.SessionOptions()"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
