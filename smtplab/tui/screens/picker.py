"""The catalogue: every scenario, what you will see, and what a good client has to do."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from smtplab.scenarios import library
from smtplab.scenarios.errors import ScenarioError
from smtplab.scenarios.model import Scenario
from smtplab.tui.layout import STYLES
from smtplab.tui.opening import Opening
from smtplab.tui.render.scenario import SEVERITIES, scenario
from smtplab.tui.render.text import content, shortened
from smtplab.tui.widgets.pane import Pane
from smtplab.workbench.target import SCENARIO, Target

if TYPE_CHECKING:
    from smtplab.tui.app import Console

BASES: tuple[str | None, ...] = (None, "plain", "starttls", "implicit")
"""How a scenario can be played; None: as its file says."""


class PickerScreen(Screen[None]):
    """Filter as you type, Enter plays."""

    CSS_PATH = STYLES

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("ctrl+t", "base", "Plain, STARTTLS, implicit TLS"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._all: list[Scenario] = []
        self._found: list[Scenario] = []
        self._base = 0

    def compose(self) -> ComposeResult:
        """Filter, list, details."""
        yield Static(content((" smtplab", "title"), ("   scenarios", "dim")), id="bar")
        yield Input(
            placeholder="type to filter: greylist, tls, security ...", id="filter", compact=True
        )
        with Horizontal(id="catalogue"):
            yield OptionList(id="found", markup=False)
            yield Pane(id="story")
        yield Static(id="next")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Reads the catalogue."""
        for name in library.ids():
            try:
                self._all.append(library.find(name))
            except ScenarioError as error:
                self.notify(str(error), markup=False, severity="error")
        self.query_one("#story").can_focus = False
        self.query_one("#found").can_focus = False
        self.query_one(Input).focus()
        self.call_after_refresh(self._fill)

    @on(Input.Changed)
    def _fill(self) -> None:
        words = self.query_one(Input).value.lower().split()
        self._found = [s for s in self._all if all(word in _text(s) for word in words)]
        listed = self.query_one(OptionList)
        width = max(20, listed.scrollable_content_region.width)
        listed.clear_options()
        listed.add_options(Option(_row(s, width)) for s in self._found)
        listed.highlighted = 0 if self._found else None
        self._show()

    def on_resize(self) -> None:
        """Another width, other rows."""
        if self._all:
            self.call_after_refresh(self._fill)

    @on(OptionList.OptionHighlighted)
    def _show(self) -> None:
        chosen = self.chosen
        base = BASES[self._base]
        line = content((" NEXT ", "mode"), " ")
        if chosen is None:
            line += content(("No scenario has all these words.", "note"))
        else:
            how = f"on {base}" if base else "as its file says"
            line += content((chosen.id, "strong"), f"  {how}", ("  Enter plays it", "dim"))
            self.query_one(Pane).show(lambda width: scenario(chosen, width), chosen.id)
        self.query_one("#next", Static).update(line)

    @property
    def chosen(self) -> Scenario | None:
        """The scenario under the cursor."""
        at = self.query_one(OptionList).highlighted
        return self._found[at] if at is not None and at < len(self._found) else None

    @on(Input.Submitted)
    async def _play(self) -> None:
        chosen = self.chosen
        if chosen is not None:
            app = cast("Console", self.app)
            target = Target(f"{SCENARIO}{chosen.id}", scenario=chosen.id)
            base = BASES[self._base] or app.opening.wishes.base
            await app.open_session(Opening(target, app.opening.wishes.with_base(base)))

    @on(OptionList.OptionSelected)
    async def _clicked(self) -> None:
        await self._play()

    def action_move(self, by: int) -> None:
        """Another scenario."""
        listed = self.query_one(OptionList)
        if self._found:
            at = (listed.highlighted or 0) + by
            listed.highlighted = max(0, min(at, len(self._found) - 1))

    def action_base(self) -> None:
        """Another base."""
        self._base = (self._base + 1) % len(BASES)
        self._show()

    def action_leave(self) -> None:
        """Back to where one came from."""
        self.app.pop_screen()


def _text(s: Scenario) -> str:
    return " ".join((s.id, s.title, s.severity, s.story, *s.tags)).lower()


def _row(s: Scenario, width: int) -> Content:
    mark, role = SEVERITIES[s.severity]
    name = shortened(s.id, 30)
    line = content((f"{mark} ", role), (f"{name:<31}", "strong"), (s.title, "dim"))
    return line.truncate(width, ellipsis=True)
