"""Sessions on the screen: begun, begun again, read from a file.

All that a session needs is loaded here, and this module only when there is going to be one: the
start screen should not wait for it.
"""

from typing import TYPE_CHECKING

from smtplab.client.steps import Stage
from smtplab.lessons.tutor import Tutor
from smtplab.transcript.entries import Transcript
from smtplab.tui.opening import Opening
from smtplab.tui.screens.main import MainScreen, Replay
from smtplab.verbs.driver import Driver
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import OptionsError

if TYPE_CHECKING:
    from smtplab.tui.app import Console


async def begin(app: "Console", opening: Opening, replay: Replay | None = None) -> None:
    """Begins a session; the former one, if any, is ended first.

    Raises what `Workbench.open` raises; then the former session is still there.
    """
    if opening.target is None:
        raise OptionsError("where to? give a target")
    bench = Workbench(opening.target, opening.wishes, keep_secrets=True)
    await bench.open()
    app.opening = opening
    tutor = Tutor(opening.lesson, app.diary) if opening.lesson is not None else None
    await _show(app, Driver(bench, reveal=app.reveal), tutor, replay)


async def begin_again(app: "Console", until: Stage | None) -> None:
    """The same session over a new connection, replayed up to a stage."""
    former = app.driver
    replay = None
    if former is not None:
        stage = until or Stage.CONNECT
        replay = Replay(stage, former.breakpoints, former.predictions)
    await begin(app, app.opening, replay)


async def show_record(app: "Console", transcript: Transcript) -> None:
    """Shows a session that was saved."""
    await _show(app, Driver(Workbench.of_record(transcript)))


async def _show(
    app: "Console", driver: Driver, tutor: Tutor | None = None, replay: Replay | None = None
) -> None:
    former, app.driver = app.driver, driver
    if former is not None:
        driver.speed = former.speed
    elif app.preferences is not None:
        driver.speed = app.preferences.speed
    screen = MainScreen(driver, tutor, replay)
    if former is None:
        await app.push_screen(screen)
        return
    await former.close()
    while not isinstance(app.screen, MainScreen):
        await app.pop_screen()
    await app.switch_screen(screen)
