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


async def test_what_is_dealt_with_meanwhile_wakes_nobody() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    came: list[int] = []

    def meanwhile() -> bool:
        came.append(len(came))
        return len(came) < 3

    task = loop.create_task(patience.wait(loop.time() + 300, meanwhile))
    await asyncio.sleep(0)
    for _ in range(2):
        patience.nudge()
        await asyncio.sleep(0)
        assert not task.done()
    for _ in range(3):
        patience.nudge()
    await task
    patience.nudge()
    assert came == [0, 1, 2]
    patience.end()


async def test_what_is_dealt_with_meanwhile_may_move_the_time() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()

    def meanwhile() -> bool:
        patience.extend(loop.time() - 1)
        return True

    loop.call_soon(patience.nudge)
    with pytest.raises(TimeoutError):
        await patience.wait(loop.time() + 300, meanwhile)


async def test_the_end_is_not_dealt_with_meanwhile() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    loop.call_soon(patience.wake)
    await patience.wait(math.inf, lambda: True)


async def test_what_goes_wrong_meanwhile_is_raised_by_the_wait() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    loop.call_soon(patience.nudge)
    with pytest.raises(ZeroDivisionError):
        await patience.wait(math.inf, lambda: 1 // 0 == 0)
    loop.call_soon(patience.nudge)
    await patience.wait(math.inf)


async def test_what_is_dealt_with_at_once_wakes_nobody() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    offered: list[bytes] = []

    def take(data: bytes) -> bool:
        offered.append(data)
        return data == b"known"

    def come() -> None:
        assert patience.offer(b"known")
        assert not patience.offer(b"new")
        patience.wake()
        assert not patience.offer(b"late")

    assert not patience.offer(b"early")
    loop.call_soon(come)
    await patience.wait(math.inf, at_once=take)
    assert not patience.offer(b"late")
    assert offered == [b"known", b"new"]


async def test_what_fails_at_once_is_raised_where_it_is_waited() -> None:
    patience, loop = Patience(), asyncio.get_running_loop()
    loop.call_soon(lambda: patience.offer(b"x"))
    with pytest.raises(TypeError):
        await patience.wait(math.inf, at_once=lambda data: bool(data + 1))  # type: ignore[operator]
