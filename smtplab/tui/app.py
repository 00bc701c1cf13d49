"""The application: a start screen, and one session on one screen."""

import os
import traceback
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import App
from textual.filter import LineFilter

from smtplab.scenarios.errors import ScenarioError
from smtplab.tui.layout import HEIGHTS, WIDTHS
from smtplab.tui.opening import Opening
from smtplab.tui.screens.start import StartScreen
from smtplab.tui.theme import DARK, THEMES, WITHOUT_COLOUR

if TYPE_CHECKING:
    from smtplab.client.steps import Stage
    from smtplab.lessons.diary import Diary
    from smtplab.transcript.entries import Transcript
    from smtplab.tui.preferences import Preferences
    from smtplab.tui.screens.main import Replay
    from smtplab.verbs.driver import Driver


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
        preferences: "Preferences | None" = None,
    ) -> None:
        colourless = bool(os.environ.get("NO_COLOR"))
        # Without this, colours that are filtered away later leave black on black.
        super().__init__(ansi_color=True if colourless else None)
        self.opening = opening
        self.driver: Driver | None = None
        """The present session; None before the first."""
        self.failure: Exception | None = None
        """Why the session that was asked for could not be opened."""
        self.reveal = reveal
        """Whether sessions begin with secrets to be seen."""
        self.preferences = preferences
        if preferences is not None:
            self.set_keymap(preferences.keys)
        self._ascii = _ascii_filters() if ascii_only else ()
        for known in THEMES:
            self.register_theme(known)
        if theme is not None and theme not in self.available_themes:
            from smtplab.workbench.options import OptionsError

            names = ", ".join(sorted(self.available_themes))
            raise OptionsError(f"there is no theme {theme!r}; there are {names}")
        wished = theme or (preferences.theme if preferences is not None else "")
        if wished not in self.available_themes:
            wished = THEMES[0].name
        self._first_theme = WITHOUT_COLOUR if colourless else wished
        self.theme = self._first_theme

    @cached_property
    def diary(self) -> "Diary":
        """What has been learnt."""
        from smtplab.lessons.diary import Diary

        return Diary()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Themes of others know nothing of our roles."""
        return DARK

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of Textual, and ours for terminals without Unicode."""
        return [*super().get_line_filters(), *self._ascii]

    async def on_mount(self) -> None:
        """Opens the session, or asks for one."""
        if self.opening.record is not None:
            await self.open_record(self.opening.record)
            return
        if self.opening.target is None:
            await self.push_screen(StartScreen())
            return
        try:
            await self.open_session(self.opening)
        except (ValueError, LookupError, OSError, ScenarioError) as error:
            self.failure = error
            self.exit(1)

    async def open_session(self, opening: Opening, replay: "Replay | None" = None) -> None:
        """Begins a session; the former one, if any, is ended first.

        Raises what `Workbench.open` raises; then the former session is still there.
        """
        from smtplab.tui import sessions

        await sessions.begin(self, opening, replay)

    async def open_record(self, transcript: "Transcript") -> None:
        """Shows a session that was saved."""
        from smtplab.tui import sessions

        await sessions.show_record(self, transcript)

    async def begin_again(self, until: "Stage | None" = None) -> None:
        """The same session over a new connection, replayed up to a stage: TCP cannot go back."""
        from smtplab.tui import sessions

        await sessions.begin_again(self, until)

    async def action_quit(self) -> None:
        """Ends the session in order, then leaves."""
        if self.driver is not None:
            self._remember(self.driver.speed)
            await self.driver.close()
        self.exit(0)

    def _remember(self, speed: int) -> None:
        """Keeps theme and speed, when the user has changed them here."""
        from smtplab.tui.preferences import save

        former = self.preferences
        if former is None:
            return
        theme = former.theme if self.theme in (WITHOUT_COLOUR, self._first_theme) else self.theme
        wishes = replace(former, theme=theme, speed=speed)
        if wishes != former:
            save(wishes)

    @property
    def transcript(self) -> "Transcript | None":
        """The record of the last session."""
        return self.driver.bench.transcript if self.driver is not None else None

    def _fatal_error(self) -> None:
        """A mistake of ours: the plain trace, because Textual's own shows values, and secrets."""
        self.bell()
        self._exit_renderables.append(traceback.format_exc())
        self._close_messages_no_wait()


def _ascii_filters() -> Sequence[LineFilter]:
    from smtplab.tui.glyphs import AsciiOnly

    return (AsciiOnly(),)


def run_tui(
    opening: Opening, *, theme: str | None, ascii_only: bool, reveal: bool
) -> "tuple[int, Transcript | None]":
    """Runs the console to its end: the exit code, and the record of the last session.

    Raises what `Workbench.open` raises when there is nothing to show.
    """
    from smtplab.tui.preferences import load

    app = Console(opening, theme=theme, ascii_only=ascii_only, reveal=reveal, preferences=load())
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return (code if code is not None else app.return_code or 0), app.transcript
