"""Streams without a network: two ends of a pipe."""

import asyncio

from smtplab.wire.events import Ending


class MemoryStream:
    """One end of a pipe in memory, made by `memory_pair`. Keeps the contract of `ByteStream`."""

    def __init__(self) -> None:
        self.peer: MemoryStream | None = None
        self._buffer = bytearray()
        self._ending: Ending | None = None
        self._arrived = asyncio.Event()

    @property
    def ending(self) -> Ending | None:
        """How the other end finished, once its last octets were read."""
        return None if self._buffer else self._ending

    @property
    def own_address(self) -> str:
        """None: there is no network."""
        return ""

    async def receive(self) -> bytes:
        """The next octets; empty at the end."""
        while not self._buffer and self._ending is None:
            self._arrived.clear()
            await self._arrived.wait()
        return self.receive_nowait()

    def receive_nowait(self) -> bytes:
        """What is here already."""
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    async def send(self, data: bytes | memoryview) -> None:
        """Hands octets to the other end, unless either end is closed."""
        if self._ending is None and self.peer is not None:
            self.peer._arrive(data)

    async def close(self) -> None:
        """Ends both halves."""
        self._finish(Ending.LOCAL)
        if self.peer is not None:
            self.peer._finish(Ending.FIN)

    def reset(self) -> None:
        """Throws the connection away, as a peer that crashes does: what waits unread is lost."""
        self._finish(Ending.LOCAL)
        if self.peer is not None:
            self.peer._buffer.clear()
            self.peer._finish(Ending.RESET)

    def _arrive(self, data: bytes | memoryview) -> None:
        self._buffer += data
        self._arrived.set()

    def _finish(self, ending: Ending) -> None:
        if self._ending is None:
            self._ending = ending
        self._arrived.set()


def memory_pair() -> tuple[MemoryStream, MemoryStream]:
    """Two connected ends."""
    one, other = MemoryStream(), MemoryStream()
    one.peer, other.peer = other, one
    return one, other
