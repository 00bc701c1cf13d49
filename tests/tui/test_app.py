"""The console as a whole: the first lesson by Enter alone, and automatic."""

import pytest

from tests.tui.conftest import SIZES

STEPS = 12


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_enter_alone_leads_from_connect_to_quit(console, size):
    async with console(size=size) as user:
        for _ in range(STEPS):
            assert user.next().startswith("NEXT")
            await user.press("enter")
        assert user.next().startswith("DONE delivered") or user.next().startswith("DONE  delivered")


async def test_automatic_goes_on_by_itself_and_back(console):
    async with console() as user:
        await user.press("enter", "enter", "escape")
        user.driver.speed = 4
        await user.press("a")
        await user.until(lambda: user.driver.bench.outcome is not None)
        await user.pilot.pause()
        assert "delivered" in user.next()
        assert "MANUAL" in user.text()
