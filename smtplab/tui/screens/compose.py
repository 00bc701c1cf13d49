"""The composer: the envelope and the message of the session, written by hand."""

from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from smtplab.tui.render.text import content
from smtplab.workbench.writing import Letter


class Box(NamedTuple):
    """One field of the composer."""

    name: str
    label: str
    hint: str


BOXES: tuple[Box, ...] = (
    Box("letter-sender", "MAIL FROM", "the envelope's sender: bounces go there; empty for none"),
    Box("letter-recipients", "RCPT TO", "the envelope's recipients, parted by spaces"),
    Box("letter-subject", "Subject", "a header: servers do not go by it"),
)


class ComposeScreen(ModalScreen[Letter | None]):
    """Gives the letter back, or None when the user thought better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        Binding("f5,ctrl+s", "take", "Take it", priority=True),
    ]

    def __init__(self, letter: Letter) -> None:
        super().__init__()
        self._letter = letter

    def compose(self) -> ComposeResult:
        """The fields and the body."""
        letter = self._letter
        values = (letter.sender, " ".join(letter.recipients), letter.subject)
        with Vertical(id="composer") as box:
            box.border_title = "Message"
            box.border_subtitle = "F5 takes it · Esc leaves it as it was"
            for field, value in zip(BOXES, values, strict=True):
                with Horizontal(classes="field"):
                    yield Static(content((field.label, "strong")), classes="label")
                    yield Input(value, placeholder=field.hint, id=field.name, compact=True)
            yield TextArea(letter.body, id="letter-body", compact=True, show_line_numbers=False)

    def on_mount(self) -> None:
        """The subject is what one writes first."""
        self.query_one("#letter-subject").focus()

    def on_input_submitted(self) -> None:
        """Enter goes to the next field, and then to the body."""
        self.focus_next()

    def action_take(self) -> None:
        """The letter as it stands."""
        recipients = self._value("letter-recipients").replace(",", " ").split()
        if not recipients:
            self.notify("Whom is it for? RCPT TO is empty.", severity="warning", markup=False)
            return
        self.dismiss(
            Letter(
                self._value("letter-sender"),
                tuple(recipients),
                self._value("letter-subject"),
                self.query_one(TextArea).text,
            )
        )

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()
