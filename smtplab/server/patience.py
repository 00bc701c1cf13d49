"""Waiting for a client, each time up to another moment, with one timer for all of it."""

import asyncio

from smtplab.wire.lazy_timer import LazyTimer


class Patience:
    """What the one task of a connection waits with."""

    __slots__ = ("_alarm", "_loop", "_waiter")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._alarm = LazyTimer(self._ring)

    async def wait(self, due: float) -> None:
        """Until `wake`. Raises TimeoutError when that time of the loop's clock has come."""
        self._waiter = self._loop.create_future()
        self._alarm.aim(due)
        try:
            await self._waiter
        finally:
            self._waiter = None
            self._alarm.rest()

    def wake(self) -> None:
        """Lets the task go on, if it waits."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def end(self) -> None:
        """There is nothing more to wait for: wakes the task, and drops the timer."""
        self.wake()
        self._alarm.close()

    def _ring(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(TimeoutError())
