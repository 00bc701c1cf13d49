"""Waiting for a client, each time up to another moment, with one timer for all of it."""

import asyncio
from collections.abc import Callable

from smtplab.wire.lazy_timer import LazyTimer


class Patience:
    """What the one task of a connection waits with."""

    __slots__ = ("_alarm", "_at_once", "_loop", "_meanwhile", "_waiter", "extend")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._meanwhile: Callable[[], bool] | None = None
        self._at_once: Callable[[bytes], bool] | None = None
        self._alarm = LazyTimer(self._ring)
        self.extend = self._alarm.aim
        """Moves the time on at which a wait is due, from within `meanwhile`."""

    async def wait(
        self,
        due: float,
        meanwhile: Callable[[], bool] | None = None,
        at_once: Callable[[bytes], bool] | None = None,
    ) -> None:
        """Until `wake`. Raises TimeoutError when that time of the loop's clock has come.

        `meanwhile` is called by each `nudge`; as long as it says True there is no need to wake the
        task. So is `at_once` by each `offer`. What they raise is raised here.
        """
        self._waiter = self._loop.create_future()
        self._meanwhile, self._at_once = meanwhile, at_once
        self._alarm.aim(due)
        try:
            await self._waiter
        finally:
            self._waiter = self._meanwhile = self._at_once = None
            self._alarm.rest()

    def nudge(self) -> bool:
        """Something came: wakes the task, unless it is dealt with meanwhile; then True."""
        waiter, meanwhile = self._waiter, self._meanwhile
        if waiter is None or waiter.done():
            return False
        try:
            if meanwhile is not None and meanwhile():
                return True
        except Exception as error:
            waiter.set_exception(error)
        else:
            waiter.set_result(None)
        return False

    def offer(self, data: bytes) -> bool:
        """Octets came: whether they are dealt with already."""
        waiter, at_once = self._waiter, self._at_once
        if at_once is None or waiter is None or waiter.done():
            return False
        try:
            return at_once(data)
        except Exception as error:
            waiter.set_exception(error)
            return True

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
