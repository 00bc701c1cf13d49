"""The line that is sent next: it always holds the planned one, ready to be edited."""

from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input


class CommandInput(Input):
    """An input that proposes. What the user typed is never overwritten while it is unsent."""

    BINDINGS = [  # noqa: RUF012  # Textual reads the class attribute
        Binding("enter", "submit", "Send"),
        Binding("escape", "leave", "Command keys", id="leave"),
        Binding("ctrl+r", "propose", "Planned line", id="planned-line"),
        # Letters are typed here; so what one needs most has a second key.
        Binding("f5", "screen.automatic", "Auto/pause"),
        Binding("f9", "screen.breakpoint", "Break", show=False),
        Binding("f1", "screen.help", "Help"),
        Binding("up", "history(-1)", "Earlier line", show=False),
        Binding("down", "history(1)", "Later line", show=False),
    ]

    class Left(Message):
        """The user wants the command keys."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, compact=True, select_on_focus=False)
        self.proposal = ""
        self._history: list[str] = []
        self._back = 0
        """How far back in the history the value is; 0: it is the proposal or new."""

    def sync(self, proposal: str) -> None:
        """Proposes another line, unless the user is writing one."""
        if proposal == self.proposal:
            return
        untouched = self.value == self.proposal
        self.proposal = proposal
        if untouched:
            self.action_propose()

    def sent(self, text: str, *, keep: bool) -> None:
        """The line went out: the next proposal may come. `keep` puts it into the history."""
        if keep and text and (not self._history or self._history[-1] != text):
            self._history.append(text)
        self.action_propose()

    def action_propose(self) -> None:
        """The planned line again."""
        self._back = 0
        self._put(self.proposal)

    def action_history(self, by: int) -> None:
        """Lines that were sent before; down at the end is the planned one."""
        self._back = max(0, min(self._back - by, len(self._history)))
        self._put(self._history[-self._back] if self._back else self.proposal)

    def action_leave(self) -> None:
        """Esc."""
        self.post_message(self.Left())

    def _put(self, text: str) -> None:
        self.value = text
        self.cursor_position = len(text)
