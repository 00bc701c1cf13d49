"""The application: one session on one screen."""

import os
import traceback
from collections.abc import Sequence

from textual.app import App
from textual.filter import LineFilter

from smtplab.tui.driver import Driver
from smtplab.tui.glyphs import AsciiOnly
from smtplab.tui.screens.main import MainScreen
from smtplab.tui.theme import DARK, THEMES, WITHOUT_COLOUR
from smtplab.workbench.bench import Workbench


class Console(App[int]):
    """The console over one workbench."""

    TITLE = "smtplab"
    CSS_PATH = "smtplab.tcss"
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        bench: Workbench,
        *,
        theme: str | None = None,
        ascii_only: bool = False,
        reveal: bool = False,
    ) -> None:
        colourless = bool(os.environ.get("NO_COLOR"))
        # Without this, colours that are filtered away later leave black on black.
        super().__init__(ansi_color=True if colourless else None)
        self.driver = Driver(bench, reveal=reveal)
        self.failure: Exception | None = None
        """Why the session could not be opened."""
        self._ascii = (AsciiOnly(),) if ascii_only else ()
        for known in THEMES:
            self.register_theme(known)
        self.theme = WITHOUT_COLOUR if colourless else theme or THEMES[0].name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Themes of others know nothing of our roles."""
        return DARK

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters of Textual, and ours for terminals without Unicode."""
        return [*super().get_line_filters(), *self._ascii]

    async def on_mount(self) -> None:
        """Opens the session."""
        try:
            await self.driver.bench.open()
        except (ValueError, LookupError, OSError) as error:
            self.failure = error
            self.exit(1)
            return
        await self.push_screen(MainScreen(self.driver))

    async def action_quit(self) -> None:
        """Ends the session in order, then leaves."""
        await self.driver.close()
        self.exit(0)

    def _fatal_error(self) -> None:
        """A mistake of ours: the plain trace, because Textual's own shows values, and secrets."""
        self.bell()
        self._exit_renderables.append(traceback.format_exc())
        self._close_messages_no_wait()


def run_tui(bench: Workbench, *, theme: str | None, ascii_only: bool, reveal: bool) -> int:
    """Runs the console to its end; the exit code.

    Raises what `Workbench.open` raises when there is nothing to show.
    """
    app = Console(bench, theme=theme, ascii_only=ascii_only, reveal=reveal)
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return code if code is not None else app.return_code or 0
