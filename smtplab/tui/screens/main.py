"""The main screen: what was said, what comes next, what you send."""

from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input, Static

from smtplab.tui.driver import Driver
from smtplab.tui.render.next_line import Next, next_line
from smtplab.tui.widgets.wire import Wire


class MainScreen(Screen[None]):
    """One session under the user's hands."""

    def __init__(self, driver: Driver) -> None:
        super().__init__()
        self.driver = driver

    def compose(self) -> ComposeResult:
        """The panes."""
        yield Wire(id="wire")
        yield Static(id="next")
        yield Input(id="input", compact=True)

    def on_mount(self) -> None:
        """Shows the first step."""
        self._refresh()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: one step."""
        await self.driver.send(event.value)
        self._refresh()

    def _refresh(self) -> None:
        bench = self.driver.bench
        self.query_one(Wire).sync(bench.transcript, bench.settings.security, self.driver.revealing)
        self.query_one("#next", Static).update(next_line(Next(bench.planned, bench.outcome)))
        self.query_one(Input).value = self.driver.proposal
