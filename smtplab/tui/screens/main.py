"""The main screen: where am I, what was said, what does it mean, what happens next."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Footer, Input, Static

from smtplab.client.steps import Stage
from smtplab.lessons.tutor import Tutor
from smtplab.scenarios.errors import ScenarioError
from smtplab.transcript.escaping import escape
from smtplab.tui import keys
from smtplab.tui.layout import WIDE
from smtplab.tui.palette import Everything
from smtplab.tui.screens.overlays import OverlayScreen
from smtplab.tui.tabs import TABS
from smtplab.tui.widgets.command_input import CommandInput
from smtplab.tui.widgets.findings import Findings
from smtplab.tui.widgets.inspector import Inspector, Strip
from smtplab.tui.widgets.pane import Pane
from smtplab.tui.widgets.stages import Stages
from smtplab.tui.widgets.wire import Wire
from smtplab.verbs import table
from smtplab.verbs.actions import SHARED
from smtplab.verbs.driver import Driver, NotNow
from smtplab.verbs.predicting import DIGITS, Predictions
from smtplab.verbs.table import UnknownCommand
from smtplab.verbs.typed import COMMAND, may_be_kept
from smtplab.workbench.breakpoints import Breakpoints
from smtplab.workbench.target import SCENARIO, Target

if TYPE_CHECKING:
    from smtplab.tui.app import Console

FRAME = 1 / 20
"""Seconds between two looks at what has changed."""

POLL = 0.25
"""Seconds between two looks at what the server said unasked."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A session begun anew: how far it is replayed, and what goes on with it."""

    until: Stage
    breakpoints: Breakpoints
    predictions: Predictions


