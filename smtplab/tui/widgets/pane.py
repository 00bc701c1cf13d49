"""A pane of text that is laid out anew for each width."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

Draw = Callable[[int], Content]
"""Lays out the text for a width in cells."""


class Pane(VerticalScroll, can_focus=True):
    """Shows what a function draws; scrolls when that is longer than the pane."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._draw: Draw = lambda width: Content("")
        self._text = Static(Content(""))
        self._shown: object = None
        self._width = 0

    def compose(self) -> ComposeResult:
        """The text alone."""
        yield self._text

    def show(self, draw: Draw, shown: object = None) -> None:
        """Shows something else; `shown` names it: with the same name nothing is done."""
        if shown is not None and shown == self._shown:
            return
        moved = shown is None or self._shown is None or shown != self._shown
        self._draw, self._shown = draw, shown
        self._redraw()
        if moved:
            self.scroll_home(animate=False, immediate=True)

    def on_resize(self) -> None:
        """Another width, other rows."""
        if self._room != self._width:
            self._redraw()

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width

    def _redraw(self) -> None:
        self._width = self._room
        if self._width:
            self._text.update(self._draw(self._width))
