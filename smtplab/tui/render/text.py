"""Text with styles, safely: nothing that came from outside is ever read as markup."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from smtplab.transcript.escaping import escape

ROLES: dict[str, str] = {
    "client": "$smtp-client",
    "server": "$smtp-server",
    "code2": "bold $smtp-good",
    "code3": "bold $smtp-more",
    "code4": "bold $smtp-later",
    "code5": "bold $smtp-bad",
    "code": "bold $smtp-bad",
    "note": "italic $smtp-dim",
    "tls": "bold $smtp-good",
    "plain": "bold $smtp-later",
    "secret": "$smtp-accent",
    "error": "bold $smtp-bad",
    "warning": "$smtp-later",
    "dim": "$smtp-dim",
    "title": "bold $smtp-client",
    "strong": "bold",
    "good": "$smtp-good",
    "badge": "bold reverse $smtp-accent",
    "mode": "bold reverse $smtp-client",
    "stop": "bold reverse $smtp-later",
    "finished": "bold reverse $smtp-good",
    "here": "bold reverse",
    "text": "",
}
"""Role -> style. The roles of the wording, and those of the panes."""

Part = tuple[str, str]
"""A run of text and its role."""


def content(*parts: Part | str) -> Content:
    """Runs of text, each a (text, role) pair or plain text, made safe."""
    pieces = ((p, "text") if isinstance(p, str) else p for p in parts)
    return Content.assemble(*((_safe(text), ROLES[role]) for text, role in pieces))


def _safe(text: str) -> str:
    return text if text.isprintable() else escape(text)


def stack(lines: Sequence[Content]) -> Content:
    """Lines one under the other."""
    return Content("\n").join(lines)


def hanging(label: Content, body: Content, width: int, indent: int) -> list[Content]:
    """A label with its text beside it; the text's further lines stand under its first."""
    room = max(8, width - indent)
    rows = wrapped(body, room) or [Content("")]
    label = label.rstrip()
    head = label.pad_right(max(1 if label else indent, indent - label.cell_length))
    return [head + rows[0], *(row.pad_left(indent) for row in rows[1:])]


def wrapped(body: Content, width: int) -> list[Content]:
    """The text in rows of at most that width, broken at spaces where there are any."""
    return [row.rstrip() for row in body.wrap(max(1, width))]


def shortened(text: str, width: int) -> str:
    """The text cut to so many cells, with an ellipsis where something is missing."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for character in text:
        if cell_len(kept + character) > width - 1:
            break
        kept += character
    return kept + "…" if width > 0 else ""


def fold(text: str, width: int) -> list[tuple[int, int]]:
    """Where a line is cut into rows of at most `width` cells: spans of characters."""
    if text.isascii():
        return [(at, at + width) for at in range(0, len(text), width)] or [(0, 0)]
    spans: list[tuple[int, int]] = []
    start = used = 0
    for at, character in enumerate(text):
        cells = cell_len(character)
        if used + cells > width and at > start:
            spans.append((start, at))
            start, used = at, 0
        used += cells
    return [*spans, (start, len(text))]