class MainScreen(OverlayScreen):
    """One session under the user's hands."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.MAIN)
    COMMANDS = {Everything}  # noqa: RUF012  # Textual reads the class attribute

    def __init__(
        self, driver: Driver, tutor: Tutor | None = None, replay: Replay | None = None
    ) -> None:
        super().__init__(driver, tutor)
        self._replay = replay
        self._warned = False
        """Whether the user was told that leaving cuts a session off."""

    def compose(self) -> ComposeResult:
        """The panes, from top to bottom."""
        yield Static(id="bar")
        yield Stages(upright=False, id="crumbs")
        with Horizontal(id="body"):
            yield Stages(upright=True, id="stages")
            with Container(id="work"):
                yield Wire(id="wire")
                with Vertical(id="side"):
                    beside = Pane(id="explain-beside")
                    beside.border_title = "Explain"
                    yield beside
                    yield Inspector(id="inspector")
        yield Static(id="next")
        with Horizontal(id="line"):
            yield Static(id="mark")
            yield CommandInput(id="input")
            yield Static(id="badge")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Keys are commands at first, so that one key is enough for everything; Enter steps."""
        self.query_one(Wire).focus()
        if self.tutor is not None:
            self.query_one(Strip).lesson = True
            self.query_one(Inspector).active = "lesson"
        self.set_interval(FRAME, self.view.tick)
        self.set_interval(POLL, self._poll)
        self.call_after_refresh(self.view.sync)
        if self._replay is not None:
            self._do(self._play_again(self._replay))

    async def _play_again(self, replay: Replay) -> None:
        if replay.until is not Stage.CONNECT:
            await self.driver.run(replay.until, at_once=True)
            self.say(f"A new connection, replayed up to {replay.until.value}.")
        # Only now, so that none of them stops the replay.
        self.driver.breakpoints = replay.breakpoints
        self.driver.predictions = replay.predictions

    def on_resize(self) -> None:
        """In the wide form Explain has a place of its own and is no tab."""
        wide = self.size.width >= WIDE
        self.query_one(Strip).explain = not wide
        inspector = self.query_one(Inspector)
        if wide and inspector.active == "explain":
            inspector.active = "auth"
        self.call_after_refresh(self.view.sync)

    async def _poll(self) -> None:
        if await self.driver.poll():
            self.view.sync()

    # Work: one thing at a time, while the screen stays alive.

    def _do(self, work: Awaitable[None]) -> None:
        self.run_worker(self._guarded(work), group="session")

    async def _guarded(self, work: Awaitable[None]) -> None:
        try:
            await work
        except (NotNow, UnknownCommand) as reason:
            self.say(str(reason))
        self.view.sync()

    # What is typed.

    def on_input_changed(self, event: Input.Changed) -> None:
        """Says at once what Enter would do with it."""
        self.view.sync()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the line: what was written goes out, and keys are commands again."""
        self._submit(event.value)
        self.query_one(Wire).focus()

    def _submit(self, text: str) -> None:
        box = self.query_one(CommandInput)
        keep = may_be_kept(text, self.driver.step_planned, self.view.kind)
        self._do(self._sent(text))
        box.sent(text, keep=keep)

    async def _sent(self, text: str) -> None:
        if text.startswith(COMMAND) and self.driver.question is None:
            await self._command(text)
        else:
            await self.driver.send(text)
        self.query_one(CommandInput).action_propose()

    async def _command(self, text: str) -> None:
        command, argument = table.parse(text, table.CONSOLE)
        shared, own = SHARED.get(command.action), COMMANDS.get(command.action)
        if shared is not None:
            said = await shared(self.driver, argument)
            if said:
                self.say(escape(said))
        elif own is not None:
            await own(self, argument)
        else:
            await self.run_action(ACTIONS[command.action])

    async def rewind(self, argument: str) -> None:
        """:rewind [STAGE]"""
        stage = table.stage_named(argument) if argument else Stage.CONNECT
        await cast("Console", self.app).begin_again(stage)

    async def scenario(self, argument: str) -> None:
        """:scenario ID"""
        app = cast("Console", self.app)
        try:
            target = Target(f"{SCENARIO}{argument}", scenario=argument)
            await app.open_session(replace(app.opening, target=target))
        except (LookupError, ScenarioError) as problem:
            raise NotNow(str(problem)) from None

    async def find_words(self, argument: str) -> None:
        """:find WORDS"""
        self.find(argument)

    def on_command_input_left(self) -> None:
        """Esc in the line: the command keys."""
        self.query_one(Wire).focus()

    # What keys do.

    def action_step(self) -> None:
        """One step, with the line as it stands."""
        self._submit(self.query_one(CommandInput).value)

    def action_step_planned(self) -> None:
        """One step, as planned."""
        self._do(self.driver.run_step())

    def action_into(self) -> None:
        """The next part of the planned step."""
        self._do(self.driver.step_into())

    def action_forge(self) -> None:
        """To the line, for a reply of one's own."""
        self.action_command(":forge 451 4.7.1 Try again later")

    def action_delay(self) -> None:
        """To the line, for a length of time."""
        self.action_command(":delay 30s")

    def action_drop(self) -> None:
        """The connection goes, without QUIT."""
        self._do(self.driver.abort())

    def action_predict(self) -> None:
        """Predict mode on or off."""
        self._submit(":predict")

    def action_automatic(self) -> None:
        """By hand or automatic."""
        self._do(self.driver.toggle_automatic())

    def action_go_on(self) -> None:
        """To the next stop."""
        self._do(self.driver.run(at_once=True))

    def action_rest_of_stage(self) -> None:
        """To the stage behind this one."""
        self._do(self.driver.run(self.driver.stage_after(), at_once=True))

    def action_run_to(self) -> None:
        """To the stage under the cursor of the ladder."""
        self._do(self.driver.run(self._stages.chosen, at_once=True))

    def action_breakpoint(self) -> None:
        """On the stage under the cursor of the ladder, else on the planned one."""
        stage = self._stages.chosen
        if stage is not None:
            self.driver.toggle_breakpoint(stage.value)
            self.view.sync()

    @property
    def _stages(self) -> Stages:
        shown = [stages for stages in self.query(Stages) if stages.display]
        return next((s for s in shown if s.has_focus), shown[0])

    def action_skip(self) -> None:
        """Leaves the planned step out."""
        self._do(self.driver.skip())

    def action_edit(self) -> None:
        """To the line."""
        self.query_one(CommandInput).focus()

    def action_speed(self, by: int) -> None:
        """Faster, or slower."""
        self.driver.change_speed(by)
        self.view.sync()

    def action_reveal(self) -> None:
        """Secrets on the screen, with a badge while they are there."""
        self.driver.reveal = not self.driver.reveal
        self.view.sync()

    def action_pane(self, name: str) -> None:
        """A pane of the Inspector, and the focus into it; in predict mode 2 to 5 are guesses."""
        if self.driver.asks_for_guess and name in GUESSES:
            self._submit(GUESSES[name])
            return
        if name == "lesson" and self.tutor is None:
            return
        if name == "explain" and self.query_one("#explain-beside").display:
            self.query_one("#explain-beside").focus()
            return
        inspector = self.query_one(Inspector)
        inspector.active = name
        inspector.focus_pane()
        self.view.sync()

    def action_zoom(self) -> None:
        """The pane that has the focus alone, and back."""
        zooms = ("zoomed", "zoom-wire", "zoom-side", "zoom-explain")
        if self.has_class("zoomed"):
            self.remove_class(*zooms)
            return
        beside = self.query_one("#explain-beside")
        kind = (
            "zoom-side"
            if self.query_one(Inspector).has_pseudo_class("focus-within")
            else "zoom-wire"
        )
        self.add_class("zoomed", "zoom-explain" if beside.has_focus else kind)

    async def action_rewind(self) -> None:
        """A new connection, replayed up to the stage under the cursor; else from the start."""
        chosen = self._stages.chosen if self._stages.has_focus else None
        await cast("Console", self.app).begin_again(chosen or Stage.CONNECT)

    async def action_leave(self) -> None:
        """Leaves; with a session open only when asked twice."""
        if self.driver.is_open and not self._warned:
            self._warned = True
            self.say("A session is open. q once more ends it without QUIT.")
            return
        await self.app.action_quit()

    # What panes say.

    def on_wire_moved(self, event: Wire.Moved) -> None:
        """Another line is selected: Explain takes it apart."""
        self.view.selected, self.view.selected_text = event.entry, event.text
        self.view.sync()

    def on_findings_jump(self, event: Findings.Jump) -> None:
        """To the evidence."""
        wire = self.query_one(Wire)
        wire.go_to(event.number)
        wire.focus()


GUESSES: dict[str, str] = {tab.name: tab.key for tab in TABS if tab.key in DIGITS}
"""Pane whose key is a guess in predict mode -> the guess."""

COMMANDS: dict[str, Callable[[Any, str], Awaitable[None]]] = {
    "rewind": MainScreen.rewind,
    "scenario": MainScreen.scenario,
    "find": MainScreen.find_words,
}
"""Action of the table of verbs -> what does it here."""

ACTIONS: dict[str, str] = {
    "step": "step_planned",
    "go_on": "go_on",
    "automatic": "automatic",
    "help": "help",
    "quit": "app.quit",
}
"""Commands that keys do as well -> the screen's action."""
