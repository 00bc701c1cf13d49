"""Every key at every moment: nothing falls over, and something always says what comes next."""

import pytest
from textual.widgets import Input

from smtplab.tui.keys import KEYS
from smtplab.tui.screens.main import MainScreen
from tests.tui.conftest import SIZES

MOMENTS: dict[str, int] = {"inside TLS": 8}
"""Moment -> how often Enter was pressed."""

NOT_ALONE = frozenset({"quit", "again"})
"""Keys that end this session; they have tests of their own."""


SPEAKING = frozenset(
    {
        "step",
        "into",
        "rest-of-stage",
        "run-to",
        "continue",
        "automatic",
        "skip",
        "drop",
        "breakpoint",
    }
)
"""Keys that would do something with the session, if it were not over."""


def first_of(keys: str) -> str:
    return keys.split(",", maxsplit=1)[0]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_no_key_does_harm(console, moment):
    async with console() as user:
        await user.press(*["enter"] * MOMENTS[moment])
        for key in KEYS:
            if key.id in NOT_ALONE or key.id in {"step", "automatic", "continue", "into", "drop"}:
                continue
            await user.pilot.press(first_of(key.keys))
            await user.until(lambda: not user.driver.bench.busy)
            while not isinstance(user.app.screen, MainScreen):
                await user.pilot.press("escape")
            box = user.screen.query_one(Input)
            if box.has_focus:
                box.action_propose()
                await user.pilot.press("escape")
            assert user.next()


async def test_after_the_end_a_key_says_so_or_still_works(console):
    async with console(base="plain", auth=False) as user:
        await user.press("c")
        await user.until(lambda: user.driver.bench.outcome is not None)
        for key in KEYS:
            if key.id not in SPEAKING:
                continue
            await user.pilot.press(first_of(key.keys))
            await user.pilot.pause()
            while not isinstance(user.app.screen, MainScreen):
                await user.pilot.press("escape")
            if user.screen.query_one(Input).has_focus:
                user.screen.query_one(Input).action_propose()
                await user.pilot.press("escape")
            assert user.next().startswith("DONE")
            assert user.driver.bench.outcome.verdict.value == "delivered"


async def test_the_speed_goes_up_and_down(console):
    async with console() as user:
        before = user.driver.speed
        await user.press("plus", "plus", "minus")
        assert user.driver.speed == before + 1


async def test_leaving_asks_once_while_a_session_is_open(console):
    async with console() as user:
        await user.press("enter", "q")
        await user.until(lambda: "A session is open" in user.text())
        assert user.app.is_running
        await user.pilot.press("q")
        await user.until(lambda: not user.app.is_running or user.app.return_code == 0)


async def test_a_key_of_ones_own(console, monkeypatch, tmp_path):
    path = tmp_path / "console.toml"
    path.write_text('[keys]\nautomatic = "space"\n')
    monkeypatch.setenv("SMTPLAB_CONFIG", str(path))
    async with console(wishes=True) as user:
        user.driver.speed = 0
        await user.pilot.press("a")
        await user.pilot.pause()
        assert not user.driver.automatic
        await user.pilot.press("space")
        await user.until(lambda: user.driver.automatic)
        await user.pilot.press("space")
        await user.until(lambda: not user.driver.automatic)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_run_to_a_stage_and_the_rest_of_a_stage(console, size):
    async with console(size=size) as user:
        await user.press("enter", "N")
        await user.until(lambda: "EHLO:" in user.next())
        ladder = "#crumbs" if size[0] < 100 else "#stages"
        user.screen.query_one(ladder).focus()
        await user.press(*["down"] * 5, "t")
        await user.until(lambda: "MAIL FROM:" in user.next())
        await user.press("b")
        await user.until(lambda: user.driver.breakpoints.stages)
