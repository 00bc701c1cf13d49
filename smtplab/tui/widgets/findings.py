"""The findings, one under the other; Enter goes to what shows it."""

from collections.abc import Sequence

from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from smtplab.diagnosis.findings import Finding
from smtplab.tui.render.findings import EMPTY, finding
from smtplab.tui.render.text import content


class Findings(OptionList):
    """A list of findings."""

    class Jump(Message):
        """The user wants to see the evidence: the number of an entry."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id, markup=False)
        self._findings: tuple[Finding, ...] | None = None
        self._width = 0

    def sync(self, findings: Sequence[Finding]) -> None:
        """Shows these."""
        width = self.scrollable_content_region.width
        found = tuple(findings)
        if not width or (found == self._findings and width == self._width):
            return
        self._findings, self._width = found, width
        where = self.highlighted
        self.clear_options()
        if not found:
            self.add_option(Option(content((EMPTY, "note")), disabled=True))
        self.add_options(Option(finding(each, width)) for each in found)
        if found:
            self.highlighted = min(where or 0, len(found) - 1)

    def on_resize(self) -> None:
        """Another width, other rows."""
        if self._findings is not None:
            self.sync(self._findings)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        if self._findings and event.option_index < len(self._findings):
            evidence = self._findings[event.option_index].evidence
            if evidence:
                self.post_message(self.Jump(evidence[0]))
