"""An AUTH exchange taken apart: every octet of PLAIN, every step of CRAM-MD5."""

from collections.abc import Sequence

from textual.content import Content

from smtplab.protocol.base64_view import Quad, quads
from smtplab.protocol.sasl import MECHANISMS, Derivation, Part, SaslMessage
from smtplab.tui.render.text import content, hanging, stack

EMPTY = "No login yet. It will show up here, byte by byte."

COLOURS = ("client", "warning", "good", "code3")
"""Roles of the parts of a message that are not separators, in turn."""

SEPARATORS = {"NUL": r"\0", "space": "SP", "comma": ",", "SOH": r"\1"}
"""Parts that only part others, and how each is shown."""

QUAD_CELLS = 10
INDENT = 7


def auth(messages: Sequence[SaslMessage], width: int, *, reveal: bool) -> Content:
    """All messages of all exchanges, in order."""
    if not messages:
        return content((EMPTY, "note"))
    lines: list[Content] = []
    mechanism = ""
    for message in messages:
        if message.mechanism != mechanism:
            mechanism = message.mechanism
            lines += _head(mechanism, reveal=reveal)
        lines += _message(message, width, reveal=reveal)
        lines.append(content())
    return stack(lines[:-1])


def _head(mechanism: str, *, reveal: bool) -> list[Content]:
    known = next((m for m in MECHANISMS if m.name == mechanism), None)
    note = f"  {known.note}  {known.clause}" if known is not None else ""
    key = "m hides the secret" if reveal else "m shows what is hidden"
    return [content((mechanism, "title"), (note, "dim")), content((key, "dim")), content()]


def _message(message: SaslMessage, width: int, *, reveal: bool) -> list[Content]:
    side = ("C →", "title") if message.from_client else ("S ←", "strong")
    if not message.data:
        return [content(side, (" empty", "dim"))]
    lines = [content(side, " ") + _legend(message.parts)]
    lines += _grid(message.parts, width, reveal=reveal)
    for part in message.parts:
        if part.note and not _separator(part):
            lines += hanging(
                content((f"{part.label} ", "strong")), content((part.note, "dim")), width, 10
            )
    if message.derivations:
        lines += [content(), *_derivations(message.derivations, width, reveal=reveal)]
    return lines


def _legend(parts: Sequence[Part]) -> Content:
    """The parts in order, each in the colour that its octets have below."""
    pieces = [
        content((_separator(part), "badge") if _separator(part) else (part.label, role))
        for part, role in zip(parts, _roles(parts), strict=True)
        if part.data or part.label == "authzid"
    ]
    return Content(" ").join(pieces)


def _separator(part: Part) -> str:
    return SEPARATORS.get(part.label, "")


def _roles(parts: Sequence[Part]) -> list[str]:
    roles: list[str] = []
    turn = 0
    for part in parts:
        if _separator(part):
            roles.append("badge")
            continue
        roles.append("warning" if part.secret else COLOURS[turn % len(COLOURS)])
        turn += 1
    return roles


def _grid(parts: Sequence[Part], width: int, *, reveal: bool) -> list[Content]:
    """Three aligned rows: base64, octets in hex, text; hidden quads show dots only."""
    all_quads = quads(parts)
    roles = _roles(parts)
    a_row = max(1, (width - INDENT) // QUAD_CELLS)
    lines: list[Content] = []
    for start in range(0, len(all_quads), a_row):
        row = [_Cell(quad, parts, roles, reveal) for quad in all_quads[start : start + a_row]]
        for name, attribute in (("base64", "base64"), ("bytes", "octets"), ("text", "text")):
            cells = [getattr(cell, attribute)() for cell in row]
            lines.append(content((f"{name:<{INDENT}}", "dim")) + Content("").join(cells))
        lines.append(content())
    return lines[:-1]


class _Cell:
    """One quad in the grid, ten cells wide."""

    def __init__(
        self, quad: Quad, parts: Sequence[Part], roles: Sequence[str], reveal: bool
    ) -> None:
        self.quad = quad
        self.parts = parts
        self.roles = roles
        self.reveal = reveal

    def base64(self) -> Content:
        hidden = self.quad.secret and not self.reveal
        text = "••••" if hidden else self.quad.base64
        return content((text, "warning" if hidden else "strong"), " " * 6)

    def octets(self) -> Content:
        return self._row(lambda octet: f"{octet:02x}")

    def text(self) -> Content:
        return self._row(_character)

    def _row(self, show: "_Show") -> Content:
        pieces: list[Content] = []
        for octet, owner in zip(self.quad.octets, self.quad.owners, strict=True):
            part = self.parts[owner]
            hidden = part.secret and not self.reveal
            pieces += [content(("••" if hidden else show(octet), self.roles[owner])), content(" ")]
        line = Content("").join(pieces)
        return line.pad_right(QUAD_CELLS - line.cell_length)


from collections.abc import Callable  # noqa: E402

_Show = Callable[[int], str]


def _character(octet: int) -> str:
    if octet == 0:
        return r"\0"
    return f" {chr(octet)}" if 32 < octet < 127 else " ·"


def _derivations(steps: Sequence[Derivation], width: int, *, reveal: bool) -> list[Content]:
    lines: list[Content] = []
    for number, step in enumerate(steps, 1):
        label = content((f"{number} ", "dim"), (step.name, "strong"))
        lines += hanging(label, content(step.formula), width, 13)
        hidden = step.secret and not reveal
        value = content(("= ", "dim"), ("hidden" if hidden else step.value, "client"))
        lines += hanging(content(), value, width, 13)
    return lines
