"""The message on its way: line ends, dot-stuffing, the final dot. Nothing changes silently."""

import io
import re
from collections.abc import Iterator

from smtplab.values import value

TEXT_LINE_LIMIT = 998
"""Octets of a line of text without its line end (RFC 5321 §4.5.3.1.6)."""

END = b".\r\n"

_LINE = re.compile(rb"[^\r\n]+")
DOTTED = b"\r\n."
"""How a line begins whose dot has to be doubled (RFC 5321 §4.5.2)."""

LOOK = 1 << 16
"""Octets that are looked at in one go, so that they are read from memory once."""

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@value
class ContentFacts:
    """What servers may stumble over in a message, and is sent as it is; all are counts.

    A lone CR or LF ends a line, because `to_wire` makes a line end of it.
    """

    eight_bit: int
    nul: int
    long_lines: int


def inspect(content: bytes) -> ContentFacts:
    """Counts what may be trouble."""
    return ContentFacts(
        eight_bit=len(content) - len(content.translate(None, bytes(range(128, 256)))),
        nul=content.count(b"\0"),
        long_lines=sum(m.end() - m.start() > TEXT_LINE_LIMIT for m in _LINE.finditer(content)),
    )


@value
class WireContent:
    """A message as it goes over the wire, final dot included.

    `changes` tells each thing that was done to the user's octets. `size` is the length that the
    SIZE parameter declares: with CR LF, without stuffed dots and the final dot (RFC 1870 §6).
    """

    data: bytes
    size: int
    changes: tuple[str, ...]
    whole: bool = True
    """Whether what ends it is at its end, and nowhere before."""
    ascii: bool = True
    """Whether seven bits are enough for it."""


def to_wire(content: bytes, *, raw: bool = False) -> WireContent:
    """The wire form; with `raw` nothing is mended, and the octets must bring their own dot."""
    if raw:
        told = ("sent as it is: nothing mended, no dot added",)
        ascii_only = content.isascii()
        return WireContent(content, len(content), told, whole=False, ascii=ascii_only)
    clean, ascii_only = _look_over(content)
    if clean:
        return WireContent(content + END, len(content), (), ascii=ascii_only)
    body, changes = _with_crlf(content)
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
        changes.append("a line end added at the end")
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        stuffed = b"." + stuffed
    dots = len(stuffed) - len(body)
    if dots:
        changes.append(f"{_counted(dots, 'leading dot')} doubled (RFC 5321 §4.5.2)")
    return WireContent(stuffed + END, len(body), tuple(changes), ascii=ascii_only)


def _look_over(content: bytes) -> tuple[bool, bool]:
    """Whether nothing has to be mended or doubled, as in most messages; and whether it is ASCII."""
    # It only looks, and takes half the time that searching for lone line ends does.
    ends, ascii_only = io.IncrementalNewlineDecoder(None, translate=False), True
    octets = memoryview(content)
    for start in range(0, len(octets), LOOK):
        text = str(octets[start : start + LOOK], "latin-1")
        ascii_only = ascii_only and text.isascii()
        ends.decode(text)
    whole_lines = ends.newlines == "\r\n" and content.endswith(b"\r\n")
    return whole_lines and not content.startswith(b".") and DOTTED not in content, ascii_only


def to_chunks(content: bytes, *, raw: bool = False) -> WireContent:
    """The wire form for BDAT: no dots stuffed, no final dot (RFC 3030 §2)."""
    ascii_only = content.isascii()
    if raw:
        told = ("sent as it is: nothing mended",)
        return WireContent(content, len(content), told, ascii=ascii_only)
    body, changes = _with_crlf(content)
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
        changes.append("a line end added at the end")
    return WireContent(body, len(body), tuple(changes), ascii=ascii_only)


def _with_crlf(content: bytes) -> tuple[bytes, list[str]]:
    """Every line end as CR LF, and what that changed."""
    crlf = content.count(b"\r\n")
    lone = {"LF": content.count(b"\n") - crlf, "CR": content.count(b"\r") - crlf}
    changes = [
        f"{_counted(count, 'line end')} {name} made CR LF" for name, count in lone.items() if count
    ]
    if changes:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return content, changes


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def parts_of(wire: bytes) -> Iterator[bytes]:
    """A wire form in parts: the header with its empty line, each line behind it, the final dot."""
    head = wire.find(b"\r\n\r\n") + 4
    if head > 3:
        yield wire[:head]
    at = head if head > 3 else 0
    while at < len(wire):
        end = wire.find(b"\n", at) + 1 or len(wire)
        yield wire[at:end]
        at = end


def from_wire(data: bytes) -> bytes:
    """The message inside a wire form: the final dot and the stuffed dots taken away."""
    return _LEADING_DOT.sub(b"", data.removesuffix(END))
