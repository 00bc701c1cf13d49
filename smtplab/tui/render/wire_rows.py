"""A worded line of the record as one row of the Wire, or as several when it is long."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from smtplab.client.settings import Security
from smtplab.protocol.events import CommandSent
from smtplab.transcript.entries import Entry
from smtplab.transcript.wording import CLIENT, SERVER, Line, word
from smtplab.tui import glyphs
from smtplab.tui.render.spy import spy_lines
from smtplab.tui.render.text import ROLES, content, fold
from smtplab.wire.events import Opened

TIME_FROM = 70
"""In a pane narrower than this the time column makes room for the text."""


@dataclass(frozen=True, slots=True)
class WireLine:
    """One line of an entry. `first`: the entry begins here; `cells` is its text's width."""

    entry: Entry
    line: Line
    first: bool
    cells: int


def lines_of(entry: Entry, security: Security, *, hint: bool, spy: bool = False) -> list[WireLine]:
    """The lines of an entry; with `hint` hidden secrets say how they can be seen."""
    lines = spy_lines(entry) if spy else list(word(entry))
    if isinstance(entry.event, Opened) and security is not Security.IMPLICIT:
        lines.append(IN_CLEAR)
    if hint and isinstance(entry.event, CommandSent) and entry.event.secrets and lines:
        lines[0] = Line(CLIENT, (*lines[0].spans, ("  (secret hidden, m shows it)", "dim")))
    return [
        WireLine(entry, line, number == 0, cell_len(line.text)) for number, line in enumerate(lines)
    ]


def encrypted_from_here(entry: Entry) -> WireLine:
    """The line above the first message that a listener cannot read."""
    return WireLine(entry, ENCRYPTED, True, cell_len(ENCRYPTED.text))


ENCRYPTED = Line("", (("encrypted from here: a listener sees only lengths", "tls"),), divider=True)

IN_CLEAR = Line("", (("plaintext: anyone on the path can read this", "plain"),), divider=True)


def text_width(width: int) -> int:
    """The cells that are left for text in a pane of that width."""
    return max(10, width - _prefix_width(width))


def _prefix_width(width: int) -> int:
    return 16 if width >= TIME_FROM else 8


def height(line: WireLine, width: int) -> int:
    """How many rows a line takes."""
    room = text_width(width)
    if line.cells <= room or line.line.divider:
        return 1
    return len(fold(line.line.text, room))


def row(line: WireLine, part: int, width: int, *, cursor: bool) -> Content:
    """One row, without the padding to its right."""
    if line.line.divider:
        return divider(line.line, width, cursor=cursor)
    room = text_width(width)
    text = content(*line.line.spans)
    if line.cells > room:
        start, end = fold(line.line.text, room)[part]
        text = text[start:end]
    return Content.assemble(_prefix(line, part, width, cursor=cursor), text)


def _prefix(line: WireLine, part: int, width: int, *, cursor: bool) -> Content:
    encrypted = line.entry.encrypted
    top = part == 0
    time = f"{line.entry.nanoseconds / 1e9:7.3f} " if line.first and top else " " * 8
    side, role = _side(line.line) if top else ("    ", "text")
    return content(
        (f"{glyphs.CURSOR if cursor and top else ' '} ", "title"),
        (time if width >= TIME_FROM else "", "dim"),
        (side, role),
        (glyphs.gutter(encrypted), "tls" if encrypted else "warning"),
        " ",
    )


def _side(line: Line) -> tuple[str, str]:
    if line.side == CLIENT:
        return f"C {glyphs.SENT} ", "title"
    if line.side == SERVER:
        return f"S {glyphs.RECEIVED} ", "text"
    grave = next((role for _, role in line.spans if role in ("error", "warning")), None)
    return ("  ! ", grave) if grave else ("    ", "text")


def divider(line: Line, width: int, *, cursor: bool) -> Content:
    """A rule across the pane with words in it."""
    role = line.spans[0][1]
    text = line.text[: max(0, width - 8)]
    lead = 8 if width >= TIME_FROM else 3
    mark = content((f"{glyphs.CURSOR if cursor else ' '} ", "title"))
    tail = max(0, width - 2 - lead - 2 - cell_len(text) - 1)
    words = f"{glyphs.RULE * lead} {text} {glyphs.RULE * tail}"
    return Content.assemble(mark, (words, ROLES[role]))
