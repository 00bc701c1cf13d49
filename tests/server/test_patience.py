"""Waiting with one timer."""

import asyncio
import math

import pytest

from smtplab.server.patience import Patience


async def test_a_wait_ends_when_it_is_woken() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    for _ in range(3):
        loop.call_soon(patience.wake)
        await patience.wait(math.inf)
    patience.wake()  # nobody waits


async def test_a_wait_that_is_due_raises() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    with pytest.raises(TimeoutError):
        await patience.wait(loop.time() - 1)


async def test_a_timer_that_goes_off_too_early_is_set_again() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    loop.call_soon(patience.wake)
    await patience.wait(loop.time() + 0.001)
    due = loop.time() + 0.05
    with pytest.raises(TimeoutError):
        await patience.wait(due)
    # The loop's clock may go off by its own resolution too early.
    assert loop.time() >= due - 0.02


async def test_a_later_wait_that_is_due_sooner_is_not_held_by_an_earlier_timer() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    loop.call_soon(patience.wake)
    await patience.wait(loop.time() + 300)
    async with asyncio.timeout(60):
        with pytest.raises(TimeoutError):
            await patience.wait(loop.time() + 0.001)


async def test_the_end_wakes_and_leaves_no_timer() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    loop.call_soon(patience.end)
    await patience.wait(loop.time() + 300)
    assert not patience._alarm.stands


async def test_a_cancelled_wait_can_be_woken_without_harm() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    task = loop.create_task(patience.wait(loop.time() + 300))
    await asyncio.sleep(0)
    task.cancel()
    patience.wake()
    with pytest.raises(asyncio.CancelledError):
        await task
    patience.end()
