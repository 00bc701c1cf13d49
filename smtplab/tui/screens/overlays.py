"""What is opened over a session: breakpoints, the composer, the report, the catalogue, the help."""

from smtplab.tui.screens.breakpoints import BreakpointScreen
from smtplab.tui.screens.compose import ComposeScreen
from smtplab.tui.screens.help import HelpScreen
from smtplab.tui.screens.jump import JumpScreen
from smtplab.tui.screens.picker import PickerScreen
from smtplab.tui.screens.record import RecordScreen
from smtplab.tui.screens.report import ReportScreen
from smtplab.tui.widgets.inspector import Inspector
from smtplab.verbs.driver import NotNow
from smtplab.workbench.writing import Letter, letter_of

PLACES: tuple[tuple[str, str, str], ...] = (
    ("w", "#wire", "the Wire"),
    ("s", "#stages", "the stages"),
    ("c", "#crumbs", "the stages"),
    ("e", "#explain-beside", "Explain"),
    ("i", "#inspector", "the Inspector"),
    ("l", "#input", "the line"),
)
"""Letter, selector and name of what can have the focus."""


class OverlayScreen(RecordScreen):
    """A session's screen over which others open."""

    def action_breakpoints(self) -> None:
        """The list of breakpoints."""
        self.app.push_screen(BreakpointScreen(self.driver.breakpoints), self._resync)

    def _resync(self, result: None) -> None:
        self.view.sync()

    def action_breakpoints_on(self) -> None:
        """All breakpoints off, or on again."""
        breakpoints = self.driver.breakpoints
        breakpoints.on = not breakpoints.on
        self.say(f"All breakpoints are {'on' if breakpoints.on else 'off'}.")
        self.view.sync()

    def action_scenarios(self) -> None:
        """The catalogue."""
        self.app.push_screen(PickerScreen())

    def action_report(self) -> None:
        """What happened, and the formats to export it in."""
        self.app.push_screen(ReportScreen(self.driver.bench))

    def action_compose(self) -> None:
        """The message and its envelope."""
        wishes = self.driver.bench.settings
        letter = letter_of(wishes.envelope, wishes.content)
        self.app.push_screen(ComposeScreen(letter), self._written)

    async def _written(self, letter: Letter | None) -> None:
        if letter is not None:
            try:
                self.driver.use_letter(letter)
            except NotNow as reason:
                self.say(str(reason))
                return
            await self.run_action("pane('message')")

    def action_jump(self) -> None:
        """To a pane, by its letter."""
        places = [p for p in PLACES if self.query_one(p[1]).display]
        self.app.push_screen(JumpScreen(places), self._jumped)

    def _jumped(self, selector: str | None) -> None:
        if selector == "#inspector":
            self.query_one(Inspector).focus_pane()
        elif selector:
            self.query_one(selector).focus()

    def action_help(self) -> None:
        """Keys and commands, those of the pane that has the focus first."""
        focused = self.app.focused
        self.app.push_screen(HelpScreen(focused.id or "" if focused is not None else ""))
