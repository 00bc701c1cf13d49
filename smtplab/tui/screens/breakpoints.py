"""The breakpoints: what stops the automatic mode, how often it has, and the kinds there are."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from smtplab.tui.render.text import content, stack
from smtplab.workbench.breakpoints import KINDS, BadBreakpoint, Breakpoint, Breakpoints

EMPTY = "No breakpoints. Type one below, such as `reply 4xx`, and press Enter."


class BreakpointScreen(ModalScreen[None]):
    """A list with a line to add to it; Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("space", "switch", "On, off"),
        Binding("d,delete", "remove", "Take away"),
    ]

    def __init__(self, breakpoints: Breakpoints) -> None:
        super().__init__()
        self._breakpoints = breakpoints

    def compose(self) -> ComposeResult:
        """The list, the line, and every kind with an example."""
        with Vertical(id="breakpoints") as box:
            box.border_title = "Breakpoints"
            box.border_subtitle = "Space on, off · d takes away · Esc closes"
            yield OptionList(id="breakpoint-list", markup=False)
            yield Input(placeholder="reply 4xx", id="breakpoint-new", compact=True)
            yield Static(self._kinds(), id="breakpoint-kinds")

    def on_mount(self) -> None:
        """Fills the list."""
        self._fill()
        self.query_one(OptionList if len(self._breakpoints) else Input).focus()

    def _kinds(self) -> Content:
        rows = [
            content((f" {kind.example:<16}", "client"), (kind.text, "dim"))
            for kind in KINDS.values()
        ]
        return stack(rows)

    def _fill(self, at: int = 0) -> None:
        box = self.query_one(OptionList)
        box.clear_options()
        for each in self._breakpoints:
            mark = "[x]" if each.enabled and self._breakpoints.on else "[ ]"
            times = "once" if each.hits == 1 else f"{each.hits} times"
            box.add_option(Option(content(f"{mark} {each.text}", (f"  hit {times}", "dim"))))
        if not len(self._breakpoints):
            box.add_option(Option(content((EMPTY, "note")), disabled=True))
        else:
            box.highlighted = min(at, len(self._breakpoints) - 1)

    @property
    def _chosen(self) -> Breakpoint | None:
        at = self.query_one(OptionList).highlighted
        items = list(self._breakpoints)
        return items[at] if at is not None and at < len(items) else None

    def action_switch(self) -> None:
        """The chosen one off, or on again."""
        chosen = self._chosen
        if chosen is not None:
            chosen.enabled = not chosen.enabled
            self._fill(self.query_one(OptionList).highlighted or 0)

    def action_remove(self) -> None:
        """The chosen one goes."""
        chosen = self._chosen
        if chosen is not None:
            self._breakpoints.remove(chosen)
            self._fill(self.query_one(OptionList).highlighted or 0)

    def on_option_list_option_selected(self) -> None:
        """Enter on one: off, or on again."""
        self.action_switch()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the line: one more."""
        event.stop()
        if not event.value.strip():
            return
        try:
            self._breakpoints.toggle(event.value)
        except BadBreakpoint as reason:
            self.notify(f"{reason}.", markup=False, severity="warning", timeout=8)
            return
        event.input.value = ""
        self._fill(len(self._breakpoints) - 1)
