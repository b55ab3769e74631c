"""What was aimed at, held against what was measured."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.dialogue import DIALOGUE
from bench.measure import USERS, DatabaseCalls, Run, window
from bench.targets import Training

EARLY, LATE = (11, 20), (191, 200)


@dataclass(frozen=True)
class Measurement:
    """Everything measured about one assistant."""

    name: str
    title: str
    commands: list[str]
    versions: dict[str, str]
    training: Training
    runs: list[Run]
    database_calls: DatabaseCalls | None

    def median(self, of_run: Callable[[Run], float]) -> float:
        """Return the median over the runs."""
        return statistics.median(map(of_run, self.runs))

    def turns(self) -> list[list[float]]:
        """Return the milliseconds of each turn of the long chats, over all runs."""
        return [
            [value for run in self.runs for value in run.turns[turn]]
            for turn in range(len(self.runs[0].turns))
        ]


@dataclass(frozen=True)
class Goal:
    """One goal and what was reached."""

    text: str
    measured: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Tell whether the goal was reached."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def goals(measured: Mapping[str, Measurement]) -> list[Goal]:
    """Hold the figures against the goals; those whose assistants are not there are left out.

    Args:
        measured: By name of the assistant.
    """
    atlas, stock, floor = (measured.get(name) for name in ("atlas", "stock", "floor"))
    found: list[Goal] = []
    if atlas and stock:
        for index, users in enumerate(USERS):
            found.append(
                Goal(
                    f"messages a second, {users_named(users)}, of stock Rasa's",
                    _ratio(atlas, stock, lambda run, i=index: a_second(run, i)),
                    4,
                    at_least=True,
                )
            )
        found += [
            Goal("memory after load, of stock Rasa's", _ratio(atlas, stock, memory), 1 / 3),
            Goal(
                "start until the first answer, of stock Rasa's",
                _ratio(atlas, stock, lambda run: run.start_seconds),
                1 / 4,
            ),
        ]
    if atlas:
        turns = atlas.turns()
        found.append(
            Goal(
                f"turns {LATE[0]} to {LATE[1]} of a chat, of turns {EARLY[0]} to {EARLY[1]} (p50)",
                window(turns, *LATE, 50) / window(turns, *EARLY, 50),
                1.2,
            )
        )
    if atlas and floor:
        found.append(
            Goal(
                "processor time a message, of the floor's",
                _ratio(atlas, floor, lambda run: run.loads[0].processor_ms),
                1.5,
            )
        )
    return found


def capacity(atlas: Measurement) -> dict[str, float]:
    """Return what a worker and a conversation of Atlas take, for reckoning capacity.

    Args:
        atlas: What was measured of it.
    """
    turn = atlas.median(lambda run: run.loads[0].processor_ms)
    kept = atlas.median(lambda run: run.bytes_per_conversation or 0)
    calls = atlas.database_calls
    figures = {
        "turns_per_conversation": float(len(DIALOGUE)),
        "processor_ms_per_turn": turn,
        "processor_ms_per_conversation": turn * len(DIALOGUE),
        "bytes_per_conversation": kept,
        "memory_per_worker_mb": atlas.median(memory),
        "messages_a_second_per_worker": atlas.median(lambda run: a_second(run, 1)),
        "start_seconds": atlas.median(lambda run: run.start_seconds),
    }
    if calls is not None:
        figures["database_reads_per_turn"] = calls.reads
        figures["database_writes_per_turn"] = calls.writes
        figures["database_transactions_per_turn"] = calls.transactions
    return figures


def users_named(users: int) -> str:
    """Return "1 user" or "8 users"."""
    return "1 user" if users == 1 else f"{users} users"


def memory(run: Run) -> float:
    """Return the memory of all processes after the loads, MB."""
    return sum(run.memory_after_load.values())


def a_second(run: Run, index: int) -> float:
    """Return the messages a second of a load."""
    return run.loads[index].result.messages_per_second


def _ratio(of: Measurement, to: Measurement, figure: Callable[[Run], float]) -> float:
    # Within a round, where the machine was as busy for both.
    rounds: Sequence[tuple[Run, Run]] = list(zip(of.runs, to.runs, strict=True))
    return statistics.median(figure(own) / figure(other) for own, other in rounds)
