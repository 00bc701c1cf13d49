"""The Inspector: one pane at a time, chosen by the keys 0 to 8."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from smtplab.tui.render.text import content
from smtplab.tui.tabs import TABS
from smtplab.tui.widgets.findings import Findings
from smtplab.tui.widgets.handshake import FieldTree, Handshake
from smtplab.tui.widgets.pane import Pane


class Strip(Widget):
    """The titles of the panes in one row; a click chooses one."""

    active = reactive("explain")
    findings = reactive(0)
    explain = reactive(True)
    """Whether Explain is a tab: where it has a place of its own, it is none."""
    lesson = reactive(False)
    """Whether there is a lesson."""

    class Chosen(Message):
        """A title was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def render(self) -> Content:
        """All titles."""
        return Content("").join(
            content((title, "mode" if name == self.active else "dim"))
            for name, title in self._titles()
        )

    def _titles(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        left_out = {"explain": not self.explain, "lesson": not self.lesson}
        for tab in TABS:
            if left_out.get(tab.name, False):
                continue
            count = f" {self.findings}" if tab.name == "findings" and self.findings else ""
            found.append((tab.name, f" {tab.key} {tab.title}{count} "))
        if sum(len(title) for _, title in found) > self.size.width:
            return [(name, title[1:]) for name, title in found]
        return found

    def on_click(self, event: events.Click) -> None:
        """Chooses the title under the mouse."""
        at = 0
        for name, title in self._titles():
            if at <= event.x < at + len(title):
                self.post_message(self.Chosen(name))
                return
            at += len(title)


class Inspector(Vertical):
    """The panes that tell what things mean."""

    active = reactive("explain")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.border_title = "Inspector"

    def compose(self) -> ComposeResult:
        """The titles, and the panes."""
        yield Strip(id="tabs")
        with ContentSwitcher(initial="explain", id="panes"):
            yield Pane(id="lesson")
            yield Pane(id="explain")
            yield Pane(id="auth")
            yield Handshake(id="tls")
            yield Pane(id="cert")
            yield Pane(id="ehlo")
            yield Findings(id="findings")
            yield Pane(id="message")
            yield Pane(id="server")

    def watch_active(self, name: str) -> None:
        """Shows another pane."""
        if self.is_mounted:
            self.query_one("#panes", ContentSwitcher).current = name
            self.query_one(Strip).active = name

    def on_strip_chosen(self, event: Strip.Chosen) -> None:
        """A title was clicked."""
        event.stop()
        self.active = event.name

    def focus_pane(self) -> None:
        """The focus into the pane that is shown."""
        found: Widget = self.query_one(f"#{self.active}")
        if isinstance(found, Handshake):
            found = found.query_one(FieldTree)
        found.focus()
