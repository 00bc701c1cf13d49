"""Opening a saved session: its file is named, and then looked at like a living one."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.suggester import Suggester
from textual.widgets import Footer, Input, Static

from smtplab.transcript import files
from smtplab.transcript.entries import Transcript
from smtplab.transcript.files import TranscriptError
from smtplab.tui.layout import STYLES
from smtplab.tui.render.text import content

if TYPE_CHECKING:
    from smtplab.tui.app import Console

HINT = (
    "A session that was saved with w in the console, or with --record on the command line. It is "
    "looked at as if it had just happened: Wire, handshake, login, findings. Nothing is sent."
)


class FileNames(Suggester):
    """The first file that goes on as the text does."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole path, or nothing."""
        return first_match(value)


def first_match(value: str) -> str | None:
    """The first path, in order, that begins with the text; a record before anything else."""
    if not value:
        return None
    path = Path(value).expanduser()
    folder = path if value.endswith("/") else path.parent
    start = "" if value.endswith("/") else path.name
    try:
        names = sorted(child.name for child in folder.iterdir() if child.name.startswith(start))
    except OSError:
        return None
    names.sort(key=lambda name: not name.endswith(".jsonl"))
    return value + names[0][len(start) :] if names else None


class RecordingScreen(Screen[None]):
    """Asks for the file."""

    CSS_PATH = STYLES

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.pop_screen", "Back"),
    ]

    def compose(self) -> ComposeResult:
        """One field."""
        yield Static(content((" smtplab", "title"), ("   a recording", "dim")), id="bar")
        with VerticalScroll(id="form", can_focus=False):
            yield Input(placeholder="session.jsonl", id="path", compact=True, suggester=FileNames())
            yield Static(content((HINT, "note")), id="real")
            yield Static(id="problem")
        yield Static(
            content((" NEXT ", "mode"), " Open the file", ("  Enter opens, → completes", "dim")),
            id="next",
        )
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Ready for the name."""
        self.query_one(Input).focus()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Opens it, or says why not."""
        try:
            transcript = read(event.value)
        except (OSError, TranscriptError) as problem:
            said = f"{event.value}: {getattr(problem, 'strerror', None) or problem}"
            self.query_one("#problem", Static).update(content((said, "error")))
            return
        await cast("Console", self.app).open_record(transcript)


def read(name: str) -> Transcript:
    """The record in that file, without a last line that was cut off."""
    return files.load(Path(name).expanduser(), on_cut=lambda number: None)
