"""A timer for a moment that is moved on."""

import asyncio
import math

from smtplab.wire.lazy_timer import LazyTimer


class Bell:
    def __init__(self) -> None:
        self.rang = asyncio.Event()
        self.timer = LazyTimer(self.rang.set)
        self._loop = asyncio.get_running_loop()

    def aim(self, seconds: float) -> None:
        self.timer.aim(self._loop.time() + seconds)

    async def heard(self) -> None:
        async with asyncio.timeout(60):
            await self.rang.wait()


async def test_it_rings_when_it_is_due() -> None:
    bell = Bell()
    bell.aim(0.001)
    assert bell.timer.stands
    await bell.heard()
    assert not bell.timer.stands


async def test_it_is_moved_on_with_one_timer() -> None:
    bell = Bell()
    bell.aim(0.001)
    first = bell.timer._handle
    bell.aim(0.03)
    assert bell.timer._handle is first
    await bell.heard()


async def test_it_is_moved_nearer() -> None:
    bell = Bell()
    bell.aim(300)
    bell.aim(0.001)
    await bell.heard()


async def test_at_rest_it_does_not_ring() -> None:
    bell = Bell()
    bell.aim(0.001)
    bell.timer.rest()
    await asyncio.sleep(0.02)
    assert not bell.rang.is_set()
    assert not bell.timer.stands
    bell.aim(0.001)
    await bell.heard()


async def test_never_is_no_timer() -> None:
    bell = Bell()
    bell.timer.aim(math.inf)
    assert not bell.timer.stands


async def test_closed_it_leaves_nothing() -> None:
    bell = Bell()
    bell.aim(300)
    bell.timer.close()
    assert not bell.timer.stands
