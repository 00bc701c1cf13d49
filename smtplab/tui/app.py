"""The application: one session on one screen."""

from textual.app import App

from smtplab.tui.driver import Driver
from smtplab.tui.screens.main import MainScreen
from smtplab.tui.theme import DARK, THEMES
from smtplab.workbench.bench import Workbench


class Console(App[int]):
    """The console over one workbench."""

    def __init__(self, bench: Workbench, *, theme: str | None = None, reveal: bool = False) -> None:
        super().__init__()
        self.driver = Driver(bench, reveal=reveal)
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme or THEMES[0].name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Themes of others know nothing of our roles."""
        return DARK

    async def on_mount(self) -> None:
        """Opens the session."""
        await self.driver.bench.open()
        await self.push_screen(MainScreen(self.driver))


def run_tui(bench: Workbench, *, theme: str | None, ascii_only: bool, reveal: bool) -> int:
    """Runs the console to its end; gives the exit code."""
    return Console(bench, theme=theme, reveal=reveal).run() or 0
