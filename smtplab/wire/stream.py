"""The contract of every byte stream: receive, send, close, and how it ended."""

from typing import Protocol

from smtplab.wire.events import Ending

HIGH_WATER = 1 << 20
"""Unread octets above which the peer is made to wait: memory stays bounded."""

READ_BLOCK = 1 << 16
"""Octets that one read takes at most."""

DRAIN_SECONDS = 2.0
"""How long closing waits for the peer's own end before it throws the connection away."""


class ByteStream(Protocol):
    """One end of a connection.

    Nothing here raises for what the peer does: an end of any kind is `receive` returning no
    octets, and `ending` saying which kind. `tests/wire/test_stream.py` is the contract as tests.
    """

    @property
    def ending(self) -> Ending | None:
        """How the peer's half ended; None while it has not, or its last octets wait unread."""

    @property
    def own_address(self) -> str:
        """The numeric address of this end; empty where there is none."""

    async def receive(self) -> bytes:
        """The next octets, at least one; empty at the end, and for ever after."""

    def receive_nowait(self) -> bytes:
        """What has arrived already, without waiting; empty when nothing has."""

    async def send(self, data: bytes | memoryview) -> None:
        """Hands all octets to the network; they are dropped when the connection is broken."""

    async def close(self) -> None:
        """Ends both halves in order. Closing twice is no mistake."""
