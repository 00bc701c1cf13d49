"""A time limit for waits that follow one another: one timer serves them all."""

import asyncio
from types import TracebackType
from typing import Self

from smtplab.wire.lazy_timer import LazyTimer


class LoopTimeLimit:
    """`asyncio.timeout` for one wait after the other, of one task at a time."""

    def __init__(self) -> None:
        self._timer = LazyTimer(self._look)
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
        self._timer.aim(asyncio.get_running_loop().time() + seconds)

    def close(self) -> None:
        """Takes the timer away: no wait will follow."""
        self._timer.close()

    def __enter__(self) -> None:
        return

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        self._timer.rest()
        if not self._expired or task is None:
            return
        # As asyncio.timeout has it: a cancellation from elsewhere stays one.
        if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _look(self) -> None:
        """The time is over."""
        if self._task is not None:
            self._expired = True
            self._task.cancel()
