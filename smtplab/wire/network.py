"""How a client connects and waits: the contract of doing so on an event loop and without one.

Everything above awaits these and nothing else, so the same session runs either way.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Protocol

from smtplab.wire.events import ConnectFailed, Opened
from smtplab.wire.stream import ByteStream

Attempt = ConnectFailed | tuple[Opened, ByteStream]
"""What came of one address."""


class TimeLimit(Protocol):
    """A limit for waits that follow one another; all times are seconds, infinity is none."""

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """For `with`: what is awaited inside ends with TimeoutError when it takes longer."""

    def extend(self, seconds: float) -> None:
        """The present wait may take so many seconds from now on."""

    def close(self) -> None:
        """No wait will follow."""


class Network(Protocol):
    """Connections, time limits and pauses."""

    def dial(self, host: str, port: int, limit: float) -> AsyncIterator[Attempt]:
        """Tries each address in turn: gives every failure, and last, if any, the open stream.

        `limit` is the time for each attempt, in seconds.
        """

    def time_limit(self) -> TimeLimit:
        """One that holds for the waits of the streams of this network."""

    def time(self) -> float:
        """The seconds of a clock that never goes back."""

    async def pause(self, seconds: float) -> None:
        """Lets so many seconds pass."""
