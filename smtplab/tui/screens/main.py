"""The main screen: where am I, what was said, what does it mean, what happens next."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Footer, Input, Static

from smtplab.client.steps import Stage
from smtplab.lessons.tutor import Tutor
from smtplab.scenarios.reader import ScenarioError
from smtplab.tui.layout import WIDE
from smtplab.tui.screens.help import HelpScreen
from smtplab.tui.screens.picker import PickerScreen
from smtplab.tui.screens.record import RecordScreen
from smtplab.tui.widgets.command_input import CommandInput
from smtplab.tui.widgets.findings import Findings
from smtplab.tui.widgets.inspector import TABS, Inspector, Strip
from smtplab.tui.widgets.pane import Pane
from smtplab.tui.widgets.stages import Stages
from smtplab.tui.widgets.wire import Wire
from smtplab.verbs import table
from smtplab.verbs.driver import Driver, NotNow
from smtplab.verbs.table import UnknownCommand
from smtplab.verbs.typed import COMMAND, may_be_kept
from smtplab.workbench.target import SCENARIO, Target

if TYPE_CHECKING:
    from smtplab.tui.app import Console

FRAME = 1 / 20
"""Seconds between two looks at what has changed."""

POLL = 0.25
"""Seconds between two looks at what the server said unasked."""


class MainScreen(RecordScreen):
    """One session under the user's hands."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,n", "step", "Step", id="step", key_display="n"),
        Binding("a", "automatic", "Auto", id="automatic"),
        Binding("b", "breakpoint", "Break", id="breakpoint"),
        Binding("i,e", "edit", "Edit", id="edit", key_display="i"),
        Binding("x", "skip", "Skip", id="skip"),
        Binding("m", "reveal", "Secrets", id="reveal"),
        Binding("z", "zoom", "Zoom", id="zoom"),
        Binding("v", "spy", "Spy", id="spy"),
        Binding("slash", "find", "Find", id="find", show=False),
        Binding("full_stop", "find_again", "Find again", id="find-again", show=False),
        Binding("asterisk", "next_finding", "Next finding", id="next-finding", show=False),
        Binding("y", "copy_line", "Copy line", id="copy-line", show=False),
        Binding("Y", "copy_all", "Copy all", id="copy-all", show=False),
        Binding("w", "save", "Save", id="save", show=False),
        Binding("L", "pane('server')", "Server", id="server", show=False),
        Binding("N", "rest_of_stage", "Rest of stage", id="rest-of-stage", show=False),
        Binding("t", "run_to", "Run to stage", id="run-to", show=False),
        Binding("c", "go_on", "Continue", id="continue", show=False),
        Binding("plus,equals_sign", "speed(1)", "Faster", id="faster", show=False),
        Binding("minus", "speed(-1)", "Slower", id="slower", show=False),
        Binding("colon", "command", "Command", id="command", show=False),
        Binding("question_mark", "help", "Help", id="help"),
        Binding("f5", "automatic", show=False),
        Binding("f9", "breakpoint", show=False),
        Binding("f1", "help", show=False),
        Binding("R", "again", "Again", id="again", show=False),
        Binding("S", "scenarios", "Scenarios", id="scenarios", show=False),
        Binding("q", "leave", "Quit", id="quit", show=False),
        *(Binding(tab.key, f"pane('{tab.name}')", tab.title, show=False) for tab in TABS),
    ]

    def __init__(self, driver: Driver, tutor: Tutor | None = None) -> None:
        super().__init__(driver, tutor)
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
        self.set_interval(FRAME, self.view.sync)
        self.set_interval(POLL, self._poll)
        self.call_after_refresh(self.view.sync)

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
        own = COMMANDS.get(command.action)
        if own is not None:
            await own(self, argument)
        else:
            await self.run_action(ACTIONS[command.action])

    async def inject(self, argument: str) -> None:
        """:inject LINE"""
        await self.driver.inject(argument)

    async def break_at(self, argument: str) -> None:
        """:break [STAGE]"""
        stage = table.stage_named(argument) if argument else self.driver.bench.current_stage
        self.driver.toggle_breakpoint(stage)

    async def abort(self, argument: str) -> None:
        """:abort"""
        await self.driver.abort()

    async def start_tls(self, argument: str) -> None:
        """:starttls"""
        await self.driver.run_through(Stage.TLS)

    async def authenticate(self, argument: str) -> None:
        """:auth [MECHANISM]"""
        if argument:
            self.driver.use_mechanism(argument)
        await self.driver.run_through(Stage.AUTH)

    async def send_file(self, argument: str) -> None:
        """:send FILE"""
        await self.driver.use_file(argument)
        self.action_pane("message")

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

    async def save_as(self, argument: str) -> None:
        """:save FILE"""
        await self.driver.save(argument)
        self.say(f"Saved to {argument}. Passwords are not in it.")

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
            self.driver.toggle_breakpoint(stage)
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
        """A pane of the Inspector, and the focus into it."""
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

    async def action_again(self) -> None:
        """A new connection, and the same session from the start."""
        await cast("Console", self.app).begin_again()

    def action_scenarios(self) -> None:
        """The catalogue."""
        self.app.push_screen(PickerScreen())

    async def action_leave(self) -> None:
        """Leaves; with a session open only when asked twice."""
        if self.driver.is_open and not self._warned:
            self._warned = True
            self.say("A session is open. q once more ends it without QUIT.")
            return
        await self.app.action_quit()

    def action_help(self) -> None:
        """Keys and commands."""
        self.app.push_screen(HelpScreen())

    # What panes say.

    def on_wire_moved(self, event: Wire.Moved) -> None:
        """Another line is selected: Explain takes it apart."""
        self.view.selected = event.entry
        self.view.sync()

    def on_findings_jump(self, event: Findings.Jump) -> None:
        """To the evidence."""
        wire = self.query_one(Wire)
        wire.go_to(event.number)
        wire.focus()


COMMANDS: dict[str, Callable[[Any, str], Awaitable[None]]] = {
    "inject": MainScreen.inject,
    "break_at": MainScreen.break_at,
    "abort": MainScreen.abort,
    "start_tls": MainScreen.start_tls,
    "authenticate": MainScreen.authenticate,
    "send_file": MainScreen.send_file,
    "scenario": MainScreen.scenario,
    "find": MainScreen.find_words,
    "save": MainScreen.save_as,
}
"""Action of the table of verbs -> what does it here."""

ACTIONS: dict[str, str] = {
    "step": "step_planned",
    "go_on": "go_on",
    "automatic": "automatic",
    "skip": "skip",
    "help": "help",
    "quit": "app.quit",
}
"""Commands that keys do as well -> the screen's action."""
