"""Measure stock Rasa, the floor and Atlas on the same dialogue and write the report with plots.

Run with `.venv/bin/python -m bench.run`. The first run installs and trains stock Rasa in
bench/work/stock (2.5 GB) and keeps it. A run of all assistants writes bench/report.md,
bench/report.json and bench/plots; with `--only` the report goes to bench/work.
"""

import argparse
import json
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bench import report
from bench.goals import Measurement
from bench.measure import Amount, DatabaseCalls, Run, count_database_calls, measure
from bench.plots import draw
from bench.processes import ROOT, BenchError
from bench.targets import TARGETS, WORK, Target


def main() -> int:
    """Run the benchmark as the command line says and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.run")
    parser.add_argument("--only", choices=sorted(TARGETS), nargs="+", help="measure these alone")
    parser.add_argument(
        "--conversations", type=_positive, default=48, help="conversations in a load (48)"
    )
    parser.add_argument("--long-chats", type=_positive, default=3, help="chats of 200 turns (3)")
    parser.add_argument("--runs", type=_positive, default=3, help="starts of each assistant (3)")
    parser.add_argument("--retrain", action="store_true", help="train again what was timed before")
    parser.add_argument("--train-only", action="store_true", help="install, train and stop")
    arguments = parser.parse_args()
    # Leaving through an exception stops the servers that were started.
    signal.signal(signal.SIGTERM, _leave)
    targets = [TARGETS[name] for name in TARGETS if name in (arguments.only or TARGETS)]
    amount = Amount(
        arguments.conversations, arguments.long_chats, max(4, arguments.conversations // 6)
    )
    folder = WORK if arguments.only else ROOT / "bench"
    try:
        trainings = []
        for target in targets:
            _say(f"{target.title}: preparing and training")
            trainings.append(target.train(retrain=arguments.retrain))
        if arguments.train_only:
            return 0
        runs, commands = _measure_in_turns(targets, amount, arguments.runs)
        measurements = [
            Measurement(
                name=target.name,
                title=target.title,
                commands=commands[target.name],
                versions=target.versions(),
                training=training,
                runs=runs[target.name],
                database_calls=_counted(target),
            )
            for target, training in zip(targets, trainings, strict=True)
        ]
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    about = report.About(datetime.now(UTC).isoformat(timespec="seconds"), report.machine(), amount)
    plots = {
        title: file.relative_to(folder).as_posix()
        for title, file in draw(measurements, folder / "plots").items()
    }
    page = report.as_markdown(measurements, about, plots)
    data = json.dumps(report.as_json(measurements, about), indent=1) + "\n"
    (folder / "report.md").write_text(page)
    (folder / "report.json").write_text(data)
    print(page)
    return 0


def _measure_in_turns(
    targets: list[Target], amount: Amount, runs: int
) -> tuple[dict[str, list[Run]], dict[str, list[str]]]:
    measured: dict[str, list[Run]] = {target.name: [] for target in targets}
    commands: dict[str, list[str]] = {}
    # The assistants take turns, so that a slow spell of the machine touches all.
    for number in range(1, runs + 1):
        for target in targets:
            _say(f"{target.title}: run {number} of {runs}")
            folder = _empty(f"{target.name}-{number}")
            measured[target.name].append(measure(target, folder, amount))
            services = target.services(folder, 5005, 5055)
            commands[target.name] = [service.command for service in services]
            _drop_databases(folder)
    return measured, commands


def _counted(target: Target) -> DatabaseCalls | None:
    _say(f"{target.title}: counting database statements")
    return count_database_calls(target, _empty(f"{target.name}-counted"))


def _empty(name: str) -> Path:
    folder = WORK / "runs" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _drop_databases(folder: Path) -> None:
    """Delete what a run wrote; with all synthetic conversations that is gigabytes."""
    for file in folder.glob("*.db*"):
        file.unlink()


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
