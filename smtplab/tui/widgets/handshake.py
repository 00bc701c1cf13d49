"""The TLS handshake: each message as a tree of fields, and the octets that each field is."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style as RichStyle
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual
from textual.widgets import Static, Tree
from textual.widgets.tree import TreeNode

from smtplab.tls.events import HandshakeMessage
from smtplab.tls.fields import Field
from smtplab.tls.handshake import decode
from smtplab.tui import glyphs
from smtplab.tui.render.hexdump import ROW, deepest, dump
from smtplab.tui.render.text import content, shortened

EMPTY = "No handshake yet. Each of its messages will be here, down to its bytes."

LONGEST = 1 << 14
"""Octets of a message that are shown; certificates can be larger, and nobody reads on."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A field of one of the messages."""

    message: HandshakeMessage
    field: Field


class FieldTree(Tree[Spot]):
    """Messages and their fields."""

    BINDINGS = [  # noqa: RUF012  # Textual reads the class attribute
        Binding("right,l", "open_or_in", "Open", show=False),
        Binding("left,h", "close_or_out", "Close", show=False),
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__("handshake", id=id)
        self.show_root = False
        self.guide_depth = 2

    def render_label(self, node: TreeNode[Spot], base_style: RichStyle, style: RichStyle) -> Text:
        """A message with its side and whether a listener can read it; a field with its value.

        The row with the focus has one colour alone: no other stands out on the bar below it.
        """
        marker = "" if not node.allow_expand else ("- " if node.is_expanded else "+ ")
        spot = node.data
        if spot is None:
            return Text(str(node.label), style)
        here = node is self.cursor_node and self.has_focus
        colours = {} if here else self.app.theme_variables
        if node.parent is not None and node.parent.is_root:
            return self._message(spot, marker, style, colours)
        text = Text.assemble((marker, style), (spot.field.label, style))
        if spot.field.value:
            value = style + RichStyle(color=_rich(colours.get("smtp-client")))
            text.append(f" {shortened(spot.field.value, 60)}", value)
        return text

    def _message(self, spot: Spot, marker: str, style: RichStyle, colours: dict[str, str]) -> Text:
        ours = spot.message.from_client
        arrow = f"C {glyphs.SENT}" if ours else f"S {glyphs.RECEIVED}"
        role = colours.get("smtp-client" if ours else "smtp-server")
        bar = colours.get("smtp-good" if spot.message.encrypted else "smtp-later")
        text = Text(marker, style)
        text.append(f"{arrow} ", style + RichStyle(color=_rich(role), bold=True))
        text.append(f"{spot.field.label} {len(spot.message.data)} B ", style + RichStyle(bold=True))
        text.append(glyphs.gutter(spot.message.encrypted), style + RichStyle(color=_rich(bar)))
        return text

    def action_open_or_in(self) -> None:
        """Opens what is closed; goes into what is open."""
        node = self.cursor_node
        if node is not None and node.allow_expand and not node.is_expanded:
            node.expand()
        else:
            self.action_cursor_down()

    def action_close_or_out(self) -> None:
        """Closes what is open; goes out to what it belongs to."""
        node = self.cursor_node
        if node is None:
            return
        if node.is_expanded and node.allow_expand:
            node.collapse()
        elif node.parent is not None and not node.parent.is_root:
            self.move_cursor(node.parent)


def _rich(colour: str | None) -> str | None:
    """A colour that Rich understands; the themes of the terminal's own colours have others."""
    return colour if colour and colour.startswith("#") else None


class Octets(ScrollView, can_focus=True):
    """The octets of a message, with a cursor on one of them."""

    BINDINGS = [  # noqa: RUF012  # Textual reads the class attribute
        Binding("left,h", "move(-1)", "Octet before", show=False),
        Binding("right,l", "move(1)", "Octet after", show=False),
        Binding("up,k", f"move(-{ROW})", "Row before", show=False),
        Binding("down,j", f"move({ROW})", "Row after", show=False),
    ]

    class At(Message):
        """The cursor stands on another octet."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._data = b""
        self._rows: list[Content] = []
        self._marked = (0, 0)
        self._at = 0

    def show(self, data: bytes, marked: tuple[int, int], at: int | None = None) -> None:
        """Shows a message with the run of a field marked."""
        self._data = data[:LONGEST]
        self._marked = marked
        self._at = marked[0] if at is None else at
        self._rows = dump(self._data, marked, self._at)
        self.virtual_size = Size(5 + 3 * ROW + 1 + ROW, len(self._rows))
        self._show_cursor()
        self.refresh()

    def action_move(self, by: int) -> None:
        """To another octet, and to the field that it belongs to."""
        target = self._at + by
        if 0 <= target < len(self._data):
            self._at = target
            self.post_message(self.At(target))

    def _show_cursor(self) -> None:
        top, bottom = self._marked[0] // ROW, max(self._marked[0], self._marked[1] - 1) // ROW
        height = min(bottom - top + 1, max(1, self.scrollable_content_region.height - 1))
        region = Region(0, self._at // ROW if self.has_focus else top, 1, height)
        self.scroll_to_region(region, animate=False, immediate=True, force=True)

    def render_line(self, y: int) -> Strip:
        """One row."""
        row = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        text = self._rows[row] if row < len(self._rows) else Content("")
        strips = Visual.to_strips(self, text.truncate(width), width, 1, self.visual_style, pad=True)
        return strips[0] if strips else Strip.blank(width)


class Handshake(Horizontal):
    """Tree and octets side by side, linked both ways."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self._shown: tuple[HandshakeMessage, ...] = ()
        self._asked: HandshakeMessage | None = None
        """The message that was last asked for; the user may have gone elsewhere since."""

    def compose(self) -> ComposeResult:
        """The tree, and beside it what a field is for and its octets."""
        yield FieldTree(id="fields")
        with Vertical(id="octets-side"):
            yield Static(content((EMPTY, "note")), id="sentence")
            yield Octets(id="octets")

    def sync(self, messages: Sequence[HandshakeMessage], version: str) -> None:
        """Takes over what is new; a message that is shown already stays as it is, opened or not."""
        found = tuple(messages)
        if found == self._shown:
            return
        tree = self.query_one(FieldTree)
        if found[: len(self._shown)] != self._shown:
            tree.clear()
            self._shown = ()
        for message in found[len(self._shown) :]:
            field = decode(message.data, version)
            node = tree.root.add(field.label, Spot(message, field), expand=not self._shown)
            self._shown = (*self._shown, message)
            _add_fields(node, message, field)
        tree.root.expand()
        # The tree lays its lines out anew after this; the cursor can move to them only then.
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        tree = self.query_one(FieldTree)
        if tree.cursor_node is None:
            tree.cursor_line = 0

    def go_to(self, message: HandshakeMessage | None) -> None:
        """Opens a message; nothing happens when it was the last one asked for, or is not here."""
        if message is self._asked:
            return
        self._asked = message
        tree = self.query_one(FieldTree)
        for node in tree.root.children:
            if node.data is not None and node.data.message is message:
                node.expand()
                self.call_after_refresh(tree.move_cursor, node)

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Spot]) -> None:
        """The tree's cursor marks octets."""
        event.stop()
        if event.node.data is not None:
            self._mark(event.node.data)

    def _mark(self, spot: Spot, at: int | None = None) -> None:
        field = spot.field
        count = field.end - field.start
        where = f"bytes {field.start}–{field.end - 1}" if count > 1 else f"byte {field.start}"
        sentence = field.sentence or field.value
        self.query_one("#sentence", Static).update(
            content((where if count else "no bytes", "title"), f"  {shortened(sentence, 300)}")
        )
        # A whole message is not marked: a pane full of reversed octets shows nothing.
        marked = (field.start, field.end) if field.start else (0, min(field.end, 4))
        self.query_one(Octets).show(spot.message.data, marked, at)

    def on_octets_at(self, event: Octets.At) -> None:
        """The octets' cursor finds its field in the tree."""
        event.stop()
        tree = self.query_one(FieldTree)
        node = tree.cursor_node
        while node is not None and node.parent is not None and not node.parent.is_root:
            node = node.parent
        if node is None or node.data is None:
            return
        way = deepest(node.data.field, event.at)
        for field in way[1:]:
            node.expand()
            node = next(
                child for child in node.children if child.data and child.data.field is field
            )
        assert node.data is not None
        self._mark(node.data, event.at)
        # The tree lays its lines out anew after this; the cursor can move to them only then.
        self.call_after_refresh(self._follow, node, event.at)

    def _follow(self, node: TreeNode[Spot], at: int) -> None:
        with self.prevent(Tree.NodeHighlighted):
            self.query_one(FieldTree).move_cursor(node)
        if node.data is not None:
            self._mark(node.data, at)


def _add_fields(node: TreeNode[Spot], message: HandshakeMessage, field: Field) -> None:
    for child in field.children:
        spot = Spot(message, child)
        if child.children:
            _add_fields(node.add(child.label, spot), message, child)
        else:
            node.add_leaf(child.label, spot)
