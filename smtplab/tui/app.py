"""The application: a start screen, and one session on one screen."""

import os
import traceback
from collections.abc import Sequence

from textual.app import App
from textual.filter import LineFilter

from smtplab.client.steps import Stage
from smtplab.lessons.diary import Diary
from smtplab.lessons.tutor import Tutor
from smtplab.transcript.entries import Transcript
from smtplab.tui.glyphs import AsciiOnly
from smtplab.tui.layout import HEIGHTS, WIDTHS
from smtplab.tui.opening import Opening
from smtplab.tui.screens.main import MainScreen, Replay
from smtplab.tui.screens.start import StartScreen
from smtplab.tui.theme import DARK, THEMES, WITHOUT_COLOUR
from smtplab.verbs.driver import Driver
from smtplab.workbench.bench import Workbench
from smtplab.workbench.options import OptionsError


class Console(App[int]):
    """The console. It has one session at a time; a new one takes the place of the last."""

    TITLE = "smtplab"
    CSS_PATH = "smtplab.tcss"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(
        self,
        opening: Opening,
        *,
        theme: str | None = None,
        ascii_only: bool = False,
        reveal: bool = False,
    ) -> None:
        colourless = bool(os.environ.get("NO_COLOR"))
        # Without this, colours that are filtered away later leave black on black.
        super().__init__(ansi_color=True if colourless else None)
        self.opening = opening
        self.driver: Driver | None = None
        """The present session; None before the first."""
        self.diary = Diary()
        self.failure: Exception | None = None
        """Why the session that was asked for could not be opened."""
        self._reveal = reveal
        self._ascii = (AsciiOnly(),) if ascii_only else ()
        for known in THEMES:
            self.register_theme(known)
        if theme is not None and theme not in self.available_themes:
            names = ", ".join(sorted(self.available_themes))
            raise OptionsError(f"there is no theme {theme!r}; there are {names}")
        self.theme = WITHOUT_COLOUR if colourless else theme or THEMES[0].name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Themes of others know nothing of our roles."""
        return DARK

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of Textual, and ours for terminals without Unicode."""
        return [*super().get_line_filters(), *self._ascii]

    async def on_mount(self) -> None:
        """Opens the session, or asks for one."""
        if self.opening.target is None:
            await self.push_screen(StartScreen())
            return
        try:
            await self.open_session(self.opening)
        except (ValueError, LookupError, OSError) as error:
            self.failure = error
            self.exit(1)

    async def open_session(self, opening: Opening, replay: Replay | None = None) -> None:
        """Begins a session; the former one, if any, is ended first.

        Raises what `Workbench.open` raises; then the former session is still there.
        """
        if opening.target is None:
            raise OptionsError("where to? give a target")
        bench = Workbench(opening.target, opening.options, keep_secrets=True)
        await bench.open()
        former, self.driver = self.driver, Driver(bench, reveal=self._reveal)
        self.opening = opening
        tutor = Tutor(opening.lesson, self.diary) if opening.lesson is not None else None
        screen = MainScreen(self.driver, tutor, replay)
        if former is None:
            await self.push_screen(screen)
        else:
            await former.close()
            while not isinstance(self.screen, MainScreen):
                await self.pop_screen()
            await self.switch_screen(screen)

    async def begin_again(self, until: Stage = Stage.CONNECT) -> None:
        """The same session over a new connection, replayed up to a stage: TCP cannot go back."""
        former = self.driver
        replay = Replay(until, former.bench.breakpoints, former.predictions) if former else None
        await self.open_session(self.opening, replay)

    async def action_quit(self) -> None:
        """Ends the session in order, then leaves."""
        if self.driver is not None:
            await self.driver.close()
        self.exit(0)

    @property
    def transcript(self) -> Transcript | None:
        """The record of the last session."""
        return self.driver.bench.transcript if self.driver is not None else None

    def _fatal_error(self) -> None:
        """A mistake of ours: the plain trace, because Textual's own shows values, and secrets."""
        self.bell()
        self._exit_renderables.append(traceback.format_exc())
        self._close_messages_no_wait()


def run_tui(
    opening: Opening, *, theme: str | None, ascii_only: bool, reveal: bool
) -> tuple[int, Transcript | None]:
    """Runs the console to its end: the exit code, and the record of the last session.

    Raises what `Workbench.open` raises when there is nothing to show.
    """
    app = Console(opening, theme=theme, ascii_only=ascii_only, reveal=reveal)
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return (code if code is not None else app.return_code or 0), app.transcript
