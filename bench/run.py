"""Measure stock Rasa and Atlas on the same dialogue and write the report.

Run with `.venv/bin/python -m bench.run`. The first run installs and trains stock Rasa in
bench/work/stock (2.5 GB) and keeps it. A run of both assistants writes bench/report.md and
bench/report.json; with `--only` there is nothing to compare, so the report goes to bench/work.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bench import report
from bench.load import first_answer, hold_conversations, page_ready
from bench.processes import ROOT, BenchError
from bench.targets import TARGETS, WORK, Target


def main() -> int:
    """Run the benchmark as the command line says and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.run")
    parser.add_argument("--only", choices=sorted(TARGETS), help="measure one assistant alone")
    parser.add_argument(
        "--conversations", type=_positive, default=30, help="conversations in a load (30)"
    )
    parser.add_argument("--runs", type=_positive, default=3, help="starts of each assistant (3)")
    parser.add_argument("--retrain", action="store_true", help="train stock Rasa again")
    arguments = parser.parse_args()
    # Leaving through an exception stops the servers that were started.
    signal.signal(signal.SIGTERM, _leave)
    names = [arguments.only] if arguments.only else list(TARGETS)
    targets = [TARGETS[name] for name in names]
    try:
        page, data = _benchmark(
            targets, arguments.conversations, arguments.runs, retrain=arguments.retrain
        )
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    folder = WORK if arguments.only else ROOT / "bench"
    (folder / "report.md").write_text(page)
    (folder / "report.json").write_text(data)
    print(page)
    return 0


def _benchmark(
    targets: list[Target], conversations: int, runs: int, *, retrain: bool
) -> tuple[str, str]:
    trainings = []
    for target in targets:
        _say(f"{target.title}: preparing and training")
        trainings.append(target.train(retrain=retrain))
    measured: list[list[report.Run]] = [[] for _ in targets]
    commands: list[list[str]] = [[] for _ in targets]
    # The assistants take turns, so that a slow spell of the machine touches both.
    for number in range(1, runs + 1):
        for index, target in enumerate(targets):
            _say(f"{target.title}: run {number} of {runs}")
            folder = WORK / "runs" / f"{target.name}-{number}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            run, commands[index] = asyncio.run(_measure(target, folder, conversations))
            measured[index].append(run)
    measurements = [
        report.Measurement(
            target.name,
            target.title,
            commands[index],
            target.versions(),
            trainings[index],
            measured[index],
        )
        for index, target in enumerate(targets)
    ]
    about = report.machine()
    date = datetime.now(UTC).isoformat(timespec="seconds")
    page = report.as_markdown(measurements, about, date, conversations)
    data = report.as_json(measurements, about, date, conversations)
    return page, json.dumps(data, indent=2) + "\n"


async def _measure(
    target: Target, folder: Path, conversations: int
) -> tuple[report.Run, list[str]]:
    port, helper_port = _free_ports(2)
    services = target.services(folder, port, helper_port)
    *helpers, server = services
    base_url = f"http://127.0.0.1:{port}"
    load_average = os.getloadavg()[0]
    with ExitStack() as stack:
        for helper in helpers:
            stack.callback(helper.stop)
            helper.start()
            await page_ready(helper.ready_url, helper.check)
        # A helper that the assistant needs is up by now; its start is not counted.
        stack.callback(server.stop)
        started = time.perf_counter()
        server.start()
        await first_answer(base_url, server.check)
        start_seconds = time.perf_counter() - started
        after_start = {service.name: service.resident_mb() for service in services}
        await hold_conversations(base_url, users=1, conversations=1)
        loads = [await hold_conversations(base_url, users, conversations) for users in report.USERS]
        after_load = {service.name: service.resident_mb() for service in services}
    run = report.Run(load_average, start_seconds, after_start, after_load, loads)
    return run, [service.command for service in services]


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
