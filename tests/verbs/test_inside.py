"""A step done part by part."""

import asyncio

import pytest

from smtplab.verbs.inside import Inside


async def test_part_by_part_to_the_end():
    done = []

    async def work(gate):
        for part in ("one", "two", "three"):
            if done:
                await gate(part)
            done.append(part)

    inside = Inside(work)
    await inside.rest()
    assert (done, inside.next, inside.done) == (["one"], "two", False)
    await inside.go_on()
    assert (done, inside.next) == (["one", "two"], "three")
    await inside.go_on()
    assert done == ["one", "two", "three"]
    assert inside.done


async def test_the_rest_at_once():
    done = []

    async def work(gate):
        for part in range(100):
            await gate(str(part))
            done.append(part)

    inside = Inside(work)
    await inside.rest()
    await inside.finish()
    assert len(done) == 100
    assert inside.next == ""


async def test_what_goes_wrong_is_told_to_whoever_waits():
    async def work(gate):
        await gate("one")
        raise OSError("broken")

    inside = Inside(work)
    await inside.rest()
    with pytest.raises(OSError, match="broken"):
        await inside.go_on()


async def test_work_without_parts_is_done_at_once():
    async def work(gate):
        await asyncio.sleep(0)

    inside = Inside(work)
    await inside.rest()
    assert inside.done
