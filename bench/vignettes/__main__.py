"""Play sample patients against a server started for it, print the figures, write the report.

`make vignettes` plays the cases of tests/dialogues/vignettes with their variants and writes
docs/vignettes.md. With `--cases FILE` it plays that file instead and only prints.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType

from bench.load import first_answer
from bench.processes import ROOT, BenchError, Service
from bench.vignettes.cases import load_cases
from bench.vignettes.play import Outcome, play_all
from bench.vignettes.report import as_markdown, transcripts
from bench.vignettes.variants import VARIANTS
from clinic.datafiles import DataFileError

CASES = ROOT / "tests" / "dialogues" / "vignettes"
REPORT = ROOT / "docs" / "vignettes.md"
# A Wednesday, ten in the morning in New York: "since Tuesday" means the same in every run.
NOW = "2027-03-03T15:00:00+00:00"


def main() -> int:
    """Play the cases that the command line names and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.vignettes")
    parser.add_argument("--cases", type=Path, help="another file of cases (.jsonl or .yml)")
    parser.add_argument(
        "--variant", choices=sorted(VARIANTS), action="append", help="play only this variant"
    )
    parser.add_argument("--only", help="play only cases whose id begins with this")
    arguments = parser.parse_args()
    # Leaving through an exception stops the server that was started.
    signal.signal(signal.SIGTERM, _leave)
    try:
        cases = load_cases([arguments.cases] if arguments.cases else CASES.glob("*.yml"))
        cases = [case for case in cases if case.id.startswith(arguments.only or "")]
        if not cases:
            raise BenchError("there are no such cases")
        names = arguments.variant or list(VARIANTS)
        with _server() as (base_url, token):
            played: dict[str, list[Outcome]] = {}
            for name in names:
                print(f"playing {len(cases)} cases, {name}", file=sys.stderr, flush=True)
                played[name] = play_all(map(VARIANTS[name], cases), base_url, token)
    except (BenchError, DataFileError) as error:
        print(f"vignettes: {error}", file=sys.stderr)
        return 1
    for name, outcomes in played.items():
        if said := transcripts(outcomes):
            print(f"=== {name}\n\n{said}\n")
    source = arguments.cases.name if arguments.cases else "tests/dialogues/vignettes"
    page = as_markdown(played, source, _revision())
    print(page)
    if not (arguments.cases or arguments.variant or arguments.only):
        REPORT.write_text(page, encoding="utf-8")
    return 0


@contextmanager
def _server() -> Iterator[tuple[str, str]]:
    token = secrets.token_urlsafe(16)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    base_url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="atlas-vignettes-") as folder:
        service = Service(
            "atlas",
            [sys.executable, "-m", "bot.cli", "serve"],
            cwd=ROOT,
            log=Path(folder) / "server.log",
            env={
                "PORT": str(port),
                "ATLAS_API_TOKEN": token,
                "ATLAS_DATABASE_URL": f"sqlite:///{folder}/atlas.db",
                "ATLAS_NOW": NOW,
            },
        )
        try:
            service.start()
            asyncio.run(first_answer(base_url, str, service.check))
            yield base_url, token
        finally:
            service.stop()


def _revision() -> str:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return described.stdout.strip() or "unknown"


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
