"""The Wire: everything that was said, in order, however long: a widget on the line API."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

from textual.binding import Binding
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from smtplab.client.settings import Security
from smtplab.tls.events import HandshakeMessage, TlsUp
from smtplab.transcript.entries import Entry, Event, Transcript
from smtplab.tui.render import wire_rows
from smtplab.tui.render.wire_rows import WireLine
from smtplab.wire.events import Opened


class Wire(ScrollView, can_focus=True):
    """The lines of a transcript with a cursor. At the end it follows what comes.

    `cursor` is the index of a line, not of a row: a long line takes several rows.
    """

    COMPONENT_CLASSES = {"wire--cursor"}  # noqa: RUF012  # Textual reads the class attribute

    BINDINGS = [  # noqa: RUF012
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "first", "First", show=False),
        Binding("end,G", "follow", "Last, and follow", show=False),
    ]

    class Moved(Message):
        """The cursor stands on another entry; None when it follows the end."""

        def __init__(self, entry: Entry | None, text: str = "") -> None:
            super().__init__()
            self.entry = entry
            self.text = text
            """That of the very line, where the entry has several."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.border_title = "Wire"
        self.follow = True
        self.cursor = 0
        self._look: object = None
        """How the lines were made; when that changes, all are made anew."""
        self._read = 0
        self._hidden = False
        self._lines: list[WireLine] = []
        self._tops: list[int] = []
        self._rows = 0
        self._width = 0
        self._strips: LRUCache[tuple[int, bool], Strip] = LRUCache(512)

    # What there is to show.

    def sync(
        self,
        transcript: Transcript,
        security: Security,
        reveal: Callable[[Entry], Event] | None,
        *,
        spy: bool = False,
    ) -> None:
        """Takes over what is new in the transcript.

        `reveal` gives events with their secrets; `spy` leaves only what a listener sees.
        """
        look = (reveal, security, spy)
        if look != self._look or self._read > len(transcript):
            self._look = look
            self._forget()
        if self._read == len(transcript):
            return
        for entry in transcript[self._read :]:
            shown = entry if reveal is None else replace(entry, event=reveal(entry))
            self._mark_encryption(entry)
            self._lines += wire_rows.lines_of(shown, security, hint=reveal is None, spy=spy)
        self._read = len(transcript)
        self._measure()
        if self.follow:
            self._to_end()
        self.refresh()

    def _mark_encryption(self, entry: Entry) -> None:
        """A rule where encryption begins: in TLS 1.3 that is in the middle of the handshake."""
        hidden = entry.encrypted and isinstance(entry.event, HandshakeMessage | TlsUp)
        if hidden and not self._hidden:
            self._lines.append(wire_rows.encrypted_from_here(entry))
        self._hidden = (self._hidden or hidden) and not isinstance(entry.event, Opened)

    def _forget(self) -> None:
        self._hidden = False
        self._read = self._rows = 0
        self._lines, self._tops = [], []
        self._strips.clear()

    def _measure(self) -> None:
        """Gives a place to each line that has none yet."""
        self._width = self.scrollable_content_region.width or self._width
        if not self._width:
            return
        for line in self._lines[len(self._tops) :]:
            self._tops.append(self._rows)
            self._rows += wire_rows.height(line, self._width)
        self.virtual_size = Size(self._width, self._rows)

    def on_resize(self) -> None:
        """Other widths, other rows."""
        if self.scrollable_content_region.width != self._width:
            self._tops, self._rows = [], 0
            self._strips.clear()
            self._measure()
        self.call_after_refresh(self._to_end if self.follow else self._show_cursor)

    def notify_style_update(self) -> None:
        """Another theme: nothing drawn so far is of use."""
        super().notify_style_update()
        self._strips.clear()

    @property
    def current(self) -> WireLine | None:
        """The line under the cursor."""
        return self._lines[self.cursor] if self.cursor < len(self._lines) else None

    # Moving.

    def action_move(self, by: int) -> None:
        """So many lines down, or up."""
        self._go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """One screen down, or up."""
        self._go(self.cursor + by * max(1, self.scrollable_content_region.height - 1))

    def action_first(self) -> None:
        """To the beginning."""
        self._go(0)

    def action_follow(self) -> None:
        """To the end, and on with it as it grows."""
        self._go(len(self._lines))

    def go_to(self, number: int) -> bool:
        """Puts the cursor on an entry, by its number; False when it has no line."""
        for index, line in enumerate(self._lines):
            if line.entry.number >= number:
                self._go(index)
                return line.entry.number == number
        return False

    def find(self, text: str) -> bool:
        """Goes to the next line that has this text, round the end; False when none has."""
        wanted = text.lower()
        count = len(self._lines)
        for step in range(1, count + 1):
            index = (self.cursor + step) % count
            if wanted in self._lines[index].line.text.lower():
                self._go(index)
                return True
        return False

    @property
    def number(self) -> int:
        """The number of the entry under the cursor; 0 while there is none."""
        return self.current.entry.number if self.current is not None else 0

    def _go(self, line: int) -> None:
        last = max(0, len(self._lines) - 1)
        self.follow = line >= last
        self.cursor = max(0, min(line, last))
        self._show_cursor()
        self.refresh()
        here = self.current
        if self.follow or here is None:
            self.post_message(self.Moved(None))
        else:
            self.post_message(self.Moved(here.entry, here.line.text))

    def _to_end(self) -> None:
        self.cursor = max(0, len(self._lines) - 1)
        self.scroll_end(animate=False, immediate=True, x_axis=False)

    def _show_cursor(self) -> None:
        if self.cursor >= len(self._tops):
            return
        height = wire_rows.height(self._lines[self.cursor], self._width)
        where = Region(0, self._tops[self.cursor], self._width, height)
        self.scroll_to_region(where, animate=False, immediate=True, force=True)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """One row of the visible part."""
        row = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        if not self._lines:
            return self._blank(width, EMPTY if y == 0 else "")
        if row >= self._rows:
            return self._blank(width)
        index = bisect_right(self._tops, row) - 1
        key = (row, index == self.cursor)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._draw(index, row - self._tops[index], width)
            self._strips[key] = strip
        return strip

    def _draw(self, index: int, part: int, width: int) -> Strip:
        here = index == self.cursor
        # Laid out for the width that was measured, even while another is on its way.
        text = wire_rows.row(self._lines[index], part, self._width, cursor=here)
        style = self.get_visual_style("wire--cursor") if here else self.visual_style
        return self._strip(text.truncate(width), style, width)

    def _blank(self, width: int, text: str = "") -> Strip:
        return self._strip(Content.styled(text, "italic $smtp-dim"), self.visual_style, width)

    def _strip(self, text: Content, style: object, width: int) -> Strip:
        strips = Visual.to_strips(self, text, width, 1, style, pad=True)  # type: ignore[arg-type]
        return strips[0] if strips else Strip.blank(width)


EMPTY = "Nothing sent yet. Press Enter to connect."
