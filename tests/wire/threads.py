"""Streams that block, for tests that must not: each call gets a thread of its own."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

from smtplab.wire import blocking
from smtplab.wire.addresses import ANY_WAY, Way
from smtplab.wire.events import ConnectFailed, Ending
from smtplab.wire.network import Attempt

PATIENCE = 10.0
"""Seconds after which a stream that should have been done gives up."""


class Threaded:
    """A stream whose waits happen elsewhere. Keeps the contract of `ByteStream`."""

    def __init__(self, stream: blocking.BlockingStream) -> None:
        self.stream = stream

    @property
    def ending(self) -> Ending | None:
        return self.stream.ending

    @property
    def own_address(self) -> str:
        return self.stream.own_address

    async def receive(self) -> bytes:
        return await asyncio.to_thread(blocking.run, self.stream.receive())

    def receive_nowait(self) -> bytes:
        return self.stream.receive_nowait()

    async def send(self, data: bytes | memoryview) -> None:
        await asyncio.to_thread(blocking.run, self.stream.send(data))

    async def close(self) -> None:
        await asyncio.to_thread(blocking.run, self.stream.close())


class ThreadedNetwork:
    """The network without a loop, for a session on one: its server runs on the same."""

    def __init__(self, way: Way = ANY_WAY) -> None:
        self._network = blocking.BlockingNetwork(way)

    async def dial(self, host: str, port: int, limit: float) -> AsyncIterator[Attempt]:
        async def attempts() -> list[Attempt]:
            return [attempt async for attempt in self._network.dial(host, port, limit)]

        for attempt in await asyncio.to_thread(blocking.run, attempts()):
            if isinstance(attempt, ConnectFailed):
                yield attempt
            else:
                yield attempt[0], Threaded(cast(blocking.BlockingStream, attempt[1]))

    def time_limit(self) -> blocking.Deadline:
        return self._network.time_limit()

    def time(self) -> float:
        return self._network.time()

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def dial(host: str, port: int, way: Way = ANY_WAY) -> list[Attempt]:
    """Every attempt; whoever waits for the stream does so for a while only."""
    network = ThreadedNetwork(way)
    network.time_limit().extend(PATIENCE)
    return [attempt async for attempt in network.dial(host, port, PATIENCE)]
