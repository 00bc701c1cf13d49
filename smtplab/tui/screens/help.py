"""The help: every key and every command, in one place."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen

from smtplab.tui.render.text import content, hanging, stack
from smtplab.tui.widgets.pane import Pane
from smtplab.verbs.table import CONSOLE, commands_of

KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Command keys",
        (
            ("Enter, n", "one step: one command and its whole reply"),
            ("N", "the rest of this stage"),
            ("t", "run to the stage under the cursor of the ladder"),
            ("c", "go on to the next stop, without resting"),
            ("a", "automatic, and back"),
            ("+ -", "faster, slower"),
            ("b", "breakpoint on the stage under the cursor, or on the planned one"),
            ("i", "write in the line: the planned one, edited, or your own"),
            ("x", "leave the planned step out"),
            ("0 to 8", "a pane of the Inspector"),
            ("v", "only what a listener on the network sees, and back"),
            ("/ .", "find words on the Wire, find them again"),
            ("*", "the next line that a finding is about"),
            ("y Y", "copy the line, the whole record"),
            ("w", "save the record"),
            ("L", "what the bundled server saw"),
            ("m", "show secrets, hide them again"),
            ("z", "one pane alone, and back"),
            ("g G", "first line, last line (and follow)"),
            ("Tab", "the next pane"),
            ("R", "the same session again, from the start"),
            ("S", "the scenarios"),
            ("q", "leave"),
        ),
    ),
    (
        "In the line",
        (
            ("Enter", "send it: the planned line, or what you made of it"),
            ("Esc, Tab", "back to the command keys, with nothing sent"),
            ("Up, Down", "lines that you sent before"),
            ("Ctrl+R", "the planned line again"),
            ("F5 F9 F1", "automatic, breakpoint, help"),
        ),
    ),
)
"""Heading, and keys with what they do. A test holds them to the bindings."""

ESCAPES = r"\r \n \t \0 \x1b are single bytes; a \ at the end leaves CR LF out"


class HelpScreen(ModalScreen[None]):
    """Keys and commands; Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
    ]

    def compose(self) -> ComposeResult:
        """One pane of text."""
        yield Pane(id="help")

    def on_mount(self) -> None:
        """Fills it."""
        pane = self.query_one(Pane)
        pane.border_title = "Help"
        pane.border_subtitle = "Esc closes"
        pane.show(_text)
        pane.focus()


def _text(width: int) -> Content:
    lines: list[Content] = []
    for heading, keys in KEYS:
        lines.append(content((heading, "title")))
        for key, text in keys:
            lines += hanging(content(f" {key}"), content((text, "dim")), width, 12)
        lines.append(content())
    lines.append(content(("Commands, typed in the line", "title")))
    for command in commands_of(CONSOLE):
        lines += hanging(content(f" {command.usage}"), content((command.text, "dim")), width, 16)
    lines += [content(), *hanging(content(" Bytes"), content((ESCAPES, "dim")), width, 12)]
    return stack(lines)
