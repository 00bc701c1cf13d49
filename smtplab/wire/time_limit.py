"""A time limit for waits that follow one another: one timer serves them all."""

import asyncio
from types import TracebackType
from typing import Self


class TimeLimit:
    """`asyncio.timeout` for one wait after the other, of one task at a time.

    Most waits end long before their limit. So a timer that stands is left standing, and only when
    it goes off is it asked whether the time is really over; the other makes and cancels a timer for
    each wait, which is a good part of what a short command costs.
    """

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        """When the timer goes off."""
        self._end = 0.0
        """When the time of the present wait is over."""
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._expired = False

    def within(self, seconds: float) -> Self:
        """For `with`: what is awaited inside ends with TimeoutError when it takes longer."""
        self._task = task = asyncio.current_task()
        assert task is not None
        self._cancelling = task.cancelling()
        self._expired = False
        self.extend(seconds)
        return self

    def extend(self, seconds: float) -> None:
        """The present wait may take so many seconds from now on."""
        loop = asyncio.get_running_loop()
        self._end = end = loop.time() + seconds
        if self._timer is None or self._due > end:
            self.close()
            self._due = end
            self._timer = loop.call_at(end, self._look)

    def close(self) -> None:
        """Takes the timer away: no wait will follow."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        if not self._expired or task is None:
            return
        # As asyncio.timeout has it: a cancellation from elsewhere stays one.
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _look(self) -> None:
        """The timer went off: the time is over, or the timer was for a wait that ended in time."""
        self._timer = None
        if self._task is None:
            return
        if self._due < self._end:
            self._due = self._end
            self._timer = asyncio.get_running_loop().call_at(self._end, self._look)
        else:
            self._expired = True
            self._task.cancel()
