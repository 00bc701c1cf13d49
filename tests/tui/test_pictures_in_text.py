"""Whole screens as text, at three sizes. `SMTPLAB_SNAPSHOTS=new pytest ...` draws them anew."""

import asyncio
import contextlib
import os
import re
from pathlib import Path

import pytest

from smtplab.tui.app import Console
from smtplab.tui.opening import Opening
from tests.tui.conftest import SIZES, User

SETTLING = 5.0
"""Seconds that a screen may take to lay itself out."""

FOLDER = Path(__file__).parent / "snapshots"

LOGIN = {"base": "plain", "auth_in_clear": True, "mechanism": "PLAIN"}

SCREENS: dict[str, tuple[str, tuple[str, ...], dict[str, object]]] = {
    "connect": ("scenario:honest", (), {}),
    "starttls": ("scenario:honest", ("enter",) * 3, {"auth": False}),
    "mail": ("scenario:honest", ("enter",) * 4, {"base": "plain", "auth": False}),
    "login": ("scenario:honest", (*("enter",) * 4, "2"), LOGIN),
    "greylisted": ("scenario:envelope/greylisting", ("c", "6"), {"base": "plain", "auth": False}),
    "breakpoints": ("scenario:honest", ("b", "B"), {}),
}
"""Name -> target, keys, options."""


def steady(text: str) -> str:
    """The screen without what differs from run to run: ports and times."""
    text = re.sub(r"(localhost|127\.0\.0\.1):\d+", r"\1:PORT", text)
    text = re.sub(r" +\d+\.\d{3} (?=[CS ] )", lambda m: " " * (len(m[0]) - 5) + "TIME ", text)
    text = re.sub(r"\d+\.\d ms", "N ms", text)
    return re.sub(r" +│", " │", re.sub(r" +$", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_looks_as_it_did(console, name, size):
    target, keys, options = SCREENS[name]
    async with console(target, size=size, **options) as user:
        await user.press(*keys)
        await user.until(lambda: not user.driver.bench.busy)
        await user.until(lambda: "palette" in user.lines()[-1])
        await compare(user, f"{name}-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_start_screen_looks_as_it_did(size, monkeypatch, tmp_path):
    monkeypatch.setenv("SMTPLAB_STATE", str(tmp_path))
    app = Console(Opening())
    async with app.run_test(size=size) as pilot:
        user = User(app, pilot)
        await user.until(lambda: "Enter opens" in user.text() and "palette" in user.lines()[-1])
        await compare(user, f"start-{size[0]}x{size[1]}")


async def compare(user: User, name: str) -> None:
    """Holds the screen, once it has settled, to the picture."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("SMTPLAB_SNAPSHOTS") == "new":
        await user.pilot.pause(0.3)
        FOLDER.mkdir(exist_ok=True)
        path.write_text(steady(user.text()) + "\n", encoding="utf-8")
    wanted = path.read_text(encoding="utf-8")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SETTLING):
            while steady(user.text()) + "\n" != wanted:
                await user.pilot.pause()
    assert steady(user.text()) + "\n" == wanted
