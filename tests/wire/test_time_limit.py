"""One timer for one wait after the other, and never a wait cut short or forgotten."""

import asyncio

import pytest

from smtplab.wire.time_limit import LoopTimeLimit


async def test_a_wait_that_takes_too_long_ends() -> None:
    limit = LoopTimeLimit()
    with pytest.raises(TimeoutError), limit.within(0.01):
        await asyncio.Event().wait()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0, "whoever waits afterwards is not cancelled"


async def test_a_short_wait_after_a_long_one_ends_at_its_own_time() -> None:
    limit = LoopTimeLimit()
    with limit.within(60):
        pass
    with pytest.raises(TimeoutError), limit.within(0.01):
        await asyncio.Event().wait()


async def test_the_timer_of_a_wait_that_is_over_cuts_no_other_short() -> None:
    limit = LoopTimeLimit()
    with limit.within(0.01):
        pass
    with limit.within(60):
        await asyncio.sleep(0.05)  # the first timer goes off meanwhile


async def test_a_timer_that_went_off_for_nobody_is_made_anew() -> None:
    limit = LoopTimeLimit()
    with limit.within(0.01):
        pass
    await asyncio.sleep(0.03)
    with pytest.raises(TimeoutError), limit.within(0.01):
        await asyncio.Event().wait()


async def test_a_wait_can_get_more_time() -> None:
    limit = LoopTimeLimit()
    with limit.within(0.01):
        limit.extend(60)
        await asyncio.sleep(0.03)


async def waiting(limit: LoopTimeLimit) -> "asyncio.Task[None]":
    """A task in the middle of a wait."""

    async def wait() -> None:
        with limit.within(60):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    return task


async def test_a_cancellation_from_elsewhere_stays_one() -> None:
    task = await waiting(LoopTimeLimit())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_at_the_same_moment_stays_one() -> None:
    limit = LoopTimeLimit()
    task = await waiting(limit)
    limit._look()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_is_raised_inside_comes_out() -> None:
    with pytest.raises(ValueError, match="x"), LoopTimeLimit().within(60):
        raise ValueError("x")


async def test_no_timer_is_left_behind() -> None:
    limit = LoopTimeLimit()
    with limit.within(60):
        pass
    assert limit._timer.stands
    limit.close()
    assert not limit._timer.stands
