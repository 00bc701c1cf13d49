"""A step done part by part: the handshake flight by flight, the message line by line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class Inside:
    """Runs a step that stops at a gate between its parts, until the user wants the next."""

    def __init__(self, work: Callable[[Callable[[str], Awaitable[None]]], Awaitable[None]]) -> None:
        self.next = ""
        """The part that comes next; empty while one is on its way."""
        self._through = False
        self._go = asyncio.Event()
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[Any] = asyncio.ensure_future(self._run(work))

    async def _run(
        self, work: Callable[[Callable[[str], Awaitable[None]]], Awaitable[None]]
    ) -> None:
        await work(self._gate)

    async def _gate(self, part: str) -> None:
        if self._through:
            return
        self.next = part
        self._go.clear()
        self._stopped.set()
        await self._go.wait()
        self.next = ""

    @property
    def done(self) -> bool:
        """Whether the step is over."""
        return self._task.done()

    async def go_on(self) -> None:
        """The next part: until the gate after it, or the end. Raises what the step raises."""
        self._stopped.clear()
        self._go.set()
        await self.rest()

    async def finish(self) -> None:
        """All parts that are left."""
        self._through = True
        self._go.set()
        await self._task

    async def rest(self) -> None:
        """Until it stops at a gate, or is over."""
        stopped = asyncio.ensure_future(self._stopped.wait())
        await asyncio.wait({self._task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if self._task.done() and not self._task.cancelled():
            self._task.result()
