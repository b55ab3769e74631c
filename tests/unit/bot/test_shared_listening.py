"""Two workers that share a socket get about as many connections each."""

from __future__ import annotations

import asyncio
import socket

from bot.shared_listening import SharedServer, SharingLoop


class Taken(asyncio.Protocol):
    """A connection that a worker has."""

    def __init__(self, connections: set[asyncio.Protocol]) -> None:
        self.connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self.connections.discard(self)


def test_connections_are_shared_out_and_none_is_taken_after_the_end() -> None:
    async def connect() -> None:
        loop = asyncio.get_running_loop()
        with socket.create_server(("127.0.0.1", 0)) as listening:
            address = listening.getsockname()
            workers: list[tuple[SharedServer, set[asyncio.Protocol]]] = []
            for _ in range(2):
                taken: set[asyncio.Protocol] = set()
                server = await loop.create_server(
                    lambda taken=taken: Taken(taken), sock=listening.dup()
                )
                assert isinstance(server, SharedServer)
                server.connections = taken
                workers.append((server, taken))
            calls = [await asyncio.open_connection(*address) for _ in range(30)]
            while sum(len(taken) for _, taken in workers) < len(calls):
                await asyncio.sleep(0.01)
            assert min(len(taken) for _, taken in workers) >= 10
            workers[0][0].close()
            workers[0][0].close()
            before = len(workers[0][1])
            calls += [await asyncio.open_connection(*address) for _ in range(5)]
            while len(workers[1][1]) < len(calls) - before:
                await asyncio.sleep(0.01)
            assert len(workers[0][1]) == before
            workers[1][0].close()
            for _, writer in calls:
                writer.close()

    with asyncio.Runner(loop_factory=SharingLoop) as runner:
        runner.run(connect())
