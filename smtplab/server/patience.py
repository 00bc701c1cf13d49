"""Waiting for a client, each time up to another moment, with one timer for all of it."""

import asyncio
import math


class Patience:
    """What the one task of a connection waits with.

    Most waits end long before they are due. So the timer is left as it is and, when it goes off
    too early, set again: `asyncio.timeout` would set and cancel one for every command.
    """

    __slots__ = ("_alarm", "_due", "_loop", "_waiter")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._due = math.inf
        self._alarm: asyncio.TimerHandle | None = None

    async def wait(self, due: float) -> None:
        """Until `wake`. Raises TimeoutError when that time of the loop's clock has come."""
        self._waiter, self._due = self._loop.create_future(), due
        if self._alarm is None or self._alarm.when() > due:
            self._set_alarm(due)
        try:
            await self._waiter
        finally:
            self._waiter = None

    def wake(self) -> None:
        """Lets the task go on, if it waits."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def end(self) -> None:
        """There is nothing more to wait for: wakes the task, and drops the timer."""
        self.wake()
        self._set_alarm(math.inf)

    def _set_alarm(self, due: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(due, self._ring, due) if due < math.inf else None

    def _ring(self, at: float) -> None:
        self._alarm = None
        if self._waiter is None or self._waiter.done():
            return
        if self._due > at:
            self._set_alarm(self._due)
        else:
            self._waiter.set_exception(TimeoutError())
