"""Jump keys: a letter for each place that can have the focus."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from smtplab.tui.render.text import content, stack

Place = tuple[str, str, str]
"""Letter, selector, name."""


class JumpScreen(ModalScreen[str]):
    """Gives back the selector of the place whose letter was pressed; "" for none."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss('')", "Close")]

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        """The letters."""
        rows = [content((f" {letter} ", "badge"), f"  {name}") for letter, _, name in self._places]
        box = Static(stack(rows), id="jump")
        box.border_title = "Jump to"
        yield box

    def on_key(self, event: events.Key) -> None:
        """A letter goes there; anything else closes."""
        event.stop()
        chosen = {letter: selector for letter, selector, _ in self._places}
        self.dismiss(chosen.get(event.key, ""))
