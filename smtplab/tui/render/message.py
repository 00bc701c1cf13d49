"""The message as it was written, and what of it changes on the wire."""

from textual.content import Content

from smtplab.client.settings import Envelope
from smtplab.protocol.message_data import inspect, to_wire
from smtplab.tui.render.text import Part, content, hanging, shortened, stack, wrapped

SHOWN_LINES = 2000
"""Lines of the wire form that are shown; a message may be very large."""

INDENT = 10


def message(envelope: Envelope, body: bytes, width: int, *, raw: bool = False) -> Content:
    """Envelope, facts, and the wire form with the line ends to be seen."""
    wire = to_wire(body, raw=raw)
    size = f"{len(body):,} octets written, {len(wire.data):,} on the wire, SIZE={wire.size}"
    lines = [
        content(("Envelope", "title"), ("  what servers go by; the headers are for people", "dim"))
    ]
    lines += hanging(content((" from", "dim")), content(f"<{envelope.sender}>"), width, INDENT)
    for recipient in envelope.recipients:
        lines += hanging(content((" to", "dim")), content(f"<{recipient}>"), width, INDENT)
    lines += [content(), content(("On the wire", "title"), (f"  {size}", "dim"))]
    for change in (*wire.changes, *_facts(body)):
        lines += hanging(content((" note", "warning")), content(change), width, INDENT)
    lines.append(content())
    return stack([*lines, *_wire_form(wire.data, width, raw=raw)])


def _facts(body: bytes) -> list[str]:
    facts = inspect(body)
    named = (
        (facts.eight_bit, "octets above 127: needs 8BITMIME"),
        (facts.nul, "NUL octets: not allowed in mail"),
        (facts.long_lines, "lines of more than 998 octets: servers may break or refuse them"),
    )
    return [f"{count} {text}" for count, text in named if count]


def _wire_form(data: bytes, width: int, *, raw: bool) -> list[Content]:
    lines = data.split(b"\r\n", SHOWN_LINES + 1)
    rows: list[Content] = []
    for number, line in enumerate(lines[:SHOWN_LINES]):
        if number == len(lines) - 1 and not line:
            break
        last = number == len(lines) - 2 and line == b"." and not lines[-1]
        ended = number < len(lines) - 1
        rows += wrapped(content(*_line(line, last=last and not raw, ended=ended)), width)
    if len(lines) > SHOWN_LINES + 1:
        rows.append(content((f"… the rest of {len(data):,} octets is not shown", "dim")))
    return rows


def _line(line: bytes, *, last: bool, ended: bool) -> list[Part]:
    text = shortened(line.decode("utf-8", "backslashreplace"), 2000)
    end: Part = ("\\r\\n" if ended else "", "dim")
    if last:
        return [(text, "title"), end, ("  the dot that ends the message", "dim")]
    if line.startswith(b".."):
        return [(".", "badge"), (text[1:], "text"), end, ("  dot doubled", "dim")]
    return [(text, "text"), end]
