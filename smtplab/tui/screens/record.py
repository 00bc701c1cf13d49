"""What one can do with the record of a session: look through it, copy it, save it."""

from textual.screen import Screen

from smtplab.lessons.tutor import Tutor
from smtplab.transcript.wording import word
from smtplab.tui.layout import STYLES
from smtplab.tui.screens.view import View
from smtplab.tui.widgets.command_input import CommandInput
from smtplab.tui.widgets.wire import Wire
from smtplab.verbs.driver import Driver
from smtplab.verbs.typed import COMMAND


class RecordScreen(Screen[None]):
    """A screen with a Wire and a line to type in."""

    CSS_PATH = STYLES

    def __init__(self, driver: Driver, tutor: Tutor | None = None) -> None:
        super().__init__()
        self.driver = driver
        self.tutor = tutor
        self.view = View(self, driver, tutor)
        self._wanted = ""
        """What was looked for last."""

    def say(self, text: str) -> None:
        """A word to the user, for some seconds."""
        self.notify(text, markup=False, timeout=6)

    def action_command(self, text: str = COMMAND) -> None:
        """To the line, for a command."""
        box = self.query_one(CommandInput)
        box.value = text
        box.cursor_position = len(text)
        box.focus()

    def action_find(self) -> None:
        """To the line, for words to look for."""
        self.action_command(":find ")

    def action_find_again(self) -> None:
        """To the next line that has them."""
        self.find("")

    def find(self, text: str) -> None:
        """Goes to the next line with these words; without any, those of last time."""
        self._wanted = text or self._wanted
        if not self._wanted:
            self.action_find()
            return
        wire = self.query_one(Wire)
        if not wire.find(self._wanted):
            self.say(f"Nothing on the Wire has “{self._wanted}”.")
        wire.focus()

    def action_next_finding(self) -> None:
        """To the next entry that a finding cites."""
        wire = self.query_one(Wire)
        cited = sorted({n for f in self.driver.bench.findings() for n in f.evidence})
        if not cited:
            self.say("Nothing odd so far.")
            return
        wire.go_to(next((n for n in cited if n > wire.number), cited[0]))
        wire.focus()

    def action_spy(self) -> None:
        """Only what a listener sees, and back."""
        self.view.spying = not self.view.spying
        self.view.sync()

    def action_copy_line(self) -> None:
        """The line under the cursor, without secrets, to the clipboard."""
        line = self.query_one(Wire).current
        if line is not None:
            self._copy([line.line.text], "The line")

    def action_copy_all(self) -> None:
        """The whole record as text."""
        lines = [line for entry in self.driver.bench.transcript for line in word(entry)]
        marks = {"C": "-> ", "S": "<- "}
        self._copy([marks.get(line.side, "== ") + line.text for line in lines], "The record")

    def _copy(self, lines: list[str], what: str) -> None:
        self.app.copy_to_clipboard("\n".join(lines))
        self.say(f"{what} went to the clipboard of your terminal, if it has one (OSC 52).")

    def action_save(self) -> None:
        """To the line, for the name of a file."""
        scenario = self.driver.bench.scenario
        name = scenario.id.replace("/", "-") if scenario is not None else "session"
        self.action_command(f":save {name}.jsonl")
