"""The stages of the session, as a ladder or as a line of crumbs, with breakpoints on them."""

from dataclasses import replace

from textual.binding import Binding
from textual.content import Content
from textual.widget import Widget

from smtplab.client.steps import Stage
from smtplab.tui.render.ladder import Rungs, crumbs, ladder


class Stages(Widget, can_focus=True):
    """Where the session stands. While it has the focus, a cursor chooses a stage."""

    BINDINGS = [  # noqa: RUF012  # Textual reads the class attribute
        Binding("up,k,left,h", "move(-1)", "Stage before", show=False),
        Binding("down,j,right,l", "move(1)", "Stage after", show=False),
    ]

    def __init__(self, *, upright: bool, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = "Stages"
        self._upright = upright
        self._rungs = Rungs()
        self._cursor: Stage | None = None

    def sync(self, rungs: Rungs) -> None:
        """Shows how things stand now."""
        if rungs != self._rungs:
            self._rungs = rungs
            self.refresh()

    @property
    def chosen(self) -> Stage | None:
        """The stage under the cursor; the planned one while nothing was chosen."""
        return self._cursor if self.has_focus and self._cursor else self._rungs.current

    def action_move(self, by: int) -> None:
        """The cursor to another stage."""
        order = list(self._rungs.stages)
        here = self._cursor or self._rungs.current
        if not order:
            return
        index = order.index(here) if here in order else 0
        self._cursor = order[max(0, min(index + by, len(order) - 1))]
        self.refresh()

    def on_focus(self) -> None:
        """The cursor begins at the planned stage."""
        self._cursor = self._rungs.current
        self.refresh()

    def on_blur(self) -> None:
        """Without focus there is no cursor."""
        self._cursor = None
        self.refresh()

    def render(self) -> Content:
        """The ladder or the crumbs."""
        rungs = replace(self._rungs, cursor=self._cursor if self.has_focus else None)
        return ladder(rungs, self.size.width) if self._upright else crumbs(rungs)
