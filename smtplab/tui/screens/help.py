"""The help: every key and every command, in one place."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen

from smtplab.tui.keys import KEYS, LINE, MOVING, PANES
from smtplab.tui.render.text import content, hanging, stack
from smtplab.tui.widgets.pane import Pane
from smtplab.verbs.table import CONSOLE, commands_of

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Command keys", tuple((key.shown, key.help) for key in KEYS)),
    ("Getting about", MOVING),
    ("In the line", LINE),
)
"""Heading, and keys with what they do."""

ESCAPES = r"\r \n \t \0 \x1b are single bytes; a \ at the end leaves CR LF out"


class HelpScreen(ModalScreen[None]):
    """Keys and commands; Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
    ]

    def __init__(self, pane: str = "") -> None:
        super().__init__()
        self._own = PANES.get(pane)
        """The keys of the pane that had the focus: they come first."""

    def compose(self) -> ComposeResult:
        """One pane of text."""
        yield Pane(id="help")

    def on_mount(self) -> None:
        """Fills it."""
        pane = self.query_one(Pane)
        pane.border_title = "Help"
        pane.border_subtitle = "Esc closes"
        pane.show(self._text)
        pane.focus()

    def _text(self, width: int) -> Content:
        lines: list[Content] = []
        for heading, keys in (*((self._own,) if self._own else ()), *GROUPS):
            lines.append(content((heading, "title")))
            for key, text in keys:
                lines += hanging(content(f" {key}"), content((text, "dim")), width, 12)
            lines.append(content())
        lines.append(content(("Commands, typed in the line", "title")))
        for command in commands_of(CONSOLE):
            lines += hanging(
                content(f" {command.usage}"), content((command.text, "dim")), width, 16
            )
        lines += [content(), *hanging(content(" Bytes"), content((ESCAPES, "dim")), width, 12)]
        return stack(lines)
