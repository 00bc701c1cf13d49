"""Octets in rows of eight, with the run that belongs to a field marked."""

from bisect import bisect_right

from textual.content import Content

from smtplab.tls.fields import Field
from smtplab.tui.render.text import ROLES

ROW = 8

GROUP = "bold reverse $smtp-client"
AT = "bold reverse $smtp-accent"


def dump(data: bytes, marked: tuple[int, int], at: int) -> list[Content]:
    """All rows; `marked` is the run [start, end) of a field, `at` the octet under the cursor."""
    return [_row(data, start, marked, at) for start in range(0, len(data), ROW)]


def _row(data: bytes, start: int, marked: tuple[int, int], at: int) -> Content:
    pieces: list[Content | tuple[str, str]] = [(f"{start:04x} ", ROLES["dim"])]
    octets = data[start : start + ROW]
    for offset, octet in enumerate(octets):
        here = start + offset
        style = _style(here, marked, at)
        joined = style and here != at and here + 1 < marked[1] and offset + 1 < len(octets)
        pieces.append((f"{octet:02x}", style))
        pieces.append((" ", style if joined and here + 1 != at else ""))
    pieces.append((" " * (3 * (ROW - len(octets)) + 1), ""))
    for offset, octet in enumerate(octets):
        style = _style(start + offset, marked, at) or ROLES["dim"]
        pieces.append((chr(octet) if 32 < octet < 127 else "·", style))
    return Content.assemble(*pieces)


def _style(here: int, marked: tuple[int, int], at: int) -> str:
    if here == at:
        return AT
    return GROUP if marked[0] <= here < marked[1] else ""


def deepest(tree: Field, at: int) -> tuple[Field, ...]:
    """The way from the root to the smallest field that holds the octet."""
    way = [tree]
    while way[-1].children:
        children = [c for c in way[-1].children if c.end > c.start]
        index = bisect_right([c.start for c in children], at) - 1
        if index < 0 or not children[index].start <= at < children[index].end:
            break
        way.append(children[index])
    return tuple(way)
