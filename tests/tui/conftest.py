"""Consoles for the tests: the real screen over the real bundled server, without a terminal."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual._context import active_app
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from smtplab.tui import preferences
from smtplab.tui.app import Console
from smtplab.tui.opening import Opening
from smtplab.tui.screens.main import MainScreen
from smtplab.workbench.options import Options
from smtplab.workbench.target import parse_target

CALM = 3
"""Turns of the event loop in which nothing was left to do: then a screen is at rest."""

SPINS, BREATH = 50, 0.005
"""Turns at once, and the seconds between the rest of them: somebody waits for something then."""


async def settled(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Until no widget has anything left to do or to draw.

    Textual's pilot waits until the processor idles, and looks every 20 ms: slow, and on a busy
    machine wrong, since whoever does not get the processor seems to idle.
    """
    app = active_app.get()
    clock = asyncio.get_running_loop().time
    due, turns, calm = clock() + max_sleep, 0, 0
    while calm < CALM and clock() < due:
        await asyncio.sleep(0 if turns < SPINS else BREATH)
        turns += 1
        calm += 1
        screen = app.screen
        if any(one.message_queue_size for one in (app, *screen.walk_children(with_self=True))):
            calm = 0
        elif screen._layout_required or screen._dirty_widgets or screen._callbacks:
            screen._on_timer_update()
            calm = 0


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilots that wait for what they have to wait for, and no longer."""
    monkeypatch.setattr("textual.pilot.wait_for_idle", settled)
    monkeypatch.setattr("textual.app.wait_for_idle", settled)


SIZES = ((80, 24), (120, 40), (200, 50))

PATIENCE = 20.0
"""Seconds after which something that should have happened counts as missing."""


class User:
    """Somebody at the keyboard."""

    def __init__(self, app: Console, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def driver(self) -> Any:
        return self.app.driver

    @property
    def screen(self) -> MainScreen:
        screen = self.app.screen
        assert isinstance(screen, MainScreen)
        return screen

    async def until(self, holds: Callable[[], bool], what: str = "") -> None:
        """Waits for what the screen or the session comes to."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await self.pilot.pause()

    async def at(self, kind: type[Screen[Any]]) -> None:
        """Waits for a screen of that kind that takes keys."""
        await self.until(
            lambda: isinstance(self.app.screen, kind) and self.app.focused is not None,
            kind.__name__,
        )

    async def press(self, *keys: str) -> None:
        """Presses keys, and lets the session come to rest."""
        for key in keys:
            await self.pilot.press(key)
            await self.until(lambda: not self.driver.bench.busy)
            await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Puts a text into the line, as if it had been typed over."""
        self.screen.query_one(Input).value = text
        await self.pilot.pause()

    def lines(self) -> list[str]:
        """The screen as lines of text."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def text(self) -> str:
        return "\n".join(self.lines())

    def next(self) -> str:
        """The line that begins with NEXT, WAITING, STOP or DONE."""
        words = ("NEXT", "WAITING", "STOP", "DONE")
        return next(line.strip() for line in self.lines() if line.strip().startswith(words))


OpenConsole = Callable[..., AbstractAsyncContextManager[User]]


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OpenConsole:
    """Opens a console: `async with console("scenario:honest", size=(80, 24)) as user`."""
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLUMNS", "LINES", "TEXTUAL_ANIMATIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SMTPLAB_STATE", str(tmp_path))
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)

    @asynccontextmanager
    async def opened(
        target: str = "scenario:honest",
        *,
        size: tuple[int, int] = (120, 40),
        ascii_only: bool = False,
        wishes: bool = False,
        **options: Any,
    ) -> AsyncIterator[User]:
        app = Console(
            Opening(parse_target(target), Options(**options)),
            ascii_only=ascii_only,
            preferences=preferences.load() if wishes else None,
        )
        async with app.run_test(size=size, notifications=True) as pilot:
            user = User(app, pilot)
            await user.at(MainScreen)
            await user.until(lambda: "NEXT" in user.text())
            try:
                yield user
            finally:
                await user.driver.close()

    return opened
