"""The server leaves out packages that nothing of it uses, and tells who reaches for one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support.project import ROOT

_LOAD = """
from bot.unused_packages import PackageLeftOut, leave_out_unused_packages
leave_out_unused_packages()
import rasa.core.run, bot.server, bot.channels.connectors, bot.nlu.message_guard, sys
real = [name for name in {names} if getattr(sys.modules.get(name), "__file__", None)]
print(",".join(real) or "none")
from sklearn.model_selection import train_test_split
try:
    train_test_split([1, 2])
except PackageLeftOut as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "none"),
        ({"TELEGRAM_ACCESS_TOKEN": "1:a", "SLACK_BOT_TOKEN": "b"}, "aiogram,slack_sdk"),
        ({"ATLAS_DATABASE_URL": "postgresql:///atlas"}, "psycopg2"),
    ],
)
def test_rasas_server_loads_without_them(environment: dict[str, str], expected: str) -> None:
    names = ["sklearn", "matplotlib", "boto3", "pymongo", "aiogram", "slack_sdk", "rich"]
    names += ["scipy", "sentry_sdk", "spacy.pipeline", "pygments", "psycopg2"]
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LOAD.format(names=names)],
        cwd=ROOT,
        env={**os.environ, "ATLAS_DATABASE_URL": "", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded, refusal = ended.stdout.splitlines()
    assert loaded == expected
    assert "bot/unused_packages.py" in refusal
