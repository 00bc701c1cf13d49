"""The start screen: what would you like to do?"""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from smtplab.tui.opening import Opening, first
from smtplab.tui.render.text import content, hanging, stack

if TYPE_CHECKING:
    from smtplab.tui.app import Console


READING = 0.5
"""Seconds that anybody needs to read the choices, about; what comes next is loaded then."""


class Choice(NamedTuple):
    """One thing to do: its name, what it is, and what the line below says of Enter."""

    name: str
    title: str
    text: str
    next: str


CHOICES: tuple[Choice, ...] = (
    Choice(
        "session",
        "Send a mail by hand",
        "The built-in server answers, nothing leaves this machine. Enter takes you from Connect to "
        "QUIT, through STARTTLS and AUTH, and every step is explained. Start here.",
        "opens the built-in server",
    ),
    Choice(
        "lessons",
        "Take a lesson",
        "Short ones, from the first 220 to what providers refuse. They check themselves, and "
        "remember how far you have come.",
        "shows the lessons",
    ),
    Choice(
        "scenario",
        "Watch a server misbehave",
        "Choose a scenario: greylisting, an expired certificate, a reply slipped in by a stranger, "
        "and see what a good client has to do.",
        "shows the scenarios",
    ),
    Choice(
        "connect",
        "Talk to a real server",
        "Step through a session with your own mail server, or let it run, and learn which stage "
        "fails first, why, and what to change.",
        "asks for host and addresses",
    ),
    Choice(
        "recording",
        "Open a recording",
        "Look at a session that was saved: yours, or one that somebody sent you with a question.",
        "asks for the file",
    ),
)


class StartScreen(Screen[None]):
    """The ways into the lab. What is behind each is loaded when it is chosen: this one is fast."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
        Binding("q,escape", "app.quit", "Quit", key_display="q"),
    ]

    def compose(self) -> ComposeResult:
        """Title, choices, what Enter does."""
        title = content(("smtplab", "title"), ("   one lab for SMTP", "dim"))
        yield Static(content(" ") + title, id="bar")
        with Vertical(id="start"):
            yield Static(content(("What would you like to do?", "strong")), id="question")
            yield OptionList(id="choices", markup=False)
        yield Static(id="next")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """The lesson is chosen already."""
        self._fill()
        self.query_one(OptionList).focus()
        self.set_timer(READING, self._load_on)

    def _load_on(self) -> None:
        """While the user reads, what a session needs is loaded."""
        self.run_worker(asyncio.to_thread(importlib.import_module, "smtplab.tui.sessions"))

    def on_resize(self) -> None:
        """Another width, other rows."""
        self._fill()

    def _fill(self) -> None:
        choices = self.query_one(OptionList)
        width = choices.scrollable_content_region.width
        if not width:
            self.call_after_refresh(self._fill)
            return
        here = choices.highlighted or 0
        choices.clear_options()
        choices.add_options(
            Option(_worded(number, choice, width), id=choice.name)
            for number, choice in enumerate(CHOICES, 1)
        )
        choices.highlighted = here

    @on(OptionList.OptionHighlighted)
    def _say(self, event: OptionList.OptionHighlighted) -> None:
        choice = CHOICES[event.option_index]
        line = content(
            (" NEXT ", "mode"), " ", (choice.title, "strong"), (f"  Enter {choice.next}", "dim")
        )
        self.query_one("#next", Static).update(line)

    @on(OptionList.OptionSelected)
    async def _take(self, event: OptionList.OptionSelected) -> None:
        await OPENERS[CHOICES[event.option_index].name](self)

    async def session(self) -> None:
        """The honest server."""
        app = cast("Console", self.app)
        await app.open_session(Opening(first(), app.opening.wishes))

    async def lessons(self) -> None:
        """The list of lessons."""
        from smtplab.tui.screens.lessons import LessonsScreen

        await self.app.push_screen(LessonsScreen())

    async def scenario(self) -> None:
        """The catalogue."""
        from smtplab.tui.screens.picker import PickerScreen

        await self.app.push_screen(PickerScreen())

    async def connect(self) -> None:
        """The form."""
        from smtplab.tui.screens.connect import ConnectScreen

        await self.app.push_screen(ConnectScreen())

    async def recording(self) -> None:
        """A saved session."""
        from smtplab.tui.screens.recording import RecordingScreen

        await self.app.push_screen(RecordingScreen())

    def action_down(self) -> None:
        """The next choice."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """The choice before."""
        self.query_one(OptionList).action_cursor_up()


OPENERS: dict[str, Callable[[StartScreen], Awaitable[None]]] = {
    "session": StartScreen.session,
    "lessons": StartScreen.lessons,
    "scenario": StartScreen.scenario,
    "connect": StartScreen.connect,
    "recording": StartScreen.recording,
}


def _worded(number: int, choice: Choice, width: int) -> Content:
    title = content((f"{number}  {choice.title}", "title"))
    text = hanging(content("   "), content((choice.text, "text")), width, 3)
    return stack([title, *text, content()])
