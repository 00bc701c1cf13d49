"""A timer for a moment that is moved on again and again."""

import asyncio
import math
from collections.abc import Callable


class LazyTimer:
    """Calls `ring` when it is due, unless it was told another time by then.

    Most waits end long before they are due. So a timer that stands is left standing, and set again
    only when it goes off too early; `asyncio.timeout` makes and cancels one for each wait, which is
    a good part of what a short command costs.
    """

    __slots__ = ("_due", "_handle", "_ring")

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._due = math.inf
        self._handle: asyncio.TimerHandle | None = None

    @property
    def stands(self) -> bool:
        """Whether the loop holds a timer, be anything due or not."""
        return self._handle is not None

    def aim(self, due: float) -> None:
        """It is due at that time of the loop's clock; infinity: never."""
        self._due = due
        if due < math.inf and (self._handle is None or self._handle.when() > due):
            self._set(due)

    def rest(self) -> None:
        """Nothing is due for now; what stands may be used again."""
        self._due = math.inf

    def close(self) -> None:
        """Nothing will be due any more."""
        self.rest()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _set(self, due: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = asyncio.get_running_loop().call_at(due, self._look, due)

    def _look(self, at: float) -> None:
        self._handle = None
        if self._due <= at:
            self._ring()
        else:
            self.aim(self._due)
