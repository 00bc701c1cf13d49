"""A stream that reports every read and write of the stream below it."""

from collections.abc import Callable

from smtplab.wire.events import Ending
from smtplab.wire.stream import ByteStream

OnSegment = Callable[[bool, bytes | memoryview], None]
"""Called with (we sent it, the octets) for each write and each read that brought something."""


class TapStream:
    """Passes everything through and tells `on_segment` of it."""

    def __init__(self, inner: ByteStream, on_segment: OnSegment) -> None:
        self._inner = inner
        self._on_segment = on_segment

    @property
    def ending(self) -> Ending | None:
        """How the stream below ended."""
        return self._inner.ending

    @property
    def own_address(self) -> str:
        """That of the stream below."""
        return self._inner.own_address

    async def receive(self) -> bytes:
        """The next octets, reported."""
        return self._report(await self._inner.receive())

    def receive_nowait(self) -> bytes:
        """What is here already, reported."""
        return self._report(self._inner.receive_nowait())

    async def send(self, data: bytes | memoryview) -> None:
        """Reports, then sends: the record must not show the answer before the question."""
        if data:
            self._on_segment(True, data)
        await self._inner.send(data)

    async def close(self) -> None:
        """Closes the stream below."""
        await self._inner.close()

    def _report(self, data: bytes) -> bytes:
        if data:
            self._on_segment(False, data)
        return data
